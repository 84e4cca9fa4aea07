"""Who may do what on the day of a meetup. A write looks again at what it was allowed, with the meetup's item held."""

from typing import TypeVar

from sqlalchemy import select

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.meetups.access import require_change, why_not_change
from forum.meetups.actions.turning_up import held_occurrence
from forum.meetups.models import Occurrence, Series
from forum.people.models import Person, PersonState
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Space
from forum.spaces.policy import Can
from forum.web.words import _

Row = TypeVar("Row")


def hold_date(here: Here, series_id: int, occurrence_id: int, *, power: Can) -> tuple[Here, Item, Series, Occurrence]:
    """Lock a meetup, and return it with one of its dates as they are now. Raises Missing, Denied."""
    here, item = hold_item(here, series_id, power=power)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    return here, item, series, held_occurrence(series_id, occurrence_id)


def hold_led(here: Here, series_id: int, occurrence_id: int) -> tuple[Here, Item, Occurrence]:
    """Likewise, for what only organisers and the host do. Raises Missing, Denied."""
    here, item, series, one = hold_date(here, series_id, occurrence_id, power=Can.SEE_MEETUPS)
    require_change(here, series, item, one)
    return here, item, one


def leads(here: Here, series: Series, item: Item, one: Occurrence) -> bool:
    """Say whether somebody leads a date: an organiser, or who hosts it on that day."""
    return not why_not_change(here, series, item, one)


def require_member(space: Space, person_id: int, *, field: str) -> Person:
    """Return a member of a space. Raises Invalid for `field`."""
    person = db.session.scalar(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.id == person_id,
            Person.state == PersonState.ACTIVE,
            Membership.space_id == space.id,
            Membership.ended_at.is_(None),
        )
    )
    if person is None:
        raise Invalid({field: [_("Choose a member of this space.")]})
    return person


def require_begun(one: Occurrence, *, has_begun: bool) -> None:
    """Refuse what can only be said of a date that has begun and took place. Raises RuleBroken."""
    if not one.is_planned:
        raise RuleBroken(_("This meetup does not take place on that day."))
    if not has_begun:
        raise RuleBroken(_("This meetup has not begun yet."))


def allow(why_not: str) -> None:
    """Raise Denied with the reason, if there is one."""
    if why_not:
        raise Denied(why_not)


def found(row: Row | None) -> Row:
    """Return what was looked for. Raises Missing."""
    if row is None:
        raise Missing
    return row
