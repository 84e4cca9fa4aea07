"""Links in mails that act once: sign in, reset, join, change of address and its undoing (A7).

Stored is the hash of the token. The token itself is derived from the row's nonce and the installation's secret key when the mail is
made, so that a copy of the database opens nothing. Opening a link shows a page; only the press of its button acts.
"""

from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import joinedload

from forum.core.db import db, lock
from forum.core.events import announce
from forum.core.secrets import hashed, new_nonce, token_from
from forum.core.time import now
from forum.people import neighbours
from forum.people.events import LinkMade
from forum.people.models import LinkPurpose, Person, PersonState, SecretLink
from forum.people.neighbours import InvitationInHand

LIVES = {
    LinkPurpose.SIGN_IN: timedelta(minutes=15),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.CHANGE_ADDRESS: timedelta(days=1),
    LinkPurpose.UNDO_ADDRESS: timedelta(days=7),
    LinkPurpose.JOIN: timedelta(days=1),
}


def ask(
    purpose: LinkPurpose, *, address: str, person: Person | None = None, invitation_id: int | None = None
) -> SecretLink:
    """Make a link and have it mailed to `address`; it leads back to the invitation, if one is given. Use inside `transaction()`."""
    at, nonce = now(), new_nonce()
    link = SecretLink(
        purpose=purpose,
        person_id=person.id if person else None,
        address=address,
        nonce=nonce,
        token_hash=hashed(_token(nonce, purpose)),
        created_at=at,
        expires_at=at + LIVES[purpose],
        invitation_id=invitation_id,
    )
    db.session.add(link)
    db.session.flush()
    announce(LinkMade(link_id=link.id))
    return link


def pretend(purpose: LinkPurpose) -> None:
    """Do the work of `ask` for nobody, so that the time it takes tells nothing about an address (A6). Nothing is mailed."""
    ask(purpose, address="")


def token_of(link: SecretLink) -> str:
    """Return the token of a link, for its mail and for nothing else."""
    return _token(link.nonce, link.purpose)


def open_link(token: str, purpose: LinkPurpose) -> SecretLink | None:
    """Find the link of a token if it still works: with its person, who may be None. Changes nothing."""
    link = db.session.scalar(
        select(SecretLink)
        .options(joinedload(SecretLink.person))
        .where(
            SecretLink.token_hash == hashed(token),
            SecretLink.purpose == purpose,
            SecretLink.used_at.is_(None),
            SecretLink.voided_at.is_(None),
            SecretLink.expires_at > now(),
        )
    )
    return link if link is not None and _may_be_used(link.person) else None


def works(link: SecretLink) -> bool:
    """Say whether a link that is loaded with its person still works."""
    is_open = link.used_at is None and link.voided_at is None and link.expires_at > now()
    return is_open and _may_be_used(link.person)


def invitation_of(link: SecretLink) -> InvitationInHand | None:
    """Return the invitation on whose page a link was asked for."""
    return neighbours.ask().invitation(link.invitation_id) if link.invitation_id is not None else None


def use(link: SecretLink) -> bool:
    """Use `link` up. False when it was used, voided or ran out since it was opened. Use inside `transaction()`.

    Of two presses at once one wins: the UPDATE finds the row unused once, and its row count decides. The person's row is held
    first, so that suspension and change of password or address come before or after, never between.
    """
    if link.person_id is not None and not _may_be_used(lock(Person, link.person_id)):
        return False
    at = now()
    used: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
        update(SecretLink)
        .where(
            SecretLink.id == link.id,
            SecretLink.used_at.is_(None),
            SecretLink.voided_at.is_(None),
            SecretLink.expires_at > at,
        )
        .values(used_at=at)
    )
    return used.rowcount == 1


def void_all(person: Person) -> None:
    """Make every open link of `person` useless: after a change of password or address, and on suspension. Inside `transaction()`.

    The link that undoes a change of address stays: it is there for the case that somebody else made the change.
    """
    _void(SecretLink.person_id == person.id, SecretLink.purpose != LinkPurpose.UNDO_ADDRESS)


def void_of(person: Person, purpose: LinkPurpose) -> None:
    """Make the open links of `person` for one purpose useless. Use inside `transaction()`."""
    _void(SecretLink.person_id == person.id, SecretLink.purpose == purpose)


def void_joining(address: str) -> None:
    """Make the open links to join from `address` useless: it has an account now. Use inside `transaction()`."""
    _void(SecretLink.address == address, SecretLink.purpose == LinkPurpose.JOIN)


def _void(*which: Any) -> None:  # noqa: ANN401  # conditions of SQLAlchemy
    db.session.execute(
        update(SecretLink)
        .where(*which, SecretLink.used_at.is_(None), SecretLink.voided_at.is_(None))
        .values(voided_at=now())
    )


def _may_be_used(person: Person | None) -> bool:
    return person is None or person.state == PersonState.ACTIVE


def _token(nonce: str, purpose: LinkPurpose) -> str:
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=purpose)
