"""Who came by a link proves their address by mail, and is back at the invitation wherever they open it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person, SecretLink
from forum.spaces.models import Invitation
from forum.spaces.queries import membership_of
from forum.spaces.tokens import invitation_token
from tests import factories
from tests.cast import Browserless, Cast
from tests.people.conftest import quick_hashing
from tests.people.mailbox import mailed, path_in

__all__ = ["quick_hashing"]
NewDevice = Callable[[], Browserless]
PASSWORD = "lamp-otter-vinyl"
KNOWN, UNKNOWN = "otto.outsider@example.org", "nora.quill@example.org"


@pytest.fixture
def new_device(app: Flask) -> NewDevice:
    """Give a maker of browsers that remember nothing."""
    app.test_client_class = Browserless

    def make() -> Browserless:
        client = app.test_client()
        assert isinstance(client, Browserless)
        return client

    return make


@pytest.fixture
def path(app: Flask, cast: Cast) -> str:
    """Give the address of a link into Night desk, which is private."""
    with app.app_context():
        made = factories.make_invitation(cast.night_desk, by=cast.insider, uses=3)
        return f"/i/{invitation_token(made.nonce)}"


def change(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        row = db.session.scalars(select(Invitation)).one()
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.both_databases
def test_a_newcomer_proves_their_address_first(app: Flask, cast: Cast, path: str, visitor: Browserless) -> None:
    """A6, A7: nobody makes an account with an address that isn't theirs."""
    assert "Mail me a link" in visitor.get(path).text
    assert visitor.send(path, name="Nora", department="0", password=PASSWORD).status_code == 303
    sent = visitor.send(f"{path}/address", email=UNKNOWN)
    assert sent.status_code == 303
    assert "A link is on its way" in visitor.get(sent.headers["Location"]).text
    with app.app_context():
        assert db.session.scalars(select(Person).where(Person.name == "Nora")).one_or_none() is None
    [mail] = mailed(app)
    account = visitor.send(path_in(mail), name="Nora Quill", department="0", password=PASSWORD)
    assert account.headers["Location"] == path, account.text
    assert "Join Night desk" in visitor.get(path).text
    assert visitor.send(path).headers["Location"] == "/s/night-desk/"


@pytest.mark.both_databases
@pytest.mark.parametrize("address", [KNOWN, UNKNOWN])
def test_on_another_device_too_the_mail_leads_back_to_the_invitation(
    app: Flask, cast: Cast, path: str, new_device: NewDevice, address: str
) -> None:
    """Read on a phone, asked for at a desk: a newcomer of a private space would else see nothing."""
    new_device().send(f"{path}/address", email=address)
    [mail] = mailed(app)
    phone = new_device()
    assert "Then you see the invitation of Ingrid Insider to Night desk." in phone.get(path_in(mail)).text
    entered = phone.send(path_in(mail), name="Nora Quill", department="0", password=PASSWORD)
    assert entered.headers["Location"] == path
    assert "Join Night desk" in phone.get(path).text
    assert phone.send(path).headers["Location"] == "/s/night-desk/"
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.email == address)).one()
        assert membership_of(cast.night_desk, person) is not None


@pytest.mark.parametrize(
    "address, subject, begins",
    [
        (KNOWN, "Sign in to join Night desk (Fenbridge Council)", "Hello Otto Outsider,"),
        (UNKNOWN, "Make your account to join Night desk (Fenbridge Council)", "Hello,"),
    ],
)
def test_the_mail_says_who_invites_to_what(
    app: Flask, path: str, new_device: NewDevice, address: str, subject: str, begins: str
) -> None:
    new_device().send(f"{path}/address", email=address)
    [mail] = mailed(app)
    assert mail.subject == subject
    assert mail.text.startswith(f"{begins}\n\nIngrid Insider invites you to Night desk. Open this to ")
    assert "Ingrid Insider invites you to Night desk." in mail.html
    for said in (mail.text, mail.html):
        assert "your address was given on the page of an invitation" in said


@pytest.mark.parametrize("address", [KNOWN, UNKNOWN])
@pytest.mark.parametrize("why", [{"revoked_at": now()}, {"uses_left": 0}, {"expires_at": now()}])
def test_of_an_invitation_that_is_over_neither_mail_nor_page_names_the_space(
    app: Flask, path: str, new_device: NewDevice, why: dict[str, object], address: str
) -> None:
    """A3: looked at when the mail is sent, and when it is opened."""
    new_device().send(f"{path}/address", email=address)
    change(app, **why)
    [mail] = mailed(app)
    phone = new_device()
    page = phone.get(path_in(mail)).text
    entered = phone.send(path_in(mail), name="Nora Quill", department="0", password=PASSWORD)
    assert entered.status_code == 303
    over = phone.get(entered.headers["Location"])
    assert over.status_code == 404
    for said in (mail.subject, mail.text, str(mail.html), page, over.text):
        assert "Night desk" not in said
        assert "Ingrid" not in said


def test_the_way_back_is_the_links_own_and_never_leaves_the_site(app: Flask, path: str, new_device: NewDevice) -> None:
    """A9: whatever this browser was to do next, and whatever it was told."""
    new_device().send(f"{path}/address", email=KNOWN, next="https://evil.example", onward="//evil.example")
    [mail] = mailed(app)
    phone = new_device()
    phone.send("/sign-in", email="carla.champion@example.org", next="/spaces")
    assert phone.send(f"{path_in(mail)}?next=//evil.example", next="//evil.example").headers["Location"] == path


def test_a_mailed_link_knows_no_way_into_a_space(app: Flask, path: str, new_device: NewDevice) -> None:
    """A7, A14: of the invitation it keeps the number; a copy of the database opens nothing."""
    new_device().send(f"{path}/address", email=KNOWN)
    with app.app_context():
        row = db.session.scalars(select(SecretLink)).one()
        token = path.removeprefix("/i/")
        assert row.invitation_id == db.session.scalars(select(Invitation.id)).one()
        assert all(token not in str(value) for value in vars(row).values())


def test_a_link_that_was_asked_for_elsewhere_leads_to_no_invitation(
    app: Flask, path: str, new_device: NewDevice
) -> None:
    new_device().get(path)
    new_device().send("/sign-in", email=KNOWN)
    [mail] = mailed(app)
    assert mail.subject == "Your link to sign in (Fenbridge Council)"
    assert new_device().send(path_in(mail)).headers["Location"] == "/"


def test_an_address_that_is_none_comes_back(path: str, visitor: Browserless) -> None:
    answer = visitor.send(f"{path}/address", email="nora")
    assert answer.status_code == 422
    assert "Write the whole address" in answer.text
    assert 'value="nora"' in answer.text
