"""The worker's second step: deliveries that are due are composed anew and sent.

A delivery is claimed until a moment; only who holds that claim marks it. Nothing is locked while a message travels, so a crash
between sending and marking repeats the message with the same Message-ID.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from flask import Flask, current_app, g
from flask_babel import force_locale
from sqlalchemy import ColumnElement, CursorResult, Row, Select, case, or_, select, update
from sqlalchemy.orm import aliased

from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.mail import Mail, message_for
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.time import is_zone, now
from forum.notify import listing
from forum.notify.backoff import LAST_ATTEMPT, wait_after
from forum.notify.book import Book, fact_of
from forum.notify.bounces import reason_of
from forum.notify.hours import opens_for
from forum.notify.notices import note_mailed
from forum.notify.pausing import count_bounce, is_asked_for, may_leave
from forum.notify.returning import return_address
from forum.people.models import Person, PersonState
from forum.web.languages import locale_of
from forum.web.letters import list_letters

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=3)
STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A delivery that this worker holds until a moment."""

    delivery_id: int
    until: datetime
    attempts: int
    was_lost: bool
    """A worker took it before and was never heard of again."""

    @property
    def is_hopeless(self) -> bool:
        """Whether every worker that took it was lost with it."""
        return self.was_lost and self.attempts >= LAST_ATTEMPT


def claim_deliveries(*, limit: int, lease: timedelta = LEASE, asked_for: Collection[str] = ()) -> Sequence[Claim]:
    """Take deliveries that are due, oldest first. A claim that ran out counts as an attempt.

    Where mail to somebody is paused, only what they `asked_for` (kinds of facts) is taken, and the rest waits.
    So it does while another worker has a message to them: a message tells of all that is new, and two at once would tell it twice.
    What was lost once comes last, so that a message that kills workers doesn't take others with it.
    """
    at = now()
    ready = (
        select(Delivery.id, Delivery.claimed_until, Delivery.attempts, Delivery.person_id)
        .where(Delivery.state == DeliveryState.DUE, Delivery.due_at <= at, may_leave(asked_for))
        .where(or_(_is_alone(at, lease=lease), is_asked_for(asked_for)))
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
    )
    if db.session.execute(ready.limit(1)).first() is None:
        return ()
    until = at + lease
    with transaction():
        rows = _still_alone(db.session.execute(ready.with_for_update(of=Delivery, skip_locked=True)).all(), ready)
        db.session.execute(
            update(Delivery)
            .where(Delivery.id.in_([row.id for row in rows]))
            .values(
                claimed_until=until,
                due_at=until,
                attempts=Delivery.attempts + case((Delivery.claimed_until.is_not(None), 1), else_=0),
            )
            .execution_options(synchronize_session=False)
        )
    claims = []
    for delivery_id, claimed_until, attempts, _person_id in rows:
        was_lost = claimed_until is not None
        claims.append(Claim(delivery_id=delivery_id, until=until, attempts=attempts + int(was_lost), was_lost=was_lost))
    return sorted(claims, key=lambda claim: claim.was_lost)


def _is_alone(at: datetime, *, lease: timedelta) -> ColumnElement[bool]:
    """Return the condition on `Delivery` that no worker has a message to its recipient.

    A claim's row is due when the claim ends: the two leases are for the index, and for one that was made while we waited for the lock.
    """
    other = aliased(Delivery)
    in_hand = select(other.person_id).where(
        other.state == DeliveryState.DUE,
        other.person_id.is_not(None),
        other.due_at.between(at, at + 2 * lease),
        other.claimed_until > at,
    )
    return or_(Delivery.person_id.is_(None), Delivery.person_id.not_in(in_hand))


