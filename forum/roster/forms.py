"""Forms of duties."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from forum.people.models import Department, Person
from forum.roster.models import ABOUT_LENGTH, OFTEN_LENGTH, Criticality, DutyKind, Engagement, Place
from forum.roster.words import CRITICALITY, ENGAGEMENT, KINDS, POWERS
from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import _, _l

NONE = ""
LATER = "campaign"


class DutyForm(OnceForm):
    """What a duty says. `version` is the one that the page showed."""

    version = HiddenField(default="0", validators=[Length(max=10)])
    title = StringField(
        _l("Name"),
        filters=[strip],
        validators=[
            DataRequired(_l("Give the duty a name.")),
            Length(max=TITLE_LENGTH, message=_l("Keep it under %(max)d characters.")),
        ],
    )
    kind = RadioField(_l("What it is"), choices=options(KINDS.items()), default=DutyKind.TASK.value)
    department = SelectField(_l("Department"), validate_choice=True, default=NONE)
    what = TextAreaField(_l("What there is to do"), filters=[strip], validators=[Length(max=ABOUT_LENGTH)])
    why = TextAreaField(_l("Why it matters"), filters=[strip], validators=[Length(max=ABOUT_LENGTH)])
    often = StringField(_l("How often"), filters=[strip], validators=[Length(max=OFTEN_LENGTH)])
    criticality = RadioField(
        _l("When nobody does it"), choices=options(CRITICALITY.items()), default=Criticality.ROUTINE.value
    )
    engagement = SelectField(_l("What it is to the public"), default=NONE)
    first_day = DateField(_l("From"), validators=[DataRequired(_l("Say from which day."))])
    last_day = DateField(_l("Last day"), validators=[Optional()])
    is_strict = BooleanField(_l("Only somebody who has the time covers it"))
    powers = SelectMultipleField(
        _l("Rights lent to whoever covers"),
        choices=options((power.value, words) for power, words in POWERS.items()),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    note = TextAreaField(_l("Handover note"))
    links = TextAreaField(_l("Links"), filters=[strip])

    def offer(self, departments: Sequence[Department]) -> None:
        """Fill the lists."""
        self.department.choices = options(
            [(NONE, _("None in particular")), *((str(one.id), one.name) for one in departments)]
        )
        self.engagement.choices = options(
            [(NONE, _("Neither")), *((key.value, words) for key, words in ENGAGEMENT.items())]
        )

    @property
    def engaged(self) -> Engagement | None:
        """What it is to the public."""
        return Engagement(self.engagement.data) if self.engagement.data else None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The links: one a line, an address with words before it if one likes."""
        found = []
        for line in (self.links.data or "").splitlines():
            words, _space, address = line.strip().rpartition(" ")
            if address:
                found.append((words, address))
        return found


class OfferForm(Form):
    """Who is asked to hold a duty, or to be its deputy."""

    person = SelectField(_l("Whom to ask"), validators=[DataRequired(_l("Choose somebody."))])
    place = RadioField(
        _l("As what"),
        choices=options([(Place.HOLDER.value, _l("Holder")), (Place.DEPUTY.value, _l("Deputy"))]),
        default=Place.HOLDER.value,
    )
    from_day = DateField(_l("From"), validators=[Optional()])

    def offer(self, people: Sequence[Person]) -> None:
        """Fill the list."""
        self.person.choices = options([(NONE, _("Choose somebody")), *((one.handle, one.name) for one in people)])


class ReasonForm(Form):
    """A few words, if one likes."""

    reason = StringField(_l("Why"), filters=[strip], validators=[Length(max=REASON_LENGTH)])


class EndForm(ReasonForm):
    """From which day a duty isn't there any more."""

    on: Any = DateField(_l("From"), validators=[DataRequired(_l("Say from which day."))])


class CalendarForm(Form):
    """A calendar file, and whose absences are in it."""

    whose = RadioField(
        _l("Whose absences are in it"),
        choices=options([("mine", _l("Mine")), ("members", _l("Those of members, named by their addresses"))]),
        default="mine",
        validators=[Optional()],
    )
    file = FileField(_l("Calendar file"))

    def add_problem(self, sentence: str) -> None:
        """Say what is the matter with the file."""
        self.file.errors = [*self.file.errors, sentence]
