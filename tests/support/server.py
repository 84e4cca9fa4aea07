"""The app, and a real server for browsers and slow clients."""

import dataclasses
import socket
import threading
import time
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
ASKED_EACH_TIME = (
    "mail_host", "mail_port", "mail_user", "mail_password", "mail_security", "mail_from", "reply_address", "reply_days", "join_domains",
)  # fmt: skip
"""Settings that an app looks up whenever it needs them: tests which differ in nothing else share an app."""


def make_app(settings: Settings, *, spare: list[Flask] | None = None) -> Iterator[Flask]:
    """Yield an app, and close its connections afterwards.

    Making one takes as long as most tests do, and a new engine compiles every statement anew: so an app that another test with
    such settings has left (in `spare`) is taken again, pointed at this test's database, with all that hangs on it as in the beginning.
    """
    settings = dataclasses.replace(settings, testing=True)
    is_shared = spare is None
    if spare is None:
        spare = _spare.setdefault(_built_in(settings), [])
    app = spare.pop() if spare else _new_app(settings)
    before, size = _hung_on(app), _size(app)
    with app.app_context():
        address = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        app.config["SQLALCHEMY_DATABASE_URI"] = address
        url = make_url(address)
        if url != db.engine.url:
            db.engine.dispose()
            db.engine.url = url
    app.extensions["baton"] = dataclasses.replace(app.extensions["baton"], settings=settings)
    yield app
    with app.app_context():
        if url.get_backend_name() == "sqlite":  # whose file is deleted; PostgreSQL's may be the next test's
            db.engine.dispose()
    _hang(app, before)
    if is_shared:
        assert _size(app) == size, "a test that adds to its app is marked `own_app`"
    spare.append(app)


def _built_in(settings: Settings) -> Settings:
    """Return what apps must have in common to take each other's place: the rest is the default of each setting."""
    defaults = Settings()
    alike = {name: getattr(defaults, name) for name in ASKED_EACH_TIME}
    return dataclasses.replace(
        settings,
        **alike,
        database_url=settings.database_url.partition(":")[0],
        site_url="https:" if settings.is_https else "",
    )


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


def _size(app: Flask) -> tuple[int, ...]:
    """Count what isn't put back."""
    asked = (functions for known in (app.before_request_funcs, app.after_request_funcs) for functions in known.values())
    return (len(list(app.url_map.iter_rules())), len(app.jinja_env.globals), sum(map(len, asked)))


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
    until = time.monotonic() + PATIENCE
    while server.task_dispatcher.threads and time.monotonic() < until:
        time.sleep(0.05)
    # Its app is another test's next, with another database.
    assert not server.task_dispatcher.threads, "the live server still answers"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Give the settings of this test's app; a test that needs others replaces this fixture."""
    return settings_for(database_url)


def _spare_for(request: pytest.FixtureRequest) -> list[Flask] | None:
    return [] if request.node.get_closest_marker("own_app") else None


@pytest.fixture
def app(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Flask]:
    """Give the app on this test's database. Marked `own_app` a test has one that nobody had before and nobody gets, to add pages to."""
    yield from make_app(settings, spare=_spare_for(request))


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


def live_on(settings: Settings, *, listener: socket.socket, spare: list[Flask] | None = None) -> Iterator[LiveServer]:
    """Yield a server on a listening socket, with an app that knows its address and that nobody else has meanwhile."""
    url = "http://{}:{}".format(*listener.getsockname()[:2])
    settings = dataclasses.replace(settings, site_url=url)
    for app in make_app(settings, spare=spare):
        for _ in serving(app, listener=listener, settings=settings):
            yield LiveServer(url, app)


@pytest.fixture
def live_server(request: pytest.FixtureRequest, settings: Settings, listener: socket.socket) -> Iterator[LiveServer]:
    """Give a server with an app on this test's database. Marked `own_app` a test may add pages to it."""
    yield from live_on(settings, listener=listener, spare=_spare_for(request))
