"""Whom the facts of posts concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.content.events import PostRemoved
from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _


def author_of(fact: PostRemoved) -> Iterable[Recipient]:
    """Tell the author, whoever else removed the post."""
    post = db.session.get(Post, fact.post_id)
    return [Recipient(person_id=post.author_id)] if post and post.author_id not in {None, fact.actor_id} else []


def tell_removed(fact: PostRemoved, recipient: Recipient) -> Mail | None:
    """Say which post was removed and why, unless it was put back or its author can't see the conversation any more."""
    post = db.session.get(Post, fact.post_id)
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if (
        post is None
        or post.state is not PostState.REMOVED
        or person is None
        or not person.is_active
        or not person.email
    ):
        return None
    item = db.session.scalar(select(Item).where(Item.id == post.item_id, visible_items(person, now())))
    if item is None:
        return None
    space = db.session.get_one(Space, item.space_id)
    remover = db.session.get(Person, post.gone_by_id) if post.gone_by_id else None
    return letter(
        "content/removed",
        to=person.email,
        subject=_("Your post in “%(title)s” was removed", title=item.title),
        why=_("You get this because you wrote the post."),
        by=remover.name if remover else _("An organiser"),
        reason=post.gone_because or "",
        number=post.number,
        title=item.title,
        space=space,
        source=post.source,
        url=absolute("home.today_page", slug=space.slug),
    )


TELLERS = (Teller(fact=PostRemoved, recipients=author_of, compose=tell_removed),)
