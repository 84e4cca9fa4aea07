"""Keeping a story true: who holds its fix, when it was looked at last, and asking once when that is due (E6)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from forum.core.db import db, lock, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.time import now, today
from forum.people.models import Person, PersonState
from forum.roster.models import Duty
from forum.spaces.feature import meets
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState, Membership, Space
from forum.stories.access import allow, keeper_of, why_not_sort, why_not_verify
from forum.stories.actions import A_QUARTER, hold_story
from forum.stories.events import StoryDue, StoryHeldBy
from forum.stories.models import Story
from forum.web.words import _

AT_ONCE = 100


def verify(here: Here, story_id: int) -> None:
    """Say that the fix still works, today: one press renews it for a quarter. A second press changes nothing.

    Raises Missing, Denied.
    """
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_verify(here, item))
    this = today(here.space.zone)
    if story.verified_on == this:
        return
    story.verified_on, story.verified_by_id, story.due_on = this, here.actor.id, this + A_QUARTER
    record("verified story", actor=here.actor, space=here.space, item=item)


def hold_by(here: Here, story_id: int, *, person_id: int | None = None, duty_id: int | None = None) -> None:
    """Let a person keep the fix true, or whoever holds a duty, or nobody. One that was told without a name is held by a duty (E3).

    Raises Missing, Denied, Invalid for `holder`.
    """
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_sort(here, item))
    if person_id is not None and (duty_id is not None or not _is_member(here, person_id)):
        raise Invalid({"holder": [_("Choose a member of this space, or one of its duties.")]})
    if person_id is not None and story.is_unnamed:
        raise RuleBroken(_("This was told without a name, so a duty holds it and not a person."))
    if duty_id is not None and not _is_duty(here, duty_id):
        raise Invalid({"holder": [_("Choose a member of this space, or one of its duties.")]})
    if (story.holder_id, story.duty_id) == (person_id, duty_id):
        return
    story.holder_id, story.duty_id = person_id, duty_id
    record("gave story", actor=here.actor, space=here.space, item=item)
    if person_id is not None and person_id != here.actor.id:
        announce(StoryHeldBy(actor_id=here.actor.id, item_id=item.id, person_id=person_id))


def pass_to(key: str, giver: Person, taker: Person) -> None:
    """Let a story that somebody leaves be held by who takes it, in that transaction: for the leaving kit."""
    story_id = int(key)
    if lock(Item, story_id) is None:
        return
    story = db.session.get(Story, story_id, populate_existing=True)
    if story is not None and story.holder_id == giver.id:
        story.holder_id, story.asked_on = taker.id, None


def kept_again(keys: Collection[str]) -> Collection[str]:
    """Return which of some stories somebody keeps by now, or a duty does; or they are gone."""
    is_kept = or_(Story.holder_id.is_not(None), Story.duty_id.is_not(None), Item.state != ItemState.PUBLISHED)
    ids = [int(key) for key in keys if key.isdigit()]
    query = select(Story.id).join(Item, Item.id == Story.id).where(Story.id.in_(ids), is_kept)
    return {str(story_id) for story_id in db.session.scalars(query)}


def let_go(space: Space, person: Person, _at: datetime) -> None:
    """Let nobody hold what somebody held who stops belonging to a space: shown as such, and given to nobody by itself."""
    held = select(Story).join(Item, Item.id == Story.id).where(Item.space_id == space.id, Story.holder_id == person.id)
    for story in db.session.scalars(held.order_by(Story.id)):
        story.holder_id = None


def settle(person: Person) -> None:
    """Let nobody hold what somebody held whose account is erased."""
    for story in db.session.scalars(select(Story).where(Story.holder_id == person.id).order_by(Story.id)):
        story.holder_id = None


def ask_keepers() -> None:
    """Ask who keeps each story that is due, once for each day due. A worker does it once an hour; two ask no more than one."""
    for story_id in _due():
        with transaction():
            _ask(story_id)


def _due() -> Sequence[int]:
    query = (
        select(Story.id)
        .join(Item, Item.id == Story.id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Story.due_on <= now().date() + timedelta(days=1),
            or_(Story.asked_on.is_(None), Story.asked_on < Story.due_on),
            Item.state == ItemState.PUBLISHED,
            Space.archived_at.is_(None),
        )
        .order_by(Story.due_on, Story.id)
    )
    return db.session.scalars(query.limit(AT_ONCE)).all()


def _ask(story_id: int) -> None:
    item = lock(Item, story_id)
    story = db.session.get(Story, story_id, populate_existing=True)
    if item is None or story is None or story.due_on is None or item.state is not ItemState.PUBLISHED:
        return
    space = db.session.get_one(Space, item.space_id)
    if story.due_on > today(space.zone) or (story.asked_on is not None and story.asked_on >= story.due_on):
        return
    story.asked_on = story.due_on
    for person_id in sorted(asked_of(story, space)):
        announce(StoryDue(item_id=item.id, person_id=person_id, day=story.due_on.isoformat()))


def asked_of(story: Story, space: Space) -> set[int]:
    """Return who is asked about a story now: who keeps it, or who covers for them while they are away."""
    keeper = keeper_of(story)
    if keeper is None:
        return set()
    if story.duty_id is not None:
        return {keeper}
    covers = meets(space.id, [keeper], now()).get(keeper)
    return set(covers) if covers else {keeper}


def _is_member(here: Here, person_id: int) -> bool:
    query = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.space_id == here.space.id,
            Membership.person_id == person_id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def _is_duty(here: Here, duty_id: int) -> bool:
    query = (
        select(Duty.id)
        .join(Item, Item.id == Duty.id)
        .where(
            Duty.id == duty_id,
            Duty.ended_on.is_(None),
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
        )
    )
    return db.session.scalar(query) is not None
