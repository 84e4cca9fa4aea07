"""Forms for telling others of a story, for reading one before they do, and for how a space wants its stories told."""

from collections.abc import Sequence

from wtforms import BooleanField, IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from forum.content.forms import LARGEST
from forum.stories.forms import TYPED
from forum.stories.models import CHOICE_LENGTH
from forum.web.forms import Form, options, strip
from forum.web.words import _l


class ShareForm(Form):
    """With whom a story is shared."""

    everywhere = BooleanField(_l("Everybody in this installation"))
    spaces = SelectMultipleField(
        _l("Spaces in which you tell stories too"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def offer(self, spaces: Sequence[tuple[int, str]]) -> None:
        """Fill the list."""
        self.spaces.choices = options((str(key), name) for key, name in spaces)

    @property
    def space_ids(self) -> frozenset[int]:
        """The spaces that were chosen; 0 stands for what is none."""
        return frozenset(int(one[:9]) if one.isascii() and one.isdigit() else 0 for one in self.spaces.data or ())


class RuleForm(Form):
    """How a space wants its stories told."""

    asks_reader = BooleanField(_l("Somebody else reads each story before the others see it"))


class SecondForm(Form):
    """What a second reader has read; they publish it."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])
    item_version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])


class NoteForm(Form):
    """Why a second reader sends a story back."""

    note = StringField(_l("What is to be changed"), filters=[strip], validators=[Length(max=TYPED)])


class ChoiceForm(Form):
    """An entry of one of the space's lists."""

    name = StringField(
        _l("Name"),
        filters=[strip],
        validators=[
            InputRequired(_l("Give it a name.")),
            Length(max=CHOICE_LENGTH, message=_l("Use %(max)d characters or fewer.")),
        ],
    )
