"""An app with a reply address whose mail goes to a server on this machine, and a thread of which somebody was told by mail."""

import dataclasses
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from forum.config import Settings
from forum.notify.worker import Worker
from forum.threads.models import Thread
from tests.cast import Cast
from tests.mailin.letters import TUESDAY, Post, Traveller, start_thread
from tests.notify.outbox import HURRY, Refusing, free_port, mail_server
from tests.support.databases import settings_for
from tests.support.server import make_app


@pytest.fixture
def mail_port() -> int:
    """Give the port where the mail server is."""
    return free_port()


@pytest.fixture
def settings(database_url: str, mail_port: int) -> Settings:
    """Give settings that send mail and take replies."""
    given = settings_for(
        database_url,
        mail_host="127.0.0.1",
        mail_port=mail_port,
        mail_security="none",
        mail_from="Baton <baton@example.org>",
        site_url="https://baton.example.org",
    )
    return dataclasses.replace(given, reply_address="reply@example.org")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Give the app."""
    yield from make_app(settings)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """Stand at a Tuesday morning, so that no day off holds mail back."""
    with time_machine.travel(TUESDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def post(mail_port: int) -> Iterator[Refusing]:
    """Give the mail server, running."""
    with mail_server(mail_port) as running:
        yield running


@pytest.fixture
def worker(app: Flask) -> Iterator[Worker]:
    """Give a worker that a test steps by hand."""
    stepped = Worker(app, pace=HURRY)
    yield stepped
    stepped._transport.close()


@pytest.fixture
def thread(clock: Traveller, app: Flask, cast: Cast) -> Thread:
    """Give a question of Carla's."""
    return start_thread(app, cast.champion)


@pytest.fixture
def mail(app: Flask, clock: Traveller, post: Refusing, worker: Worker) -> Post:
    """Give what goes out and comes in."""
    return Post(app, clock, post, worker)
