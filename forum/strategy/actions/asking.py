"""Asking for signatures under a version: one after the other, reminded, and asked no longer (G1). Inside `transaction()`."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from forum.core.apart import apart
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.redaction import NO_ADDRESS
from forum.core.secrets import hashed, new_nonce
from forum.core.text import address_key, one_line
from forum.core.time import now
from forum.people.asked import is_address
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.strategy.access import hold_strategy, version_of
from forum.strategy.content import Content, read
from forum.strategy.events import SignatureAsked, SignatureWithdrawn
from forum.strategy.models import SignOff, Strategy, Version
from forum.strategy.queries import signoffs_of
from forum.strategy.room import room_for
from forum.strategy.signatures import Standing, is_whole, standing_of
from forum.strategy.tokens import signing_token
from forum.web.words import _

Act = Callable[[Here, int], None]
"""What is done with a request to sign, by its key."""
GOOD_FOR = timedelta(days=30)
REMINDED_AFTER, MOST_REMINDERS, AT_LEAST = timedelta(days=7), 2, timedelta(days=1)
MOST_SIGNERS = 6
UNTAGGED = re.compile(r"\+[^@]*@")
"""What many mail systems let people put behind their own name: the mail comes to the same person."""


def ask(here: Here, addresses: Sequence[str], *, number: int, at: datetime | None = None) -> list[SignOff]:
    """Ask people to sign the latest version, one after the other. Whoever is asked already isn't asked twice.

    Raises Missing, Denied, Invalid for `addresses`, RuleBroken when it is another version by now, or longer than one side of A4.
    """
    here, strategy, item = hold_strategy(here, power=Can.KEEP_STRATEGY)
    at = at or now()
    if strategy.version != number:
        raise RuleBroken(
            _(
                "The strategy was changed meanwhile: this is version %(number)s. Look at it, then ask.",
                number=strategy.version,
            )
        )
    version = version_of(strategy.id, number)
    if read(version.content).is_blank:
        raise RuleBroken(_("Nothing is written yet. Write the page first, then ask."))
    if not is_whole(version, strategy=item.uuid):
        raise RuleBroken(_("A name was taken out of it when an account was erased. Save it once more, then ask."))
    before = signoffs_of(strategy, number)
    asked = {one.address_key for one in before}
    wanted = _checked(strategy, number, addresses)
    fresh = [one for one in wanted if address_key(one) not in asked]
    if len(before) + len(fresh) > MOST_SIGNERS:
        raise Invalid({"addresses": [_("There is room for %(most)s sign-offs.", most=MOST_SIGNERS)]})
    _require_room(read(version.content), len(before) + len(fresh))
    last = (
        db.session.scalar(
            select(func.max(SignOff.place)).where(SignOff.strategy_id == strategy.id, SignOff.number == number)
        )
        or 0
    )
    made = [_row(here, version, address, place=last + place, at=at) for place, address in enumerate(fresh, start=1)]
    db.session.add_all(made)
    db.session.flush()
    if made:
        record("asked for signature", actor=here.actor, space=here.space, item=item, at=at, version=str(number))
    advance(strategy, number, at=at)
    return made


def withdraw(here: Here, signoff_id: int, *, at: datetime | None = None) -> None:
    """Ask somebody no longer, or go on without somebody who declined. Twice is once. Raises Missing, Denied, RuleBroken."""
    here, strategy, item, one = _held(here, signoff_id)
    at = at or now()
    if one.withdrawn_at is not None:
        return
    if one.given_at is not None:
        raise RuleBroken(
            _("This was signed already. A sign-off can’t be taken away; change the page, and it is a new draft.")
        )
    was_asked = one.sent_at is not None and one.declined_at is None
    one.withdrawn_at = at
    db.session.flush()
    record("withdrew signature", actor=here.actor, space=here.space, item=item, at=at, version=str(one.number))
    if was_asked:
        announce(SignatureWithdrawn(actor_id=here.actor.id, item_id=item.id, signoff_id=one.id))
    advance(strategy, one.number, at=at)


def forget(person: Person) -> None:
    """Ask somebody no longer whose account is erased, wherever their address was asked: the next one is. Inside `transaction()` (A15).

    Each row gets a key of its own, since no two open requests under a version have the same.
    """
    at = now()
    rows = select(SignOff.id, Strategy.space_id, Strategy.id).join(Strategy, Strategy.id == SignOff.strategy_id)
    asked = rows.where(SignOff.address_key == address_key(person.email or "")).order_by(Strategy.space_id, SignOff.id)
    for signoff_id, space_id, strategy_id in db.session.execute(asked).all():
        lock(Space, space_id)
        lock(Item, strategy_id)
        strategy, one = lock(Strategy, strategy_id), lock(SignOff, signoff_id)
        if strategy is None or one is None:
            continue
        if one.is_open:
            one.withdrawn_at = at
        one.address, one.address_key = NO_ADDRESS, f"removed-{one.id}"
        db.session.flush()
        if one.withdrawn_at == at:
            advance(strategy, one.number, at=at)


def remind(here: Here, signoff_id: int, *, at: datetime | None = None) -> None:
    """Write to somebody again, once a day at the most; whose link has run out gets a new one. Raises Missing, Denied, RuleBroken."""
    _here, strategy, item, one = _held(here, signoff_id)
    at = at or now()
    whole = is_whole(version_of(strategy.id, one.number), strategy=item.uuid)
    standing = standing_of(one, strategy, at=at, is_whole=whole)
    if standing is Standing.EXPIRED:
        send_link(one, at=at)
        return
    if standing is not Standing.ASKED:
        raise RuleBroken(_("Nobody waits for this answer any more."))
    last = one.reminded_at or one.sent_at
    if last is not None and last > at - AT_LEAST:
        raise RuleBroken(_("They had a mail less than a day ago. Write to them again tomorrow."))
    _remind(one, item_id=item.id, at=at)


def remind_all(*, at: datetime) -> None:
    """Remind, a week after the last mail and twice at the most, who can sign and hasn't answered."""
    last = func.coalesce(SignOff.reminded_at, SignOff.sent_at)
    waiting = (
        select(SignOff.id)
        .join(Strategy, Strategy.id == SignOff.strategy_id)
        .join(Space, Space.id == Strategy.space_id)
        .where(
            SignOff.number == Strategy.version,
            SignOff.given_at.is_(None),
            SignOff.declined_at.is_(None),
            SignOff.withdrawn_at.is_(None),
            SignOff.sent_at.is_not(None),
            SignOff.expires_at > at,
            SignOff.reminders < MOST_REMINDERS,
            last <= at - REMINDED_AFTER,
            Space.archived_at.is_(None),
        )
    )
    for signoff_id in db.session.scalars(waiting.order_by(SignOff.id)).all():
        with apart("the request to sign", signoff_id):
            one = lock(SignOff, signoff_id)
            if one is not None and one.is_open and (one.reminded_at or one.sent_at or at) <= at - REMINDED_AFTER:
                _remind(one, item_id=one.strategy_id, at=at)


