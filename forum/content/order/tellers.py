"""Whom it concerns when order is kept, and what their mails say. Each is asked again at sending whether it still holds (A3, A5)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from forum.content.models import Post, PostState
from forum.content.order.events import (
    FlagSettled,
    HeldPostDecided,
    MemberHeld,
    PostChangedForAuthor,
    PostFlagged,
    PostHeld,
    PostHidden,
)
from forum.content.order.members import hold_of
from forum.content.order.models import FlagOutcome, PostFlag, PostWait, WaitOutcome
from forum.content.order.words import FLAG_REASONS
from forum.content.places import place_for, url_of
from forum.content.places import sees as sees_item
from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.time import local, now
from forum.people.models import Person
from forum.spaces.models import Item, LogEntry, Space
from forum.spaces.policy import Can
from forum.spaces.queries import holders_of, is_holder, membership_of
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def deciders(fact: PostFlagged | PostHeld) -> Iterable[Recipient]:
    """Tell who can decide: those who look after the space, but not about what they did or wrote themselves."""
    post = db.session.get(Post, fact.post_id)
    if post is None:
        return []
    space = db.session.get_one(Space, db.session.get_one(Item, post.item_id).space_id)
    keepers = holders_of(space, Can.KEEP_ORDER, at=now())
    return [Recipient(person_id=one.id) for one in keepers if one.id not in {fact.actor_id, post.author_id}]


def tell_flagged(fact: PostFlagged, recipient: Recipient) -> Mail | None:
    """Say that a post is flagged and why, unless it was decided or taken back meanwhile. Who flagged it stands in the space only."""
    post = db.session.get(Post, fact.post_id)
    flags = select(PostFlag.reason).where(PostFlag.post_id == fact.post_id, PostFlag.settled_at.is_(None))
    reasons = db.session.scalars(flags.order_by(PostFlag.id)).all()
    if post is None or not reasons:
        return None
    item, space = _place(post)
    return _to_decider(
        recipient,
        post,
        space,
        subject=_("A post in “%(title)s” is flagged", title=item.title),
        lines=[
            _("Somebody asks the organisers to look at post %(number)s.", number=post.number),
            *dict.fromkeys(str(FLAG_REASONS[reason]) + "." for reason in reasons),
        ],
    )


def tell_held(fact: PostHeld, recipient: Recipient) -> Mail | None:
    """Say that somebody's post waits, unless it was decided or taken back meanwhile. What it says stays in the space (A5)."""
    wait = db.session.get(PostWait, fact.wait_id)
    post = db.session.get(Post, fact.post_id)
    if wait is None or wait.decided_at is not None or post is None:
        return None
    _item, space = _place(post)
    author = db.session.get(Person, post.author_id) if post.author_id else None
    name = author.name if author else _("Somebody")
    return _to_decider(
        recipient,
        post,
        space,
        subject=_("A post by %(name)s waits for you in %(space)s", name=name, space=space.name),
        lines=[_("Nobody else sees it until an organiser has approved it.")],
    )


def flagger(fact: FlagSettled) -> Iterable[Recipient]:
    """Tell who flagged, unless they settled it themselves."""
    flag = db.session.get(PostFlag, fact.flag_id)
    return [Recipient(person_id=flag.person_id)] if flag and flag.person_id != fact.actor_id else []


