"""What two people do to accounts at the same moment. The locks in `change_password` and `_admins` are what these tests are about."""

from threading import Barrier, Event

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text

from forum.core.db import db, transaction
from forum.core.errors import Missing
from forum.people import links, sessions
from forum.people.actions import departments, standing
from forum.people.actions.asking import ask_to_change_address
from forum.people.actions.secrets import change_password, set_password, undo_address
from forum.people.models import Department, LinkPurpose, Person, SecretLink
from forum.people.queries import identity_of
from tests import factories
from tests.cast import Cast
from tests.people.conftest import AtOnce

pytestmark = pytest.mark.both_databases
PATIENCE = 0.5  # seconds in which the other one would come by, if nothing held them up


def test_a_password_that_was_reset_meanwhile_stays_reset(app: Flask, priya: Person, at_once: AtOnce) -> None:
    """A8: a thief's change under way, which passed the check of the old password, doesn't undo the owner's reset."""
    held = Event()
    with app.app_context():
        identity = identity_of(db.session.get_one(Person, priya.id))
        seen = identity.secret_hash if identity else None

    def owner_resets() -> None:
        with transaction():
            set_password(db.session.get_one(Person, priya.id), secret_hash="$argon2 the owner's")
            db.session.flush()
            held.set()
            Event().wait(PATIENCE)

    def thief_changes() -> bool:
        held.wait(5)
        with transaction():
            return change_password(db.session.get_one(Person, priya.id), seen=seen, made="$argon2 the thief's", but=1)

    assert at_once(owner_resets, thief_changes) == [None, False]
    with app.app_context():
        identity = identity_of(db.session.get_one(Person, priya.id))
        assert identity is not None
        assert identity.secret_hash == "$argon2 the owner's"


@pytest.mark.parametrize("owner", ["resets", "takes the address back", "is suspended"])
def test_a_thief_s_press_that_was_under_way_leaves_no_link_to_change_the_address(
    app: Flask, cast: Cast, priya: Person, owner: str
) -> None:
    """A7: the password was right when it was checked, and isn't any more when the link would be written.

    Without the check under the lock the link works after the reset, whose own voiding came before it.
    """
    with app.app_context():
        identity = identity_of(db.session.get_one(Person, priya.id))
        assert identity is not None
        seen = identity.secret_changed_at
        with transaction():
            person = db.session.get_one(Person, priya.id)
            if owner == "resets":
                set_password(person, secret_hash="$argon2 the owner's")
            elif owner == "is suspended":
                standing.suspend(db.session.get_one(Person, cast.admin.id), person=person)
            else:
                undo_address(links.ask(LinkPurpose.UNDO_ADDRESS, address="old@fenbridge.example", person=person))
        with transaction():
            assert not ask_to_change_address(person, address="thief@evil.example", seen=seen)
        assert (
            db.session.scalars(select(SecretLink).where(SecretLink.purpose == LinkPurpose.CHANGE_ADDRESS)).all() == []
        )


def test_a_reset_waits_for_an_asking_that_is_being_written_and_ends_its_link(
    app: Flask, priya: Person, at_once: AtOnce
) -> None:
    """A7: the other order."""
    held = Event()
    with app.app_context():
        identity = identity_of(db.session.get_one(Person, priya.id))
        seen = identity.secret_changed_at if identity else None

    def thief_asks() -> bool:
        with transaction():
            asked = ask_to_change_address(db.session.get_one(Person, priya.id), address="thief@evil.example", seen=seen)
            held.set()
            Event().wait(PATIENCE)
            return asked

    def owner_resets() -> None:
        held.wait(5)
        with transaction():
            set_password(db.session.get_one(Person, priya.id), secret_hash="$argon2 the owner's")

    assert at_once(thief_asks, owner_resets) == [True, None]
    with app.app_context():
        link = db.session.scalars(select(SecretLink).where(SecretLink.purpose == LinkPurpose.CHANGE_ADDRESS)).one()
        assert link.voided_at is not None


def test_a_link_that_is_pressed_while_its_person_is_being_suspended_signs_nobody_in(
    app: Flask, cast: Cast, priya: Person, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A7, A8: the press comes between the end of the sessions and that of the links. Without lock(Person) in `use` it goes through."""
    held, end_all = Event(), sessions.end_all
    with app.app_context(), transaction():
        link_id = links.ask(LinkPurpose.SIGN_IN, address=str(priya.email), person=db.session.get(Person, priya.id)).id

    def slowly(person: Person) -> int:
        db.session.flush()
        ended = end_all(person)
        held.set()
        Event().wait(PATIENCE)
        return ended

    def admin_suspends() -> None:
        admin, person = (db.session.get_one(Person, one.id) for one in (cast.admin, priya))
        with transaction():
            standing.suspend(admin, person=person)

    def somebody_presses() -> bool:
        link = db.session.get_one(SecretLink, link_id)
        held.wait(5)
        with transaction():
            return links.use(link)

    monkeypatch.setattr(sessions, "end_all", slowly)
    assert at_once(admin_suspends, somebody_presses) == [None, False]


@pytest.mark.parametrize("second", ["HOUSING", "Housing"])
def test_two_who_add_a_department_at_once_make_one(app: Flask, cast: Cast, at_once: AtOnce, second: str) -> None:
    """Whatever the capitals. Without the index on the folded name PostgreSQL takes both."""
    started = Barrier(2)

    def add(name: str) -> None:
        with transaction():
            if not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
                db.session.scalar(select(Department.id).limit(1))
                started.wait(5)
            departments.add_departments(db.session.get_one(Person, cast.admin.id), names=[name])

    answers = at_once(lambda: add("Housing"), lambda: add(second))
    assert answers == [None, None]
    with app.app_context():
        names = db.session.scalars(select(Department.name).where(Department.name.ilike("housing"))).all()
    assert len(names) == 1


def test_departments_that_were_alike_before_are_told_apart_by_the_migration(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="department_names@-1")
        for number, name in enumerate(["Housing", "HOUSING", "housing (2)", "Ärzte", "ÄRZTE"]):
            row = {"name": name, "uuid": str(number), "position": number}
            db.session.execute(
                text("INSERT INTO department (name, uuid, position) VALUES (:name, :uuid, :position)"), row
            )
        db.session.commit()
        flask_migrate.upgrade()
        rows = db.session.execute(select(Department.name, Department.name_key).order_by(Department.position)).all()
    assert [row.name for row in rows] == ["Housing", "HOUSING (3)", "housing (2)", "Ärzte", "ÄRZTE (2)"]
    assert all(row.name_key == row.name.casefold() for row in rows)


@pytest.mark.parametrize("does", ["suspend", "restore", "make_admin", "take_admin"])
def test_who_is_no_admin_any_more_does_nothing_as_one(app: Flask, cast: Cast, does: str) -> None:
    """A1: not even with a press that was under way."""
    with app.app_context():
        other = factories.make_person(name="Olga Other", is_admin=True)
        actor, person = (db.session.get_one(Person, one.id) for one in (cast.admin, cast.champion))
        with transaction():
            standing.take_admin(db.session.get_one(Person, other.id), person=actor)
        verbs = {
            "suspend": lambda: standing.suspend(actor, person=person),
            "restore": lambda: standing.restore(actor, person=person),
            "make_admin": lambda: standing.make_admin(person, actor=actor),
            "take_admin": lambda: standing.take_admin(actor, person=person),
        }
        with pytest.raises(Missing), transaction():
            verbs[does]()
