"""What tests of backups ask and spoil."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from forum.core.db import db
from forum.people.models import Person
from tests.cli.process import Done

Command = Callable[..., Done]


def names(app: Flask) -> set[str]:
    """Return who is in the app's database."""
    with app.app_context():
        return set(db.session.scalars(select(Person.name)))