def tell_settled(fact: FlagSettled, recipient: Recipient) -> Mail | None:
    """Say what became of a flag. The thread is named to those only who can see it now (A3)."""
    flag, person = db.session.get(PostFlag, fact.flag_id), _member(recipient)
    if flag is None or flag.outcome is None or person is None:
        return None
    post = db.session.get_one(Post, flag.post_id)
    item, space = _place(post)
    if membership_of(space, person) is None:
        return None
    by_author = flag.settled_by_id == post.author_id
    sees = sees_item(person, item)
    which = _("post %(number)s in “%(title)s”", number=post.number, title=item.title) if sees else _("a post")
    name = _name(flag.settled_by_id)
    said = {
        FlagOutcome.LEFT: _("%(name)s looked at it and left it as it is.", name=name),
        FlagOutcome.HIDDEN: _("%(name)s has hidden it while the organisers look at it.", name=name),
        FlagOutcome.EDITED: _("%(name)s has edited it.", name=name),
        FlagOutcome.REMOVED: _("Its author has removed it.") if by_author else _("%(name)s has removed it.", name=name),
    }[flag.outcome]
    return letter(
        "content/order",
        space=space,
        to=person.email or "",
        subject=_("What became of the post that you flagged in %(space)s", space=space.name),
        why=_("You get this because you flagged the post."),
        headline=_("Thank you for saying something"),
        lines=[_("You flagged %(which)s.", which=which), said],
        reason=flag.answer,
        url=place_for(person, post, item, space),
    )


def author_of(fact: PostHidden | HeldPostDecided | PostChangedForAuthor) -> Iterable[Recipient]:
    """Tell the author, whoever else did it."""
    post = db.session.get(Post, fact.post_id)
    return [Recipient(person_id=post.author_id)] if post and post.author_id not in {None, fact.actor_id} else []


def tell_hidden(fact: PostHidden, recipient: Recipient) -> Mail | None:
    """Say that a post is hidden and why, unless it was decided meanwhile what becomes of it."""
    wait, found = db.session.get(PostWait, fact.wait_id), _concerned(fact, recipient)
    if wait is None or wait.decided_at is not None or found is None:
        return None
    person, post, item, space = found
    return letter(
        "content/order",
        space=space,
        to=person.email or "",
        subject=_("Your post in %(place)s is hidden for now", place=_named(person, item, space)),
        why=_("You get this because you wrote the post."),
        headline=_("Your post is hidden for now"),
        lines=[
            _("%(name)s has hidden your post while the organisers look at it.", name=_name(post.gone_by_id)),
            _("You will hear what becomes of it, or see it in its place again."),
        ],
        reason=post.gone_because or "",
        source=post.source,
        url=place_for(person, post, item, space),
    )


def tell_decided(fact: HeldPostDecided, recipient: Recipient) -> Mail | None:
    """Say that a held post is published, or why it isn't: then with what it said."""
    wait, found = db.session.get(PostWait, fact.wait_id), _concerned(fact, recipient)
    if wait is None or found is None:
        return None
    person, post, item, space = found
    why = _("You get this because you wrote the post.")
    if wait.outcome is WaitOutcome.APPROVED:
        if post.state is not PostState.PUBLISHED or not sees_item(person, item):
            return None
        return letter(
            "content/order",
            space=space,
            to=person.email or "",
            subject=_("Your post in “%(title)s” is published", title=item.title),
            why=why,
            headline=_("Your post is published"),
            lines=[_("%(name)s approved it: everybody can read it now.", name=_name(wait.decided_by_id))],
            url=url_of(post, item, space),
        )
    return letter(
        "content/order",
        space=space,
        to=person.email or "",
        subject=_("Your post in %(place)s is not published", place=_named(person, item, space)),
        why=why,
        headline=_("Your post is not published"),
        lines=[
            _("%(name)s looked at it and decided not to publish it.", name=_name(wait.decided_by_id)),
            _(
                "Your text is kept as a draft, unless you had begun another one there. You can change it and send it again."
            ),
        ],
        reason=wait.answer,
        source=post.source,
        url=place_for(person, post, item, space),
    )


def tell_changed(fact: PostChangedForAuthor, recipient: Recipient) -> Mail | None:
    """Say who edited somebody's post, and why."""
    entry, found = db.session.get(LogEntry, fact.log_id), _concerned(fact, recipient)
    if entry is None or found is None:
        return None
    person, post, item, space = found
    if post.state is not PostState.PUBLISHED or not sees_item(person, item):
        return None
    return letter(
        "content/order",
        space=space,
        to=person.email or "",
        subject=_("Your post in “%(title)s” was edited", title=item.title),
        why=_("You get this because you wrote the post."),
        headline=_("Your post was edited"),
        lines=[_("%(name)s edited your post %(number)s.", name=_name(entry.actor_id), number=post.number)],
        reason=entry.reason,
        url=url_of(post, item, space),
    )


