"""Who may have an attached file. Loading and authorising are one step, asked anew for every request (A3, A13)."""

from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from forum.content.models import Attachment, Post, PostState
from forum.content.order.models import KEPT
from forum.core.db import db
from forum.core.errors import Missing
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Membership
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.suspended import keeps_now
from forum.spaces.queries.visible import VIEWED_AT, VIEWER


def attachment_for(actor: Person, ref: str, name: str) -> Attachment:
    """Load an attached file for somebody who sees its post now, or who attached it and hasn't sent it yet. Raises Missing.

    A post that is held for approval is seen by its author, and by those who decide about it; one that was hidden by those only, one
    that was removed by nobody, and its files likewise.
    """
    found = db.session.scalar(_visible_attachment(), {**viewing(actor, now()), "ref": ref})
    if found is None or found.url != f"/attachments/{ref}/{name}":
        raise Missing
    return found


@cache
def _visible_attachment() -> Select[Attachment]:
    return (
        select(Attachment)
        .outerjoin(Post, Post.id == Attachment.post_id)
        .outerjoin(Item, Item.id == Post.item_id)
        .where(Attachment.ref == bindparam("ref"), Attachment.removed_at.is_(None), or_(_sent(), _unsent()))
    )


def _sent() -> ColumnElement[bool]:
    """Its post is seen now."""
    mine_held = and_(Post.state == PostState.HELD, Post.author_id == VIEWER)
    kept = select(Membership.space_id).where(
        Membership.person_id == VIEWER, Membership.ended_at.is_(None), keeps_now(Membership, VIEWED_AT)
    )
    to_decide = and_(
        Post.state.in_((PostState.HELD, PostState.HIDDEN)), Item.space_id.in_(kept), Item.audience.in_(KEPT)
    )
    return and_(
        Attachment.post_id.is_not(None),
        or_(and_(visible_to_viewer(), or_(Post.state == PostState.PUBLISHED, mine_held)), to_decide),
    )


def _unsent() -> ColumnElement[bool]:
    mine = select(Membership.space_id).where(Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    return and_(
        Attachment.post_id.is_(None),
        Attachment.person_id == VIEWER,
        Attachment.space_id.in_(mine),
    )
