"""Sponsors: asked by a link that is bound to an address, and answering by it, without an account (A7). Inside `transaction()`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from forum.core.apart import apart
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.secrets import hashed, new_nonce
from forum.core.text import address_key
from forum.core.time import now
from forum.people.asked import is_address, who_answers
from forum.people.models import Department, Person
from forum.roster.access import hold_duty
from forum.roster.actions.duties import void_links
from forum.roster.events import EndorsementAnswered, EndorsementAsked
from forum.roster.models import Duty, DutyKind, Endorsement
from forum.roster.secrets import no_secret
from forum.roster.tokens import endorsement_token
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.policy import Can
from forum.web.words import _

GOOD_FOR = timedelta(days=30)
REMINDED_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Opened:
    """What a sponsor's link opens."""

    endorsement: Endorsement
    duty: Duty
    item: Item
    space: Space
    department: Department
    by: Person


def ask(here: Here, duty: Duty, address: str, *, at: datetime | None = None) -> Endorsement:
    """Ask whoever reads `address` to stand behind a seat. Whom was asked before and hasn't answered is asked no more. Twice is once.

    Raises Missing when the duty is no seat, Denied, Invalid for `address`, RuleBroken.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    require_seat(duty)
    if duty.ended_on is not None:
        raise RuleBroken(_("This duty has ended."))
    address = address.strip()
    if not is_address(address):
        raise Invalid({"address": [_("Write one e-mail address, such as name@example.org.")]})
    waiting = open_of(duty.id)
    if waiting is not None and waiting.expires_at > at and address_key(waiting.address) == address_key(address):
        return waiting
    void_links(duty.id, at=at)
    nonce = new_nonce()
    asked = Endorsement(
        duty_id=duty.id,
        address=address,
        asked_by_id=here.actor.id,
        asked_at=at,
        nonce=nonce,
        token_hash=hashed(endorsement_token(nonce)),
        expires_at=at + GOOD_FOR,
    )
    db.session.add(asked)
    db.session.flush()
    record("asked sponsor", actor=here.actor, space=here.space, item=item, at=at)
    announce(EndorsementAsked(actor_id=here.actor.id, item_id=item.id, endorsement_id=asked.id))
    return asked


def withdraw(here: Here, endorsement: Endorsement, *, at: datetime | None = None) -> None:
    """Ask a sponsor no longer: the link opens nothing. Twice is once. Raises Missing, Denied, RuleBroken when it was answered."""
    here, _duty, _item = hold_duty(here, endorsement.duty_id, power=Can.KEEP_ROSTER)
    held = lock(Endorsement, endorsement.id)
    if held is None:
        raise Missing
    if held.withdrawn_at is not None:
        return
    if not held.is_open:
        raise RuleBroken(_("This was answered already."))
    held.withdrawn_at = at or now()


def open_of(duty_id: int) -> Endorsement | None:
    """Return what a seat's sponsor was asked and hasn't answered; it may have expired."""
    return db.session.scalar(
        select(Endorsement).where(
            Endorsement.duty_id == duty_id,
            Endorsement.given_at.is_(None),
            Endorsement.declined_at.is_(None),
            Endorsement.withdrawn_at.is_(None),
        )
    )


def opened(token: str, *, at: datetime | None = None) -> Opened:
    """Return what a link opens: it changes nothing. Who has answered sees that until it expires.

    Raises Missing when it opens nothing, whatever the reason: expired, withdrawn, void, the seat ended, the space archived.
    """
    at = at or now()
    row = db.session.execute(
        select(Endorsement, Duty, Item, Space, Department, Person)
        .join(Duty, Duty.id == Endorsement.duty_id)
        .join(Item, Item.id == Duty.id)
        .join(Space, Space.id == Item.space_id)
        .join(Department, Department.id == Duty.department_id)
        .join(Person, Person.id == Endorsement.asked_by_id)
        .where(
            Endorsement.token_hash == hashed(token),
            Endorsement.withdrawn_at.is_(None),
            Endorsement.expires_at > at,
            Duty.kind == DutyKind.SEAT,
            Duty.ended_on.is_(None),
            Item.state == ItemState.PUBLISHED,
            Space.archived_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise Missing
    return Opened(*row)


def endorse(token: str, *, name: str, post: str, at: datetime | None = None) -> Opened:
    """Stand behind a seat, by name and post. A link acts once. Raises Missing, Invalid, RuleBroken when it was declined."""
    at = at or now()
    found = _hold(token, at=at)
    endorsement = found.endorsement
    if endorsement.given_at is not None:
        return found
    _require_unanswered(endorsement)
    name, post = who_answers(name, post, also=no_secret)
    endorsement.name, endorsement.post, endorsement.given_at = name, post, at
    _answered(found, "seat endorsed", at=at)
    return found


def decline(token: str, *, at: datetime | None = None) -> Opened:
    """Say no. A link acts once. Raises Missing, RuleBroken when they stand behind it already."""
    at = at or now()
    found = _hold(token, at=at)
    if found.endorsement.declined_at is not None:
        return found
    _require_unanswered(found.endorsement)
    found.endorsement.declined_at = at
    _answered(found, "sponsor declined", at=at)
    return found


def remind(*, at: datetime) -> None:
    """Remind once who was asked a week ago and hasn't answered."""
    waiting = select(Endorsement.id, Endorsement.duty_id).where(
        Endorsement.given_at.is_(None),
        Endorsement.declined_at.is_(None),
        Endorsement.withdrawn_at.is_(None),
        Endorsement.reminded_at.is_(None),
        Endorsement.asked_at <= at - REMINDED_AFTER,
        Endorsement.expires_at > at,
    )
    for endorsement_id, duty_id in db.session.execute(waiting.order_by(Endorsement.id)).all():
        with apart("the endorsement", endorsement_id):
            reminded = db.session.execute(
                update(Endorsement)
                .where(Endorsement.id == endorsement_id, Endorsement.reminded_at.is_(None))
                .values(reminded_at=at)
                .returning(Endorsement.id)
                .execution_options(synchronize_session=False)
            )
            if reminded.scalar() is not None:
                announce(EndorsementAsked(item_id=duty_id, endorsement_id=endorsement_id, again=True))


def _hold(token: str, *, at: datetime) -> Opened:
    """Lock the space, the seat and the endorsement, in that order, and look at it as it is now."""
    found = opened(token, at=at)
    lock(Space, found.space.id)
    lock(Item, found.item.id)
    lock(Endorsement, found.endorsement.id)
    db.session.expire_all()
    return opened(token, at=at)


def _require_unanswered(endorsement: Endorsement) -> None:
    if not endorsement.is_open:
        raise RuleBroken(_("This was answered already. To change it, ask whoever wrote to you for a new link."))


def _answered(found: Opened, verb: str, *, at: datetime) -> None:
    record(verb, actor=None, space=found.space, item=found.item, at=at)
    announce(EndorsementAnswered(item_id=found.item.id, endorsement_id=found.endorsement.id))


def require_seat(duty: Duty) -> None:
    """Raise Missing when a duty is no department's seat."""
    if duty.kind is not DutyKind.SEAT:
        raise Missing
