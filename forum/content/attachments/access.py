"""Who may have an attached file. Loading and authorising are one step, asked anew for every request (A3, A13)."""

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from forum.content.models import Attachment, Post, PostState
from forum.content.order.models import KEPT
from forum.core.db import db
from forum.core.errors import Missing
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.feature import kind_of, kinds_of_one_text
from forum.spaces.guard import here_for
from forum.spaces.models import Item, ItemState, Membership, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.suspended import keeps_now
from forum.spaces.queries.visible import VIEWED_AT, VIEWER, stays_inside


def attachment_for(actor: Person, ref: str, name: str) -> Attachment:
    """Load an attached file for somebody who sees its post now, or who attached it and hasn't sent it yet. Raises Missing.

    A post that is held for approval is seen by its author, and by those who decide about it; one that was hidden by those only, one
    that was removed by nobody, and its files likewise. What somebody reads before it is published they read with its files.
    """
    found = db.session.scalar(_visible_attachment(kinds_of_one_text()), {**viewing(actor, now()), "ref": ref})
    found = found or _read_first(actor, ref)
    if found is None or found.url != f"/attachments/{ref}/{name}":
        raise Missing
    return found


def _read_first(actor: Person, ref: str) -> Attachment | None:
    """Return a file of an item that waits to be read first, if it is this person who may."""
    query = (
        select(Attachment, Item, Space.slug)
        .join(Post, Post.id == Attachment.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Attachment.ref == ref,
            Attachment.removed_at.is_(None),
            Item.state == ItemState.DRAFT,
            Post.state == PostState.HELD,
            Post.number == 1,
        )
    )
    row = db.session.execute(query).one_or_none()
    may = kind_of(row[1]).read_first if row is not None else None
    if row is None or may is None or not may(here_for(actor, row[2]), row[1].ref):
        return None
    return row[0]


@prepared
def _visible_attachment(of_one_text: tuple[str, ...]) -> Select[Attachment]:
    return (
        select(Attachment)
        .outerjoin(Post, Post.id == Attachment.post_id)
        .outerjoin(Item, Item.id == Post.item_id)
        .where(Attachment.ref == bindparam("ref"), Attachment.removed_at.is_(None), or_(_sent(of_one_text), _unsent()))
    )


def _sent(of_one_text: tuple[str, ...]) -> ColumnElement[bool]:
    """Its post is seen now: of what was shared, the first only."""
    seen = and_(visible_to_viewer(), stays_inside(Post.number, of_one_text))
    mine_held = and_(Post.state == PostState.HELD, Post.author_id == VIEWER)
    kept = select(Membership.space_id).where(
        Membership.person_id == VIEWER, Membership.ended_at.is_(None), keeps_now(Membership, VIEWED_AT)
    )
    to_decide = and_(
        Post.state.in_((PostState.HELD, PostState.HIDDEN)), Item.space_id.in_(kept), Item.audience.in_(KEPT)
    )
    return and_(
        Attachment.post_id.is_not(None),
        or_(and_(seen, or_(Post.state == PostState.PUBLISHED, mine_held)), to_decide),
    )


def _unsent() -> ColumnElement[bool]:
    mine = select(Membership.space_id).where(Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    return and_(
        Attachment.post_id.is_(None),
        Attachment.person_id == VIEWER,
        Attachment.space_id.in_(mine),
    )
