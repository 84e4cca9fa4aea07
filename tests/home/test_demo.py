"""The demo organisation: loaded by a press or a command, and never in production."""

import dataclasses
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum import create_app
from forum.config import Settings
from forum.core.db import db
from forum.core.outbox import Delivery, FactRow
from forum.core.time import now
from forum.home.demo import load_demo
from forum.people.models import Department, Person
from forum.spaces.models import Item, Space, Visibility
from tests.cast import csrf_token


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
        assert counted == [9, 16, 3, 60]
        assert len(private) == 1
        assert (waiting, db.session.scalar(select(Delivery.id))) == (0, None)


def test_the_doors_of_a_demo_lead_to_its_people(client: FlaskClient, app: Flask) -> None:
    """Nobody knows the addresses of made-up people."""
    assert "Look round as somebody" not in client.get("/sign-in").text
    with app.app_context():
        load_demo()
    assert client.get("/").headers["Location"] == "/demo"
    page = client.get("/sign-in").text
    assert 'href="/demo"' in page
    assert "Look round as somebody of the demo" in page


def test_nobody_can_be_signed_in_as_who_is_not_of_the_demo(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        load_demo()
    for handle in ("moira.kelly", "nobody", ""):
        answer = client.post("/demo/sign-in", data={"csrf_token": csrf_token(client), "handle": handle})
        assert answer.status_code == 404, handle


def test_it_cannot_be_had_in_production(settings: Settings, app: Flask) -> None:
    """A14."""
    with app.app_context():
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
