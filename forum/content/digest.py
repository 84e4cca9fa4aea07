"""The digest: what somebody was told since the last one and hasn't seen, by conversation. Nothing to say, no mail."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.content.answering import reply_address
from forum.content.models import Post, PostState
from forum.content.stopping import stop_url, unsubscribing
from forum.content.telling import still_hears
from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.markup import opening
from forum.core.time import now
from forum.notify.events import DigestDue
from forum.notify.models import Notification
from forum.notify.quiet import is_hushed
from forum.notify.rhythm import DIGESTS, choice_of
from forum.people.models import Person
from forum.spaces.feature import post_url
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
    if person is None or not person.is_active or not person.email or choice_of(fact.person_id).rhythm not in DIGESTS:
        return None
    stop = stop_url(person, None)
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
        why=_("You get this because you chose one mail a day or a week about posts."),
        headers={
            **unsubscribing(stop),
            **({"Reply-To": reply_to} if reply_to else {}),
        },
        tells=tells,
        conversations=found,
        number=number,
        stop=stop,
        url=absolute("home.notifications"),
        settings_url=absolute("notify.mail_settings"),
    )


def _new_to(person: Person) -> tuple[list[Conversation], tuple[int, ...]]:
    author = aliased(Person)
    is_new = (
        Notification.person_id == person.id,
        Notification.read_at.is_(None),
        Notification.mailed_at.is_(None),
        Post.state == PostState.PUBLISHED,
        ~is_hushed(Item.space_id),
        visible_items(person, now()),
    )
    items = select(Item).join(Post, Post.item_id == Item.id).join(Notification, Notification.post_id == Post.id)
    # What was stopped is left out before anything is counted: much of it would keep the rest out.
    heard = [item.id for item in db.session.scalars(items.where(*is_new).distinct()) if still_hears(person, item)]
    rows = db.session.execute(
        select(Notification.id, Item, Space.slug, Space.name, Post.number, Post.html, author.name)
        .join(Post, Post.id == Notification.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(author, author.id == Post.author_id)
        .where(*is_new, Item.id.in_(heard))
        .order_by(Notification.id)
        .limit(MOST_POSTS)
    ).all()
    found: dict[int, Conversation] = {}
    for _id, item, slug, space, number, html, name in rows:
        one = found.setdefault(
            item.id, Conversation(title=item.title, space=space, url=whole(post_url(item, slug, number)))
        )
        one.number += 1
        if len(one.posts) < MOST_SHOWN:
            one.posts.append((name or _("Former member"), opening(html, length=EXCERPT)))
    return list(found.values()), tuple(row[0] for row in rows)
