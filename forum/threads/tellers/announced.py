"""An announcement, for everybody in the space."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Row, select

from forum.content.answering import may_answer, reply_address
from forum.content.letters import message_id, sender, tell_posts
from forum.content.models import Post, PostState
from forum.content.stopping import stop_url
from forum.content.telling import notices_of
from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.markup import plain
from forum.core.notices import STRENGTH, Notice, Reason
from forum.core.time import now
from forum.notify.listing import listing
from forum.notify.models import Notification
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.threads.events import AnnouncementMade
from forum.threads.models import Announcement, Thread
from forum.threads.queries import is_mailed, is_told, told_by
from forum.web.letters import keeps_mail, letter
from forum.web.links import absolute
from forum.web.words import _

MAILED = 4000
"""How many characters of an announcement are mailed; the rest is behind the link."""


def all_members(fact: AnnouncementMade) -> Iterable[Recipient]:
    """Mail everybody in the space, whatever they watch, but who hears nothing of it, wants no mail about posts, or announced it."""
    return [Recipient(person_id=person_id) for person_id, by_mail in _told(fact) if by_mail]


def _told(fact: AnnouncementMade) -> Sequence[Row[int, bool]]:
    item = db.session.get(Item, fact.item_id)
    if item is None:
        return ()
    told = told_by(item.space_id, fact.actor_id, mails_demo=keeps_mail())
    return db.session.execute(told.order_by(Person.id)).all()


def told_of_announcement(fact: AnnouncementMade) -> Iterable[Notice]:
    """Tell everybody in the app who hears of the space: whoever is named in it because of that."""
    own = {notice.person_id: notice for notice in notices_of(fact.post_id)}
    announced = {
        person_id: Notice(person_id=person_id, post_id=fact.post_id, reason=Reason.ANNOUNCEMENT)
        for person_id, _by_mail in _told(fact)
    }
    return [
        max((one for one in (own.get(key), announced.get(key)) if one), key=lambda one: STRENGTH[one.reason])
        for key in sorted(own.keys() | announced.keys())
    ]


def until_over(fact: AnnouncementMade) -> datetime | None:
    """Return until when it stands on top, if it doesn't for good."""
    found = db.session.get(Announcement, fact.item_id)
    return found.until if found is not None else None


def tell_announced(fact: AnnouncementMade, recipient: Recipient) -> Mail | None:
    """Send what was announced; not what is over, hidden or removed by now, nor to who left, or turned the space off (A5)."""
    at = now()
    found = db.session.execute(
        select(Post, Item, Space, Announcement.until, Thread.closed_at)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .join(Thread, Thread.id == Item.id)
        .join(Announcement, Announcement.thread_id == Item.id)
        .where(Post.id == fact.post_id, Post.state == PostState.PUBLISHED)
    ).one_or_none()
    if found is None:
        return None
    post, item, space, until, closed_at = found
    mine = Person.id == recipient.person_id
    person = db.session.scalar(select(Person).where(mine, is_told(space.id)))
    if person is None or (until is not None and until <= at):
        return None
    if not db.session.scalar(select(is_mailed(space.id, mails_demo=True)).where(mine)):
        return tell_posts(fact, recipient)  # they may be named in it: that is another reason
    if db.session.scalar(select(Item.id).where(Item.id == item.id, visible_items(person, at))) is None:
        return None
    told = Notification.person_id == person.id, Notification.post_id == post.id
    by = db.session.get(Person, post.author_id) if post.author_id else None
    reply_to = reply_address(person, post.id)
    url = absolute("threads.thread", slug=space.slug, ref=item.ref)
    return letter(
        "threads/announced",
        to=person.email or "",
        subject=_("%(title)s (announcement in %(space)s)", title=item.title, space=space.name),
        why=_(
            "You get this because you are a member of %(space)s: announcements go to all members, whatever they watch.",
            space=space.name,
        ),
        sender=sender([by.name if by else ""], space),
        headers={"Reply-To": reply_to} if reply_to else {},
        listing=listing(
            space,
            archive=url,
            stop=stop_url(person, space),
            words=_("No more announcements of %(space)s by mail", space=space.name),
        ),
        message_id=message_id(person, post.id),
        tells=tuple(db.session.scalars(select(Notification.id).where(*told))),
        title=item.title,
        by=by.name if by else _("A former member"),
        space=space,
        paragraphs=_beginning(post.html),
        takes_replies=closed_at is None,
        answers_by_mail=bool(reply_to) and may_answer(person, item, space),
        url=url,
    )


def _beginning(html: str) -> list[str]:
    words = plain(html, counts=True)
    if len(words) > MAILED:
        words = words[:MAILED].rsplit(None, 1)[0] + " …"
    return words.split("\n\n")
