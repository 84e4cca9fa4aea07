"""What a thread is called, what it is, and in which section it stands."""

from datetime import datetime

from forum.content.access import EDIT_WINDOW, hold_item
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.access import allow, held_thread, own_or_organisers, why_not_reword
from forum.threads.actions import checked_title
from forum.threads.events import ThreadChanged, ThreadMoved
from forum.threads.models import Announcement, Section, Thread
from forum.web.words import _


def why_not_retitle(here: Here, item: Item) -> str:
    """Return "" when the person may change this thread's title now: its author within the edit window, an organiser always.

    Not while what they write is held.
    """
    why = own_or_organisers(here, item, Can.CHANGE_ANY_THREAD)
    if not why and not here.may(Can.CHANGE_ANY_THREAD, item) and now() - item.created_at > EDIT_WINDOW:
        return _("A title can be changed for %(days)s days. Ask an organiser to change it.", days=EDIT_WINDOW.days)
    return why or why_not_reword(here, item)


def change(here: Here, thread: Thread, *, title: str, is_question: bool, reason: str = "") -> None:
    """Give a thread another title, or make a question of it or stop that. What is the same stays as it is.

    Raises Missing, Denied, RuleBroken while an answer is accepted, and Invalid for `title`, and for `reason` when it is somebody
    else's thread.
    """
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    held = held_thread(item)
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    title = checked_title(title)
    before, was_question = item.title, held.is_question
    if (before, was_question) == (title, is_question):
        return
    if title != before:
        allow(why_not_retitle(here, item))
    if is_question and not was_question and db.session.get(Announcement, item.id) is not None:
        raise RuleBroken(_("This is an announcement, and stays one. Ask your question in a thread of its own."))
    if was_question and not is_question and held.accepted_number is not None:
        raise RuleBroken(_("An answer is accepted here. Take that back first, then it can stop being a question."))
    if item.author_id != here.actor.id and not reason:
        raise Invalid({"reason": [_("Say why. The reason stands in the log, where members can read it.")]})
    item.title, held.is_question = title, is_question
    item.version += 1
    announce(ThreadChanged(actor_id=here.actor.id, item_id=item.id))
    if title != before:
        record("changed title", actor=here.actor, space=here.space, item=item, reason=reason, before=before)
    if is_question != was_question:
        verb = "made a question" if is_question else "made a conversation"
        record(verb, actor=here.actor, space=here.space, item=item, reason=reason)


def move(here: Here, thread: Thread, section: Section, *, at: datetime | None = None) -> Section | None:
    """Put a thread into another section of its space, and return the one it was in; None when it stands there already.

    Sections are held before items, everywhere. Raises Missing, Denied, or Invalid for `section`.
    """
    there = lock(Section, section.id)
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    held = held_thread(item)
    allow(own_or_organisers(here, item, Can.MOVE_ANY_THREAD))
    if there is None or there.space_id != here.space.id:
        raise Invalid({"section": [_("Choose one of the sections of this space.")]})
    if held.section_id == there.id:
        return None
    before = db.session.get(Section, held.section_id)
    if before is None:
        raise Missing
    held.section_id = there.id
    announce(ThreadMoved(actor_id=here.actor.id, item_id=item.id, section_id=there.id, before_id=before.id))
    record("moved thread", actor=here.actor, space=here.space, item=item, at=at, before=before.name, section=there.name)
    return before
