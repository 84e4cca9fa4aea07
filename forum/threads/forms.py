"""Forms of threads and sections."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from forum.content.forms import WritingForm, text_field
from forum.spaces.models import TITLE_LENGTH
from forum.threads.models import DESCRIPTION_LENGTH, SECTION_NAME_LENGTH, Section
from forum.web.forms import Form, strip
from forum.web.words import _, _l

QUESTION, TALK = "question", "talk"


class StartForm(WritingForm):
    """A question, or another thread. The sections are those of the space, by their address."""

    kind = RadioField(
        _l("What is it?"),
        default=QUESTION,
        validators=[InputRequired(_l("Say whether you are asking something."))],
        validate_choice=False,
    )
    section = SelectField(
        _l("Section"), validators=[InputRequired(_l("Choose where it belongs."))], validate_choice=False
    )
    title = StringField(
        _l("Title"),
        filters=[strip],
        validators=[
            DataRequired(_l("Give it a title that tells a colleague what this is about.")),
            Length(max=TITLE_LENGTH, message=_l("Keep the title under %(max)d characters; the rest fits below.")),
        ],
    )
    body = text_field(_l("Your text"), empty=_l("Write something first: a sentence or two is enough."))

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        self.kind.choices = [(QUESTION, _l("A question")), (TALK, _l("Something to share or talk over"))]
        self.section.choices = [(section.slug, section.name) for section in sections]
        self.known = {section.slug for section in sections}

    def validate_kind(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in {QUESTION, TALK}:
            raise ValidationError(_("Choose one of the list."))

    def validate_section(self, field: SelectField) -> None:
        """Refuse a section that isn't one of this space's (A2)."""
        if field.data not in self.known:
            raise ValidationError(_("Choose one of the list."))


class SectionForm(Form):
    """A section's name and what belongs in it."""

    name = StringField(
        _l("Name"),
        filters=[strip],
        validators=[
            DataRequired(_l("Give the section a name.")),
            Length(max=SECTION_NAME_LENGTH, message=_l("Keep the name under %(max)d characters.")),
        ],
    )
    description = StringField(
        _l("What belongs in it"),
        filters=[strip],
        validators=[Length(max=DESCRIPTION_LENGTH, message=_l("Keep it under %(max)d characters."))],
    )
