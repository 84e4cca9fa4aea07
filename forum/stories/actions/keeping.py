"""Keeping a story true: who holds its fix, when it was looked at last, and asking once when that is due (E6)."""

from collections.abc import Collection
from datetime import datetime

from forum.core.errors import RuleBroken
from forum.core.events import announce
from forum.core.time import today
from forum.people.models import Person
from forum.roster import keeping
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Space
from forum.stories.access import allow, why_not_sort, why_not_verify
from forum.stories.actions import hold_story
from forum.stories.events import StoryDue, StoryHeldBy
from forum.stories.models import Story
from forum.web.words import _


def verify(here: Here, story_id: int) -> None:
    """Say that the fix still works, today: one press renews it for a quarter. A second press changes nothing.

    Raises Missing, Denied.
    """
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_verify(here, item))
    if keeping.renew(story, by=here.actor, this=today(here.space.zone)):
        record("verified story", actor=here.actor, space=here.space, item=item)


def hold_by(here: Here, story_id: int, *, person_id: int | None = None, duty_id: int | None = None) -> None:
    """Let a person keep the fix true, or whoever holds a duty, or nobody. One that was told without a name is held by a duty (E3).

    Raises Missing, Denied, Invalid for `holder`.
    """
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_sort(here, item))
    if person_id is not None and story.is_unnamed:
        raise RuleBroken(_("This was told without a name, so a duty holds it and not a person."))
    if not keeping.give(here, story, person_id=person_id, duty_id=duty_id):
        return
    record("gave story", actor=here.actor, space=here.space, item=item)
    if person_id is not None and person_id != here.actor.id:
        announce(StoryHeldBy(actor_id=here.actor.id, item_id=item.id, person_id=person_id))


def pass_to(key: str, giver: Person, taker: Person) -> None:
    """Let a story that somebody leaves be held by who takes it, in that transaction: for the leaving kit."""
    keeping.pass_on(Story, key, giver, taker)


def kept_again(keys: Collection[str]) -> Collection[str]:
    """Return which of some stories somebody keeps by now, or a duty does; or they are gone."""
    return keeping.kept_again(Story, keys)


def let_go(space: Space, person: Person, _at: datetime) -> None:
    """Let nobody hold what somebody held who stops belonging to a space: shown as such, and given to nobody by itself."""
    keeping.let_go(Story, space, person)


def settle(person: Person) -> None:
    """Let nobody hold what somebody held whose account is erased."""
    keeping.settle(Story, person)


def ask_keepers() -> None:
    """Ask who keeps each story that is due, once for each day due. A worker does it once an hour; two ask no more than one."""
    keeping.ask_about(Story, lambda story_id, person_id, day: StoryDue(item_id=story_id, person_id=person_id, day=day))
