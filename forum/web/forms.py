"""What every form shares: a key that makes a double press one, and text that is trimmed but never changed."""

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length, Optional

from forum.core.errors import Invalid
from forum.core.time import now
from forum.web.words import _, _l


def strip(value: str | None) -> str | None:
    """Filter of a field: white space at both ends is not meant, nor is NUL, which no database holds."""
    return value.replace("\x00", "").strip() if value else value


def options(pairs: Iterable[tuple[object, object]]) -> list[Any]:
    """Return the choices of a field from pairs of value and words (WTForms is giving up plain pairs)."""
    return [SelectChoice(value, words) for value, words in pairs]


class _OurWords:
    """What WTForms says of what can't be read at all, in our words: asked when it is said, so in the reader's language."""

    def gettext(self, text: str) -> str:
        """Return a sentence of ours, or else what WTForms says."""
        return str(SAID[text] if text in SAID else translations.gettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return what WTForms says of a number."""
        if one == TOO_LONG:
            return _("Keep it under %(max)d characters.", max=number)
        return str(translations.ngettext(one, many, number))


TOO_LONG = "Field cannot be longer than %(max)d character."
SAID = {
    "Not a valid integer value.": _l("Give a whole number, such as 12."),
    "Number must be at least %(min)s.": _l("Give %(min)s or more."),
    "Number must be between %(min)s and %(max)s.": _l("Give a number from %(min)s to %(max)s."),
    "Not a valid date value.": _l("Give a day of the calendar, such as 2027-05-31."),
    "Not a valid time value.": _l("Give a time such as 14:30."),
    "Not a valid choice.": _l("Choose one of the list."),
}


class Form(FlaskForm):
    """Base of all forms. All problems are reported at once."""

    class Meta(FlaskForm.Meta):
        """What WTForms asks of a form."""

        def get_translations(self, form: object) -> _OurWords:  # noqa: ARG002  # as WTForms calls it
            """Say everything in our words."""
            return _OurWords()

    def validate_with(self, *checks: Callable[[], object]) -> bool:
        """Say whether it was sent, its fields are right, and no check raises Invalid. What all of them refuse is shown at once.

        A rule is checked again where it holds, under the lock; here it is asked so that nobody is sent back for each mistake.
        """
        is_right = bool(self.validate_on_submit())
        for check in checks:
            try:
                check()
            except Invalid as problem:
                self.add_problems(problem)
                is_right = False
        return is_right

    def add_problems(self, problems: Invalid) -> None:
        """Show what a rule found beside the fields it names; the rest on top of the form. A field that has a problem keeps that one."""
        for name, messages in problems.errors.items():
            if name in self:
                self[name].errors = self[name].errors or messages
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
