"""What counts as a mail address, and of which organisation it is."""

import pytest

from forum.people.addresses import is_of, normal, pieces


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
