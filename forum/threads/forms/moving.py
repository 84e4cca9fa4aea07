"""Forms for merging a thread into another, and for moving some of its posts."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH
from forum.threads.models import Section
from forum.web.forms import Form, options, strip
from forum.web.words import _, _l

LONGEST_ADDRESS = 500
ELSEWHERE = "elsewhere"
NEW, EXISTING = "new", "existing"


def reason_field() -> StringField:
    """Make the field for why posts are moved."""
    return StringField(
        _l("Why"),
        filters=[strip],
        validators=[Length(max=REASON_LENGTH, message=_l("Keep it under %(max)d characters."))],
    )


def address_field() -> StringField:
    """Make the field for the address of a thread, as it is copied from the browser."""
    return StringField(
        _l("The address of another thread"),
        filters=[strip],
        validators=[Length(max=LONGEST_ADDRESS, message=_l("That is too long for an address of a thread."))],
    )


class TargetForm(Form):
    """Another thread of the space: one of the latest, one found by its title, or one by its address, which comes first."""

    find = StringField(
        _l("Find a thread by words of its title"),
        filters=[strip],
        validators=[Length(max=TITLE_LENGTH, message=_l("Keep it under %(max)d characters."))],
    )
    recent = RadioField(_l("Which thread"), filters=[strip], validators=[Optional()], validate_choice=False)
    into = address_field()
    reason = reason_field()

    def offer(self, threads: Iterable[tuple[str, str]]) -> None:
        """Fill the list, by ref and title."""
        self.recent.choices = options([*threads, (ELSEWHERE, _l("Another one, by its address below"))])

    @property
    def target(self) -> str:
        """What was typed or chosen, "" for nothing."""
        chosen = self.recent.data or ""
        return self.into.data or ("" if chosen == ELSEWHERE else chosen)


class MergeThreadForm(TargetForm):
    """Into which thread this one goes, and why. `seen` is the thread whose preview was looked at."""

    seen = HiddenField(validators=[Optional(), Length(max=20)])


class SplitForm(TargetForm):
    """Where some posts go: to a new thread or another one. Which posts they are, `views.splitting` reads.

    `seen` stands for what was looked at before the press that moves them.
    """

    seen = HiddenField(validators=[Optional(), Length(max=100)])
    all_from = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, 2**31 - 1)])
    where = RadioField(
        _l("Where to"),
        default=NEW,
        choices=options([(NEW, _l("To a new thread")), (EXISTING, _l("To the end of another thread"))]),
        validate_choice=False,
    )
    title = StringField(
        _l("Title of the new thread"),
        filters=[strip],
        validators=[Length(max=TITLE_LENGTH, message=_l("Keep the title under %(max)d characters."))],
    )
    section = SelectField(_l("Section of the new thread"), validate_choice=False)
    is_question = BooleanField(_l("The first of these posts asks a question"))

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # a form's own
        sections: Sequence[Section],
        **kwargs: Any,  # noqa: ANN401  # a form's own
    ) -> None:
        super().__init__(*args, **kwargs)
        self.section.choices = options((section.slug, section.name) for section in sections)
        self.known = {section.slug: section.name for section in sections}

    def validate_where(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in {NEW, EXISTING}:
            raise ValidationError(_("Choose one of the list."))

    def validate_section(self, field: SelectField) -> None:
        """Refuse a section that isn't one of this space's (A2)."""
        if self.where.data == NEW and field.data not in self.known:
            raise ValidationError(_("Choose one of the list."))
