"""The demo organisation: loaded by a press or a command, and never in production."""

import dataclasses
from collections.abc import Callable
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum import create_app
from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.time import now
from forum.home import first_run
from forum.home.demo import load_demo, loading
from forum.people.models import Department, Person
from forum.spaces.models import Installation, Item, Space, Visibility
from tests.cast import csrf_token
from tests.home.test_first_run import GIVEN
from tests.spaces.conftest import AtOnce, at_once

__all__ = ["at_once"]


def test_a_press_loads_it_and_one_signs_in_as_any_of_its_people(client: FlaskClient, app: Flask) -> None:
    """A14: an explicit press, in development."""
    token = csrf_token(client)
    assert client.post("/demo", data={"csrf_token": token}).headers["Location"] == "/demo"
    page = client.get("/demo")
    assert "Priya Nair" in page.text
    answer = client.post("/demo/sign-in", data={"csrf_token": csrf_token(client), "handle": "priya.nair"})
    assert answer.status_code == 303
    assert "Priya Nair" in client.get("/s/digital-champions/").text
    with app.app_context():
        counted = [
            db.session.scalar(select(func.count()).select_from(table)) for table in (Department, Person, Space, Item)
        ]
        private = db.session.scalars(select(Space.name).where(Space.visibility == Visibility.PRIVATE)).all()
        waiting = db.session.scalar(select(func.count()).where(FactRow.expanded_at.is_(None), FactRow.due_at <= now()))
        assert counted == [9, 17, 4, 124]
        assert sorted(private) == ["Elections night desk", "Library front desks"]
        due = db.session.scalar(select(Delivery.id).where(Delivery.state == DeliveryState.DUE))
        assert (waiting, due) == (0, None)


def test_the_doors_of_a_demo_lead_to_its_people(client: FlaskClient, app: Flask) -> None:
    """Nobody knows the addresses of made-up people."""
    assert "Look round as somebody" not in client.get("/sign-in").text
    with app.test_request_context("/"):
        load_demo()
    assert client.get("/").headers["Location"] == "/demo"
    page = client.get("/sign-in").text
    assert 'href="/demo"' in page
    assert "Look round as somebody of the demo" in page


def test_nobody_can_be_signed_in_as_who_is_not_of_the_demo(client: FlaskClient, app: Flask) -> None:
    with app.test_request_context("/"):
        load_demo()
    for handle in ("moira.kelly", "nobody", ""):
        answer = client.post("/demo/sign-in", data={"csrf_token": csrf_token(client), "handle": handle})
        assert answer.status_code == 404, handle


def test_it_cannot_be_had_in_production(settings: Settings, app: Flask) -> None:
    """A14."""
    with app.test_request_context("/"):
        load_demo()
    production = create_app(dataclasses.replace(settings, env="production", secret_key="k" * 40))
    client = production.test_client()
    token = csrf_token(client)
    assert client.get("/demo").status_code == 404
    assert client.get("/").headers["Location"] == "/sign-in"
    assert "/demo" not in client.get("/sign-in").text
    assert client.post("/demo", data={"csrf_token": token}).status_code == 404
    assert client.post("/demo/sign-in", data={"csrf_token": token, "handle": "priya.nair"}).status_code == 404
    with production.app_context():
        db.engine.dispose()


def test_it_is_not_loaded_into_an_installation_in_use(
    client: FlaskClient, app: Flask, cast: object, new_client: Callable[[], FlaskClient]
) -> None:
    assert client.post("/demo", data={"csrf_token": csrf_token(client)}).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(Person.id).where(Person.is_demo)) is None


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_it_does_not_land_on_an_installation_that_was_started_while_it_rendered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A14: rendering takes seconds. Without the look under the lock, 17 people and a second admin come into a real installation."""
    render_all = loading._render_all

    def meanwhile(given: loading.Loading) -> None:
        render_all(given)
        with transaction():
            first_run.start(GIVEN, secret_hash="$argon2id$none")

    monkeypatch.setattr(loading, "_render_all", meanwhile)
    with pytest.raises(RuleBroken, match="started this installation already"):
        load_demo()
    assert list(db.session.scalars(select(Person.name))) == [GIVEN["name"]]
    row = db.session.get_one(Installation, 1, populate_existing=True)
    assert (row.organisation, row.is_demo) == (GIVEN["organisation"], False)


@pytest.mark.both_databases
def test_two_presses_at_once_load_it_once(app: Flask, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """A14: the lock on the installation's row lets one come after the other, who finds it there. Without: an error page."""
    render_all, both = loading._render_all, Barrier(2)

    def together(given: loading.Loading) -> None:
        render_all(given)
        both.wait()

    monkeypatch.setattr(loading, "_render_all", together)
    assert at_once(load_demo, load_demo) == [None, None]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 17


@pytest.mark.demo
def test_a_second_press_leads_on_to_its_people(client: FlaskClient) -> None:
    answer = client.post("/demo", data={"csrf_token": csrf_token(client)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/demo")
