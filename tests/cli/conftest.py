"""Commands on a test's own database, with somebody in it."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import LinkPurpose, SecretLink, WebSession
from tests import factories
from tests.cli.backups import Command
from tests.cli.process import baton, environment


@pytest.fixture
def env(tmp_path: Path, database_url: str) -> Mapping[str, str]:
    """The environment of commands on this test's database."""
    return environment(tmp_path / "var", database_url=database_url)


@pytest.fixture
def command(env: Mapping[str, str]) -> Command:
    """Give a way to run a command on this test's database."""
    return lambda *words: baton(*map(str, words), env=env)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "backup"


@pytest.fixture
def inhabited(app: Flask) -> Flask:
    """An app with somebody in it, signed in, and with a link in their mail."""
    with app.app_context():
        person = factories.make_person(name="Priya Nair")
        with transaction():
            at = now()
            later = at + timedelta(hours=1)
            session = {"token_hash": "a" * 64, "created_at": at, "last_seen_at": at, "expires_at": later}
            db.session.add(WebSession(person_id=person.id, **session))
            link = {"nonce": "n", "token_hash": "b" * 64, "created_at": at, "expires_at": later}
            db.session.add(SecretLink(purpose=LinkPurpose.RESET, person_id=person.id, address="p@example.org", **link))
        db.engine.dispose()
    return app
