"""Conversations for other rooms: a thread that something of theirs has, begun and read through `Feature.talks`.

It is a thread like any other: order, search, drafts, watching and mail come with it.
"""

from collections.abc import Sequence

from sqlalchemy import func, select

from forum.content.models import Post, PostState
from forum.content.queries import Author
from forum.core.db import db
from forum.core.errors import Invalid, Missing
from forum.core.markup import Rendered
from forum.core.time import now
from forum.people.models import Department, Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import Talk, TalkPost, Talks
from forum.spaces.queries import visible_items
from forum.threads import addresses
from forum.threads.access import KIND, section_for
from forum.threads.actions import start
from forum.threads.models import Section, Thread
from forum.threads.queries import sections_of
from forum.web.links import path_of
from forum.web.words import _


def places(here: Here) -> Sequence[tuple[str, str]]:
    """Return where a conversation can stand: the sections, by address and name."""
    return [(section.slug, section.name) for section in sections_of(here)]


def begin(here: Here, title: str, place: str, text: Rendered, once: str | None) -> Item:
    """Begin a conversation in the section at `place`. Use inside `transaction()`. Raises Missing, Denied, or Invalid for `place`."""
    try:
        section = section_for(here, place)
    except Missing:
        raise Invalid({"place": [_("Choose one of the list.")]}) from None
    thread = start(here, title=title, section=section, text=text, is_question=False, once=once)
    return db.session.get_one(Item, thread.id)


def latest(here: Here, item_id: int, most: int) -> Talk | None:
    """Return a conversation with its latest posts, as the reader may see it in this space now; None when they may not (A5)."""
    item = db.session.scalar(
        select(Item).where(
            Item.id == item_id, Item.kind == KIND, Item.space_id == here.space.id, visible_items(here.actor, now())
        )
    )
    if item is None:
        return None
    shown = Post.item_id == item.id, Post.state == PostState.PUBLISHED
    rows = db.session.execute(
        select(Post, Person.id, Person.handle, Person.name, Department.name)
        .outerjoin(Person, Person.id == Post.author_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(*shown)
        .order_by(Post.number.desc())
        .limit(most)
    ).all()
    place = db.session.scalar(
        select(Section.slug).join(Thread, Thread.section_id == Section.id).where(Thread.id == item.id)
    )
    return Talk(
        item=item,
        url=path_of("threads.thread", slug=here.space.slug, ref=item.ref),
        place=place or "",
        number=db.session.scalar(select(func.count()).select_from(Post).where(*shown)) or 0,
        posts=[
            TalkPost(
                number=post.number,
                author=Author(key, handle, name, department) if key else None,
                html=post.html,
                at=post.created_at,
                edited_at=post.edited_at,
                url=addresses.post_url(here.space.slug, item.ref, post.number),
            )
            for post, key, handle, name, department in reversed(rows)
        ],
    )


TALKS = Talks(places=places, begin=begin, latest=latest)
