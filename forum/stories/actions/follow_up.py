"""What is to change because of a story: noted by those who tell it and by organisers, offered to somebody, done or needed no longer.

Each runs inside `transaction()`. What it has in common with the promises of meetups is in `content/promises.py`.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select

from forum.content.promises import (
    MORNING_HOUR,
    PromiseState,
    checked_reason,
    checked_words,
    end,
    give,
    open_again,
    require_day,
    require_open,
)
from forum.core.apart import apart
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import once_key
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.roster.keeping import covers_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState, Membership, Space
from forum.spaces.policy import Can
from forum.spaces.queries.visible import is_for_member
from forum.stories.access import allow, why_not_settle, why_not_sort
from forum.stories.actions import hold_story
from forum.stories.events import StoryActionAnswered, StoryActionDue, StoryActionOffered, StoryActionSettled
from forum.stories.models import StoryAction
from forum.web.words import _

AT_ONCE = 200
MOST = 20
A_DAY = timedelta(days=1)


def note(
    here: Here,
    story_id: int,
    *,
    words: str,
    holder_id: int | None = None,
    due_on: date | None = None,
    once: str | None = None,
) -> StoryAction:
    """Note what is to change. Who is to do it is asked, and has it once they say yes. A second press gives back the first one's.

    Raises Missing, Denied, Invalid for `todo`, `holder` and `due_on`, RuleBroken before the story is published.
    """
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_sort(here, item))
    if item.state is not ItemState.PUBLISHED:
        raise RuleBroken(_("This isn’t published yet. Note it once everybody here can read the story."))
    at, words = now(), checked_words(words)
    key = once_key(once, "story action", here.actor.id, story.id, words)
    earlier = db.session.scalar(select(StoryAction).where(StoryAction.once == key)) if key else None
    if earlier is not None:
        return earlier
    require_day(due_on, here.space, at=at)
    _require_member(here, item, holder_id)
    there = db.session.scalars(
        select(StoryAction.id).where(StoryAction.story_id == story.id, StoryAction.state == PromiseState.OPEN)
    ).all()
    if len(there) >= MOST:
        raise Invalid({"todo": [_("%(most)s are open already. Finish one of them first.", most=MOST)]})
    made = StoryAction(
        story_id=story.id,
        words=words,
        holder_id=holder_id,
        due_on=due_on,
        noted_by_id=here.actor.id,
        noted_at=at,
        version=1,
        reminded=0,
        once=key,
        accepted_at=at if holder_id == here.actor.id else None,
    )
    db.session.add(made)
    db.session.flush()
    _offer(here, item, made)
    return made


def accept(here: Here, action: StoryAction) -> None:
    """Say yes to what one was asked to do. Twice is once. Raises Missing, Denied, RuleBroken when it is another's by now."""
    here, item, action = _hold(here, action)
    require_open(action)
    if action.holder_id != here.actor.id:
        raise RuleBroken(_("Somebody else is asked by now."))
    here.require(Can.TURN_UP)
    if action.accepted_at is None:
        action.accepted_at = now()
        _answer(here, item, action, is_yes=True)


def decline(here: Here, action: StoryAction) -> None:
    """Say no, or give back what one had: nobody has it then, and whoever noted it hears so. Raises Missing, Denied, RuleBroken."""
    here, item, action = _hold(here, action)
    require_open(action)
    if action.holder_id != here.actor.id:
        raise RuleBroken(_("Somebody else is asked by now."))
    here.require(Can.TURN_UP)
    give(action, None, action.due_on)
    action.accepted_at = None
    _answer(here, item, action, is_yes=False)


def take(here: Here, action: StoryAction) -> None:
    """Take what nobody has. Twice is once. Raises Missing, Denied, RuleBroken when somebody else was faster."""
    here, _item, action = _hold(here, action)
    here.require(Can.TAKE_DUTY)
    require_open(action)
    if action.holder_id == here.actor.id:
        return
    if action.holder_id is not None:
        holder = db.session.get_one(Person, action.holder_id)
        raise RuleBroken(_("%(name)s has it already.", name=holder.name))
    give(action, here.actor.id, action.due_on)
    action.accepted_at = now()


def hand_on(here: Here, action: StoryAction, *, holder_id: int | None, due_on: date | None) -> None:
    """Ask somebody else to do it, or for another day. Raises Missing, Denied, Invalid for `holder` and `due_on`, RuleBroken."""
    here, item, action = _hold(here, action)
    allow(why_not_settle(here, item, action))
    require_open(action)
    if due_on != action.due_on:
        require_day(due_on, here.space, at=now())
    if holder_id != action.holder_id:
        _require_member(here, item, holder_id)
    if (holder_id, due_on) == (action.holder_id, action.due_on):
        return
    is_same = holder_id == action.holder_id
    give(action, holder_id, due_on)
    if not is_same:
        action.accepted_at = now() if holder_id == here.actor.id else None
        _offer(here, item, action)


def finish(here: Here, action: StoryAction) -> None:
    """Say that it is done. Twice is once. Raises Missing, Denied."""
    _settle(here, action, state=PromiseState.DONE)


def drop(here: Here, action: StoryAction, *, reason: str) -> None:
    """Say that nobody needs to do it, and why. Twice is once. Raises Missing, Denied, Invalid for `reason`."""
    _settle(here, action, state=PromiseState.DROPPED, reason=checked_reason(reason))


def reopen(here: Here, action: StoryAction) -> None:
    """Let it be open again. Raises Missing, Denied."""
    here, item, action = _hold(here, action)
    allow(why_not_settle(here, item, action))
    if not action.is_open:
        open_again(action)


