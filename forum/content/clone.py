"""What a copied space carries of what people wrote: posts of items that were chosen to come along, as text without authors.

With them come the files attached to them; what was not sent, or was taken out, stays behind (F1).
"""

from forum.content.models import Attachment, Post, PostState
from forum.core.lineage import Copy, Policy, never
from forum.spaces.copied import KEY, Cloner, Rows

POLICY: Policy = {
    "post": {
        "item_id": Copy.REPOINT,
        "number": Copy.COPY,
        "author_id": Copy.BLANK,
        "source": Copy.COPY,
        "html": Copy.BLANK,
        "renderer": Copy.BLANK,
        "in_reply_to": Copy.COPY,
        "state": Copy.COPY,
        "created_at": Copy.BLANK,
        "edited_at": Copy.BLANK,
        "version": Copy.BLANK,
        "for_colleague": Copy.BLANK,
        "once": Copy.BLANK,
        "gone_at": Copy.BLANK,
        "gone_by_id": Copy.BLANK,
        "gone_because": Copy.BLANK,
        "id": Copy.BLANK,
        "uuid": Copy.BLANK,
    },
    "post_revision": never("post_id", "version", "source", "html", "renderer", "written_at", "editor_id"),
    "post_mail": never("post_id", "trimmed"),
    "post_mention": never("post_id", "person_id"),
    "reaction": never("post_id", "person_id", "kind", "at"),
    "bookmark": never("person_id", "post_id", "note", "remind_at", "made_at"),
    "attachment": {
        "ref": Copy.BLANK,
        "space_id": Copy.REPOINT,
        "person_id": Copy.BLANK,
        "post_id": Copy.REPOINT,
        "place": Copy.BLANK,
        "name": Copy.COPY,
        "media_type": Copy.COPY,
        "size": Copy.COPY,
        "sha256": Copy.COPY,
        "width": Copy.COPY,
        "height": Copy.COPY,
        "alt": Copy.COPY,
        "is_decorative": Copy.COPY,
        "created_at": Copy.BLANK,
        "removed_at": Copy.BLANK,
        "id": Copy.BLANK,
        "uuid": Copy.BLANK,
    },
    "post_move": never(
        "id",
        "from_item_id",
        "to_item_id",
        "is_whole",
        "first_number",
        "posts",
        "moved_by_id",
        "moved_at",
        "reason",
    ),
    "moved_post": never("item_id", "number", "post_id", "move_id", "to_number"),
    "post_flag": never(
        "id", "post_id", "person_id", "reason", "note", "at", "settled_at", "settled_by_id", "outcome", "answer"
    ),
    "post_wait": never("id", "post_id", "why", "since", "decided_at", "decided_by_id", "outcome", "answer"),
    "member_hold": never("space_id", "person_id", "held_by_id", "at", "until", "reason"),
    "draft": never("person_id", "place", "title", "body", "in_reply_to", "version", "saved_at", "gone"),
    "read_mark": never("person_id", "item_id", "last_number", "read_at"),
    "space_mark": never("person_id", "space_id", "read_until", "read_before", "marked_at"),
    "watch": never("person_id", "item_id", "level", "reason", "is_chosen", "since"),
    "watch_space": never("person_id", "space_id", "level"),
}


def mend(rows: Rows) -> None:
    """Let posts answer only what came along too, and items count what did. A post without a number, as in a bad file, has no place."""
    there: dict[int, set[int]] = {}
    if "post" in rows:
        rows["post"][:] = [post for post in rows["post"] if post["number"]]
    for post in rows.get("post", ()):
        there.setdefault(post["item_id"], set()).add(post["number"])
    for post in rows.get("post", ()):
        if post["in_reply_to"] not in there[post["item_id"]]:
            post["in_reply_to"] = None
    for item in rows.get("item", ()):
        item["last_number"] = max(there.get(item[KEY], ()), default=0)


CLONER = Cloner(
    which={
        "post": lambda: Post.state == PostState.PUBLISHED,
        "attachment": lambda: Attachment.removed_at.is_(None),
    },
    mend=mend,
)
