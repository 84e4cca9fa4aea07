"""Forms of what is asked through an organiser."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from forum.content.forms import text_field
from forum.people.models import Person
from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH
from forum.threads.models import Section
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import LazyString, _, _l


def through_field(label: LazyString) -> SelectField:
    """Make the field that says through whom something is asked, by handle; "" is nobody."""
    return SelectField(label, default="", choices=[], validate_choice=False, validators=[_is_offered])


def offer_keepers(field: SelectField, keepers: Sequence[Person], *, nobody: LazyString | None = None) -> None:
    """Fill the list."""
    first = [("", nobody)] if nobody is not None else []
    through = [(keeper.handle, _("Through %(name)s, without my name", name=keeper.name)) for keeper in keepers]
    field.choices = options([*first, *through])


def _is_offered(_form: Form, field: SelectField) -> None:
    if field.data and field.data not in {option.data for option in field}:
        raise ValidationError(_("Choose one of the list."))


class ThroughForm(Form):
    """Somebody else through whom it is asked."""

    through = through_field(_l("Ask through"))

    def __init__(self, *args: Any, keepers: Sequence[Person], **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        offer_keepers(self.through, keepers)

    def validate_through(self, field: SelectField) -> None:
        """Ask for somebody."""
        if not field.data:
            raise ValidationError(_("Choose one of the list."))


class FollowUpForm(OnceForm, ThroughForm):
    """Something to add to one's question."""

    body = text_field(_l("What you want to add"), empty=_l("Write something first."))


class PassForm(Form):
    """What is passed on, as the space will read it."""

    title = StringField(
        _l("Title"),
        filters=[strip],
        validators=[
            DataRequired(_l("Give it a title that tells a colleague what this is about.")),
            Length(max=TITLE_LENGTH, message=_l("Keep the title under %(max)d characters; the rest fits below.")),
        ],
    )
    section = SelectField(
        _l("Section"), validators=[InputRequired(_l("Choose where it belongs."))], validate_choice=False
    )
    body = text_field(_l("What the space will read"), empty=_l("Write something first."))

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # a form's own
        sections: Sequence[Section],
        is_question: bool,
        **kwargs: Any,  # noqa: ANN401  # a form's own
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_question:
            del self.title, self.section
            return
        self.section.choices = options((section.slug, section.name) for section in sections)
        self.known = {section.slug for section in sections}

    def validate_section(self, field: SelectField) -> None:
        """Refuse a section that isn't one of this space's (A2)."""
        if field.data not in self.known:
            raise ValidationError(_("Choose one of the list."))


class DeclineForm(Form):
    """Why it isn't passed on."""

    reason = StringField(
        _l("Why you don’t pass it on"),
        filters=[strip],
        validators=[
            DataRequired(_l("Say why, in a sentence. Only whoever asked reads it.")),
            Length(max=REASON_LENGTH, message=_l("Keep it under %(max)d characters.")),
        ],
    )
