"""`python -m tests.bench.roster`: the roster of 60 duties by 26 weeks with 200 absences and covers: statements, time, bytes.

`--postgres URL` uses an empty database there.
"""

import argparse
import gzip
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from forum import create_app
from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.secrets import hashed
from forum.core.time import now
from forum.people.models import WebSession
from forum.spaces.models import Role
from tests import factories
from tests.bench.data import token
from tests.content.steps import queries

DUTIES, PEOPLE, ABSENCES, TIMES = 60, 20, 200, 60


def fill() -> str:
    """Make a space with duties, and return where its grid of half a year is."""
    keeper = factories.make_person(name="Kim Keeper")
    space = factories.make_space(name="Bench")
    factories.make_membership(space, keeper, role=Role.STEWARD)
    people = [factories.make_person(name=f"Person {number}") for number in range(PEOPLE)]
    for person in people:
        factories.make_membership(space, person)
    duties = [
        factories.make_duty(space, by=keeper, holder=people[number % PEOPLE], title=f"Duty {number}")
        for number in range(DUTIES)
    ]
    for number in range(ABSENCES):
        away = people[number % PEOPLE]
        absence = factories.make_absence(away, starts=2 + number // PEOPLE * 17, days=3)
        cover = people[(number + 1) % PEOPLE]
        factories.make_cover_request(duties[number % PEOPLE], away=away, span=absence.span, taken_by=cover)
    with transaction():
        db.session.add(
            WebSession(
                person_id=keeper.id,
                token_hash=hashed(token(0)),
                created_at=now(),
                last_seen_at=now(),
                expires_at=now() + timedelta(hours=12),
            )
        )
    return f"/s/{space.slug}/roster/weeks?weeks=26"


def app_at(url: str, folder: Path) -> tuple[Flask, str]:
    """Make the app with its tables, and return it with the address that is measured."""
    app = create_app(
        Settings.from_environ(
            {
                "BATON_DATABASE_URL": url,
                "BATON_SECRET_KEY": "a-key-for-the-benchmark-of-which-everybody-may-know",
                "BATON_VAR": str(folder),
            }
        )
    )
    with app.app_context():
        flask_migrate.upgrade()
    with app.test_request_context("/"):
        path = fill()
    return app, path


def main() -> None:
    """Measure the page as it is asked for, one request after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app, path = app_at(chosen.postgres or f"sqlite:///{Path(folder) / 'bench.sqlite3'}", Path(folder))
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        client = app.test_client()
        client.set_cookie("baton", signer.dumps({"_user_id": token(0), "_fresh": True}))
        body = client.get(path).data
        with queries(app) as sent:
            client.get(path)
        took, worked = [], []
        for _time in range(TIMES):
            began, busy = time.perf_counter(), time.process_time()
            answer = client.get(path)
            took.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - busy) * 1000)
            assert answer.status_code == 200
        p50, p95 = statistics.median(took), sorted(took)[int(TIMES * 0.95)]
        print(f"{DUTIES} duties, 26 weeks, {ABSENCES} absences and covers: {len(sent)} statements,")
        print(f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, of one core p50 {statistics.median(worked):.0f} ms;")
        print(f"{len(body):,} bytes, {len(gzip.compress(body)):,} compressed")


if __name__ == "__main__":
    main()
