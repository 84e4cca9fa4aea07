"""Mail about posts: all that is new to somebody in one conversation is one message, which mail programmes group with the others.

A post's Message-ID is derived from the post and the reader, so that an answer can name what it answers without anything being stored.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from forum.content.answering import asked_unnamed, may_answer, reply_address
from forum.content.models import Post, PostState, Watch, WatchLevel, WatchReason, WatchSpace
from forum.content.stopping import stop_url
from forum.content.telling import hears_of
from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.markup import plain
from forum.core.notices import STRENGTH, Reason
from forum.core.time import now
from forum.notify.listing import listing
from forum.notify.models import MailRhythm, Notification
from forum.notify.quiet import is_hushed
from forum.notify.rhythm import choice_of
from forum.people.models import Person
from forum.spaces.feature import nobody_of, post_url
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.web.letters import letter
from forum.web.links import whole
from forum.web.words import LazyString, _, _l, _n

MOST_POSTS = 20
"""So many posts stand in one message whole; it says how many more there are."""
MOST_TOLD = 500
"""Of so many one message tells; what is left over has the next one."""
MOST_REFERENCES = 10
PICTURE = re.compile(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>')
# Within a tag: what stands in code as text has no "<" before it.
OWN_ADDRESS = re.compile(r'(<a [^<>]*?\bhref)="/(?!/)')
OWN_ANCHOR = re.compile(r'(<a [^<>]*?\bhref)="#')
HEADING = "margin:0 0 8px;font-size:16px;line-height:1.4;"
STYLES = {
    "a": "color:#0b5d5a;",
    "pre": "white-space:pre-wrap;overflow-wrap:anywhere;font-size:14px;",
    "blockquote": "margin:0 0 16px 16px;",
    "h4": HEADING,
    "h5": HEADING,
    "h6": HEADING,
}
DRESSED = re.compile(rf"<({'|'.join(STYLES)})(?=[\s>])")

WHY: dict[Reason, LazyString] = {
    Reason.MENTION: _l("You get this because you are named in it."),
    Reason.COVER: _l("You get this because it names somebody who is away, and you cover for them."),
    Reason.REPLY: _l("You get this because it answers a post of yours."),
    Reason.QUOTE: _l("You get this because it repeats words of yours."),
    Reason.ANNOUNCEMENT: _l("You get this because it was announced to all members of the space."),
}
WATCHED: dict[WatchReason, LazyString] = {
    WatchReason.STARTED: _l("You get this because you started it."),
    WatchReason.REPLIED: _l("You get this because you have written there."),
    WatchReason.MENTIONED: _l("You get this because you are named there."),
    WatchReason.CARRIED: _l("You get this because you watched the part before this one."),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A post as a message tells of it. `who` is how its author is called in it; `author` their name, "" for who left none."""

    id: int
    number: int
    who: str
    author: str
    html: str
    text: str
    at: datetime
    url: str
    reason: Reason


def tell_posts(fact: Any, recipient: Recipient) -> Mail | None:  # noqa: ANN401  # every fact of a post has its post_id
    """Tell somebody what is new to them in the post's conversation; None when they saw it, were told, or may not see it any more.

    Asked anew at sending: what was hidden, removed or read meanwhile isn't told of (A3, A5).
    """
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if person is None or not person.is_active or not person.email:
        return None
    if choice_of(person.id).rhythm is not MailRhythm.AT_ONCE:
        return None  # they chose otherwise since: it stands in their digest
    item = db.session.scalar(
        select(Item).join(Post, Post.item_id == Item.id).where(Post.id == fact.post_id, visible_items(person, now()))
    )
    if item is None:
        return None
    tells = tuple(db.session.scalars(_new_to(person, item)))
    if not tells:
        return None
    space = db.session.get_one(Space, item.space_id)
    told = [_told(item, space, *row) for row in db.session.execute(_posts_of(tells[:MOST_POSTS]))]
    return _letter(person, item, space, told=told, tells=tells) if told else None


def _posts_of(tells: Sequence[int]) -> Select[*tuple[Any, ...]]:
    author = aliased(Person)
    return (
        select(Post, author.name, Notification.reason)
        .join(Notification, Notification.post_id == Post.id)
        .outerjoin(author, author.id == Post.author_id)
        .where(Notification.id.in_(tells), Post.state == PostState.PUBLISHED)
        .order_by(Post.number)
    )


def _new_to(person: Person, item: Item) -> Select[int]:
    """Return the query of the notifications of which a message tells: their texts are read of those that stand in it whole."""
    return (
        select(Notification.id)
        .join(Post, Post.id == Notification.post_id)
        .join(Item, Item.id == Post.item_id)
        .where(
            Notification.person_id == person.id,
            Notification.read_at.is_(None),
            Notification.mailed_at.is_(None),
            ~Notification.is_quiet,
            Item.id == item.id,
            Post.state == PostState.PUBLISHED,
            ~is_hushed(item.space_id),
            hears_of(person.id),
        )
        .order_by(Post.number)
        .limit(MOST_TOLD)
    )


def _told(item: Item, space: Space, post: Post, name: str | None, reason: Reason) -> Told:
    return Told(
        id=post.id,
        number=post.number,
        who=name or nobody_of(item, post.number),
        author=name or "",
        html=dressed(for_mail(post.html, page=whole(post_url(item, space.slug, post.number)))),
        text=plain(post.html, counts=True),
        at=post.created_at,
        url=whole(post_url(item, space.slug, post.number)),
        reason=reason,
    )


