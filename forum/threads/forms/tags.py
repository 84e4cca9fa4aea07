"""Forms of organisers for the tags of their space."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from forum.spaces.models import REASON_LENGTH
from forum.threads.models import TAG_LENGTH
from forum.threads.queries import TagCounted
from forum.web.forms import Form, options, strip
from forum.web.words import _, _l


class TagNameForm(Form):
    """What a tag is called."""

    name = StringField(
        _l("Name"),
        filters=[strip],
        validators=[
            DataRequired(_l("Give the tag a name.")),
            Length(max=TAG_LENGTH, message=_l("Keep a tag under %(max)d characters.")),
        ],
    )


class TagMergeForm(Form):
    """The tag that takes another one's place, by its address."""

    into = SelectField(_l("Into"), validators=[InputRequired(_l("Choose the tag that stays."))], validate_choice=False)

    def __init__(self, *args: Any, tags: Sequence[TagCounted], but: str, **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        others = [tag for tag in tags if tag.slug != but]
        self.into.choices = options((tag.slug, tag.name) for tag in others)
        self.known = {tag.slug for tag in others}

    def validate_into(self, field: SelectField) -> None:
        """Refuse a tag that isn't offered (A2)."""
        if field.data not in self.known:
            raise ValidationError(_("Choose one of the list."))


class DeclineForm(Form):
    """Why a tag that was suggested isn't made."""

    reason = StringField(
        _l("Why not"),
        filters=[strip],
        validators=[
            DataRequired(_l("Say why. Whoever suggested it reads this.")),
            Length(max=REASON_LENGTH, message=_l("Keep it under %(max)d characters.")),
        ],
    )
