"""Whether what somebody writes waits for an organiser before anybody else sees it.

Held are, where the space wants it, newcomers until something of theirs stands here, and members whom an organiser holds for a time.
Those who look after a space never are.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from forum.content.models import Post, PostState
from forum.content.order.events import PostHeld
from forum.content.order.models import MemberHold, PostWait, WaitWhy
from forum.content.reading import SPACE
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.events import announce
from forum.core.prepared import prepared
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries.visible import VIEWED_AT, VIEWER, viewing
from forum.web.words import _


def is_held_now(here: Here) -> bool:
    """Say whether what the person writes in this space waits for an organiser."""
    return why_held_now(here) is not None


def why_held_now(here: Here) -> WaitWhy | None:
    """Return why what the person writes in this space waits for an organiser; None when it doesn't."""
    if here.may(Can.KEEP_ORDER):
        return None
    values = {**viewing(here.actor, now()), "space_id": here.space.id}
    member, newcomer = db.session.execute(select(_is_held_member(), _is_newcomer()), values).one()
    return WaitWhy.MEMBER if member else WaitWhy.NEWCOMER if newcomer else None


def why_not_change(here: Here) -> str:
    """Return "" when the person may change what they wrote and everybody can read, else the sentence that says why not.

    Of somebody whose posts are held for a time, words that were published would else say anything, and nobody had looked.
    """
    return changes_wait() if why_held_now(here) is WaitWhy.MEMBER else ""


def changes_wait() -> str:
    """Return what is said to a held member who would change what stands here."""
    return _("What you write here waits for an organiser for now. Ask one to change what stands here already.")


def require_free(here: Here, words: str, *, field: str) -> None:
    """Let nobody put words where no organiser looks at them first, while what they write waits for one (A5). Raises Invalid."""
    if words and why_held_now(here) is not None:
        why = _(
            "What you write here waits for an organiser for now, and these words can’t wait. Leave them out for today."
        )
        raise Invalid({field: [why]})


@prepared
def holds_viewer() -> ColumnElement[bool]:
    """Return the same as a column of a query with the values of VIEWER, VIEWED_AT and SPACE, for those who don't keep order."""
    return or_(_is_held_member(), _is_newcomer())


def wait_for_organisers(here: Here, post: Post, *, why: WaitWhy, at: datetime) -> None:
    """Put a post that was just written as held among what waits, and let the organisers be told."""
    wait = PostWait(post_id=post.id, why=why, since=at)
    db.session.add(wait)
    db.session.flush()
    announce(PostHeld(actor_id=here.actor.id, item_id=post.item_id, post_id=post.id, wait_id=wait.id))


def _is_held_member() -> ColumnElement[bool]:
    return exists().where(
        MemberHold.space_id == SPACE,
        MemberHold.person_id == VIEWER,
        MemberHold.at <= VIEWED_AT,
        MemberHold.until > VIEWED_AT,
    )


def _is_newcomer() -> ColumnElement[bool]:
    """The space holds newcomers, and nothing by the person stands in it: not what was removed, nor what is hidden."""
    theirs = (
        select(Post.id)
        .join(Item, Item.id == Post.item_id)
        .where(Post.author_id == VIEWER, Item.space_id == SPACE, Post.state == PostState.PUBLISHED)
    )
    return and_(exists().where(Space.id == SPACE, Space.holds_newcomers), ~exists(theirs))
