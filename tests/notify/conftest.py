"""An app whose mail goes to a mail server on this machine, and a worker in a hurry."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask

from forum.config import Settings
from forum.notify.worker import Worker
from tests.notify.outbox import HURRY, Refusing, free_port, mail_server, with_tellers
from tests.support.databases import settings_for
from tests.support.server import make_app


@pytest.fixture
def mail_port() -> int:
    """Give the port where the mail server is, or will be."""
    return free_port()


@pytest.fixture
def settings(database_url: str, mail_port: int) -> Settings:
    """Give settings that send mail."""
    return settings_for(
        database_url,
        mail_host="127.0.0.1",
        mail_port=mail_port,
        mail_security="none",
        site_url="https://baton.example.org",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Give the app, which knows the facts of these tests."""
    for app in make_app(settings):
        yield with_tellers(app)


@pytest.fixture
def keeping(database_url: str) -> Iterator[Flask]:
    """Give an app that keeps its mail."""
    for app in make_app(dataclasses.replace(settings_for(database_url), mail_host="")):
        yield with_tellers(app)


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
