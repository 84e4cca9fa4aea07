"""Kinds of mail that somebody doesn't want, each of one space or of none: stopped by a message's own link, until it is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, or_, select

from forum.core.db import db, insert
from forum.core.events import Recipient
from forum.core.secrets import hashed
from forum.core.text import address_key
from forum.core.time import now
from forum.notify.models import QuietKind, StopLink
from forum.notify.stopping import link_that_stops
from forum.notify.words import UNLISTED, WHAT
from forum.people.models import Person
from forum.spaces.models import Space
from forum.spaces.queries.spaces import spaces_of
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class OfKind:
    """Mail of a kind to somebody: a person, or an address that has no account, by its hash."""

    kind: str
    space_id: int | None = None
    person_id: int | None = None
    address_hash: str | None = None

    @property
    def what(self) -> str:
        """What such a message is about, in words."""
        return str(WHAT.get(self.kind, self.kind))


def to_recipient(recipient: Recipient, *, kind: str, space_id: int | None) -> OfKind:
    """Return what mail of a kind to a recipient is."""
    known_by = hashed(address_key(recipient.address)) if recipient.address is not None else None
    return OfKind(kind=kind, space_id=space_id, person_id=recipient.person_id, address_hash=known_by)


def stop_url(mail: OfKind) -> str:
    """Return the address that stops it."""
    return link_that_stops(
        person_id=mail.person_id, address_hash=mail.address_hash, kind=mail.kind, space_id=mail.space_id
    )


def hush(mail: OfKind) -> None:
    """Send it no more; doing it again changes nothing. Use inside `transaction()`."""
    values = {
        "person_id": mail.person_id,
        "address_hash": mail.address_hash,
        "kind": mail.kind,
        "space_id": mail.space_id,
    }
    db.session.execute(insert(QuietKind).values(**values, since=now()).on_conflict_do_nothing())


def speak(mail: OfKind) -> None:
    """Take `hush` back. Use inside `transaction()`."""
    db.session.execute(delete(QuietKind).where(*_is_of(mail)))


def is_hushed(mail: OfKind) -> bool:
    """Say whether it is sent no more."""
    return db.session.scalar(select(QuietKind.id).where(*_is_of(mail))) is not None


def _is_of(mail: OfKind) -> tuple[ColumnElement[bool], ...]:
    return (
        QuietKind.person_id == mail.person_id,
        QuietKind.address_hash == mail.address_hash,
        QuietKind.kind == mail.kind,
        QuietKind.space_id == mail.space_id,
    )


@dataclass(frozen=True, kw_only=True)
class Hushed:
    """A kind that somebody stopped, for their settings. `space` is "" where it is of none."""

    id: int
    what: str
    space: str


def hushed_by(person: Person) -> Sequence[Hushed]:
    """List the kinds that somebody stopped, as a person or at their address; each once.

    What is of a space that they left isn't among them (A3), nor what can't be stopped now. Of mail to their address the space isn't
    named unless they belong to it.
    """
    names = {space.id: space.name for space in spaces_of(person)}
    found: dict[tuple[str, int | None], Hushed] = {}
    for row in db.session.scalars(select(QuietKind).where(_stopped_by(person)).order_by(QuietKind.id)):
        if row.space_id is None or row.space_id in names or row.address_hash is not None:
            space = "" if row.space_id is None else names.get(row.space_id, _("A space that you don’t belong to"))
            what = str(WHAT.get(row.kind, row.kind))
            found.setdefault((row.kind, row.space_id), Hushed(id=row.id, what=what, space=space))
    return list(found.values())


def _stopped_by(person: Person) -> ColumnElement[bool]:
    """Return the condition on what somebody stopped: also by mail that went to their address, as to anybody's without an account."""
    own = QuietKind.person_id == person.id
    if person.email is not None:
        own = or_(own, QuietKind.address_hash == hashed(address_key(person.email)))
    return and_(own, QuietKind.kind.not_in(UNLISTED))


def speak_again(person: Person, number: int) -> Hushed | None:
    """Have a kind by mail again; None for what isn't stopped, or not by them. Use inside `transaction()`."""
    found = next((one for one in hushed_by(person) if one.id == number), None)
    row = db.session.get(QuietKind, number) if found is not None else None
    if found is None or row is None:
        return None
    same = QuietKind.kind == row.kind, QuietKind.space_id.is_not_distinct_from(row.space_id)
    db.session.execute(delete(QuietKind).where(_stopped_by(person), *same))
    return found


def forget(person: Person) -> None:
    """Keep nothing by which the address of an account that is erased could be known again: not its hash. Use inside `transaction()`."""
    if person.email is not None:
        known_by = hashed(address_key(person.email))
        db.session.execute(delete(QuietKind).where(QuietKind.address_hash == known_by))
        db.session.execute(delete(StopLink).where(StopLink.address_hash == known_by))


def name_shown(mail: OfKind, person: Person | None) -> str:
    """Return the name of the space that it is of, if they belong to it now (A3), else ""."""
    spaces: Sequence[Space] = spaces_of(person) if person is not None and mail.space_id is not None else ()
    return next((space.name for space in spaces if space.id == mail.space_id), "")
