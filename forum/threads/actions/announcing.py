"""Announcements: threads of which all members are told once, and which stand out until a day. Organisers start them."""

from dataclasses import dataclass
from datetime import datetime

from forum.content.access import hold_item
from forum.content.models import Post
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.events import AnnouncementMade
from forum.threads.models import Announcement, Thread
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How an announcement is made: until when it stands out (None: for good), and whether others reply."""

    until: datetime | None = None
    takes_replies: bool = True


def require(here: Here, terms: Terms, *, at: datetime) -> None:
    """Check that the person may announce, on these terms. Raises Denied, and Invalid for `until`."""
    here.require(Can.ANNOUNCE)
    check_end(terms.until, at=at)


def put(here: Here, item: Item, thread: Thread, post: Post, terms: Terms, *, at: datetime) -> None:
    """Make an announcement of a thread that was just started, and have everybody told. The caller has checked with `require`."""
    db.session.add(Announcement(thread_id=thread.id, made_at=at, until=terms.until))
    if not terms.takes_replies:
        thread.closed_at, thread.closed_by_id = at, here.actor.id
        thread.close_reason = _("It is an announcement, and takes no replies.")
    record("made announcement", actor=here.actor, space=here.space, item=item, at=at)
    db.session.flush()
    announce(AnnouncementMade(actor_id=here.actor.id, item_id=item.id, post_id=post.id))


def stand_out(here: Here, thread: Thread, *, until: datetime | None) -> None:
    """Let an announcement stand out until another moment than before; now, and it doesn't any more. Nobody is told of that.

    Raises Missing, Denied, Invalid for `until`, and RuleBroken for a thread that is none.
    """
    here, item = hold_item(here, thread.id, power=Can.ANNOUNCE)
    held = db.session.get(Announcement, item.id, populate_existing=True)
    if held is None:
        raise RuleBroken(_("This thread isn’t an announcement."))
    if until == held.until:
        return
    check_end(until, at=now())
    held.until = until
    record("changed announcement", actor=here.actor, space=here.space, item=item)


def end(here: Here, thread: Thread) -> None:
    """Let an announcement stand among the other threads from now on. Raises Missing, Denied."""
    here, item = hold_item(here, thread.id, power=Can.ANNOUNCE)
    held, at = db.session.get(Announcement, item.id, populate_existing=True), now()
    if held is None or (held.until is not None and held.until <= at):
        return
    held.until = at
    record("changed announcement", actor=here.actor, space=here.space, item=item)


def check_end(until: datetime | None, *, at: datetime) -> None:
    """Look at the moment until which an announcement would stand out. Raises Invalid for `until`."""
    if until is not None and until <= at:
        raise Invalid({"until": [_("That day has passed. Choose a later one, or leave it empty.")]})
