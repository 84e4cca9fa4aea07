"""Asking round: who is on duty, then their deputy, the organisers, and whoever said that they may be asked. Each step once a round."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from forum.content.models import Post, PostState
from forum.core.db import db, insert, lock, transaction
from forum.core.events import announce
from forum.core.time import now
from forum.help.events import HelpAskedAnew, HelpPaged, HelpUnanswered
from forum.help.models import EVERYBODY, GAVE_BACK, Case, CaseState, Page, Step
from forum.help.queries.reach import Reach, can_be_asked, minutes_of, reach_of, steps_of
from forum.help.telling import UNANSWERED, tell_of, tell_paged
from forum.spaces.models import Audience, Item, ItemPerson, ItemState, Space

logger = logging.getLogger(__name__)
LOOK_AGAIN = timedelta(minutes=30)
"""When everybody was asked, it is looked so often who is on duty by then: another week may have begun."""
PUT_OFF = timedelta(minutes=5)
"""What could not be taken further is tried again after so long, so that it keeps no other waiting."""


def go_further(case: Case, item: Item, space: Space, *, at: datetime) -> list[int]:
    """Ask at the next step at which there is somebody to ask, and return whom. The item is held, and the case open.

    A step at which there is nobody is passed over at once. When all are done, it is looked from time to time who has come since.
    """
    reach, known = reach_of(space, at), {*_asked(case), item.author_id}
    for step in [one for one in steps_of(is_drill=case.is_drill) if one > case.step]:
        people = reach.at_step(step, but=known)
        case.step = step
        db.session.add(Step(case_id=case.id, round=case.round, step=step, at=at, people=len(people)))
        if people:
            case.next_at = at + timedelta(minutes=minutes_of(space))
            _page(case, item, people, step=step, at=at)
            return people
    return _ask_late(case, item, reach, known, at=at)


def _ask_late(case: Case, item: Item, reach: Reach, known: Collection[int | None], *, at: datetime) -> list[int]:
    """Ask whoever can be asked only since then: they came on duty, or back. The first time say that everybody was asked."""
    if case.step < EVERYBODY:
        case.step = EVERYBODY
        db.session.add(Step(case_id=case.id, round=case.round, step=EVERYBODY, at=at, people=len(_asked(case))))
        tell_of(case, item, [item.author_id], kind=UNANSWERED, at=at)
        announce(HelpUnanswered(item_id=item.id, round=case.round))
    people = reach.first(steps_of(is_drill=case.is_drill), but=known)
    case.next_at = None if case.is_drill else at + LOOK_AGAIN
    if people:
        _page(case, item, people, step=EVERYBODY, at=at)
    return people


def begin_anew(
    case: Case, item: Item, space: Space, *, actor_id: int | None, but: int | None, also: int | None, at: datetime
) -> None:
    """Ask round again from the first step, without who gave it back; `also` is asked besides: who had it before. The item is held."""
    case.state, case.holder_id, case.taken_at = CaseState.OPEN, None, None
    case.offered_to_id = case.offered_at = case.closed_at = case.closed_by_id = case.helped_number = None
    case.round, case.step = case.round + 1, 0
    if but is not None:
        db.session.add(Page(case_id=case.id, round=case.round, person_id=but, step=GAVE_BACK, at=at))
    db.session.flush()
    announce(HelpAskedAnew(actor_id=actor_id, item_id=item.id, round=case.round))
    people = go_further(case, item, space, at=at)
    if also is not None and also not in {item.author_id, but, *people} and can_be_asked(space, [also], at):
        _page(case, item, [also], step=case.step, at=at)


def take_further() -> bool:
    """Take further one case whose time has come, and say whether there was one. Workers do it all the time; several may at once."""
    at = now()
    due = db.session.scalar(
        select(Case.id)
        .join(Item, Item.id == Case.id)
        .join(Space, Space.id == Item.space_id)
        .where(Case.next_at <= at, Item.state == ItemState.PUBLISHED, Space.archived_at.is_(None))
        .order_by(Case.next_at, Case.id)
        .limit(1)
    )
    db.session.rollback()
    if due is None:
        return False
    try:
        with transaction():
            _take_further(due, at=at)
    except Exception:
        logger.exception("case %d could not be taken further; the others are, and this one is tried again", due)
        with transaction():
            still_open = Case.id == due, Case.state == CaseState.OPEN
            db.session.execute(update(Case).where(*still_open).values(next_at=at + PUT_OFF))
    return True


def _take_further(case_id: int, *, at: datetime) -> None:
    item = lock(Item, case_id)
    case = db.session.get(Case, case_id, populate_existing=True)
    if item is None or case is None or case.next_at is None or case.next_at > at:
        return
    first = select(Post.id).where(Post.item_id == item.id, Post.number == 1, Post.state == PostState.PUBLISHED)
    if db.session.scalar(first) is None:  # an organiser looks at it: it is nowhere meanwhile (A5)
        case.next_at = at + LOOK_AGAIN
        return
    go_further(case, item, db.session.get_one(Space, item.space_id), at=at)


def _asked(case: Case) -> list[int]:
    query = select(Page.person_id).where(Page.case_id == case.id, Page.round == case.round)
    return list(db.session.scalars(query.order_by(Page.person_id)))


def _page(case: Case, item: Item, people: Sequence[int], *, step: int, at: datetime) -> None:
    """Ask these people: from now on they see the case, whoever else does."""
    db.session.add_all(Page(case_id=case.id, round=case.round, person_id=one, step=step, at=at) for one in people)
    db.session.flush()
    let_see(item, people)
    tell_paged(case, item, people, at=at)
    announce(HelpPaged(item_id=item.id, round=case.round, step=step, person_ids=tuple(people)))


def let_see(item: Item, people: Sequence[int]) -> None:
    """Let people see a case that is for organisers and those who are asked."""
    if item.audience is Audience.ON_DUTY and people:
        rows = [{"item_id": item.id, "person_id": one} for one in people]
        db.session.execute(insert(ItemPerson).on_conflict_do_nothing(), rows)
