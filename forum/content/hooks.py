"""What webhooks are told of posts."""

from collections.abc import Callable

from sqlalchemy import select

from forum.content.events import PostWritten
from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.hooks import News
from forum.core.markup import opening
from forum.people.models import Person
from forum.spaces.feature import nobody_of, post_url
from forum.spaces.models import Item, Space
from forum.spaces.parts import HookEvent
from forum.web.links import whole
from forum.web.words import _, _l

EXCERPT = 280


def news_of(post_id: int, said: Callable[[str, str], str]) -> News | None:
    """Return what there is to tell of a post, None when it can't be seen (A5). `said` makes the sentence, of a name and a title."""
    found = db.session.execute(
        select(Post, Item, Space.slug, Person.name)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(Post.id == post_id, Post.state == PostState.PUBLISHED)
    ).one_or_none()
    if found is None:
        return None
    post, item, slug, name = found
    who = name or nobody_of(item, post.number)
    return News(
        what=said(who, item.title),
        title=item.title,
        url=whole(post_url(item, slug, post.number)),
        author=who,
        words=opening(post.html, length=EXCERPT),
        at=post.created_at,
    )


def told_of_reply(fact: PostWritten) -> News | None:
    """Tell of a reply."""
    return news_of(fact.post_id, lambda name, title: _("%(name)s wrote in “%(title)s”", name=name, title=title))


EVENTS = (HookEvent(name="post.written", label=_l("A new reply"), fact=PostWritten, news=told_of_reply),)