def remind_of_actions() -> None:
    """Remind whoever has an action of it on its day, once for each holder and day: or who covers for them. A worker does it hourly."""
    for action_id in _due(now()):
        with apart("the action of a story", action_id):
            _remind(action_id)


def let_go_of_actions() -> None:
    """Let nobody have what is noted as that of somebody who doesn't belong to the space any more. A worker does it hourly."""
    belongs = exists().where(
        Membership.space_id == Item.space_id, Membership.person_id == Person.id, Membership.ended_at.is_(None)
    )
    gone = (
        select(StoryAction.id)
        .join(Item, Item.id == StoryAction.story_id)
        .join(Person, Person.id == StoryAction.holder_id)
        .where(StoryAction.state == PromiseState.OPEN, or_(~belongs, Person.state == PersonState.CLOSED))
        .order_by(StoryAction.id)
    )
    for action_id in db.session.scalars(gone.limit(AT_ONCE)).all():
        with apart("the action of a story", action_id):
            action = lock(StoryAction, action_id)
            if action is not None and action.is_open:
                _vacate(action)


def vacate_in(space: Space, person: Person) -> None:
    """Let nobody have what somebody was to do in a space that they leave."""
    theirs = (
        select(StoryAction)
        .join(Item, Item.id == StoryAction.story_id)
        .where(Item.space_id == space.id, StoryAction.holder_id == person.id, StoryAction.state == PromiseState.OPEN)
    )
    for action in db.session.scalars(theirs.order_by(StoryAction.id)):
        _vacate(action)


def pass_action(key: str, giver: Person, taker: Person) -> None:
    """Let somebody have the action that a colleague leaves and that they accepted: for the leaving kit."""
    action = db.session.get(StoryAction, int(key), populate_existing=True)
    if action is not None and action.holder_id == giver.id and action.is_open:
        give(action, taker.id, action.due_on)
        action.accepted_at = now()
        db.session.flush()


def taken_again(keys: Collection[str]) -> Collection[str]:
    """Return which actions that were left have a holder again, or are settled."""
    ids = [int(key) for key in keys if key.isdigit()]
    waiting = select(StoryAction.id).where(
        StoryAction.id.in_(ids), StoryAction.holder_id.is_(None), StoryAction.state == PromiseState.OPEN
    )
    return set(keys) - {str(one) for one in db.session.scalars(waiting)}


def _hold(here: Here, action: StoryAction) -> tuple[Here, Item, StoryAction]:
    here, item, _story, _post = hold_story(here, action.story_id)
    fresh = db.session.get(StoryAction, action.id, populate_existing=True)
    if fresh is None or fresh.story_id != item.id:
        raise Missing
    return here, item, fresh


def _settle(here: Here, action: StoryAction, *, state: PromiseState, reason: str = "") -> None:
    here, item, action = _hold(here, action)
    allow(why_not_settle(here, item, action))
    if not action.is_open:
        return
    end(action, state=state, by_id=here.actor.id, at=now(), reason=reason)
    db.session.flush()
    announce(StoryActionSettled(actor_id=here.actor.id, item_id=item.id, action_id=action.id))


def _offer(here: Here, item: Item, action: StoryAction) -> None:
    if action.holder_id is not None and action.holder_id != here.actor.id:
        announce(
            StoryActionOffered(actor_id=here.actor.id, item_id=item.id, action_id=action.id, version=action.version)
        )


def _answer(here: Here, item: Item, action: StoryAction, *, is_yes: bool) -> None:
    db.session.flush()
    if action.noted_by_id is not None and action.noted_by_id != here.actor.id:
        announce(StoryActionAnswered(actor_id=here.actor.id, item_id=item.id, action_id=action.id, is_yes=is_yes))


def _require_member(here: Here, item: Item, holder_id: int | None) -> None:
    if holder_id is None:
        return
    member = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.space_id == here.space.id,
            Membership.person_id == holder_id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
    )
    if db.session.scalar(member.limit(1)) is None:
        raise Invalid({"holder": [_("Choose a member of this space.")]})
    if db.session.scalar(member.where(is_for_member(item, now())).limit(1)) is None:
        raise Invalid({"holder": [_("They can’t see this story. Choose somebody who can.")]})


def _due(at: datetime) -> Sequence[int]:
    """Return the actions whose day has come: from eight in the morning on, on the clock of their space."""
    rows = db.session.execute(
        select(StoryAction.id, StoryAction.due_on, Space.zone)
        .join(Item, Item.id == StoryAction.story_id)
        .join(Space, Space.id == Item.space_id)
        .where(
            StoryAction.state == PromiseState.OPEN,
            StoryAction.holder_id.is_not(None),
            StoryAction.reminded < StoryAction.version,
            StoryAction.due_on <= (at + A_DAY).date(),
            Item.state == ItemState.PUBLISHED,
            Space.archived_at.is_(None),
        )
        .order_by(StoryAction.id)
        .limit(AT_ONCE)
    )
    return [row.id for row in rows if datetime.combine(row.due_on, time(MORNING_HOUR), ZoneInfo(row.zone)) <= at]


def _remind(action_id: int) -> None:
    action = lock(StoryAction, action_id)
    if action is None or action.holder_id is None or not action.is_open or action.reminded >= action.version:
        return
    action.reminded = action.version
    item = db.session.get_one(Item, action.story_id)
    for person_id in sorted(covers_of(action.holder_id, db.session.get_one(Space, item.space_id))):
        announce(StoryActionDue(item_id=item.id, action_id=action.id, version=action.version, person_id=person_id))


def _vacate(action: StoryAction) -> None:
    give(action, None, action.due_on)
    action.accepted_at = None
    db.session.flush()
