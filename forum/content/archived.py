"""What an archive of a space carries of what was written. Drafts, bookmarks, marks and what one watches are one's own."""

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select

from forum.content.clone import POLICY
from forum.content.models import Attachment, Post, PostMail, PostRevision, PostState
from forum.content.order.models import KEPT, PostFlag, PostWait
from forum.core.archiving import Archived, Arrival, Row, Taken, kept, stay
from forum.spaces.models import Item, ItemState

ARCHIVED: Archived = {
    **stay(POLICY, "bookmark", "draft", "read_mark", "space_mark", "watch", "watch_space"),
    "post": kept(
        "item_id",
        "number",
        "author_id",
        "source",
        "in_reply_to",
        "state",
        "created_at",
        "edited_at",
        "version",
        "for_colleague",
        "gone_at",
        "gone_by_id",
        "gone_because",
        made=("html", "renderer", "id", "uuid"),
        left=("once",),
    ),
    "post_revision": kept("post_id", "version", "source", "written_at", "editor_id", made=("html", "renderer")),
    "post_mail": kept("post_id", "trimmed"),
    "post_mention": kept("post_id", "person_id"),
    "reaction": kept("post_id", "person_id", "kind", "at"),
    "attachment": kept(
        "space_id",
        "person_id",
        "place",
        "name",
        "media_type",
        "size",
        "sha256",
        "width",
        "height",
        "alt",
        "is_decorative",
        "created_at",
        "removed_at",
        made=("ref", "id", "uuid"),
        only_with=("post_id",),
    ),
    "post_move": kept(
        "from_item_id",
        "to_item_id",
        "is_whole",
        "first_number",
        "posts",
        "moved_by_id",
        "moved_at",
        "reason",
        made=("id",),
    ),
    "moved_post": kept("item_id", "number", "move_id", "to_number", only_with=("post_id",)),
    "post_flag": kept(
        "post_id", "person_id", "reason", "note", "at", "settled_at", "settled_by_id", "outcome", "answer", made=("id",)
    ),
    "post_wait": kept("post_id", "why", "since", "decided_at", "decided_by_id", "outcome", "answer", made=("id",)),
    "member_hold": kept("space_id", "person_id", "held_by_id", "at", "until", "reason"),
}


def there(post_id: SQLColumnExpression[int] | SQLColumnExpression[int | None]) -> ColumnElement[bool]:
    """Return the condition that a post wasn't removed."""
    return post_id.in_(select(Post.id).where(Post.state != PostState.REMOVED))


def without_removed(row: Row, _key: object) -> None:
    """Let nobody read what was removed: that a post stood there comes along."""
    if row["state"] is PostState.REMOVED:
        row["source"] = ""


def with_its_post(row: Row, _arrival: Arrival) -> bool:
    """Let no file of an archive lie where what somebody attaches to a draft waits. Raises ValueError."""
    if row["post_id"] is None:
        raise ValueError("an attached file without a post")
    return True


def is_asked_about(_asker: int) -> ColumnElement[bool]:
    """Return the condition on items that are published, or wait for those who look after the space: not for their author alone."""
    waits = exists().where(PostWait.post_id == Post.id, PostWait.decided_at.is_(None), Post.item_id == Item.id)
    return or_(Item.state == ItemState.PUBLISHED, waits)


def is_theirs_to_read(_asker: int) -> ColumnElement[bool]:
    """Return the condition on posts that stood where all read them, or of which those who keep order are asked: not of few by name."""
    is_kept = Post.item_id.in_(select(Item.id).where(Item.audience.in_(KEPT)))
    return or_(Post.state.in_((PostState.PUBLISHED, PostState.REMOVED)), is_kept)


TAKEN = Taken(
    which={
        "item": is_asked_about,
        "post": is_theirs_to_read,
        "attachment": lambda _asker: (
            Attachment.removed_at.is_(None) & Attachment.post_id.is_not(None) & there(Attachment.post_id)
        ),
        "post_revision": lambda _asker: there(PostRevision.post_id),
        "post_mail": lambda _asker: there(PostMail.post_id),
        # Who looks after a space doesn't decide about their own posts, nor learn who flagged them.
        "post_flag": lambda asker: ~exists().where(Post.id == PostFlag.post_id, Post.author_id == asker),
    },
    written={"post": without_removed},
    read={"attachment": with_its_post},
)
