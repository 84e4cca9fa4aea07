"""How long drafts, earlier versions, removed texts and unsent files are kept."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from forum.content.models import Attachment, Draft, Post, PostMail, PostMention, PostRevision, PostState
from forum.core.db import db, lock
from forum.core.retention import Kept
from forum.core.time import now
from forum.spaces.models import Item

REMOVED_KEPT = timedelta(days=1)
"""What was taken out of a post still counts for the day's limit."""


def _forgotten_files(before: datetime) -> ColumnElement[bool]:
    drafted = exists().where(
        Draft.person_id == Attachment.person_id,
        Draft.place == Attachment.place,
        or_(Draft.body != "", Draft.title != ""),
    )
    unsent = and_(Attachment.post_id.is_(None), Attachment.created_at < before, ~drafted)
    return or_(unsent, Attachment.removed_at < now() - REMOVED_KEPT)


def _removed(before: datetime) -> ColumnElement[bool]:
    return and_(Post.state == PostState.REMOVED, Post.gone_at < before, Post.source != "")


def _empty(posts: ColumnElement[bool]) -> None:
    """Take the text out of posts with all its versions, mentions and files. The gap stays, with who removed it and why.

    Each item is held, as by whoever puts a post back, and only then is looked for the posts: one that was put back meanwhile stays.
    """
    at = now()
    for item_id in db.session.scalars(select(Post.item_id).where(posts).distinct().order_by(Post.item_id)).all():
        lock(Item, item_id)
        held = select(Post.id).where(Post.item_id == item_id, posts).with_for_update(key_share=True)
        for post_id in db.session.scalars(held).all():
            _empty_one(post_id, at=at)


def _empty_one(post_id: int, *, at: datetime) -> None:
    db.session.execute(delete(PostRevision).where(PostRevision.post_id == post_id))
    db.session.execute(delete(PostMention).where(PostMention.post_id == post_id))
    db.session.execute(update(PostMail).where(PostMail.post_id == post_id).values(trimmed=""))
    db.session.execute(
        update(Attachment).where(Attachment.post_id == post_id, Attachment.removed_at.is_(None)).values(removed_at=at)
    )
    db.session.execute(update(Post).where(Post.id == post_id).values(source="", html=""))


RETENTION = (
    # A file beside a draft goes after that draft, with the next run.
    Kept(
        what="files that were not sent or were taken out",
        setting="keep_unsent_days",
        model=Attachment,
        old=_forgotten_files,
    ),
    Kept(
        what="drafts that nobody touched",
        setting="keep_drafts_days",
        model=Draft,
        old=lambda before: Draft.saved_at < before,
    ),
    Kept(what="texts of removed posts", setting="keep_removed_days", model=Post, old=_removed, end=_empty),
    Kept(
        what="earlier versions of posts",
        setting="keep_revisions_days",
        model=PostRevision,
        old=lambda before: PostRevision.written_at < before,
    ),
)
