"""The end of a case: with what helped, or sorted without anybody; and opening it again."""

from datetime import datetime

from forum.content import actions as posts
from forum.content.order.holding import why_held_now
from forum.core.db import db
from forum.core.errors import RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.text import once_key
from forum.core.time import now
from forum.help.access import allow, hold_case, why_not_close, why_not_reopen
from forum.help.actions.paging import begin_anew
from forum.help.actions.taking import asked_in
from forum.help.events import HelpClosed
from forum.help.models import Case, CaseState
from forum.help.telling import ANEW, CLOSED, forget_pages, tell_of
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.web.words import _


def close(here: Here, case_id: int, *, text: Rendered, once: str | None = None, at: datetime | None = None) -> Case:
    """Close a case with what helped, which stands in its conversation. A second press changes nothing.

    Of one that was sorted meanwhile it is what helped all the same. Raises Missing, Denied, and RuleBroken where that was said before.
    """
    here, item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    if case.is_closed:
        if posts.written_before(here.actor, once_key(once, item.id, None, text.source)) is None:
            _say_afterwards(here, item, case, text=text, once=once, at=at)
        return case
    allow(why_not_close(here, item, case))
    if why_held_now(here):
        raise RuleBroken(_("What you write here waits for an organiser for now. Press “It is sorted” instead."))
    post = posts.reply(here, item.id, text=text, once=once, at=at)
    case.helped_number = post.number
    _close(here, item, case, at=at or now())
    return case


def _say_afterwards(
    here: Here, item: Item, case: Case, *, text: Rendered, once: str | None, at: datetime | None
) -> None:
    if case.helped_number is not None or why_not_reopen(here, item, case) or why_held_now(here):
        raise RuleBroken(
            _("It was closed meanwhile. Your words stand below: send them as a reply, if they help the next one.")
        )
    case.helped_number = posts.reply(here, item.id, text=text, once=once, at=at).number


def sort_out(here: Here, case_id: int, *, at: datetime | None = None) -> Case:
    """Say that a case is sorted and nobody need come: "sorted, thanks". A second press changes nothing. Raises Missing, Denied."""
    here, item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    if case.is_closed:
        return case
    allow(why_not_close(here, item, case))
    _close(here, item, case, at=at or now())
    return case


def reopen(here: Here, case_id: int, *, at: datetime | None = None) -> Case:
    """Open a closed case again: it is asked round anew, and who had it is asked too. Raises Missing, Denied."""
    here, item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    if not case.is_closed:
        return case
    allow(why_not_reopen(here, item, case))
    moment, before = at or now(), case.holder_id
    begin_anew(case, item, here.space, actor_id=here.actor.id, but=None, also=before, at=moment)
    tell_of(case, item, [item.author_id], kind=ANEW, at=moment, but=here.actor.id)
    if here.actor.id not in {item.author_id, before}:
        record("opened help again", actor=here.actor, space=here.space, item=item, at=moment)
    return case


def end_removed(item: Item, actor_id: int) -> None:
    """Let a call be over whose first post is removed: nobody has it or is asked for it any more, and it is nowhere (A5)."""
    item.state = ItemState.WITHDRAWN
    case = db.session.get_one(Case, item.id, populate_existing=True)
    forget_pages(case, item)
    if not case.is_closed:
        case.state, case.closed_at, case.closed_by_id, case.next_at = CaseState.CLOSED, now(), actor_id, None
        case.offered_to_id = case.offered_at = None


def _close(here: Here, item: Item, case: Case, *, at: datetime) -> None:
    was_open = case.state is CaseState.OPEN
    told = {item.author_id, case.holder_id, case.offered_to_id, *(asked_in(case) if was_open else ())}
    forget_pages(case, item)
    case.state, case.closed_at, case.closed_by_id, case.next_at = CaseState.CLOSED, at, here.actor.id, None
    case.offered_to_id = case.offered_at = None
    tell_of(case, item, told, kind=CLOSED, at=at, but=here.actor.id)
    if here.actor.id not in {item.author_id, case.holder_id}:
        record("closed help", actor=here.actor, space=here.space, item=item, at=at)
    announce(HelpClosed(actor_id=here.actor.id, item_id=item.id, round=case.round, was_open=was_open))
