"""What breaks while somebody is away, as a page shows it: their duties with what can be done about each, and what other rooms say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import Span
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions.asking import Wish
from forum.roster.models import Duty
from forum.roster.queries.breaking import Uncovered, breaks
from forum.roster.queries.duties import who_may_hold
from forum.roster.who import Why
from forum.spaces.feature import obligations_of, stand_ins
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Item, Space
from forum.spaces.parts import Obligation, StandIn
from forum.spaces.queries import visible_items

DUTY = "duty"
NOBODY, EVERYBODY = "nobody", ""


@dataclass(kw_only=True)
class Broken:
    """A duty that is somebody's while they are away, in runs, and whom one could ask. `chosen` is what the form says."""

    ref: str
    title: str
    space: Space
    duty_id: int
    runs: list[Uncovered] = field(default_factory=list)
    people: Sequence[Person] = ()
    away: Mapping[int, StandIn] = field(default_factory=dict)
    chosen: str = EVERYBODY

    @property
    def is_open(self) -> bool:
        """Whether there is something to ask for: nobody covers it, and nobody was asked."""
        return any(run.why is not Why.COVER and run.request_ref is None for run in self.runs)

    @property
    def field_name(self) -> str:
        """What its choice is called in a form."""
        return f"ask-{self.ref}"


@dataclass(frozen=True, kw_only=True)
class Breaking:
    """All that counts on somebody on some half-days."""

    duties: Sequence[Broken]
    others: Sequence[Obligation]
    names: Mapping[int, str]

    @property
    def open_ones(self) -> list[Broken]:
        """What can be asked for."""
        return [one for one in self.duties if one.is_open]

    def wishes(self) -> list[Wish]:
        """What was chosen to be asked for."""
        wanted = [one for one in self.open_ones if one.chosen != NOBODY]
        duties = {row.id: row for row in db.session.scalars(select(Duty).where(Duty.id.in_(_ids(wanted))))}
        return [
            Wish(
                duty=duties[one.duty_id],
                space=one.space,
                people=[person for person in one.people if person.handle == one.chosen],
            )
            for one in wanted
        ]


def _ids(broken: Iterable[Broken]) -> list[int]:
    return [one.duty_id for one in broken]


def what_breaks(
    person: Person, span: Span, *, actor: Person, only: Here | None = None, chosen: Mapping[str, str] | None = None
) -> Breaking:
    """Return what counts on `person`, as `actor` may see it; with `only`, in that space. `chosen` is what a form says by field name."""
    runs = breaks(person, span)
    others = [one for one in obligations_of(person, span) if one.kind != DUTY]
    if only is not None:
        runs = [run for run in runs if run.space.id == only.space.id]
        others = [one for one in others if one.space is not None and one.space.id == only.space.id]
    in_sight = _in_sight(actor, {run.duty_id for run in runs} | {one.item_id for one in others if one.item_id})
    found: dict[int, Broken] = {}
    for run in runs:
        if run.duty_id in in_sight:
            found.setdefault(
                run.duty_id, Broken(ref=run.ref, title=run.title, space=run.space, duty_id=run.duty_id)
            ).runs.append(run)
    _offer(found.values(), person, actor=actor, chosen=chosen or {})
    return Breaking(
        duties=list(found.values()),
        others=[one for one in others if (one.item_id is None and actor.id == person.id) or one.item_id in in_sight],
        names=_names({run.person_id for run in runs if run.person_id}),
    )


def _in_sight(actor: Person, ids: set[int]) -> set[int]:
    return set(db.session.scalars(select(Item.id).where(Item.id.in_(ids), visible_items(actor, now()))))


def _offer(broken: Iterable[Broken], person: Person, *, actor: Person, chosen: Mapping[str, str]) -> None:
    """Say whom one could ask: who would stand in first. What isn't a choice counts as everybody."""
    members: dict[int, list[Person]] = {}
    away: dict[int, Mapping[int, StandIn]] = {}
    for one in broken:
        if one.space.id not in members:
            here = here_for(actor, one.space.slug)
            members[one.space.id] = [member for member in who_may_hold(here) if member.id != person.id]
            away[one.space.id] = stand_ins(here, [member.id for member in members[one.space.id]])
        standing = {run.person_id for run in one.runs if run.why is Why.DEPUTY}
        one.people = sorted(members[one.space.id], key=lambda member: member.id not in standing)
        one.away = away[one.space.id]
        said = chosen.get(one.field_name, EVERYBODY)
        one.chosen = said if said == NOBODY or said in {member.handle for member in one.people} else EVERYBODY


def _names(ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}
