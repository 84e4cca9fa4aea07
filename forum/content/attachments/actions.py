"""Attaching, describing, sending along, taking out. Each runs inside `transaction()`."""

import re
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from forum.content.attachments.queries import Attached, count_at, refs_shown
from forum.content.attachments.told import Told
from forum.content.models import Attachment, Post
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing
from forum.core.files import Examined
from forum.core.markup import Rendered
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.policy import Can
from forum.web.words import _

MOST_A_POST = 20
A_DAY = timedelta(days=1)
MOST_A_DAY = 20
"""How many of the largest files somebody may attach within a day, by their size together."""
MB = 1024 * 1024


def attach(
    here: Here,
    place: str,
    *,
    power: Can,
    found: Examined,
    name: str,
    size: int,
    sha256: str,
    largest: int,
    already: int = 0,
    at: datetime | None = None,
) -> Attachment:
    """Note a file that lies on disk as attached at `place`. The same file there again is the one that is there.

    `largest` is the most bytes of one file; `already` counts what the post has. The person's row is held, so that the limits hold
    for two uploads at once. Raises Missing, Denied, or Invalid for `files`.
    """
    person = lock(Person, here.actor.id)
    here = as_it_is_now(here)
    here.require(power)
    if person is None:
        raise Missing
    same = select(Attachment).where(
        Attachment.place == place,
        Attachment.person_id == person.id,
        Attachment.sha256 == sha256,
        Attachment.name == name,
        Attachment.removed_at.is_(None),
    )
    earlier = db.session.scalar(same)
    if earlier is not None:
        return earlier
    _require_room(person, place, already=already, size=size, largest=largest, at=at or now())
    attachment = Attachment(
        space_id=here.space.id,
        person_id=person.id,
        place=place,
        name=name,
        media_type=found.media_type,
        size=size,
        sha256=sha256,
        width=found.width,
        height=found.height,
        created_at=at or now(),
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def _require_room(person: Person, place: str, *, already: int, size: int, largest: int, at: datetime) -> None:
    if already + count_at(person, place) >= MOST_A_POST:
        raise Invalid({"files": [too_many()]})
    # What was taken out again counts too, or the limit would be none.
    today = select(func.coalesce(func.sum(Attachment.size), 0)).where(
        Attachment.person_id == person.id, Attachment.created_at > at - A_DAY
    )
    most = MOST_A_DAY * largest
    if (db.session.scalar(today) or 0) + size > most:
        raise Invalid(
            {
                "files": [
                    _("You attached %(most)s MB within a day, which is the most. Try again tomorrow.", most=most // MB)
                ]
            }
        )


def too_many() -> str:
    """Return the sentence for one file more than a post takes."""
    return _(
        "A post takes %(most)s files, and has them. Take one out, or put the rest into another post.", most=MOST_A_POST
    )


def describe(person: Person, place: str, told: Told) -> None:
    """Write down what a form says of what somebody hasn't sent yet."""
    _describe(told, Attachment.place == place, Attachment.person_id == person.id)


def send_with(here: Here, post: Post, *, place: str, told: Told, text: Rendered) -> None:
    """Let what was attached at `place` go with a post that was just written, and the author's other unsent pictures that it shows.

    The post's item is held. Raises Invalid for `files`: a picture of which nobody said what is to be seen on it, or too many files.
    """
    describe(here.actor, place, told)
    shown = refs_shown(text.shown)
    unsent = select(Attachment).where(
        Attachment.person_id == here.actor.id,
        Attachment.removed_at.is_(None),
        Attachment.post_id.is_(None),
        or_(Attachment.place == place, and_(Attachment.ref.in_(shown), Attachment.space_id == here.space.id)),
    )
    for attachment in db.session.scalars(unsent.order_by(Attachment.id).with_for_update(key_share=True)):
        attachment.post_id, attachment.place, attachment.space_id = post.id, None, here.space.id
    db.session.flush()
    _check(post)


def send_with_edit(here: Here, post: Post, *, place: str, told: Told, text: Rendered) -> None:
    """Likewise for a post that was edited: what it had is described anew, or taken out. Raises Invalid for `files`."""
    _describe(told, Attachment.post_id == post.id)
    send_with(here, post, place=place, told=told, text=text)


def without(source: str, *, attached: list[Attached], told: Told) -> str:
    """Return a text that doesn't show what is taken out."""
    for one in attached:
        if one.ref in told.dropped:
            source = re.sub(rf"!\[[^\]\n]*\]\({re.escape(one.url)}\)[ \t]*\n?", "", source)
    return source


def with_pictures(source: str, new: list[Attached]) -> str:
    """Return a text that shows the pictures that were just attached, each in a paragraph at the end."""
    shown = [one.markdown for one in new if one.is_picture and one.url not in source]
    return "\n\n".join([part for part in [source.rstrip()] if part] + shown) if shown else source


def _describe(told: Told, *which: ColumnElement[bool]) -> None:
    rows = select(Attachment).where(
        *which, Attachment.removed_at.is_(None), Attachment.ref.in_({*told.alts, *told.dropped})
    )
    for attachment in db.session.scalars(rows.order_by(Attachment.id).with_for_update(key_share=True)):
        if attachment.ref in told.dropped:
            attachment.removed_at = now()
        elif attachment.is_picture and attachment.ref in told.alts:
            attachment.is_decorative = attachment.ref in told.decorative
            attachment.alt = "" if attachment.is_decorative else told.alts[attachment.ref]
    db.session.flush()


def _check(post: Post) -> None:
    has = db.session.scalars(
        select(Attachment).where(Attachment.post_id == post.id, Attachment.removed_at.is_(None)).order_by(Attachment.id)
    ).all()
    if len(has) > MOST_A_POST:
        raise Invalid({"files": [too_many()]})
    untold = [one.name for one in has if one.is_picture and not one.alt and not one.is_decorative]
    if untold:
        raise Invalid({"files": [say_what_is_seen(name) for name in untold]})


def say_what_is_seen(name: str) -> str:
    """Return the sentence that asks for a picture's description."""
    return _("Say what “%(name)s” shows, for those who don’t see it, or tick that it only decorates.", name=name)


def take_out_unsent(person: Person, place: str) -> None:
    """Take out everything that was attached at a place, as when its draft is thrown away."""
    mine = (Attachment.place == place, Attachment.person_id == person.id, Attachment.removed_at.is_(None))
    db.session.execute(update(Attachment).where(*mine).values(removed_at=now()))
