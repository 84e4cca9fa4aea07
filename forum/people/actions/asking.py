"""Asking for a link by mail. Every branch does the same work, so that neither answer nor time tells who has an account (A6)."""

from forum.core.db import lock
from forum.people import links
from forum.people.addresses import is_of
from forum.people.models import LinkPurpose, Person, PersonState
from forum.people.queries import identity_at


def ask_to_sign_in(address: str, *, join_domains: tuple[str, ...]) -> None:
    """Mail a link to sign in; to somebody new of an allowed domain, a link to join; to others nothing. Inside `transaction()`."""
    ask_to_enter(address, may_join=is_of(address, join_domains))


def ask_to_enter(address: str, *, may_join: bool, invitation_id: int | None = None) -> None:
    """Mail a link to sign in, or, when there is no account and the address may join, a link to join. Inside `transaction()`.

    Mail goes to the address that is stored, never to a look-alike that was typed. `invitation_id` is where the link leads back to.
    """
    identity = identity_at(address)
    if identity is None and may_join:
        links.ask(LinkPurpose.JOIN, address=address, invitation_id=invitation_id)
    elif identity is not None and _is_open(identity.person):
        person = identity.person
        links.ask(LinkPurpose.SIGN_IN, address=str(person.email), person=person, invitation_id=invitation_id)
    else:
        links.pretend(LinkPurpose.SIGN_IN)


def ask_to_reset(address: str) -> None:
    """Mail a link to set a new password to whoever has an account at `address`. Inside `transaction()`."""
    identity = identity_at(address)
    if identity is not None and _is_open(identity.person):
        links.ask(LinkPurpose.RESET, address=str(identity.person.email), person=identity.person)
    else:
        links.pretend(LinkPurpose.RESET)


def ask_to_change_address(person: Person, *, address: str) -> None:
    """Mail to `address` a link that makes it the person's own. To an address that has an account nothing is sent."""
    lock(Person, person.id)
    links.void_of(person, LinkPurpose.CHANGE_ADDRESS)
    if identity_at(address) is None:
        links.ask(LinkPurpose.CHANGE_ADDRESS, address=address, person=person)
    else:
        links.pretend(LinkPurpose.CHANGE_ADDRESS)


def _is_open(person: Person) -> bool:
    return person.state == PersonState.ACTIVE and person.email is not None
