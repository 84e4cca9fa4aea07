"""Which passwords are taken, and how they are kept."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from forum.core.errors import Invalid
from forum.people import passwords
from forum.people.common import is_common, is_personal, known

PRIYA = {"name": "Priya Nair", "email": "priya.nair@fenbridge.example", "organisation": "Fenbridge Council"}


def is_taken(password: str) -> bool:
    try:
        passwords.check_strength(password, **PRIYA)
    except Invalid:
        return False
    return True


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    "password",
    [
        "bluehorsesky",
        "pqmzvbtk",
        "lamp otter vinyl",
        "  spaces at both ends  ",
        "ŵyn-llŷr a thŷ",
        "密码是很长的一句话",
        "🦦🪔🎛️ three pictures",
        "tr0ub4dor&3",
        "48213907",
        "x" + "ab" * 31 + "y",
        "Fenbridge has seven herons",
        "with\x00a null and a \t tab",
    ],
)
def test_any_characters_make_a_password_and_no_composition_is_asked_for(password: str) -> None:
    """A6."""
    assert is_taken(password)


@pytest.mark.usefixtures("context")
def test_eight_characters_are_enough_and_seven_are_not() -> None:
    """A6."""
    assert is_taken("pqmzvbtk")
    assert not is_taken("pqmzvbt")


@pytest.mark.usefixtures("context")
def test_long_ones_are_taken_whole_up_to_256() -> None:
    """A6: 64 and more."""
    words = ("otter lamp vinyl heron moss " * 20)[: passwords.LONGEST]
    assert is_taken(words[:64])
    assert is_taken(words)
    assert not is_taken(words + "x")
    stored = passwords.hash_password(words)
    assert passwords.verify(words, stored)
    assert not passwords.verify(words[:-1] + "!", stored)
    assert not passwords.verify(words + "x", stored)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PASSWORD",
        "Passw0rd!",
        "P@ssw0rd1!",
        "pass-word",
        "password2026",
        "2026password",
        "passwordpassword",
        "Sunshine5",
        "5unsh1ne!",
        "letmein123",
        "qwertyuiop",
        "1q2w3e4r5t",
        "1qaz2wsx",
        "12345678",
        "87654321",
        "1234567890",
        "abcdefgh",
        "aaaaaaaa",
        "abcabcabc",
        "01012026",
        "19900101",
        "liverpool1892",
        "Welcome-2026",
        "Winter2025!",
        "iloveyou!!",
        "correcthorsebatterystaple",
        "        ",
    ],
)
def test_what_many_people_use_is_refused_with_its_variants(password: str) -> None:
    """A6."""
    assert is_common(password)


def test_the_list_is_large_and_in_the_form_in_which_it_is_looked_up() -> None:
    """A6."""
    assert len(known()) > 1500
    assert all(word == word.casefold() and word.isalnum() for word in known())


@pytest.mark.parametrize(
    "password",
    [
        "PriyaNair",
        "priya.nair1",
        "nairpriya!",
        "n4irpriya",
        "priya2026",
        "fenbridge1",
        "FenbridgeCouncil",
        "priya.nair@fenbridge.example",
        "baton2026!",
        "priyafenbridge",
    ],
)
def test_ones_own_name_address_and_organisation_are_refused(password: str) -> None:
    """A6."""
    assert is_personal(password, *PRIYA.values())


@pytest.mark.usefixtures("context")
def test_the_reason_stands_beside_the_field_that_was_asked_for() -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_strength("password1", name="", email="", field="secret")
    assert list(refused.value.errors) == ["secret"]
    assert "first to be tried" in refused.value.errors["secret"][0]


def test_what_is_stored_is_argon2_and_salted() -> None:
    """A6."""
    first, second = passwords.hash_password("lamp otter vinyl"), passwords.hash_password("lamp otter vinyl")
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.verify("lamp otter vinyl", first)
    assert not passwords.verify("lamp otter vinyl ", first), "nothing is trimmed"


def test_the_same_keys_on_another_system_are_the_same_password() -> None:
    """The two forms of "ŷ" differ in bytes; NFKC makes them one."""
    composed, apart = "t\u0177 a gardd hir", "ty\u0302 a gardd hir"
    assert composed != apart
    assert passwords.verify(apart, passwords.hash_password(composed))


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_nothing_fits_what_is_no_hash(stored: str | None) -> None:
    assert not passwords.verify("lamp otter vinyl", stored)


def test_a_hash_of_other_parameters_is_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = passwords.hash_password("lamp otter vinyl")
    assert not passwords.is_outdated(stored)
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert passwords.is_outdated(stored)


@given(st.text(max_size=300))
def test_no_password_breaks_the_checks(password: str) -> None:
    is_common(password)
    is_personal(password, *PRIYA.values())
