"""Small steps that tests of asking through an organiser share."""

from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.people.models import Person
from forum.spaces.models import Item
from forum.threads.behind import actions
from forum.threads.behind.models import Relay
from forum.threads.models import Section, Thread
from tests.cast import Cast
from tests.content.steps import said, standing


def section(slug: str = "questions") -> Section:
    """Return a section of Champions."""
    return db.session.scalars(select(Section).where(Section.slug == slug).order_by(Section.id)).first() or Section()


def ask(app: Flask, asker: Person, keeper: Person, *, text: str = "Who do I tell?", once: str | None = None) -> Relay:
    """Ask a question through a keeper."""
    with app.test_request_context("/"), transaction():
        return actions.ask(
            standing(asker), keeper=keeper, title="Whom do I tell?", section=section(), text=said(text), once=once
        )


def pass_on(app: Flask, keeper: Person, relay: Relay, *, text: str = "Whom does one tell?") -> Thread:
    """Pass a question on in other words, and return its thread."""
    with app.test_request_context("/"):
        with transaction():
            post = actions.pass_on(
                standing(keeper), relay, text=said(text), title="Whom does one tell?", section=section()
            )
        thread = db.session.get_one(Thread, post.item_id)
        thread.item = db.session.get_one(Item, post.item_id)
    return thread


def asked(app: Flask, cast: Cast) -> tuple[Relay, Thread]:
    """Have Carla ask through Oscar, and Oscar pass it on."""
    relay = ask(app, cast.champion, cast.organiser)
    return relay, pass_on(app, cast.organiser, relay)


def relay_now(app: Flask, relay: Relay) -> Relay:
    """Return a relay as it is now."""
    with app.app_context():
        return db.session.get_one(Relay, relay.id, populate_existing=True)
