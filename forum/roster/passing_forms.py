"""Forms of handing over, rehearsing and leaving."""

from collections.abc import Sequence
from typing import Any

from wtforms import DateField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from forum.people.forms import ask_for_old
from forum.people.models import Person
from forum.roster.models import LINE_LENGTH
from forum.web.forms import Form, options, strip
from forum.web.words import _, _l

MOST_TEXT = 20_000


class HandoverForm(Form):
    """To whom a duty is handed over, and from when."""

    person = SelectField(_l("Who takes it over"), validators=[DataRequired(_l("Choose somebody."))])
    day: Any = DateField(_l("It is theirs from"), validators=[DataRequired(_l("Say from which day."))])

    def offer(self, people: Sequence[Person]) -> None:
        """Fill the list."""
        self.person.choices = options([("", _("Choose somebody")), *((one.handle, one.name) for one in people)])


class LinesForm(Form):
    """The checklist, a line each."""

    lines = TextAreaField(_l("The checklist"), validators=[Length(max=MOST_TEXT)])


class LineForm(Form):
    """One line more."""

    line = StringField(_l("One line more"), filters=[strip], validators=[Length(max=LINE_LENGTH)])


class LastDayForm(Form):
    """Somebody's last day."""

    last_day: Any = DateField(_l("Last day"), validators=[DataRequired(_l("Say which day is the last."))])


class OwnLastDayForm(LastDayForm):
    """One's own last day: the account closes on it, so whoever sits at the machine has to know the password, where there is one."""

    old_password = PasswordField(_l("Password"))

    def __init__(self, *, has_password: bool, **values: Any) -> None:  # noqa: ANN401  # handed on to WTForms
        """Without a password there is no field for it."""
        super().__init__(**values)
        ask_for_old(self, has_password=has_password)


class DayForm(Form):
    """A day."""

    day: Any = DateField(_l("Day"), validators=[DataRequired(_l("Say on which day."))])


class MissingForm(Form):
    """What was missing."""

    missing = TextAreaField(_l("What was missing"), filters=[strip], validators=[Length(max=MOST_TEXT)])


class IncidentForm(Form):
    """What happened to a duty, and when."""

    words = TextAreaField(
        _l("What happened"), filters=[strip], validators=[DataRequired(_l("Say in a sentence what happened."))]
    )
    day: Any = DateField(_l("When it happened"), validators=[DataRequired(_l("Say on which day."))])
