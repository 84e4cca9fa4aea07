"""Newcomers: what other rooms need to let somebody without an account in, such as one who was invited.

An address counts as verified when its owner opened a link that was mailed to it. Use:

    form = account_form(address=invitation.address)
    if form.validate_on_submit():
        newcomer = newcomer_from(form)          # slow: hashes; outside of transactions
        with transaction():
            person = make_account(newcomer)     # raises RuleBroken when the address has an account
            ...
            sessions.begin(person, keep=False)

with `{% include "people/new_account_fields.html" %}` in the form.

Somebody who has no verified address yet (an invitation for whoever holds the link) gives one first:
`send_link(address, invitation_id=...)` mails a link that leads to an account and then, on whatever device, back to the invitation.
"""

from dataclasses import dataclass

from flask import current_app

from forum.config import Settings
from forum.core.db import db, transaction
from forum.people import door, limits, neighbours
from forum.people.actions.asking import ask_to_enter
from forum.people.actions.registering import register
from forum.people.fields import said
from forum.people.forms import NewAccountForm
from forum.people.models import Department, Person
from forum.people.passwords import hash_password
from forum.people.queries import open_departments


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Everything that an account is made of."""

    name: str
    email: str
    department_id: int | None
    secret_hash: str | None


def account_form(*, address: str) -> NewAccountForm:
    """Return the form for somebody whose verified address is `address`."""
    return NewAccountForm(address=address, departments=open_departments())


def newcomer_from(form: NewAccountForm) -> Newcomer:
    """Return what a valid form says. Slow, because it hashes: call it outside of transactions."""
    return Newcomer(
        name=said(form.name),
        email=form.address,
        department_id=form.department.data or None,
        secret_hash=hash_password(said(form.password)) if form.password.data else None,
    )


def make_account(newcomer: Newcomer) -> Person:
    """Make the account. Use inside `transaction()`. Raises RuleBroken when the address has one."""
    department = db.session.get(Department, newcomer.department_id) if newcomer.department_id else None
    settings: Settings = current_app.extensions["baton"].settings
    return register(
        name=newcomer.name,
        email=newcomer.email,
        secret_hash=newcomer.secret_hash,
        department=department,
        zone=settings.default_zone,
    )


def send_link(address: str, *, invitation_id: int) -> None:
    """Mail `address` a link to sign in or, without an account, to make one, whatever its domain; then lead back to an invitation.

    For somebody who was let in by other means. Raises TooMany.
    """
    limits.on_mail(address)
    with transaction():
        ask_to_enter(address, may_join=True, invitation_id=invitation_id)
    door.remember(address=address, onward=neighbours.ask().invitation(invitation_id).path)
