"""Passwords and addresses: what proves who somebody is. A change ends what was let in by the old one (A7, A8)."""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from forum.core.db import db, lock
from forum.core.errors import RuleBroken
from forum.core.events import announce
from forum.core.text import address_key
from forum.core.time import now
from forum.people import links, sessions
from forum.people.events import PasswordChanged
from forum.people.models import Identity, LinkPurpose, Person, PersonState, SecretLink
from forum.people.queries import EMAIL, identity_of
from forum.web.words import _


def proved(identity: Identity, *, seen: str) -> Person | None:
    """Return who may come in after a password was checked against the hash `seen`, or None. Use inside `transaction()`.

    Checking is slow and done before; meanwhile the password may have changed or the account been suspended.
    """
    person = lock(Person, identity.person_id)
    now_stored = lock(Identity, identity.id)
    if person is None or now_stored is None or person.state != PersonState.ACTIVE:
        return None
    return person if now_stored.secret_hash == seen else None


def refresh_hash(identity: Identity, *, seen: str, made: str) -> None:
    """Store a hash with today's parameters for the same password, unless it changed meanwhile. Use inside `transaction()`."""
    db.session.execute(
        update(Identity).where(Identity.id == identity.id, Identity.secret_hash == seen).values(secret_hash=made)
    )


def change_password(person: Person, *, seen: str | None, made: str, but: int) -> bool:
    """Give `person` another password, from the session `but`, which stays. Use inside `transaction()`.

    False when the one that was checked, `seen`, isn't theirs any more: somebody who reset it meanwhile must not lose it again.
    """
    lock(Person, person.id)
    identity = identity_of(person)
    if identity is None or identity.secret_hash != seen:
        return False
    set_password(person, secret_hash=made, but=but)
    return True


def set_password(person: Person, *, secret_hash: str, but: int | None = None) -> None:
    """Give `person` a new password: every session but `but` ends, every open link stops, and they are told. Inside `transaction()`."""
    lock(Person, person.id)
    identity = identity_of(person)
    if identity is None:
        raise RuleBroken(_("Your account has no address to sign in with. Ask whoever looks after this installation."))
    identity.secret_hash = secret_hash
    identity.secret_changed_at = now()
    sessions.end_all(person, but=but)
    links.void_all(person)
    announce(PasswordChanged(actor_id=person.id, person_id=person.id))


def change_address(link: SecretLink) -> None:
    """Make the address of a used link its person's own. The old address gets a link that undoes it. Inside `transaction()`.

    Every other open link stops. Raises RuleBroken when the address got an account meanwhile.
    """
    person = db.session.get_one(Person, link.person_id)
    old = str(person.email)
    _move(person, address=link.address)
    links.void_all(person)
    links.void_joining(link.address)
    links.ask(LinkPurpose.UNDO_ADDRESS, address=old, person=person)


def undo_address(link: SecretLink) -> None:
    """Give the person of a used link their old address back, as after a theft: nobody stays signed in, the password is gone.

    Whoever made the change may have set it. Use inside `transaction()`.
    """
    person = db.session.get_one(Person, link.person_id)
    _move(person, address=link.address)
    db.session.execute(
        update(Identity)
        .where(Identity.person_id == person.id, Identity.provider == EMAIL)
        .values(secret_hash=None, secret_changed_at=now())
    )
    sessions.end_all(person)
    links.void_all(person)
    links.void_of(person, LinkPurpose.UNDO_ADDRESS)


def _move(person: Person, *, address: str) -> None:
    try:
        with db.session.begin_nested():
            moved = {"email": address, "mail_paused_at": None, "mail_again_at": now()}
            db.session.execute(update(Person).where(Person.id == person.id).values(**moved))
            db.session.execute(
                update(Identity)
                .where(Identity.person_id == person.id, Identity.provider == EMAIL)
                .values(subject=address_key(address))
            )
    except IntegrityError:
        raise RuleBroken(_("That address belongs to another account by now, so nothing was changed.")) from None
