"""Statements that are built once hold their constants as SQL, on both databases, and what is given stays a parameter."""

import pytest
from flask import Flask
from sqlalchemy import JSON, Integer, Select, String, bindparam, case, func, literal, literal_column, select

from forum.core.db import db
from forum.core.prepared import prepared, with_constants
from forum.people.models import Person, PersonState
from tests import factories

WORDS = ("it's", "50 %", "%(name)s", "a\\b", ":name", '"quoted"', "")


@pytest.mark.both_databases
def test_a_prepared_statement_says_what_the_same_statement_says(app: Flask) -> None:
    """Quotes, percents, colons and backslashes are words like others; truths, numbers and lists come out as they went in."""
    with app.app_context():
        ann = factories.make_person(name="Ann")
        factories.make_person(name="Bob", state=PersonState.SUSPENDED)
        words = [literal(word) for word in WORDS]
        said = db.session.execute(with_constants(select(*words))).one()
        assert tuple(said) == WORDS
        states = (PersonState.ACTIVE, PersonState.CLOSED)
        found = select(
            Person.id, literal(value=True), literal(3), case((Person.state == PersonState.ACTIVE, "yes"), else_="no")
        )
        found = found.where(
            Person.state.in_(states), Person.name == bindparam("name", type_=String), func.length("abc") == 3
        )
        once = with_constants(found.limit(5))
        assert list(db.session.execute(once, {"name": "Ann"}).one()) == [ann.id, True, 3, "yes"]
        assert db.session.execute(once, {"name": "Bob"}).all() == []


def test_only_what_is_given_stays_a_parameter() -> None:
    """A list for JSON, a day and a value that isn't there yet are no constants that can be written down."""
    once = with_constants(select(literal("a"), literal(1), literal([1], JSON), bindparam("size", type_=Integer)))
    names = set(once.compile().params)
    assert "size" in names
    assert len(names) == 2


def test_what_has_a_name_has_no_value_yet() -> None:
    """Whoever gives it when the statement is executed would not be heard."""
    with pytest.raises(ValueError, match="size"):
        with_constants(select(literal("a")).limit(bindparam("size", 5)))


def test_each_shape_is_built_once() -> None:
    built = []

    @prepared
    def statement(*, wide: bool) -> Select[str]:
        """Say what it is."""
        built.append(wide)
        return select(literal("wide" if wide else "narrow"))

    first = statement(wide=True)
    assert statement(wide=True) is first
    assert statement(wide=False) is not first
    assert built == [True, False]
    assert statement.__doc__ == "Say what it is."


def test_the_key_of_a_prepared_statement_is_hashed_once(app: Flask) -> None:
    """SQLAlchemy looks for the compiled statement by all that it is made of, each time that it is executed."""
    hashed = []

    class Counted(String):
        @property
        def _static_cache_key(self) -> tuple[object, ...]:
            return (Counting(),)

    class Counting:
        def __hash__(self) -> int:
            hashed.append(1)
            return 1

    @prepared
    def statement() -> Select[str]:
        return select(literal_column("'one'", Counted()))

    with app.app_context():
        assert db.session.scalar(statement()) == "one"
        at_first = len(hashed)
        assert at_first
        assert db.session.scalar(statement()) == "one"
        assert len(hashed) == at_first


def test_what_is_made_of_a_prepared_statement_has_a_key_of_its_own(app: Flask) -> None:
    """Else it would be executed as the statement that it was made of."""

    @prepared
    def statement() -> Select[str]:
        return select(Person.name).order_by(Person.name)

    with app.app_context():
        for name in ("Ann", "Bob"):
            factories.make_person(name=name)
        assert list(db.session.scalars(statement())) == ["Ann", "Bob"]
        assert list(db.session.scalars(statement().limit(1))) == ["Ann"]
        assert list(db.session.scalars(statement().where(Person.name == "Bob"))) == ["Bob"]
        assert list(db.session.scalars(statement())) == ["Ann", "Bob"]
