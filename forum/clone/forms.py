"""Forms of showcases and copies: the shape of the input, all problems at once."""

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from forum.core.markup import MAX_SOURCE
from forum.spaces.forms import ChoiceOf, DayField, line, name_field, no_longer_than, words
from forum.spaces.models import REASON_LENGTH, SLUG_LENGTH, Cloth
from forum.spaces.words import CLOTH_NAMES
from forum.web.forms import Form, OnceForm, strip
from forum.web.words import _l

ADDRESS_LENGTH = 300


class PartsField(SelectMultipleField):
    """Parts that are ticked. What isn't among them is left out."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: object) -> None:
        """Keep what can be chosen; a part that went away meanwhile is no mistake of who ticked it."""
        del form
        known = {value for value, *_rest in self.iter_choices()}
        self.data = [one for one in self.data or [] if one in known]


class ShowcaseForm(Form):
    """What outsiders see of a space, and what comes along."""

    how = TextAreaField(_l("How it works"), filters=[words], validators=[no_longer_than(MAX_SOURCE)])
    shows_numbers = BooleanField(_l("Show numbers of teams"))
    parts = PartsField(_l("What comes along in a copy"))
    along = PartsField(_l("Which ones come along"))
    offers_copy = BooleanField(_l("Others may start a space like this one"))
    is_open = BooleanField(_l("Everybody with an account here may look at it"))


class ChooseForm(Form):
    """The address of a story or a thread that is to be shown."""

    address = StringField(
        _l("Its address"),
        filters=[line],
        validators=[
            DataRequired(_l("Copy the address of the story or the thread here.")),
            no_longer_than(ADDRESS_LENGTH),
        ],
    )


class NameForm(Form):
    """What the new space is called, where it stands, and when it begins."""

    name = name_field()
    slug = StringField(_l("Address"), filters=[line], validators=[no_longer_than(SLUG_LENGTH)])
    cloth = ChoiceOf(_l("Colour"), Cloth, CLOTH_NAMES, default=Cloth.PLUM.value)
    first_day = DayField(_l("When you begin"), validators=[InputRequired(_l("Choose the day on which you begin."))])


class AlongForm(Form):
    """What comes along."""

    parts = PartsField(_l("What comes along"))


class SendForm(OnceForm):
    """Why an improvement goes back to the original, and who is named."""

    reason = StringField(
        _l("Why it is better so"),
        filters=[strip],
        validators=[
            DataRequired(_l("Say why: what happened, and what it changes.")),
            no_longer_than(REASON_LENGTH),
        ],
    )
    names_space = BooleanField(_l("Name this space"), default=True)
    names_me = BooleanField(_l("Name me"))


class TemplateForm(Form):
    """A template file."""

    file = FileField(_l("Template file"))


class ArchiveForm(Form):
    """What an archive says of people."""

    with_names = BooleanField(_l("With people’s names and mail addresses"))


class ArchiveFileForm(Form):
    """An archive that comes in."""

    file = FileField(_l("Archive"))


class RestoreForm(Form):
    """What the space is called, where it stands, and who its people are."""

    name = name_field()
    slug = StringField(_l("Address"), filters=[line], validators=[no_longer_than(SLUG_LENGTH)])
    by_address = BooleanField(_l("People of the file are those who have an account here with the same mail address"))