def held_member(fact: MemberHeld) -> Iterable[Recipient]:
    """Tell the member."""
    return [Recipient(person_id=fact.person_id)]


def tell_member(fact: MemberHeld, recipient: Recipient) -> Mail | None:
    """Say until when what one writes is held and why, or that it isn't any more; unless that has changed since."""
    entry, person = db.session.get(LogEntry, fact.log_id), _member(recipient)
    if entry is None or entry.space_id is None or person is None:
        return None
    space = db.session.get_one(Space, entry.space_id)
    hold = hold_of(space, person)
    is_begun = "until" in entry.details
    if membership_of(space, person) is None or is_begun != (hold is not None):
        return None
    name = _name(entry.actor_id)
    day = long_day(local(hold.until, space.zone).date()) if hold else ""
    held = _("Until %(day)s an organiser looks at what you write before others see it.", day=day)
    return letter(
        "content/order",
        space=space,
        to=person.email or "",
        subject=_("What you write in %(space)s is held for a time", space=space.name)
        if hold
        else _("What you write in %(space)s is published at once again", space=space.name),
        why=_("You get this because you are a member of %(space)s.", space=space.name),
        headline=_("Your posts are held for a time") if hold else _("Your posts are published at once again"),
        lines=[held, _("%(name)s decided this.", name=name)] if hold else [_("%(name)s ended the hold.", name=name)],
        reason=entry.reason,
        url=_today(space),
    )


def _to_decider(recipient: Recipient, post: Post, space: Space, *, subject: str, lines: list[str]) -> Mail | None:
    person = _member(recipient)
    if person is None or not is_holder(person, space, Can.KEEP_ORDER, at=now()):
        return None
    return letter(
        "content/order",
        space=space,
        to=person.email or "",
        subject=subject,
        why=_("You get this because you look after %(space)s.", space=space.name),
        headline=subject,
        lines=lines,
        url=f"{absolute('order.queue', slug=space.slug)}#case-{post.id}",
    )


def _named(person: Person, item: Item, space: Space) -> str:
    """Return the title of a conversation for who can see it now, the space's name for others (A3)."""
    return _("“%(title)s”", title=item.title) if sees_item(person, item) else space.name


def _concerned(fact: Any, recipient: Recipient) -> tuple[Person, Post, Item, Space] | None:  # noqa: ANN401  # any fact of a post
    """Return who is told, of which post and where, while they still belong there."""
    person, post = _member(recipient), db.session.get(Post, fact.post_id)
    if person is None or post is None:
        return None
    item, space = _place(post)
    return None if membership_of(space, person) is None else (person, post, item, space)


def _member(recipient: Recipient) -> Person | None:
    """Return the person, unless mail doesn't reach them any more."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    return person if person is not None and person.is_active and person.email else None


def _place(post: Post) -> tuple[Item, Space]:
    item = db.session.get_one(Item, post.item_id)
    return item, db.session.get_one(Space, item.space_id)


def _name(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else _("An organiser")


def _today(space: Space) -> str:
    return absolute("home.today_page", slug=space.slug)


TELLERS = (
    Teller(fact=PostFlagged, recipients=deciders, compose=tell_flagged),
    Teller(fact=PostHeld, recipients=deciders, compose=tell_held),
    Teller(fact=FlagSettled, recipients=flagger, compose=tell_settled),
    Teller(fact=PostHidden, recipients=author_of, compose=tell_hidden),
    Teller(fact=HeldPostDecided, recipients=author_of, compose=tell_decided),
    Teller(fact=PostChangedForAuthor, recipients=author_of, compose=tell_changed),
    Teller(fact=MemberHeld, recipients=held_member, compose=tell_member),
)
