"""Mails about accounts: whom a fact concerns, and what their mail says. Both are asked again when the mail is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.people import links, neighbours
from forum.people.events import LinkMade, PasswordChanged
from forum.people.models import LinkPurpose, Person, SecretLink
from forum.people.neighbours import InvitationInHand
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import LazyString, _, _l


@dataclass(frozen=True)
class Wording:
    """How the mail with a link is worded: its template, subject and reason, and the page that the link opens."""

    template: str
    endpoint: str
    subject: LazyString
    why: LazyString


WORDINGS: Mapping[LinkPurpose, Wording] = {
    LinkPurpose.SIGN_IN: Wording(
        "account/sign_in",
        "people.sign_in_link",
        _l("Your link to sign in"),
        _l("You get this because your address was given on the sign-in page."),
    ),
    LinkPurpose.JOIN: Wording(
        "account/join",
        "people.join_link",
        _l("Make your account"),
        _l("You get this because your address was given on the page for new people."),
    ),
    LinkPurpose.RESET: Wording(
        "account/reset",
        "people.reset_link",
        _l("Set a new password"),
        _l("You get this because a new password was asked for with your address."),
    ),
    LinkPurpose.CHANGE_ADDRESS: Wording(
        "account/change_address",
        "people.confirm_address",
        _l("Is this your new address?"),
        _l("You get this because somebody with an account gave your address as their new one."),
    ),
    LinkPurpose.UNDO_ADDRESS: Wording(
        "account/undo_address",
        "people.undo_address",
        _l("Your address was changed"),
        _l("You get this, once, because mail to your account goes to another address from now on."),
    ),
}

INVITED: Mapping[LinkPurpose, LazyString] = {
    LinkPurpose.SIGN_IN: _l("Sign in to join %(space)s"),
    LinkPurpose.JOIN: _l("Make your account to join %(space)s"),
}
"""The subjects for somebody who holds an invitation."""


def link_recipients(fact: LinkMade) -> Iterable[Recipient]:
    """Return whom a link is for: a person, or an address that is nobody's yet. Nobody, when it was made for show (A6)."""
    link = _link(fact)
    if link is None or not link.address:
        return ()
    if link.person is not None and link.person.email == link.address:
        return (Recipient(person_id=link.person.id),)
    return (Recipient(address=link.address),)


def compose_link(fact: LinkMade, _recipient: Recipient) -> Mail | None:
    """Write the mail with a link, unless the link stopped working before it could be sent."""
    link = _link(fact)
    if link is None or not link.address or not links.works(link):
        return None
    said, invitation = WORDINGS[link.purpose], links.invitation_of(link)
    is_open = invitation is not None and invitation.space is not None
    return letter(
        said.template,
        to=link.address,
        subject=_about(_subject(link.purpose, invitation)),
        why=_("You get this because your address was given on the page of an invitation.")
        if invitation
        else str(said.why),
        invitation=invitation if is_open else None,
        url=absolute(said.endpoint, token=links.token_of(link)),
        person=link.person,
    )


def password_recipients(fact: PasswordChanged) -> Iterable[Recipient]:
    """Return the person whose password it is."""
    return (Recipient(person_id=fact.person_id),)


def compose_password_changed(fact: PasswordChanged, _recipient: Recipient) -> Mail | None:
    """Tell somebody that their password changed, so that they can act when it wasn't them."""
    person = db.session.get(Person, fact.person_id)
    if person is None or not person.is_active or not person.email:
        return None
    return letter(
        "account/password_changed",
        to=person.email,
        subject=_about(_("Your password was changed")),
        why=_("You get this because it is your account."),
        url=absolute("people.reset"),
        person=person,
    )


def _subject(purpose: LinkPurpose, invitation: InvitationInHand | None) -> str:
    """Return what a mail is about: the space, too, while the invitation to it is good (A3)."""
    if invitation is not None and invitation.space is not None and purpose in INVITED:
        return str(INVITED[purpose]) % {"space": invitation.space}
    return str(WORDINGS[purpose].subject)


def _about(subject: str) -> str:
    return _("%(subject)s (%(organisation)s)", subject=subject, organisation=neighbours.ask().organisation())


def _link(fact: LinkMade) -> SecretLink | None:
    return db.session.scalar(
        select(SecretLink).options(joinedload(SecretLink.person)).where(SecretLink.id == fact.link_id)
    )


TELLERS = (
    Teller(fact=LinkMade, recipients=link_recipients, compose=compose_link, is_asked_for=True),
    Teller(fact=PasswordChanged, recipients=password_recipients, compose=compose_password_changed, at_any_hour=True),
)
