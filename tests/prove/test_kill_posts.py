"""1,500 mails about posts, the whole way from the post, and twenty `kill -9` of the workers: nobody is left out (H1)."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select

from forum.config import Settings
from forum.content.models import Watch, WatchLevel
from forum.core.db import db, transaction
from forum.core.outbox import Delivery, DeliveryState
from forum.notify.models import Notification
from forum.people.models import Person
from forum.spaces.models import Membership, Role
from forum.threads import actions
from tests import factories
from tests.content.steps import said, standing
from tests.notify.killing import wait_until
from tests.notify.outbox import Refusing, free_port, mail_server
from tests.prove.test_kill_worker import KILLS, SEED, WORKERS, Staff
from tests.support.databases import settings_for
from tests.support.server import make_app

READERS, THREADS = 300, 5
MAILS = READERS * THREADS
WRITTEN = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
LATER = "2026-10-20T09:05:00+00:00"
"""Workers live on a Tuesday morning, so that no day off holds mail back; each begins there, so none waits the two minutes."""

pytestmark = [pytest.mark.prove, pytest.mark.both_databases]


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings that send mail to a server on this machine."""
    return settings_for(database_url, mail_host="127.0.0.1", mail_port=free_port(), mail_security="none")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app, as it is."""
    yield from make_app(settings)


def write(app: Flask) -> None:
    """Let somebody write in five threads that 300 people watch."""
    with time_machine.travel(WRITTEN, tick=True), app.test_request_context("/"):
        space = factories.make_space(name="Crowd")
        writer = factories.make_person(name="Wanda Writer")
        factories.make_membership(space, writer, role=Role.CHAMPION)
        threads = [factories.make_thread(space, author=writer) for _thread in range(THREADS)]
        at = threads[0].item.created_at
        with transaction():
            people = [
                {"handle": f"reader{n}", "name": f"Reader {n}", "email": f"reader{n}@example.org", "created_at": at}
                for n in range(READERS)
            ]
            db.session.execute(insert(Person), people)
            ids = db.session.scalars(select(Person.id).where(Person.handle.like("reader%"))).all()
            belong = [{"space_id": space.id, "person_id": one, "role": Role.CHAMPION, "joined_at": at} for one in ids]
            db.session.execute(insert(Membership), belong)
            chosen = {"level": WatchLevel.EVERYTHING, "is_chosen": True, "since": at}
            rows = [{"person_id": one, "item_id": thread.id, **chosen} for thread in threads for one in ids]
            db.session.execute(insert(Watch), rows)
        for thread in threads:
            with transaction():
                actions.reply(standing(writer, space.slug), thread, text=said("The depot moves on Monday."))


def numbers(app: Flask) -> tuple[int, int]:
    """Return how many notifications a message told of, and how many messages are done."""
    with app.app_context():
        mailed = db.session.scalar(select(func.count()).where(Notification.mailed_at.is_not(None))) or 0
        done = Delivery.state.in_((DeliveryState.SENT, DeliveryState.DROPPED))
        return mailed, db.session.scalar(select(func.count()).select_from(Delivery).where(done)) or 0


def test_everybody_hears_of_every_post_though_workers_are_killed_again_and_again(
    app: Flask, settings: Settings
) -> None:
    """H1: from the fact, over notifications and deliveries, to the mail server. Says how many messages were repeated."""
    dice = random.Random(SEED)  # noqa: S311  # not a secret
    with mail_server(settings.mail_port) as post:
        post.takes = 0.05  # or they were done before the last was killed
        write(app)
        staff = Staff(settings, "--real", f"--at={LATER}")
        killed = amid = 0
        try:
            while killed < KILLS and len(post.ids) < MAILS:
                time.sleep(dice.uniform(0.2, 1.0))
                killed += (done := staff.kill(dice.randrange(WORKERS)))
                amid += done and bool(post.ids)
            wait_until(lambda: numbers(app) == (MAILS, MAILS), within=600)
        finally:
            staff.leave()
        report(post, killed=killed, amid=amid)
        heard = Counter((str(one["To"]), str(one["List-Unsubscribe"])) for one in post.messages)
        assert len(heard) == MAILS, "somebody wasn't told of a thread"
        assert len({to for to, _stop in heard}) == READERS
        assert len(post.ids) == MAILS, "a message that is repeated is the same message"
        assert killed == KILLS, "they were killed while there was mail to send"
        assert amid, "none was killed amid sending"
        assert len(post.messages) - MAILS <= KILLS


def report(post: Refusing, *, killed: int, amid: int) -> None:
    """Say how many were repeated."""
    repeated = dict(sorted(Counter(post.ids.values()).items()))
    print(f"{killed} killed, {amid} after the first mail; mails about posts sent so many times: {repeated}")  # noqa: T201  # the figure
