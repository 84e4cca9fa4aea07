"""What every form shares: a key that makes a double press one, and text that is trimmed but never changed."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, Optional

from forum.core.errors import Invalid
from forum.core.time import now


def strip(value: str | None) -> str | None:
    """Filter of a field: white space at both ends is not meant."""
    return value.strip() if value else value


def options(pairs: Iterable[tuple[object, object]]) -> list[Any]:
    """Return the choices of a field from pairs of value and words (WTForms is giving up plain pairs)."""
    return [SelectChoice(value, words) for value, words in pairs]


class Form(FlaskForm):
    """Base of all forms. All problems are reported at once."""

    def add_problems(self, problems: Invalid) -> None:
        """Show what a rule found beside the fields it names; the rest on top of the form."""
        for name, messages in problems.errors.items():
            if name in self:
                self[name].errors = [*self[name].errors, *messages]
            else:
                self.form_errors.extend(messages)


class OnceForm(Form):
    """A form whose second sending (double press, reload) does nothing new: `once` is unique per author."""

    once = HiddenField(
        filters=[lambda key: key if key and key.isprintable() else None],  # PostgreSQL takes no NUL
        validators=[Optional(), Length(max=32)],
        default=lambda: secrets.token_hex(16),
    )


def moment_of(typed: str | None) -> datetime:
    """Return the instant that a form carries, never one ahead; now when it carries none."""
    try:
        moment = datetime.fromisoformat(typed or "")
        return min(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC), now())
    except (ValueError, OverflowError):  # the second for a day before the first, in another zone
        return now()
