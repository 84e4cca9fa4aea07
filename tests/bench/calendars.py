"""Calendars that are followed: a feed of a thousand dates, written for the first time, anew, and unchanged. In one process, SQLite."""

import os
import statistics
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.time import now
from forum.meetups import calendars
from forum.meetups.feeds import MINE, OF_SPACE
from forum.meetups.models import Answer, Mode, Occurrence, Rsvp
from forum.meetups.recurrence import Rhythm
from forum.notify.feeds.actions import make
from tests import factories
from tests.bench.telling import fresh_app

SERIES, DATES = 13, 1000
ROUNDS, UNCHANGED = 30, 200
COLD_MS, UNCHANGED_MS = 300, 5


def measure_calendars() -> None:
    """Print the middle of each, with how busy the machine is, and whether they are as fast as they should be."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = fresh_app(Path(folder))
        with app.test_request_context("/"):
            addresses = _followed()
        client = app.test_client()
        one, five, fifteen = os.getloadavg()
        print(f"\nA calendar of {DATES:,} dates, {os.cpu_count()} cores, load {one:.1f} {five:.1f} {fifteen:.1f}")
        for name, address in addresses.items():
            _measure(client, name, address)


def _followed() -> dict[str, str]:
    """Make weekly meetups with a thousand dates, to which one person comes; return the feeds of the space and of theirs."""
    person, space = factories.make_person(), factories.make_space()
    factories.make_membership(space, person)
    for number in range(SERIES):
        factories.make_meetup(
            space, by=person, rhythm=Rhythm.WEEKLY, title=f"Meetup {number}", about="Bring a form.",
            about_html="<p>Bring a form.</p>" * 4, host_id=person.id,
        )  # fmt: skip
    keys = db.session.scalars(select(Occurrence.id).order_by(Occurrence.starts_at).limit(DATES)).all()
    with transaction():
        db.session.add_all(
            Rsvp(
                occurrence_id=key, person_id=person.id, mode=Mode.ROOM, status=Answer.GOING, seat_no=1, nonce=str(key),
                token_hash=str(key), at=now(),
            )
            for key in keys
        )  # fmt: skip
    found = {}
    for name, kind, key in (("of a space", OF_SPACE, space.uuid), ("of one's own dates", MINE, "")):
        with transaction():
            found[name] = f"/feeds/{make(person, kind, key).token}.ics"
    return found


def _measure(client: FlaskClient, name: str, address: str) -> None:
    """Print the middle of the time by the clock and by the processor: on a busy machine only the latter says something."""
    first: list[tuple[float, float]] = []
    anew: list[tuple[float, float]] = []
    unchanged, events = [], 0
    for number in range(2 * ROUNDS):
        if number < ROUNDS:
            calendars.forget_texts()
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(address)
        (first if number < ROUNDS else anew).append((time.perf_counter() - began, time.process_time() - worked))
        assert answer.status_code == 200, answer.status_code
        events = answer.data.count(b"BEGIN:VEVENT")
    for _round in range(UNCHANGED):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        unchanged.append((time.perf_counter() - began, time.process_time() - worked))
        assert answer.status_code == 304, answer.status_code
    for what, times, most in (
        ("for the first time", first, COLD_MS),
        ("anew", anew, COLD_MS),
        ("unchanged (304)", unchanged, UNCHANGED_MS),
    ):
        clock, processor = (statistics.median(both) * 1000 for both in zip(*times, strict=True))
        word = "holds" if clock < most else "holds on an idle processor" if processor < most else "IS MISSED"
        print(
            f"{name}, {events} events, {what:<18} p50 {clock:7.1f} ms, of the processor {processor:7.1f} ms: {most} ms {word}"
        )
