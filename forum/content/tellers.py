"""Whom the facts of posts concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, or_, select

from forum.content.bookmarks import EXCERPT
from forum.content.digest import tell_digest, whose_digest
from forum.content.events import BookmarkDue, PostEdited, PostRemoved, PostWritten
from forum.content.letters import tell_posts
from forum.content.models import Bookmark, Post, PostState
from forum.content.places import place_for, url_of
from forum.content.telling import nobody, notices_of
from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.markup import opening
from forum.core.notices import Notice
from forum.core.time import now
from forum.notify.events import DigestDue
from forum.people.models import Person
from forum.spaces.feature import kind_of, kinds_of_one_text, post_url
from forum.spaces.models import Item, ItemState, Membership, Space
from forum.spaces.queries import viewing, visible_items, visible_to_viewer
from forum.spaces.queries.sharing import known_name, read_at
from forum.spaces.queries.visible import stays_inside
from forum.web.letters import letter
from forum.web.links import absolute, whole
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
    went_with_it = and_(Item.state == ItemState.WITHDRAWN, Item.author_id == person.id, _is_member(person))
    is_known = or_(visible_items(person, now()), went_with_it)
    item = db.session.scalar(select(Item).where(Item.id == post.item_id, is_known))
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
        has_gap=item.state is ItemState.PUBLISHED,
        title=item.title,
        space=space,
        source=post.source,
        url=place_for(person, post, item, space),
    )


def _is_member(person: Person) -> ColumnElement[bool]:
    theirs = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    return Item.space_id.in_(theirs)


def whose_bookmark(fact: BookmarkDue) -> Iterable[Recipient]:
    """Remind who marked the post."""
    return [Recipient(person_id=fact.person_id)]


def tell_due(fact: BookmarkDue, recipient: Recipient) -> Mail | None:
    """Say what one wanted to be reminded of, unless the mark was changed since or the post can't be seen any more."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    mark = db.session.get(Bookmark, (fact.person_id, fact.post_id))
    if person is None or not person.is_active or not person.email:
        return None
    if mark is None or mark.remind_at is None or mark.remind_at.isoformat() != fact.moment:
        return None
    found = db.session.execute(
        select(Post, Item, known_name(), read_at())
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Post.id == fact.post_id,
            Post.state == PostState.PUBLISHED,
            visible_to_viewer(),
            stays_inside(Post.number, kinds_of_one_text()),
        ),
        viewing(person, now()),
    ).one_or_none()
    if found is None:
        return None
    post, item, space, slug = found
    if slug is None:
        return None
    home = db.session.get_one(Space, item.space_id)
    return letter(
        "content/bookmark",
        to=person.email,
        subject=_("Reminder: %(what)s", what=mark.note or item.title),
        why=_("You get this because you asked to be reminded on this day."),
        note=mark.note,
        number=post.number,
        title=item.title,
        space=space or _("another space"),
        words=opening(post.html, length=EXCERPT),
        url=url_of(post, item, home) if slug == home.slug else whole(post_url(item, slug, post.number)),
        all_url=absolute("home.bookmarks"),
    )


def told_of_reply(fact: PostWritten) -> Iterable[Notice]:
    """Tell those whom a reply names, answers or quotes, and those who hear of everything there."""
    return notices_of(fact.post_id, quoted=fact.quoted)


def who_waits_for_replies(fact: PostWritten) -> Collection[int]:
    """Return for whom it can't wait, as the room of what it is written in says."""
    item = db.session.scalar(select(Item).join(Post, Post.item_id == Item.id).where(Post.id == fact.post_id))
    urgent_for = kind_of(item).urgent_for if item is not None else None
    return urgent_for(item.id) if item is not None and urgent_for is not None else ()


def told_of_edit(fact: PostEdited) -> Iterable[Notice]:
    """Tell those whom an edit names for the first time. An edit never tells the same person twice (B4)."""
    return notices_of(fact.post_id, named=fact.newly_named) if fact.newly_named else ()


TELLERS = (
    Teller(
        fact=PostWritten, recipients=nobody, notices=told_of_reply, compose=tell_posts, urgent_for=who_waits_for_replies
    ),
    Teller(fact=PostEdited, recipients=nobody, notices=told_of_edit, compose=tell_posts),
    Teller(fact=PostRemoved, recipients=author_of, compose=tell_removed),
    Teller(fact=BookmarkDue, recipients=whose_bookmark, compose=tell_due, at_any_hour=True),
    Teller(fact=DigestDue, recipients=whose_digest, compose=tell_digest, has_own_hour=True),
)
