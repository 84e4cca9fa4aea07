"""The summary on top of a long thread: a text, or one of its posts. Each version stays, to be read."""

from sqlalchemy import func, select

from forum.content.access import hold_item, post_for
from forum.core.db import db
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.markup import Rendered
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.access import allow, held_thread, own_or_organisers, why_not_reword
from forum.threads.addresses import POSTS
from forum.threads.models import Thread, ThreadSummary
from forum.web.words import _

LONGEST = 4_000
"""Characters of what stands on top of every page of a thread."""


class Outdone(RuleBroken):
    """Somebody changed the summary after this person had opened it."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed the summary after you opened it. Look at theirs, then keep yours if it is better.")
        )


def write_summary(here: Here, thread: Thread, *, text: Rendered, version: int) -> None:
    """Put a text on top of a thread. Raises Missing, Denied, RuleBroken, Outdone, or Invalid for `body`."""
    here, item, last = _hold(here, thread, version=version)
    if len(text.source) > LONGEST:
        raise Invalid({"body": [_("Keep it under %(most)s characters: it stands on every page.", most=LONGEST)]})
    _add(here, item, last, source=text.source, html=text.html, renderer=text.renderer)


def pin_post(here: Here, thread: Thread, *, number: int, version: int) -> None:
    """Let one of a thread's posts stand on top of it. Raises as `write_summary`; Invalid is for `post`."""
    here, item, last = _hold(here, thread, version=version)
    try:
        post = post_for(item, number)
    except Missing:
        raise Invalid({"post": [_("There is no post of that number to be seen.")]}) from None
    if len(post.source) > LONGEST:
        raise Invalid({"post": [_("That post is too long to stand on every page. Write a summary instead.")]})
    _add(here, item, last, post_number=number)


def remove_summary(here: Here, thread: Thread, *, version: int) -> None:
    """Let nothing stand on top of a thread any more; what stood there can still be read. Raises as `write_summary`."""
    here, item, last = _hold(here, thread, version=version)
    if last:
        _add(here, item, last, verb="removed summary")


def _hold(here: Here, thread: Thread, *, version: int) -> tuple[Here, Item, int]:
    """Lock the thread, and return it with the number of its latest version: the one that the person saw, or else it is Outdone."""
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    held_thread(item)
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    allow(why_not_reword(here, item))
    if item.last_number <= POSTS:
        raise RuleBroken(_("A thread has a summary when it is longer than %(posts)s posts.", posts=POSTS))
    latest = select(func.max(ThreadSummary.version)).where(ThreadSummary.thread_id == item.id)
    last = db.session.scalar(latest) or 0
    if last != version:
        raise Outdone
    return here, item, last


def _add(
    here: Here,
    item: Item,
    last: int,
    *,
    source: str | None = None,
    html: str | None = None,
    renderer: int | None = None,
    post_number: int | None = None,
    verb: str = "changed summary",
) -> None:
    db.session.add(
        ThreadSummary(
            thread_id=item.id,
            version=last + 1,
            source=source,
            html=html,
            renderer=renderer,
            post_number=post_number,
            as_of=item.last_number,
            author_id=here.actor.id,
            at=now(),
        )
    )
    db.session.flush()
    record(verb, actor=here.actor, space=here.space, item=item)
