"""Forms of absence and cover. There is no field for why somebody is away (D6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from forum.core.errors import Invalid
from forum.core.halves import FIRST, SECOND, Span
from forum.people.models import Person
from forum.roster.actions.requesting import NOTE_LENGTH
from forum.roster.models import Seen
from forum.roster.secrets import no_password
from forum.spaces.parts import StandIn
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import _, _l

NAMES = {"from": "first", "until": "last"}
"""What the actions call the fields, which can't be called so here."""


class _Spanned(Form):
    first: Any = DateField(_l("First day away"), validators=[InputRequired(_l("Say from which day."))])
    first_half = SelectField(
        _l("Begins"),
        choices=options([(str(FIRST), _l("In the morning")), (str(SECOND), _l("At midday"))]),
        default=str(FIRST),
    )
    last: Any = DateField(_l("Last day away"), validators=[InputRequired(_l("Say until which day."))])
    last_half = SelectField(
        _l("Ends"),
        choices=options([(str(SECOND), _l("At the end of the day")), (str(FIRST), _l("At midday"))]),
        default=str(SECOND),
    )

    @property
    def span(self) -> Span:
        """What was chosen; of no length when it ends before it begins."""
        return Span.of_days(
            self.first.data,
            self.last.data,
            first_part=int(self.first_half.data or FIRST),
            last_part=int(self.last_half.data or FIRST),
        )

    def show(self, span: Span) -> None:
        """Fill in a span."""
        self.first.data, self.last.data = span.first_day, span.last_day
        self.first_half.data, self.last_half.data = str(span.first % 2), str(span.last % 2)

    def add_problems(self, problems: Invalid) -> None:
        """Show them beside the fields, which the actions call otherwise."""
        super().add_problems(Invalid({NAMES.get(name, name): said for name, said in problems.errors.items()}))


class _Filed(_Spanned, OnceForm):
    """From when to when somebody is away. `looked` are the days for which the page showed what breaks."""

    looked = HiddenField(default="", validators=[Length(max=30)])
    version = HiddenField(default="0", validators=[Length(max=10)])

    @property
    def days(self) -> str:
        """The span in one word, to be compared with `looked`."""
        return f"{self.span.first}-{self.span.last}"


class AbsenceForm(_Filed):
    """One's own: from when to when, and who sees it."""

    seen = RadioField(
        _l("Who sees that you are away"),
        choices=options(
            [(Seen.MEMBERS.value, _l("Members of my spaces")), (Seen.ORGANISERS.value, _l("Only their organisers"))]
        ),
        default=Seen.MEMBERS.value,
    )


class FilingForm(_Filed):
    """Somebody else's, as far as an organiser knows it."""

    person = SelectField(_l("Who is off"), validators=[DataRequired(_l("Choose who is off."))], default="")

    def offer(self, people: Sequence[Person]) -> None:
        """Fill the list."""
        self.person.choices = options([("", _("Choose somebody")), *((one.handle, one.name) for one in people)])


class PartForm(_Spanned):
    """Which days of a request somebody takes."""


class AskForm(Form):
    """Whom to ask for cover."""

    person = SelectField(_l("Whom to ask"), default="")
    note = StringField(
        _l("What they should know"),
        filters=[strip],
        validators=[Length(max=NOTE_LENGTH, message=_l("Keep it under %(max)d characters.")), no_password],
    )

    def offer(self, people: Sequence[Person], away: Mapping[int, StandIn], *, everybody: bool = True) -> None:
        """Fill the list; beside who is away stands until when."""
        first = _("Everybody") if everybody else _("Choose somebody")

        def label(one: Person) -> str:
            return f"{one.name} ({away[one.id].sentence})" if one.id in away else one.name

        self.person.choices = options([("", first), *((one.handle, label(one)) for one in people)])
