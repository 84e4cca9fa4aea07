"""What counts as a mail address, and of which organisation it is."""

import pytest
from flask.testing import FlaskClient

from forum.people import addresses
from forum.people.addresses import is_of, normal, pieces
from tests.cast import CSRF, form_token


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("priya.nair@fenbridge.example", "priya.nair@fenbridge.example"),
        ("  Priya.Nair@Fenbridge.Example ", "Priya.Nair@fenbridge.example"),
        ("priya+baton@mail.fenbridge.gov.uk", "priya+baton@mail.fenbridge.gov.uk"),
        ("siân@fenbridge.example", None),
        ("sian@cyngor-sŵn.example", "sian@xn--cyngor-sn-i9b.example"),
        ("priya@council.local", "priya@council.local"),
        ("priya@fenbridge", None),
        ("priya", None),
        ("priya@", None),
        ("@fenbridge.example", None),
        ("priya@@fenbridge.example", None),
        ("priya nair@fenbridge.example", None),
        ("priya@fenbridge.example\r\nBcc: all@fenbridge.example", None),
        ("priya@fenbridge.example, dan@fenbridge.example", None),
        ('"priya nair"@fenbridge.example', None),
        ("priya@[127.0.0.1]", None),
        ("priya\x00@fenbridge.example", None),
        ("p" * 65 + "@fenbridge.example", None),
        ("priya@" + "f" * 300 + ".example", None),
        ("", None),
    ],
)
def test_an_address_is_stored_in_one_form_or_refused(typed: str, stored: str | None) -> None:
    assert normal(typed) == stored


def test_what_is_too_long_to_be_an_address_is_refused_unread(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7: reading a megabyte of it took more than a second, before anybody had signed in."""
    read: list[str] = []
    monkeypatch.setattr(addresses, "normal", read.append)
    with client.session_transaction() as session:
        session["csrf_token"] = CSRF
    form = {"csrf_token": form_token(client.application), "email": "a@" + "b" * 1_500_000 + ".example"}
    for path in ("/sign-in", "/sign-in/password", "/reset"):
        answer = client.post(path, data={**form, "password": "x"})
        assert answer.status_code == 422
        assert "254 characters at the most" in answer.text
    assert read == []


@pytest.mark.parametrize(
    "address, allowed",
    [
        ("priya@fenbridge.example", True),
        ("priya@FENBRIDGE.example", True),
        ("priya@evil-fenbridge.example", False),
        ("priya@fenbridge.example.evil.example", False),
        ("priya@mail.fenbridge.example", False),
        ("fenbridge.example@evil.example", False),
    ],
)
def test_a_domain_is_allowed_exactly_or_not(address: str, *, allowed: bool) -> None:
    assert is_of(address, ("fenbridge.example", "@nhs.example")) is allowed


@pytest.mark.parametrize(
    "pasted, read",
    [
        ("a@x.org,b@x.org; c@x.org d@x.org\r\ne@x.org", ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"]),
        ("Priya Nair <priya@x.org>, Kofi <kofi@x.org>", ["priya@x.org", "kofi@x.org"]),
        ('"Nair, Priya" <priya@x.org>; Mensah, Kofi <kofi@x.org>;', ["priya@x.org", "kofi@x.org"]),
        ("'priya@x.org' <priya@x.org>", ["priya@x.org"]),
        ("ann@x.org Priya <priya@x.org> bob@x.org", ["ann@x.org", "priya@x.org", "bob@x.org"]),
        ("(ann@x.org), <mailto:bob@x.org>.", ["ann@x.org", "bob@x.org"]),
        ("ann@x.org ANN@X.ORG", ["ann@x.org"]),
        ("Priya Nair", ["Priya", "Nair"]),
        ("Priya <>", [""]),
        (" ,;\n ", []),
    ],
)
def test_addresses_are_read_from_what_is_pasted(pasted: str, read: list[str]) -> None:
    assert pieces(pasted) == read
