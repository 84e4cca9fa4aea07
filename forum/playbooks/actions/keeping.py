"""Keeping a playbook true, citing stories, withdrawing it, and hearing of its changes. Each runs inside `transaction()`."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from forum.content.models import WatchLevel
from forum.content.watching import choose
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import today
from forum.people.models import Person
from forum.playbooks.access import allow, why_not_keep, why_not_withdraw
from forum.playbooks.actions import cite, held_row, hold_playbook
from forum.playbooks.events import PlaybookDue, PlaybookHeldBy, PlaybookWithdrawn
from forum.playbooks.models import Cite, Playbook
from forum.roster import keeping
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState, LogEntry, Space
from forum.spaces.policy import Can
from forum.web.words import _

MOST_CITED = 20


def verify(here: Here, playbook_id: int) -> None:
    """Say that it still holds, today. A second press changes nothing. Raises Missing, Denied."""
    here, item, playbook = hold_playbook(here, playbook_id, power=Can.RUN_PLAYBOOK)
    if keeping.renew(playbook, by=here.actor, this=today(here.space.zone)):
        record("checked playbook", actor=here.actor, space=here.space, item=item)


def hold_by(here: Here, playbook_id: int, *, person_id: int | None = None, duty_id: int | None = None) -> None:
    """Let a person keep it true, or whoever holds a duty, or nobody. Raises Missing, Denied, Invalid for `holder`."""
    here, item, playbook = hold_playbook(here, playbook_id)
    allow(why_not_keep(here, playbook, item))
    if not keeping.give(here, playbook, person_id=person_id, duty_id=duty_id):
        return
    record("gave playbook", actor=here.actor, space=here.space, item=item)
    if person_id is not None and person_id != here.actor.id:
        announce(PlaybookHeldBy(actor_id=here.actor.id, item_id=item.id, person_id=person_id))


def add_story(here: Here, playbook_id: int, *, story_id: int) -> None:
    """Cite one more story. Twice is once. Raises Missing, Denied, Invalid for `story`."""
    here, item, playbook = hold_playbook(here, playbook_id)
    allow(why_not_keep(here, playbook, item))
    many = db.session.scalar(select(func.count()).select_from(Cite).where(Cite.playbook_id == item.id)) or 0
    if many >= MOST_CITED:
        raise Invalid({"story": [_("It comes from %(most)s stories already. That is as many as go.", most=MOST_CITED)]})
    cite(here, item, story_id)


def drop_story(here: Here, playbook_id: int, *, story_id: int) -> None:
    """Cite a story no more. Raises Missing, Denied."""
    here, item, playbook = hold_playbook(here, playbook_id)
    allow(why_not_keep(here, playbook, item))
    row = db.session.get(Cite, (item.id, story_id))
    if row is not None:
        db.session.delete(row)


def watch(here: Here, playbook_id: int, *, is_told: bool) -> None:
    """Hear of each new version, or not. Raises Missing, Denied."""
    here, item, _playbook = hold_playbook(here, playbook_id, power=Can.WATCH_THREAD)
    choose(here.actor, item, WatchLevel.EVERYTHING if is_told else WatchLevel.OFF)


def withdraw(here: Here, playbook_id: int, *, reason: str = "") -> None:
    """Withdraw a playbook. Who withdraws another's says why, and who wrote it is told. Runs stay with who began them.

    Raises Missing, Denied, Invalid for `reason`.
    """
    here, item, playbook = hold_playbook(here, playbook_id)
    allow(why_not_withdraw(here, playbook, item))
    is_own = item.author_id == here.actor.id
    if not is_own and not reason:
        raise Invalid({"reason": [_("Say why. The reason stands in the log, and in the mail to who wrote it.")]})
    item.state = ItemState.WITHDRAWN
    entry = record("withdrew playbook", actor=here.actor, space=here.space, item=item, reason=reason)
    db.session.flush()
    if not is_own:
        announce(PlaybookWithdrawn(actor_id=here.actor.id, item_id=item.id, log_id=entry.id))


def put_back(here: Here, playbook_id: int) -> None:
    """Let a withdrawn playbook be read again. What an organiser withdrew, its author can't undo.

    Raises Missing, Denied, RuleBroken. Published already, nothing changes.
    """
    item = lock(Item, playbook_id)
    here = as_it_is_now(here)
    if item is None or item.space_id != here.space.id:
        raise Missing
    playbook = held_row(item)
    if item.state is not ItemState.WITHDRAWN:
        return
    allow(why_not_withdraw(here, playbook, item))
    if not here.may(Can.KEEP_PLAYBOOKS) and _withdrawn_by(item) != here.actor.id:
        raise RuleBroken(_("Somebody else withdrew this playbook. Ask an organiser to put it back."))
    item.state = ItemState.PUBLISHED
    record("put back playbook", actor=here.actor, space=here.space, item=item)


def _withdrawn_by(item: Item) -> int | None:
    query = select(LogEntry.actor_id).where(LogEntry.item_id == item.id, LogEntry.verb == "withdrew playbook")
    return db.session.scalar(query.order_by(LogEntry.id.desc()).limit(1))


def pass_to(key: str, giver: Person, taker: Person) -> None:
    """Let a playbook that somebody leaves be held by who takes it, in that transaction: for the leaving kit."""
    keeping.pass_on(Playbook, key, giver, taker)


def kept_again(keys: Collection[str]) -> Collection[str]:
    """Return which of some playbooks somebody keeps by now, or a duty does; or they are gone."""
    return keeping.kept_again(Playbook, keys)


def let_go(space: Space, person: Person, _at: datetime) -> None:
    """Let nobody hold what somebody held who stops belonging to a space."""
    keeping.let_go(Playbook, space, person)


def settle(person: Person) -> None:
    """Let nobody hold what somebody held whose account is erased."""
    keeping.settle(Playbook, person)


def ask_keepers() -> None:
    """Ask who keeps each playbook that is due, once for each day due."""
    keeping.ask_about(Playbook, lambda key, person_id, day: PlaybookDue(item_id=key, person_id=person_id, day=day))