def _still_alone(
    rows: Sequence[Row[*tuple[Any, ...]]], ready: Select[*tuple[Any, ...]]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return those of the locked rows that another worker, which claimed at the same time, leaves to this one.

    PostgreSQL shows what was committed when a statement began. So their people are locked, those whom nobody has, and asked again.
    """
    people = {row.person_id for row in rows} - {None}
    if not people:
        return rows
    free = select(Person.id).where(Person.id.in_(people)).order_by(Person.id)
    held = set(db.session.scalars(free.with_for_update(skip_locked=True, key_share=True)))
    ids = [row.id for row in rows if row.person_id is None or row.person_id in held]
    return db.session.execute(ready.where(Delivery.id.in_(ids))).all()


def renewed(claim: Claim, *, lease: timedelta = LEASE) -> Claim | None:
    """Return the claim, made longer if it would end while the message travels; None when it is lost."""
    at = now()
    if claim.until - at > lease / 2:
        return claim
    longer = replace(claim, until=at + lease)
    kept = _change(claim, claimed_until=longer.until, due_at=longer.until)
    return longer if kept else None


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A message that is ready to go, where it comes back to, and the ids of the notifications that it tells of."""

    message: EmailMessage
    comes_back_to: str
    tells: tuple[int, ...]


class TooEarlyError(Exception):
    """The recipient has mail in their working hours only, and these begin `until` then."""

    def __init__(self, until: datetime) -> None:
        """`until` is when the message may leave."""
        super().__init__(until.isoformat())
        self.until = until


def compose(app: Flask, claim: Claim, *, book: Book) -> Composed | None:
    """Make the message as it must read now. None when there is nobody to tell any more (A3, A5).

    Raises TooEarlyError, and StoppedError when the recipient has no mail of this kind any more.
    """
    settings: Settings = app.extensions["baton"].settings
    with app.test_request_context("/", base_url=settings.site_url):
        delivery = db.session.get_one(Delivery, claim.delivery_id)
        mail = _mail_of(delivery, book)
        if mail is None:
            return None
        message = message_for(mail, sender=settings.mail_from, message_id=delivery.message_id, at=now())
        return Composed(message=message, comes_back_to=return_address(delivery), tells=mail.tells)


def _mail_of(delivery: Delivery, book: Book) -> Mail | None:
    row = db.session.get_one(FactRow, delivery.fact_id)
    teller = book.get(row.kind)
    if teller is None:
        return None
    recipient = Recipient(person_id=delivery.person_id, address=delivery.address)
    fact, language = fact_of(row, book), "en"
    if delivery.person_id is not None:
        person = db.session.get_one(Person, delivery.person_id)
        if not _may_be_mailed(person):
            return None
        opens = opens_for(person, teller, fact)
        if opens is not None:
            raise TooEarlyError(opens)
        language = person.language
        if is_zone(person.zone):  # the system may not know it any more
            g.default_zone = person.zone
    list_letters(listing.of_kind(row.kind, recipient))
    with force_locale(locale_of(language)):
        mail: Mail | None = teller.compose(fact, recipient)
    return mail


def _may_be_mailed(person: Person) -> bool:
    """Say whether mail may go to somebody. People of the demo are made up, so nothing is sent to addresses of theirs."""
    settings: Settings = current_app.extensions["baton"].settings
    is_reachable = person.state is PersonState.ACTIVE and person.email is not None
    return is_reachable and (settings.keeps_mail or not person.is_demo)


def mark_sent(claim: Claim, *, tells: Sequence[int] = (), sent_as: str | None = None) -> bool:
    """Note that the message left, under which Message-ID, and what it told of. False when the claim was lost meanwhile."""
    with transaction():
        if tells:
            of = db.session.scalar(select(Delivery.fact_id).where(Delivery.id == claim.delivery_id))
            note_mailed(tells, at=now(), fact_id=of)
        return _change(claim, state=DeliveryState.SENT, sent_at=now(), sent_as=sent_as, claimed_until=None, error=None)


def mark_dropped(claim: Claim, *, why: str | None = None) -> bool:
    """Note that there was nobody to tell any more, or that they stopped such mail (STOPPED)."""
    return _change(claim, state=DeliveryState.DROPPED, claimed_until=None, error=why)


def postpone(claim: Claim, *, until: datetime) -> bool:
    """Let the message wait. No attempt is counted."""
    return _change(claim, claimed_until=None, due_at=until)


def mark_failed(claim: Claim, *, why: str, for_good: bool, is_bounce: bool = False) -> None:
    """Count the attempt and wait, or give up: then the row stays as FAILED until somebody looks.

    `is_bounce`: the address itself was refused for good.
    """
    with transaction():
        attempts = 1 + (db.session.scalar(select(Delivery.attempts).where(Delivery.id == claim.delivery_id)) or 0)
        ends = for_good or attempts >= LAST_ATTEMPT
        bounced = {"bounced_at": now(), "bounce_reason": reason_of(why)} if is_bounce else {}
        is_ours = _change(
            claim,
            attempts=attempts,
            error=why,
            claimed_until=None,
            state=DeliveryState.FAILED if ends else DeliveryState.DUE,
            due_at=now() + wait_after(attempts),
            **bounced,
        )
        whose = db.session.scalar(select(Delivery.person_id).where(Delivery.id == claim.delivery_id))
        if is_ours and is_bounce and whose is not None:
            count_bounce(whose)


def give_back(claims: Sequence[Claim], *, why: str | None = None) -> None:
    """Let go of deliveries that were not tried: the mail server is out of reach, or the worker stops. No attempt is counted."""
    with transaction():
        for claim in claims:
            if why is None:
                _change(claim, claimed_until=None, due_at=now())
            else:
                _change(claim, claimed_until=None, due_at=now(), error=why)


def _change(claim: Claim, **values: object) -> bool:
    """Write to the delivery if the claim is still ours."""
    with transaction():
        changed: CursorResult[tuple[()]] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
            update(Delivery)
            .where(
                Delivery.id == claim.delivery_id,
                Delivery.claimed_until == claim.until,
                Delivery.state == DeliveryState.DUE,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        return bool(changed.rowcount)
