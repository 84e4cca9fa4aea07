"""People, the ways they get in, and their links."""

from datetime import datetime, timedelta
from html import escape

from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.outbox import Delivery, DeliveryState, FactRow, KeptMail
from forum.core.secrets import hashed
from forum.core.text import address_key, handle
from forum.core.time import now
from forum.people.models import Department, Identity, LinkPurpose, Person, PersonState, SecretLink, WebSession
from tests.factories.numbers import LONG_AGO, next_number


def make_department(*, name: str | None = None) -> Department:
    """Make a department of the installation."""
    with transaction():
        department = Department(name=name or f"Department {next_number()}")
        db.session.add(department)
        db.session.flush()
    return department


def make_person(
    *,
    name: str | None = None,
    email: str | None = None,
    department: Department | None = None,
    about: str = "",
    is_admin: bool = False,
    state: PersonState = PersonState.ACTIVE,
    secret_hash: str | None = None,
) -> Person:
    """Make somebody with an account; without a `secret_hash` they have no password."""
    name = name or f"Person {next_number()}"
    address = email or f"{handle(name)}@example.org"
    with transaction():
        person = Person(
            handle=handle(name),
            name=name,
            email=address,
            department_id=department.id if department else None,
            about=about,
            is_admin=is_admin,
            state=state,
            created_at=now() - LONG_AGO,
        )
        db.session.add(person)
        db.session.flush()
        identity = Identity(
            person_id=person.id,
            provider="email",
            subject=address_key(address),
            secret_hash=secret_hash,
            created_at=now() - LONG_AGO,
        )
        db.session.add(identity)
    return person


def set_password(person: Person, *, secret_hash: str) -> None:
    """Give somebody a password, by its hash."""
    with transaction():
        identity = db.session.scalars(select(Identity).where(Identity.person_id == person.id)).one()
        identity.secret_hash = secret_hash


def make_web_session(
    person: Person, *, token: str, device: str = "Firefox on Linux", seen_at: datetime | None = None
) -> WebSession:
    """Sign somebody in on a browser that holds `token`."""
    at = now()
    with transaction():
        row = WebSession(
            person_id=person.id,
            token_hash=hashed(token),
            device=device,
            created_at=at,
            last_seen_at=seen_at or at,
            expires_at=at + timedelta(hours=12),
        )
        db.session.add(row)
    return row


def make_secret_link(
    purpose: LinkPurpose,
    *,
    token: str,
    address: str,
    person: Person | None = None,
    lasts: timedelta = timedelta(minutes=15),
) -> SecretLink:
    """Make a link that a mail would hold, opened by `token`."""
    at = now()
    with transaction():
        link = SecretLink(
            purpose=purpose,
            person_id=person and person.id,
            address=address,
            nonce=f"{next_number():032x}",
            token_hash=hashed(token),
            created_at=at,
            expires_at=at + lasts,
        )
        db.session.add(link)
    return link


def make_kept_mail(
    *, subject: str = "A link for you", text: str = "Follow it.", to: str = "otto@example.org"
) -> KeptMail:
    """Keep a mail as a development set-up does instead of sending it."""
    with transaction():
        mail = KeptMail(
            message_id=f"<{next_number()}@example.org>",
            kept_at=now(),
            recipient=to,
            subject=subject,
            text=text,
            html=f"<p>{escape(text)}</p>",
        )
        db.session.add(mail)
    return mail


def make_failed_delivery(person: Person, *, why: str = "The mail server answered 550 no such person") -> Delivery:
    """Give up a mail to somebody."""
    with transaction():
        at = now()
        fact = FactRow(kind="password changed", payload={"person_id": person.id}, at=at, due_at=at, expanded_at=at)
        delivery = Delivery(
            fact=fact,
            person_id=person.id,
            state=DeliveryState.FAILED,
            due_at=at,
            attempts=1,
            message_id=f"<{next_number()}@example.org>",
            error=why,
        )
        db.session.add(delivery)
    return delivery
