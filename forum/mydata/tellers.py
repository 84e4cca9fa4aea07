"""Mails about one's own data: it can be downloaded; an account will be closed. Both are asked again when they are sent."""

from collections.abc import Iterable

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.leased import WorkState
from forum.core.mail import Mail
from forum.core.time import now
from forum.mydata.events import AccountToClose, DataReady
from forum.mydata.models import Download
from forum.people.models import Person
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _


def whose_download(fact: DataReady) -> Iterable[Recipient]:
    """Tell who asked for it."""
    download = db.session.get(Download, fact.download_id)
    return [Recipient(person_id=download.person_id)] if download else []


def tell_ready(fact: DataReady, _recipient: Recipient) -> Mail | None:
    """Say that it can be downloaded, unless its time is over."""
    download = db.session.get(Download, fact.download_id)
    person = db.session.get(Person, download.person_id) if download else None
    if download is None or person is None or not person.is_active or not person.email:
        return None
    if download.state is not WorkState.READY or download.expires_at is None or download.expires_at <= now():
        return None
    return letter(
        "mydata/ready",
        to=person.email,
        subject=_("Your data is ready to download"),
        why=_("You get this because you asked for everything of yours."),
        person=person,
        until=download.expires_at,
        url=absolute("mydata.my_data"),
    )


def whose_account(fact: AccountToClose) -> Iterable[Recipient]:
    """Tell whose account it is."""
    return [Recipient(person_id=fact.person_id)]


def tell_closing(fact: AccountToClose, _recipient: Recipient) -> Mail | None:
    """Say when the account will be closed and how that is taken back, unless it was."""
    person = db.session.get(Person, fact.person_id)
    if person is None or not person.is_active or not person.email or person.closes_at is None:
        return None
    if person.closes_at.isoformat() != fact.moment:
        return None
    return letter(
        "mydata/closing",
        to=person.email,
        subject=_("Your account will be closed"),
        why=_("You get this because it is your account."),
        person=person,
        is_own=fact.actor_id == person.id,
        at=person.closes_at,
        url=absolute("mydata.my_data"),
    )


TELLERS = (
    Teller(fact=DataReady, recipients=whose_download, compose=tell_ready, at_any_hour=True),
    Teller(fact=AccountToClose, recipients=whose_account, compose=tell_closing, at_any_hour=True),
)
