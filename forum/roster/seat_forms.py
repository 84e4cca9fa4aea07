"""Forms of seats and accounts."""

from collections.abc import Sequence

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from forum.people.models import Person
from forum.roster.secrets import no_password
from forum.spaces.models import REASON_LENGTH
from forum.web.forms import Form, options, strip
from forum.web.words import _, _l


class SponsorForm(Form):
    """Whose boss is asked, by address."""

    address = StringField(_l("Their work e-mail address"), filters=[strip], validators=[Length(max=300)])


class EndorseForm(Form):
    """Who stands behind a seat."""

    name = StringField(_l("Your name"), filters=[strip], validators=[Length(max=300)])
    post = StringField(_l("What you are"), filters=[strip], validators=[Length(max=300)])


class ForwardForm(Form):
    """A line from who puts themselves forward."""

    note = StringField(_l("A line about it"), filters=[strip], validators=[Length(max=REASON_LENGTH), no_password])


class AccountForm(Form):
    """What is known of an account. Never a password."""

    platform = StringField(_l("Where it is"), filters=[strip], validators=[DataRequired(_l("Say where it is."))])
    address = StringField(_l("Its address"), filters=[strip])
    purpose = StringField(_l("What it is for"), filters=[strip])
    second = SelectField(_l("Second administrator"), validate_choice=True, default="")
    second_other = StringField(_l("Or somebody else, by name"), filters=[strip])
    recovery = StringField(_l("Who or what gets it back"), filters=[strip])
    vault = StringField(_l("Where the vault is"), filters=[strip])

    def offer(self, people: Sequence[Person]) -> None:
        """Fill the list."""
        self.second.choices = options([("", _("Nobody here")), *((one.handle, one.name) for one in people)])


class OursForm(Form):
    """An address or a name that somebody wonders about."""

    typed = StringField(
        _l("Its address or name"),
        filters=[strip],
        validators=[DataRequired(_l("Paste the address, or write the name.")), Length(max=500)],
    )
