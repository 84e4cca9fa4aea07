"""The app, and a real server for browsers and slow clients."""

import dataclasses
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Dialect, event, make_url

import forum
from forum.config import Settings
from forum.core.db import db
from tests.support import home
from tests.support.databases import settings_for

PATIENCE = 20  # seconds


@dataclass(frozen=True)
class LiveServer:
    """A server that answers on this machine."""

    url: str
    app: Flask = field(repr=False)

    def address(self, path: str) -> str:
        """Return the whole address of a path."""
        return self.url + path


_spare: dict[Settings, list[Flask]] = {}


def make_app(settings: Settings, *, spare: list[Flask] | None = None) -> Iterator[Flask]:
    """Yield an app, and close its connections afterwards.

    Making one takes as long as most tests do, and a new engine compiles every statement anew: so an app that another test with
    such settings has left (in `spare`) is taken again, pointed at this test's database, with all that hangs on it as in the beginning.
    """
    settings = dataclasses.replace(settings, testing=True)
    kind = dataclasses.replace(settings, database_url=settings.database_url.partition(":")[0])
    if spare is None:
        spare = _spare.setdefault(kind, [])
    app = spare.pop() if spare else _new_app(settings)
    before = _hung_on(app)
    with app.app_context():
        url = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        db.engine.url = make_url(url)
    app.extensions["baton"] = dataclasses.replace(app.extensions["baton"], settings=settings)
    yield app
    with app.app_context():
        db.engine.dispose()
    _hang(app, before)
    spare.append(app)


def _new_app(settings: Settings) -> Flask:
    app = forum.create_app(settings)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(home.folder("jinja")))
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "do_connect")
    def to_this_test(dialect: Dialect, _record: object, args: list[object], values: dict[str, object]) -> None:
        more, others = dialect.create_connect_args(engine.url)
        args[:] = more
        values.update(others)

    return app


def _hung_on(app: Flask) -> dict[str, dict[str, object]]:
    return {name: dict(getattr(app, name)) for name in ("config", "extensions", "view_functions")}


def _hang(app: Flask, before: dict[str, dict[str, object]]) -> None:
    for name, values in before.items():
        held = getattr(app, name)
        held.clear()
        held.update(values)
    app.test_client_class = None


def serving(app: Flask, *, listener: socket.socket, settings: Settings) -> Iterator[None]:
    """Serve an app as `baton serve` does, but in this process, so that tests can move its clock and look into it."""
    from forum.cli.server import Server  # noqa: PLC0415  # it brings the whole app; most tests need less

    server = Server(app.wsgi_app, listener=listener, settings=settings)
    thread = threading.Thread(target=server.run, name="live-server", daemon=True)
    thread.start()
    yield
    server.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "the live server did not stop"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Give the settings of this test's app; a test that needs others replaces this fixture."""
    return settings_for(database_url)


@pytest.fixture
def app(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Flask]:
    """Give the app on this test's database. Marked `own_app` a test has one that nobody had before and nobody gets, to add pages to."""
    yield from make_app(settings, spare=[] if request.node.get_closest_marker("own_app") else None)


@pytest.fixture
def new_client(app: Flask) -> Callable[[], FlaskClient]:
    """Give a maker of clients: each is a browser of its own, with its own cookies."""
    return app.test_client


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a client of the app, signed in as nobody."""
    return app.test_client()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Give a socket on a free port, known before the app, whose settings name its address."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        yield bound


def live_on(settings: Settings, *, listener: socket.socket) -> Iterator[LiveServer]:
    """Yield a server on a listening socket, with an app of its own that knows its address."""
    url = "http://{}:{}".format(*listener.getsockname()[:2])
    settings = dataclasses.replace(settings, site_url=url)
    for app in make_app(settings, spare=[]):  # each is at an address of its own
        for _ in serving(app, listener=listener, settings=settings):
            yield LiveServer(url, app)


@pytest.fixture
def live_server(settings: Settings, listener: socket.socket) -> Iterator[LiveServer]:
    """Give a server with an app of its own on this test's database."""
    yield from live_on(settings, listener=listener)
