"""The digest: what somebody was told since the last one and hasn't seen, by conversation. Nothing to say, no mail."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, case, func, null, select
from sqlalchemy.orm import aliased

from forum.content.answering import reply_address
from forum.content.models import Post, PostState
from forum.content.queries import beginning_of
from forum.content.stopping import stop_url
from forum.content.telling import hears_of
from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.markup import opening
from forum.core.time import now
from forum.notify.events import DigestDue
from forum.notify.listing import listing
from forum.notify.models import MailRhythm, Notification
from forum.notify.quiet import is_hushed
from forum.notify.rhythm import DIGESTS, choice_of
from forum.people.models import Person
from forum.spaces.feature import nobody_of, post_url
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.web.letters import letter
from forum.web.links import absolute, whole
from forum.web.words import _, _n

MOST_POSTS = 200
MOST_SHOWN = 3
EXCERPT = 200


@dataclass(kw_only=True)
class Conversation:
    """A conversation in a digest, with the first of what is new in it."""

    title: str
    space: str
    url: str
    posts: list[tuple[str, str]] = field(default_factory=list)
    number: int = 0

    @property
    def more(self) -> int:
        """How many new posts aren't shown."""
        return self.number - len(self.posts)


def whose_digest(fact: DigestDue) -> Iterable[Recipient]:
    """Send it to its reader."""
    return [Recipient(person_id=fact.person_id)]


def tell_digest(fact: DigestDue, recipient: Recipient) -> Mail | None:
    """Say what is new; None when nothing is, or they chose otherwise since. What they may not see now isn't in it (A3)."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if person is None or not person.is_active or not person.email:
        return None
    rhythm = choice_of(person.id).rhythm
    if rhythm not in DIGESTS and not (fact.is_last and rhythm is MailRhythm.AT_ONCE):
        return None
    found, tells = _new_to(person)
    if not found:
        return None
    number = sum(one.number for one in found)
    reply_to = reply_address(person, None)
    return letter(
        "content/digest",
        to=person.email,
        subject=_n(
            "%(num)d new post for you: %(title)s", "%(num)d new posts for you: %(title)s", number, title=found[0].title
        ),
        why=_("You get this because you had chosen one mail a day or a week about posts. This is the last of these.")
        if fact.is_last
        else _("You get this because you chose one mail a day or a week about posts."),
        headers={"Reply-To": reply_to} if reply_to else {},
        listing=listing(
            None,
            archive=absolute("home.notifications"),
            stop=stop_url(person, None),
            words=_("No more of these digests"),
        ),
        tells=tells,
        conversations=found,
        number=number,
        url=absolute("home.notifications"),
    )


def _new_to(person: Person) -> tuple[list[Conversation], tuple[int, ...]]:
    """Return what is new by conversation, and the notifications that tell of it: one statement, whatever the number of either."""
    found: dict[int, Conversation] = {}
    rows = db.session.execute(_rows(person)).all()
    for _id, item, slug, space, number, html, name in rows:
        one = found.setdefault(
            item.id, Conversation(title=item.title, space=space, url=whole(post_url(item, slug, number)))
        )
        one.number += 1
        if html is not None:
            one.posts.append((name or nobody_of(item, number), opening(html, length=EXCERPT)))
    return list(found.values()), tuple(row[0] for row in rows)


def _rows(person: Person) -> Select[*tuple[Any, ...]]:
    """Return the query: what was stopped is left out before anything is counted, and of what is only counted no text is read."""
    author = aliased(Person)
    place = func.row_number().over(partition_by=Post.item_id, order_by=Notification.id)
    shown = case((place <= MOST_SHOWN, beginning_of(Post.html)), else_=null())
    return (
        select(Notification.id, Item, Space.slug, Space.name, Post.number, shown, author.name)
        .join(Post, Post.id == Notification.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(author, author.id == Post.author_id)
        .where(
            Notification.person_id == person.id,
            Notification.read_at.is_(None),
            Notification.mailed_at.is_(None),
            ~Notification.is_quiet,
            Post.state == PostState.PUBLISHED,
            ~is_hushed(Item.space_id),
            visible_items(person, now()),
            hears_of(person.id),
        )
        .order_by(Notification.id)
        .limit(MOST_POSTS)
    )
