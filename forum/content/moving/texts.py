"""Quotes in posts that were moved: "[post 3]" means another post where they stand now.

Only texts that quote are looked at, and all that change are written at once.
"""

import re
from collections.abc import Callable, Collection, Mapping
from html import escape
from typing import Any

from sqlalchemy import or_, select, update

from forum.content.models import Post, PostRevision
from forum.content.moving.models import MovedPost, PostMove
from forum.content.moving.queries import numbering
from forum.core.db import db
from forum.core.markup import renumbered
from forum.spaces.models import Item

MARK = "[post "


class Numbers:
    """What the posts of one item are called in another: those that stand there by their number, the others by a link."""

    def __init__(self, numbers: Mapping[int, int], *, before: str, after: str) -> None:
        """`before` and `after` are the addresses to which a post's number is added, in the two items."""
        self.numbers, self.before, self.after = numbers, before, after
        self.caption = re.compile(rf'(<figcaption><a href="){re.escape(escape(before))}([0-9]+)(">)([^<]*)(</a>)')

    def source(self, text: str) -> str:
        """Return a text as it is typed, quoting the same posts as before."""
        return renumbered(text, self._mark)

    def html(self, text: str) -> str:
        """Return the same of HTML. Posts that stand elsewhere are linked already."""
        return self.caption.sub(self._caption, text)

    def _mark(self, number: int) -> str:
        if number in self.numbers:
            return f"[post {self.numbers[number]}]"
        return f"[post {number}]({self.before}{number})"

    def _caption(self, found: re.Match[str]) -> str:
        begin, number, middle, label, end = found.groups()
        if int(number) not in self.numbers:
            return found.group()
        new = str(self.numbers[int(number)])
        return f"{begin}{escape(self.after)}{new}{middle}{new.join(label.rsplit(number, 1))}{end}"


def renumber_texts(
    item: Item, there: Item, move: PostMove, *, more: Collection[int] = (), posts_url: Callable[[str], str]
) -> None:
    """Let the posts that were moved, and what they said before, quote what they quoted. Use inside `transaction()`.

    `more` are the keys of those that went along without a number.
    """
    numbers = Numbers(numbering(item.id, there.id), before=posts_url(item.ref), after=posts_url(there.ref))
    moved = select(MovedPost.post_id).where(MovedPost.move_id == move.id)
    which = or_(Post.id.in_(moved), Post.id.in_(more))
    posts = select(Post.id, Post.source, Post.html).where(which, Post.source.contains(MARK))
    changed = [
        {"id": post_id, **_renumbered(numbers, source, html)} for post_id, source, html in db.session.execute(posts)
    ]
    revisions = select(PostRevision.post_id, PostRevision.version, PostRevision.source, PostRevision.html).where(
        PostRevision.post_id.in_(moved), PostRevision.source.contains(MARK)
    )
    changed_before = [
        {"post_id": post_id, "version": version, **_renumbered(numbers, source, html)}
        for post_id, version, source, html in db.session.execute(revisions)
    ]
    if changed:
        db.session.execute(update(Post), changed)
    if changed_before:
        db.session.execute(update(PostRevision), changed_before)


def _renumbered(numbers: Numbers, source: str, html: str) -> dict[str, Any]:
    return {"source": numbers.source(source), "html": numbers.html(html)}