def advance(strategy: Strategy, number: int, *, at: datetime) -> None:
    """Send the link to who is next, or note that the version is signed. Whoever declined stops it until somebody decides."""
    if number != strategy.version:
        return
    rows = signoffs_of(strategy, number)
    if any(one.declined_at is not None for one in rows):
        return
    following = next((one for one in rows if one.given_at is None), None)
    if following is None:
        if rows and strategy.signed != number:
            _note_signed(strategy, number, at=at)
    elif following.sent_at is None:
        send_link(following, at=at)


def _note_signed(strategy: Strategy, number: int, *, at: datetime) -> None:
    """Show everybody a version from now on, and call the strategy as it does."""
    version = version_of(strategy.id, number)
    strategy.signed, strategy.signed_at, version.signed_at = number, at, at
    db.session.get_one(Item, strategy.id).title = read(version.content).title
    db.session.flush()


def send_link(one: SignOff, *, at: datetime) -> None:
    """Send a new link to the address that is asked. What was sent before opens nothing any more."""
    one.nonce = new_nonce()
    one.token_hash = hashed(signing_token(one.nonce))
    one.sent_at, one.expires_at = at, at + GOOD_FOR
    one.reminded_at, one.reminders = None, 0
    db.session.flush()
    announce(SignatureAsked(item_id=one.strategy_id, signoff_id=one.id))


def _remind(one: SignOff, *, item_id: int, at: datetime) -> None:
    one.reminded_at, one.reminders = at, one.reminders + 1
    db.session.flush()
    announce(SignatureAsked(item_id=item_id, signoff_id=one.id, again=one.reminders))


def _row(here: Here, version: Version, address: str, *, place: int, at: datetime) -> SignOff:
    nonce = new_nonce()
    return SignOff(
        strategy_id=version.strategy_id,
        number=version.number,
        digest=version.digest,
        place=place,
        address=address,
        address_key=address_key(address),
        asked_by_id=here.actor.id,
        asked_at=at,
        nonce=nonce,
        token_hash=hashed(signing_token(nonce)),
        expires_at=at + GOOD_FOR,
    )


def _checked(strategy: Strategy, number: int, addresses: Sequence[str]) -> list[str]:
    wanted = list({address_key(one): one for one in (one.strip() for one in addresses) if one}.values())
    problems = [
        _("“%(address)s” is no e-mail address. Write one in each line, such as name@example.org.", address=one[:80])
        for one in wanted
        if not is_address(one)
    ]
    problems += filter(None, (why_not_signer(strategy, number, address=one) for one in wanted))
    if not wanted:
        problems.append(_("Write whom to ask: an e-mail address in each line."))
    if problems:
        raise Invalid({"addresses": problems})
    return wanted


def why_not_signer(
    strategy: Strategy, number: int, *, address: str, name: str = "", person_id: int | None = None
) -> str:
    """Return "" unless somebody wrote a part of it themselves: by their address, their name, or who is signed in (G1)."""
    key = UNTAGGED.sub("@", address_key(address))
    authors = db.session.scalars(
        select(Person)
        .join(Version, Version.author_id == Person.id)
        .where(Version.strategy_id == strategy.id, Version.number <= number)
        .distinct()
    ).all()
    for one in authors:
        is_address = bool(one.email) and UNTAGGED.sub("@", address_key(one.email or "")) == key
        if is_address or one.id == person_id:
            return _("%(name)s wrote a part of it, and nobody signs what they wrote. Ask somebody else.", name=one.name)
        if person_id is None and name and one_line(name).casefold() == one.name.casefold():
            return _(
                "%(name)s wrote a part of it, and nobody signs what they wrote. If you are another person of that name, sign in first.",
                name=one.name,
            )
    return ""


def _require_room(content: Content, signers: int) -> None:
    room = room_for(content, signers=[_("Name, and what they are in the organisation")] * signers)
    if not room.fits:
        raise RuleBroken(
            _(
                "With the sign-offs it is longer than one side of A4, by about %(lines)s lines. Shorten it first.",
                lines=room.over,
            )
        )


def _held(here: Here, signoff_id: int) -> tuple[Here, Strategy, Item, SignOff]:
    here, strategy, item = hold_strategy(here, power=Can.KEEP_STRATEGY)
    one = lock(SignOff, signoff_id)
    if one is None or one.strategy_id != strategy.id:
        raise Missing
    return here, strategy, item, one