def _letter(person: Person, item: Item, space: Space, *, told: list[Told], tells: tuple[int, ...]) -> Mail:
    last, strongest = told[-1], max((one.reason for one in told), key=STRENGTH.__getitem__)
    is_start = told[0].number == 1
    answers = references(person, item, last)
    headers = {}
    reply_to = "" if asked_unnamed(person, item, last.id) else reply_address(person, last.id)
    if reply_to:
        headers["Reply-To"] = reply_to
    if answers:
        headers |= {"In-Reply-To": answers[-1], "References": " ".join(answers)}
    return letter(
        "content/posts",
        to=person.email or "",
        subject=item.title if is_start else _("Re: %(title)s", title=item.title),
        why=why(person, item, strongest),
        sender=sender([one.author for one in told], space),
        headers=headers,
        message_id=message_id(person, last.id),
        tells=tells,
        told=told,
        answers_by_mail=bool(reply_to) and may_answer(person, item, space),
        more=max(0, len(tells) - len(told)),
        opening=_opening(told, item),
        title=item.title,
        space=space,
        url=told[0].url,
        listing=listing(
            space,
            archive=told[0].url,
            stop=stop_url(person, item),
            words=_("Hear nothing more of “%(title)s”", title=item.title),
        ),
    )


def sender(authors: Sequence[str], space: Space) -> str:
    """Return whom a message comes from: who wrote, and the space. "" where somebody left no name: then it is the installation."""
    names = list(dict.fromkeys(authors))
    if not all(names):
        return ""
    if len(names) == 1:
        return _("%(name)s (%(space)s)", name=names[0], space=space.name)
    return _n(
        "%(name)s and one other (%(space)s)",
        "%(name)s and %(num)d others (%(space)s)",
        len(names) - 1,
        name=names[0],
        space=space.name,
    )


def _opening(told: list[Told], item: Item) -> str:
    first = told[0]
    if len(told) > 1:
        return _n("%(num)d new post in “%(title)s”", "%(num)d new posts in “%(title)s”", len(told), title=item.title)
    if first.number == 1:
        return _("%(name)s started “%(title)s”", name=first.who, title=item.title)
    if first.reason is Reason.MENTION:
        return _("%(name)s named you in “%(title)s”", name=first.who, title=item.title)
    if first.reason is Reason.COVER:
        return _("%(name)s named somebody you cover for, in “%(title)s”", name=first.who, title=item.title)
    if first.reason is Reason.REPLY:
        return _("%(name)s answered you in “%(title)s”", name=first.who, title=item.title)
    return _("%(name)s wrote in “%(title)s”", name=first.who, title=item.title)


def why(person: Person, item: Item, reason: Reason) -> str:
    """Say truthfully why somebody is told, for the footer."""
    if reason in WHY:
        return str(WHY[reason])
    own = db.session.get(Watch, (person.id, item.id))
    if own is not None and own.is_chosen:
        return _("You get this because you chose to hear of everything there.")
    in_space = db.session.get(WatchSpace, (person.id, item.space_id))
    if in_space is not None and in_space.level is WatchLevel.EVERYTHING:
        return _("You get this because you chose to hear of everything in this space.")
    if own is not None and own.reason is not None and own.level is WatchLevel.EVERYTHING:
        return str(WATCHED[own.reason])
    return _("You get this because you chose to hear of everything in this section.")


def message_id(person: Person, post_id: int) -> str:
    """Return the Message-ID under which `person` has mail about a post: always the same, and nobody else's."""
    secret = f"{current_app.config['SECRET_KEY']}\0message\0{post_id}\0{person.uuid}"
    return f"<{post_id}.{hashlib.sha256(secret.encode()).hexdigest()[:24]}@{_host()}>"


def references(person: Person, item: Item, last: Told) -> list[str]:
    """Return the Message-IDs of what the post goes back to, oldest first: the conversation's first post, and what it answers."""
    first = db.session.scalar(select(Post.id).where(Post.item_id == item.id, Post.number == 1))
    chain: list[int] = []
    number = db.session.scalar(select(Post.in_reply_to).where(Post.id == last.id))
    while number is not None and len(chain) < MOST_REFERENCES:
        before = db.session.execute(
            select(Post.id, Post.in_reply_to).where(Post.item_id == item.id, Post.number == number)
        ).one_or_none()
        if before is None:
            break
        chain.append(before.id)
        number = before.in_reply_to
    ids = dict.fromkeys([first, *reversed(chain)])
    return [message_id(person, post_id) for post_id in ids if post_id is not None and post_id != last.id]


def for_mail(html: str, *, page: str) -> str:
    """Return a post's HTML for a mail: its links lead to this site, and a picture, which needs signing in, is its description.

    The HTML is the renderer's own, so its attributes are written in one way only.
    """
    words = PICTURE.sub(lambda found: f"[{_('picture')}: {found[1]}]" if found[1] else f"[{_('picture')}]", html)
    linked = OWN_ADDRESS.sub(lambda found: f'{found[1]}="{whole("/")}', words)
    return OWN_ANCHOR.sub(lambda found: f'{found[1]}="{page.partition("#")[0]}#', linked)


def dressed(html: str) -> str:
    """Return HTML whose parts look as those of the letter, which mail programmes take from the parts themselves.

    Their own blue can't be read on a dark sheet (those that know of one get the colour from mail/base.html), and a long line of code
    would make the whole letter wider than a phone.
    """
    return DRESSED.sub(lambda found: f'<{found[1]} style="{STYLES[found[1]]}"', html)


def _host() -> str:
    return urlsplit(whole("/")).hostname or "localhost"
