"""Mail that came back: noted beside the delivery that it was, so that whoever looks after a space sees that somebody wasn't told."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, CursorResult, func, or_, select, update

from forum.core.db import db, transaction
from forum.core.outbox import BOUNCE_LENGTH, Delivery
from forum.core.text import address_key, one_line, without_addresses
from forum.core.time import now
from forum.notify.pausing import count_bounce
from forum.people.models import Person


def record_bounce(*, message_id: str, recipient: str, why: str) -> bool:
    """Note that a message of ours did not reach `recipient`. False: we never sent such a message to that address.

    Each Message-ID is one recipient's; the address must be theirs all the same, for one who forwards their mail has had it, though the
    copy came back. The first bounce counts. `why` is kept without addresses, because others than their owners read it.
    """
    if not message_id or not recipient:
        return False
    is_it = or_(Delivery.message_id == message_id, Delivery.sent_as == message_id)
    return _note(is_it, _is_to([recipient]), why=why)


def record_return(delivery_id: int, *, recipients: Collection[str], why: str) -> bool:
    """Note that a message came back to its own return address, which says which one it was.

    `recipients` are those whom the report names, if it names any: then one of them must be whose message it was.
    """
    return _note(Delivery.id == delivery_id, *([_is_to(recipients)] if recipients else []), why=why)


def _is_to(addresses: Collection[str]) -> ColumnElement[bool]:
    keys = [address_key(address) for address in addresses]
    theirs = select(Person.id).where(func.lower(Person.email).in_(keys))
    return or_(Delivery.person_id.in_(theirs), func.lower(Delivery.address).in_(keys))


def _note(*ours: ColumnElement[bool], why: str) -> bool:
    with transaction():
        first = select(Delivery.person_id).where(*ours, Delivery.bounced_at.is_(None)).with_for_update()
        whose = db.session.scalars(first).all()
        noted: CursorResult[tuple[()]] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
            update(Delivery)
            .where(*ours)
            .values(
                bounced_at=func.coalesce(Delivery.bounced_at, now()),
                bounce_reason=func.coalesce(Delivery.bounce_reason, reason_of(why)),
            )
            .execution_options(synchronize_session=False)
        )
        for person_id in whose:
            if person_id is not None:
                count_bounce(person_id)
        return bool(noted.rowcount)


def reason_of(why: str) -> str:
    """Return why a message came back as it is kept: in a line, without addresses."""
    return one_line(without_addresses(why))[:BOUNCE_LENGTH] or "?"
