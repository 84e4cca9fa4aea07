"""Forms of turns: who takes them in which order, and swaps, also of covers."""

from collections.abc import Sequence
from datetime import date

from wtforms import DateField, FieldList, RadioField, SelectField
from wtforms.validators import DataRequired

from forum.people.models import Person
from forum.roster.queries.cover import RequestLine
from forum.roster.queries.turns import TurnAhead
from forum.roster.tellers.common import days_of
from forum.web.forms import Form, options
from forum.web.rendering import long_day
from forum.web.words import _, _l

NOBODY = ""
SPARE = 2
"""Places that are empty, for who joins the order."""
FEWEST, MOST = 4, 30


class TurnsForm(Form):
    """The order. `people` are handles, one for each place; an empty place is left out."""

    weeks = RadioField(
        _l("Each turn has"), choices=options([("1", _l("One week")), ("2", _l("Two weeks"))]), default="1"
    )
    from_day = DateField(_l("First turn begins in the week of"), validators=[DataRequired(_l("Say from which day."))])
    people = FieldList(SelectField(validate_choice=False), min_entries=FEWEST, max_entries=MOST)

    def offer(self, members: Sequence[Person]) -> None:
        """Fill the lists, and see that there are places to spare."""
        choices = options([(NOBODY, _("Nobody")), *((one.handle, one.name) for one in members)])
        filled = sum(bool(entry.data) for entry in self.people)
        while len(self.people) < min(max(filled + SPARE, FEWEST), MOST):
            self.people.append_entry()
        for entry in self.people:
            entry.choices = choices

    def chosen(self, members: Sequence[Person]) -> list[Person]:
        """Return who stands in the order. A handle of nobody here is left out."""
        known = {one.handle: one for one in members}
        return [known[entry.data] for entry in self.people if entry.data in known]


class SwapForm(Form):
    """Which turn of one's own is given, and which of a colleague's is taken."""

    day = SelectField(_l("Your turn"), validators=[DataRequired(_l("Choose a turn of yours."))], validate_choice=False)
    other_day = SelectField(
        _l("For the turn of"), validators=[DataRequired(_l("Choose a colleague’s turn."))], validate_choice=False
    )

    def offer(self, mine: Sequence[TurnAhead], others: Sequence[TurnAhead]) -> None:
        """Fill the lists."""
        first = (NOBODY, _("Choose a turn"))
        self.day.choices = options([first, *((one.first_day.isoformat(), long_day(one.first_day)) for one in mine)])
        self.other_day.choices = options(
            [first, *((one.first_day.isoformat(), _whose(one)) for one in others if one.person)]
        )


class CoverSwapForm(Form):
    """Which of a colleague's covers is taken for one's own."""

    theirs = SelectField(
        _l("For the cover of"), validators=[DataRequired(_l("Choose a colleague’s cover."))], validate_choice=False
    )

    def offer(self, lines: Sequence[RequestLine]) -> None:
        """Fill the list."""
        self.theirs.choices = options(
            [(NOBODY, _("Choose a cover")), *((one.request.ref, _which(one)) for one in lines if one.cover)]
        )


def _which(line: RequestLine) -> str:
    name = line.cover.name if line.cover else ""
    return _("%(name)s: %(title)s, %(days)s", name=name, title=line.item.title, days=days_of(line.request.span))


def _whose(turn: TurnAhead) -> str:
    name = turn.person.name if turn.person else ""
    return _("%(name)s, from %(day)s", name=name, day=long_day(turn.first_day))


def day_typed(text: str | None) -> date | None:
    """Return the day that a list sent, None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
