"""What the mails of the roster share: one letter, and the look at whether its reader still may know."""

from dataclasses import dataclass

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.halves import SECOND, Span, part_of
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, ItemState, LogEntry, Membership, Space
from forum.spaces.queries import visible_items
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


@dataclass(frozen=True)
class Reader:
    """Who reads a mail about a duty that they see, as members of its space."""

    person: Person
    item: Item
    space: Space


def reader_of(recipient: Recipient, item_id: int | None) -> Reader | None:
    """Return the recipient with the duty, None when they may not be told any more: gone, no member, or the duty isn't to be seen."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if person is None or not person.is_active or not person.email or item_id is None:
        return None
    found = db.session.execute(
        select(Item, Space)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Item.id == item_id,
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            visible_items(person, now()),
        )
    ).one_or_none()
    return Reader(person, *found) if found else None


def reader_of_withdrawn(recipient: Recipient, item_id: int | None, log_id: int) -> tuple[Reader, LogEntry] | None:
    """Return who wrote an item that somebody else withdrew, with what the log says of it; None when it is back, or they left."""
    person, item = db.session.get(Person, recipient.person_id or 0), db.session.get(Item, item_id or 0)
    entry = db.session.get(LogEntry, log_id)
    if person is None or not person.is_active or not person.email or item is None or entry is None:
        return None
    belongs = select(Membership.id).where(
        Membership.space_id == item.space_id, Membership.person_id == person.id, Membership.ended_at.is_(None)
    )
    if item.state is not ItemState.WITHDRAWN or db.session.scalar(belongs) is None:
        return None
    return Reader(person, item, db.session.get_one(Space, item.space_id)), entry


def news(to: Reader, *, subject: str, lines: list[str], why: str, label: str = "", url: str = "") -> Mail:
    """Write the letter: what happened, in lines, and the one place to go to."""
    return letter(
        "roster/news",
        to=to.person.email or "",
        subject=subject,
        why=why,
        heading=subject,
        lines=[line for line in lines if line],
        label=label or _("Go to the duty"),
        url=url or duty_url(to),
        space=to.space,
    )


def duty_url(to: Reader) -> str:
    """Return the whole address of the duty's page."""
    return absolute("roster.duty", slug=to.space.slug, ref=to.item.ref)


def turns_url(to: Reader) -> str:
    """Return the whole address of the page of the duty's turns, where swaps are answered."""
    return absolute("roster.turns", slug=to.space.slug, ref=to.item.ref)


def name_of(person_id: int | None) -> str:
    """Return somebody's name."""
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else _("A former member")


def days_of(span: Span) -> str:
    """Return "Monday 9 November to Friday 13 November", with the halves where a day isn't whole."""
    first, last = long_day(span.first_day), long_day(span.last_day)
    if len(span) == 1:
        half = _("second half") if part_of(span.first) == SECOND else _("first half")
        return _("%(day)s, %(half)s of the day", day=first, half=half)
    if span.first_day == span.last_day:
        return first
    begin = _("%(day)s (from midday)", day=first) if part_of(span.first) == SECOND else first
    end = last if part_of(span.last) == SECOND else _("%(day)s (until midday)", day=last)
    return _("%(first)s to %(last)s", first=begin, last=end)


def only(*people: int | None) -> list[Recipient]:
    """Return recipients, without nobody and each once."""
    return [Recipient(person_id=person_id) for person_id in dict.fromkeys(people) if person_id is not None]
