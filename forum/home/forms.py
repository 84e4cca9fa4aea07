"""Forms of the first run."""

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, InputRequired, Length

from forum.people.fields import NamesField, plain_text, single_line
from forum.people.models import ADDRESS_LENGTH, NAME_LENGTH
from forum.spaces.forms import ChoiceOf, organisation_field
from forum.spaces.models import PURPOSE_LENGTH, SPACE_NAME_LENGTH, Visibility
from forum.spaces.words import VISIBILITY_NAMES
from forum.web.forms import Form
from forum.web.words import _l


class StartForm(Form):
    """The first admin, steward and space."""

    code = StringField(
        _l("The code from the console"),
        filters=[single_line],
        validators=[DataRequired(_l("Type the code that was printed where Baton was started.")), Length(max=60)],
    )
    organisation = organisation_field()
    departments = NamesField(_l("Its departments"), filters=[plain_text])
    name = StringField(
        _l("Your name"),
        filters=[single_line],
        validators=[DataRequired(_l("Say what colleagues call you.")), Length(max=NAME_LENGTH)],
    )
    email = EmailField(
        _l("Your work e-mail address"),
        filters=[single_line],
        validators=[
            DataRequired(_l("Give the address where mail reaches you.")),
            Email(_l("Write the whole address, like priya.nair@example.org.")),
            Length(max=ADDRESS_LENGTH),
        ],
    )
    password = PasswordField(
        _l("A password"), validators=[InputRequired(_l("Choose a password of at least 8 characters.")), Length(max=256)]
    )
    space = StringField(
        _l("The name of your first space"),
        filters=[single_line],
        default="Digital champions",
        validators=[DataRequired(_l("Give the space a name.")), Length(max=SPACE_NAME_LENGTH)],
    )
    purpose = StringField(
        _l("What it is for, in one sentence"), filters=[single_line], validators=[Length(max=PURPOSE_LENGTH)]
    )
    visibility = ChoiceOf(_l("Who can see it"), Visibility, VISIBILITY_NAMES, default=Visibility.PRIVATE.value)
