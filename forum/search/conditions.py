"""What the filters of a question ask for, and within which rights. Whatever can't be seen is the same as what isn't there (A3)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, func, or_, select

from forum.core.db import db
from forum.core.text import folded
from forum.core.time import today
from forum.people.models import Person, PersonState
from forum.search.keeping import findables
from forum.search.language import Asked, Filter, day_of
from forum.search.models import SearchEntry
from forum.search.rights import Rights, rights_of
from forum.search.scopes import scopes_for
from forum.spaces.findable import Findable
from forum.spaces.models import Item, Membership, Space, Visibility
from forum.web.words import _

ME = "me"
PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Within what is looked."""

    rights: Rights
    where: list[ColumnElement[bool]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_nowhere: bool = False
    """Nothing can be found, since a place was named that isn't there."""


def bounds_of(actor: Person, asked: Asked, *, at: datetime, space_id: int | None = None) -> Bounds:
    """Return within what `actor` looks."""
    where: list[ColumnElement[bool]] = []
    problems: list[str] = []
    is_nowhere = False
    for one in asked.filters:
        if one.key == "in":
            found = _space_named(actor, one.value)
            if found is None:
                problems.append(_("You are in no space that is called “%(name)s”.", name=one.value))
                is_nowhere = is_nowhere or not one.is_not
            elif one.is_not:
                where.append(Item.space_id != found)
            else:
                space_id = found
            continue
        condition = _condition(actor, one)
        if condition is None:
            problems.append(_problem(one))
        else:
            where.append(~condition if one.is_not else condition)
    if space_id is not None:
        where.append(Item.space_id == space_id)
    # With every filter left out nothing was asked for; all that there is would be no answer.
    is_nowhere = is_nowhere or (bool(problems) and not where and not asked.terms)
    return Bounds(
        rights=rights_of(actor, scopes_for(actor, at, space_id=space_id), at),
        where=where,
        problems=problems,
        is_nowhere=is_nowhere,
    )


def _space_named(actor: Person, name: str) -> int | None:
    """Return the space that somebody can look into, by its address or its name."""
    mine = select(Membership.space_id).where(Membership.person_id == actor.id, Membership.ended_at.is_(None))
    query = select(Space.id, Space.slug, Space.name).where(or_(Space.visibility == Visibility.OPEN, Space.id.in_(mine)))
    # Compared here: what is a capital letter the databases know of ASCII only.
    called = {folded(row.name): row.id for row in db.session.execute(query.order_by(Space.id.desc()))}
    by_address = db.session.scalar(query.where(Space.slug == name.lower()))
    return by_address or called.get(folded(name))


def _condition(actor: Person, one: Filter) -> ColumnElement[bool] | None:
    """Return what a filter asks for, None when it can't be understood."""
    value = one.value.lower()
    if one.key == "by":
        return _by(actor, one.value)
    if one.key in {"after", "before"}:
        return _when(actor, one)
    if one.key == "kind" and value == PERSON:
        return false()  # people are found beside, see `people.people_found`
    kinds = list(findables().values())
    if one.key == "tag":
        return _any([kind.tagged(one.value) for kind in kinds if kind.tagged is not None])
    return _any(
        [
            conditions[value]
            for kind in kinds
            for conditions in [kind.of_kind if one.key == "kind" else kind.states]
            if value in conditions
        ]
    )


def _any(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool] | None:
    return or_(*conditions) if conditions else None


def _by(actor: Person, value: str) -> ColumnElement[bool]:
    """Whoever isn't there and whoever wrote nothing that one can see are the same."""
    if value.lower() == ME:
        return SearchEntry.author_id == actor.id
    name = value.removeprefix("@")
    first_name = func.lower(Person.name).startswith(f"{name.lower()} ", autoescape=True)
    # As it is written too: what is a capital letter the databases know of ASCII only.
    named = select(Person.id).where(
        or_(Person.handle == name.lower(), func.lower(Person.name) == name.lower(), Person.name == name, first_name),
        Person.state != PersonState.CLOSED,
    )
    return SearchEntry.author_id.in_(named) if name else false()


def _when(actor: Person, one: Filter) -> ColumnElement[bool] | None:
    days = day_of(one.value) or _day_called(one.value.lower(), actor.zone)
    if days is None:
        return None
    try:
        first = datetime.combine(days[0], time(), ZoneInfo(actor.zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return SearchEntry.at < first if one.key == "before" else SearchEntry.at >= first


def _day_called(word: str, zone: str) -> tuple[date, date] | None:
    """Return "today" or "yesterday" as `day_of` gives days."""
    ago = {"today": 0, "yesterday": 1}.get(word)
    if ago is None:
        return None
    day = today(zone) - timedelta(days=ago)
    return day, day + timedelta(days=1)


def _problem(one: Filter) -> str:
    if one.key in {"after", "before"}:
        return _(
            "“%(word)s” isn’t a day, so it was left out. Write a day as 2026-11-26, or a month as 2026-11.", word=one
        )
    words = _known(one.key)
    return _("“%(word)s” wasn’t understood, so it was left out. There is: %(words)s.", word=one, words=", ".join(words))


def _known(key: str) -> list[str]:
    def of(kind: Findable) -> list[str]:
        return list(kind.of_kind if key == "kind" else kind.states)

    people = [f"kind:{PERSON}"] if key == "kind" else []
    return [f"{key}:{word}" for kind in findables().values() for word in of(kind)] + people
