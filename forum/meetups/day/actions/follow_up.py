"""Actions: what somebody promised on a date. Who has one, or leads the meetup, says what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from forum.content.promises import checked_reason, checked_words, end, give, open_again, require_day, require_open
from forum.core.db import db
from forum.core.errors import RuleBroken
from forum.core.events import announce
from forum.core.text import once_key, one_line
from forum.core.time import now
from forum.meetups.day.access import allow, found, hold_date, hold_led, leads, require_begun, require_member
from forum.meetups.day.actions.telling import tell_given
from forum.meetups.day.events import ActionGiven, ActionSettled, ActionsLeft
from forum.meetups.day.models import Action, ActionState
from forum.meetups.models import Occurrence, Series
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is to be done, by whom and by when. Without a holder anybody may take it."""

    words: str
    holder_id: int | None = None
    due_on: date | None = None


def note(
    here: Here,
    series_id: int,
    occurrence_id: int,
    promise: Promise,
    *,
    once: str | None = None,
    at: datetime | None = None,
) -> Action:
    """Note an action. Its holder is told at once. A second press gives back the first one's.

    Raises Missing, Denied, Invalid for `todo`, `holder` and `due_on`, RuleBroken before it begins.
    """
    here, item, one = hold_led(here, series_id, occurrence_id)
    at, words = at or now(), one_line(promise.words)
    require_begun(one, has_begun=one.starts_at <= at)
    key = once_key(once, "action", here.actor.id, one.id, words)
    earlier = db.session.scalar(select(Action).where(Action.once == key)) if key else None
    if earlier is not None:
        return earlier
    words = checked_words(words)
    require_day(promise.due_on, here.space, at=at)
    if promise.holder_id is not None:
        require_member(here.space, promise.holder_id, field="holder")
    made = Action(
        occurrence_id=one.id,
        words=words,
        holder_id=promise.holder_id,
        due_on=promise.due_on,
        noted_by_id=here.actor.id,
        noted_at=at,
        version=1,
        reminded=0,
        once=key,
    )
    db.session.add(made)
    db.session.flush()
    _tell_given(here, item, made)
    return made


def finish(here: Here, action: Action, *, at: datetime | None = None) -> None:
    """Say that an action is done. Twice is once. Raises Missing, Denied."""
    here, item, action = _hold(here, action)
    if action.state is ActionState.OPEN:
        _settle(here, item, action, state=ActionState.DONE, at=at or now())


def drop(here: Here, action: Action, *, reason: str, at: datetime | None = None) -> None:
    """Say that nobody needs to do it, and why. Twice is once. Raises Missing, Denied, Invalid for `reason`."""
    here, item, action = _hold(here, action)
    reason = checked_reason(reason)
    if action.state is ActionState.OPEN:
        _settle(here, item, action, state=ActionState.DROPPED, reason=reason, at=at or now())


def reopen(here: Here, action: Action) -> None:
    """Let an action be open again. Raises Missing, Denied."""
    here, _item, action = _hold(here, action)
    if action.state is not ActionState.OPEN:
        open_again(action)
        db.session.flush()


def hand_on(
    here: Here, action: Action, *, holder_id: int | None, due_on: date | None, at: datetime | None = None
) -> None:
    """Give an open action to somebody, for a day; they are told, and so is who had it. Without a holder anybody may take it.

    Raises Missing, Denied, Invalid for `holder` and `due_on`, RuleBroken when it is settled.
    """
    here, item, action = _hold(here, action)
    require_open(action)
    if due_on != action.due_on:
        require_day(due_on, here.space, at=at or now())
    if holder_id is not None and holder_id != action.holder_id:
        require_member(here.space, holder_id, field="holder")
    previous = action.holder_id
    if (holder_id, due_on) == (previous, action.due_on):
        return
    give(action, holder_id, due_on)
    db.session.flush()
    _tell_given(here, item, action, previous=previous)


def take(here: Here, action: Action) -> None:
    """Take an action that nobody has. Twice is once. Raises Missing, Denied, RuleBroken when somebody else was faster."""
    here, _item, _series, _one, action = _load(here, action, power=Can.TAKE_DUTY)
    require_open(action)
    if action.holder_id == here.actor.id:
        return
    if action.holder_id is not None:
        holder = db.session.get_one(Person, action.holder_id)
        raise RuleBroken(_("%(name)s has it already.", name=holder.name))
    give(action, here.actor.id, action.due_on)
    db.session.flush()


def why_not_settle(here: Here, series: Series, item: Item, one: Occurrence, action: Action) -> str:
    """Return "" when somebody may say what became of an action, else the sentence that says why not."""
    if leads(here, series, item, one):
        return ""
    if action.holder_id != here.actor.id:
        return _("Only who has it, the host and the organisers can do this.")
    return "" if here.may(Can.TURN_UP) else here.why_not(Can.TURN_UP)


def leave_all(space: Space, person_id: int, *, at: datetime) -> None:
    """Let nobody have what somebody promised in a space that they don't belong to any more; its organisers are told."""
    open_ones = (
        select(Action.id)
        .join(Occurrence, Occurrence.id == Action.occurrence_id)
        .join(Item, Item.id == Occurrence.series_id)
        .where(Item.space_id == space.id, Action.holder_id == person_id, Action.state == ActionState.OPEN)
        .order_by(Action.id)
    )
    ids = tuple(db.session.scalars(open_ones))
    if not ids:
        return
    _vacate(ids)
    announce(ActionsLeft(space_id=space.id, actions=ids))
    record(
        "left actions", actor=None, space=space, person=db.session.get(Person, person_id), at=at, number=str(len(ids))
    )


def _vacate(ids: Collection[int]) -> None:
    db.session.execute(
        update(Action)
        .where(Action.id.in_(ids))
        .values(holder_id=None, version=Action.version + 1)
        .execution_options(synchronize_session="fetch")
    )


def _load(here: Here, action: Action, *, power: Can) -> tuple[Here, Item, Series, Occurrence, Action]:
    one = found(db.session.get(Occurrence, action.occurrence_id))
    here, item, series, one = hold_date(here, one.series_id, one.id, power=power)
    return here, item, series, one, db.session.get_one(Action, action.id, populate_existing=True)


def _hold(here: Here, action: Action) -> tuple[Here, Item, Action]:
    here, item, series, one, fresh = _load(here, action, power=Can.SEE_MEETUPS)
    allow(why_not_settle(here, series, item, one, fresh))
    return here, item, fresh


def _settle(here: Here, item: Item, action: Action, *, state: ActionState, reason: str = "", at: datetime) -> None:
    end(action, state=state, by_id=here.actor.id, at=at, reason=reason)
    db.session.flush()
    if action.holder_id is not None and action.holder_id != here.actor.id:
        announce(
            ActionSettled(
                actor_id=here.actor.id,
                item_id=item.id,
                action_id=action.id,
                person_id=action.holder_id,
                version=action.version,
            )
        )


def _tell_given(here: Here, item: Item, action: Action, *, previous: int | None = None) -> None:
    if action.holder_id != here.actor.id:
        tell_given(action, item)
    announce(
        ActionGiven(
            actor_id=here.actor.id,
            item_id=item.id,
            action_id=action.id,
            version=action.version,
            previous_id=previous if previous != action.holder_id else None,
        )
    )
