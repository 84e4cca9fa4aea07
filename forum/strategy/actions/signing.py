"""Signing a version by a link that is bound to an address, without an account (G1, A7). Inside `transaction()`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.secrets import hashed
from forum.core.text import address_key, new_ref, one_line
from forum.core.time import now
from forum.people.asked import who_answers
from forum.people.models import Person
from forum.roster.secrets import no_secret
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH, Item, ItemState, Space
from forum.strategy.actions.asking import advance, send_link, why_not_signer
from forum.strategy.content import Content, read
from forum.strategy.events import SignatureAnswered, SignatureKept
from forum.strategy.models import SignOff, Strategy, Version
from forum.strategy.signatures import Standing, is_whole, standing_of
from forum.web.words import _


@dataclass(frozen=True)
class Opened:
    """What a link opens."""

    signoff: SignOff
    strategy: Strategy
    version: Version
    item: Item
    space: Space
    by: Person

    @property
    def content(self) -> Content:
        """What the version says."""
        return read(self.version.content)

    @property
    def is_whole(self) -> bool:
        """Whether the version is to the letter what was asked about: an erased name is taken out of it (A15)."""
        return is_whole(self.version, strategy=self.item.uuid)

    def standing(self, at: datetime) -> Standing:
        """How the request stands at a moment, by the text as it is."""
        return standing_of(self.signoff, self.strategy, at=at, is_whole=self.is_whole)


def opened(token: str) -> Opened:
    """Return what a link opens: it changes nothing. How it stands is for the page to say. Raises Missing when it opens nothing."""
    is_good = (SignOff.sent_at.is_not(None), Item.state == ItemState.PUBLISHED, Space.archived_at.is_(None))
    row = db.session.execute(_whole().where(SignOff.token_hash == hashed(token), *is_good)).one_or_none()
    if row is None:
        raise Missing
    return Opened(*row)


def sign(
    token: str, *, name: str, post: str, digest: str, reader: Person | None = None, at: datetime | None = None
) -> Opened:
    """Sign by name and post what was read: `digest` is the one of the page that was shown. A link signs once; twice is once.

    `reader` is who is signed in, if anybody. Raises Missing, Invalid, RuleBroken when it can't be signed any more, or by them.
    """
    at = at or now()
    found = _hold(token)
    one = found.signoff
    if one.given_at is not None:
        return found
    if found.standing(at) is not Standing.ASKED:
        raise RuleBroken(_("This can’t be signed any more. The page says why."))
    name, post = who_answers(name, post, also=no_secret)
    if digest != one.digest:
        raise RuleBroken(_("Another version was on your screen. Read this one, then sign."))
    why = why_not_signer(
        found.strategy, one.number, address=one.address, name=name, person_id=reader.id if reader else None
    )
    if why:
        raise RuleBroken(why)
    if reader is not None and address_key(reader.email or "") != one.address_key:
        raise RuleBroken(
            _(
                "This was sent to %(address)s, and you are signed in with another address. Only who has that one signs it. If that is "
                "you, sign out first.",
                address=one.address,
            )
        )
    one.name, one.post, one.given_at, one.code = name, post, at, new_ref()
    db.session.flush()
    record("signed strategy", actor=None, space=found.space, item=found.item, at=at, version=str(one.number))
    announce(SignatureAnswered(item_id=found.item.id, signoff_id=one.id))
    announce(SignatureKept(item_id=found.item.id, signoff_id=one.id))
    advance(found.strategy, one.number, at=at)
    return found


def decline(token: str, *, reason: str, at: datetime | None = None) -> Opened:
    """Say no, with a reason. Twice is once. Raises Missing, Invalid for `reason`, RuleBroken when it was answered or is over."""
    at = at or now()
    found = _hold(token)
    one, reason = found.signoff, one_line(reason)
    if one.declined_at is not None:
        return found
    if found.standing(at) is not Standing.ASKED:
        raise RuleBroken(_("This can’t be answered any more. The page says why."))
    if not 0 < len(reason) <= REASON_LENGTH:
        raise Invalid(
            {
                "reason": [
                    _(
                        "Say in a sentence why not, in up to %(most)s characters: it helps them more than a no.",
                        most=REASON_LENGTH,
                    )
                ]
            }
        )
    one.declined_at, one.reason = at, reason
    db.session.flush()
    record("declined signature", actor=None, space=found.space, item=found.item, at=at, version=str(one.number))
    announce(SignatureAnswered(item_id=found.item.id, signoff_id=one.id))
    return found


def renew(token: str, *, at: datetime | None = None) -> Opened:
    """Send a new link to the same address, when the old one has run out. Raises Missing, RuleBroken."""
    at = at or now()
    found = _hold(token)
    if found.standing(at) is not Standing.EXPIRED:
        raise RuleBroken(_("This link hasn’t run out."))
    send_link(found.signoff, at=at)
    return found


def verified(code: str) -> Opened | None:
    """Return the signature with a code; None when there is none."""
    row = db.session.execute(_whole().where(SignOff.code == code, SignOff.given_at.is_not(None))).one_or_none()
    return Opened(*row) if row else None


def _hold(token: str) -> Opened:
    """Lock the space, the strategy and the request, in that order, and look at it as it is now."""
    found = opened(token)
    lock(Space, found.space.id)
    lock(Item, found.item.id)
    lock(Strategy, found.strategy.id)
    lock(SignOff, found.signoff.id)
    db.session.expire_all()
    return opened(token)


def _whole() -> Select[SignOff, Strategy, Version, Item, Space, Person]:
    return (
        select(SignOff, Strategy, Version, Item, Space, Person)
        .join(Strategy, Strategy.id == SignOff.strategy_id)
        .join(Version, (Version.strategy_id == SignOff.strategy_id) & (Version.number == SignOff.number))
        .join(Item, Item.id == Strategy.id)
        .join(Space, Space.id == Strategy.space_id)
        .join(Person, Person.id == SignOff.asked_by_id)
    )
