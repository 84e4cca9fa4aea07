"""Making accounts."""

from datetime import UTC, datetime

import pytest

from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.people import links
from forum.people.actions import register
from forum.people.models import Identity, LinkPurpose, Person
from forum.people.queries import identity_at
from tests.people.conftest import AtOnce

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.both_databases]
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def registered(name: str, email: str) -> str:
    with transaction():
        return register(name=name, email=email).handle


def test_an_account_has_an_identity_by_which_it_is_found() -> None:
    with transaction():
        person = register(name="Priya  Nair\x00", email="Priya.Nair@fenbridge.example", at=AT, is_demo=True)
    identity = identity_at("priya.nair@FENBRIDGE.example")
    assert identity is not None
    assert identity.person_id == person.id
    assert identity.secret_hash is None
    assert (person.name, person.handle, person.created_at, person.is_demo) == ("Priya Nair", "priya.nair", AT, True)


def test_the_same_name_gets_the_next_number() -> None:
    handles = [registered("Priya Nair", f"{number}@fenbridge.example") for number in range(3)]
    assert handles == ["priya.nair", "priya.nair2", "priya.nair3"]


def test_names_without_latin_letters_and_very_long_ones_have_handles_too() -> None:
    assert registered("李小龙", "a@fenbridge.example") == "member"
    assert registered("李小龙", "b@fenbridge.example") == "member2"
    assert len(registered("Wolfeschlegelsteinhausenbergerdorff " * 2, "c@fenbridge.example")) <= 40


def test_of_many_with_one_name_at_once_each_has_a_handle_of_their_own(at_once: AtOnce) -> None:
    """A race is settled by the constraint: without the second try some get an error."""
    made = at_once(*[lambda n=n: registered("Priya Nair", f"{n}@fenbridge.example") for n in range(6)])
    assert sorted(made) == ["priya.nair", "priya.nair2", "priya.nair3", "priya.nair4", "priya.nair5", "priya.nair6"]


def test_an_address_has_one_account_even_in_another_spelling() -> None:
    registered("Priya Nair", "priya.nair@fenbridge.example")
    with pytest.raises(RuleBroken):
        registered("Somebody Else", "Priya.Nair@Fenbridge.example")
    assert db.session.scalar(db.select(db.func.count()).select_from(Person)) == 1


def test_of_many_with_one_address_at_once_one_has_it(at_once: AtOnce) -> None:
    made = at_once(*[lambda n=n: registered(f"Person {n}", "priya.nair@fenbridge.example") for n in range(5)])
    assert sum(isinstance(one, str) for one in made) == 1
    assert sum(isinstance(one, RuleBroken) and "already an account" in one.why for one in made) == 4
    assert db.session.scalar(db.select(db.func.count()).select_from(Identity)) == 1


def test_a_password_is_given_as_a_hash_so_that_no_write_waits_for_hashing() -> None:
    with pytest.raises(ValueError, match="hash_password"), transaction():
        register(name="Priya Nair", email="priya.nair@fenbridge.example", secret_hash="lamp-otter-vinyl")


def test_an_account_voids_the_links_to_make_one_from_its_address() -> None:
    """A7."""
    with transaction():
        token = links.token_of(links.ask(LinkPurpose.JOIN, address="priya.nair@fenbridge.example"))
    registered("Priya Nair", "priya.nair@fenbridge.example")
    assert links.open_link(token, LinkPurpose.JOIN) is None
