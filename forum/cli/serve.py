"""`baton serve`: pages and mail in one process."""

import errno
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

from forum.cli import demo
from forum.cli.access_log import AccessLog
from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from, warn
from forum.cli.database import migrate
from forum.cli.server import Server
from forum.cli.static_files import StaticFiles
from forum.config import Settings
from forum.home import first_run
from forum.notify.worker import start_beside

if TYPE_CHECKING:
    from forum.cli.common import Commands

WORKER_PATIENCE = 20.0  # seconds for a mail under way when the server stops


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("serve", help="serve the pages and send the mail")
    command.add_argument("--host", help="the network address to listen on (BATON_HOST)")
    command.add_argument("--port", type=int, help="the port to listen on (BATON_PORT); 0 takes a free one")
    command.add_argument("--migrate", action="store_true", help="bring the database up to date first")
    command.add_argument("--demo", action="store_true", help="serve the demo organisation, kept in a folder of its own")
    command.add_argument("--no-worker", action="store_true", help="send no mail: `baton worker` does it elsewhere")
    command.set_defaults(run=run)


def run(given: Arguments) -> int:
    """Serve until told to stop."""
    settings = (demo.demo_settings if given.demo else settings_from)(host=given.host, port=given.port)
    if given.demo:
        demo.refuse_in_production(settings)
    with listening(settings) as listener:
        settings = on_port(settings, port=listener.getsockname()[1])
        with app_from(settings) as app:
            prepare(app, given)
            try:
                server = Server(AccessLog(with_static_files(app)), listener=listener, settings=settings)
            except OSError as error:
                raise in_use(settings, error) from error
            announce(app, server)
            serve(app, server, with_worker=not given.no_worker)
    say("Baton has stopped.")
    return 0


def with_static_files(app: Flask) -> StaticFiles:
    """Return the app with its static files in front of it."""
    settings: Settings = app.extensions["baton"].settings
    return StaticFiles(
        app.wsgi_app, folder=Path(str(app.static_folder)), https=settings.is_https, follow=not settings.is_production
    )


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Give a socket that has its port, before anything slow is done. Raises CommandError when the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise in_use(settings, error) from error
        yield listener


def in_use(settings: Settings, error: OSError) -> CommandError:
    """Return the error that says why the port can't be had."""
    if error.errno == errno.EADDRINUSE:
        why = f"Port {settings.port} is in use. Stop what listens there, or take another: --port {settings.port + 1}"
    else:
        why = f"Baton can’t listen on {settings.host}, port {settings.port}: {error.strerror or error}"
    return CommandError(why, code=2)


def on_port(settings: Settings, *, port: int) -> Settings:
    """Return the settings with the port that was found, when any would do."""
    if settings.port:
        return settings
    site_url = f"http://127.0.0.1:{port}" if urlsplit(settings.site_url).port == 0 else settings.site_url
    return replace(settings, port=port, site_url=site_url)


def prepare(app: Flask, given: Arguments) -> None:
    """Bring the database to where it must be, or refuse."""
    with app.app_context():
        if given.migrate:
            migrate(app)
        check_database(app)
    if given.demo:
        demo.load_once(app)


def announce(app: Flask, server: Server) -> None:
    """Say where Baton is, now that it listens, and what a first visitor needs."""
    settings: Settings = app.extensions["baton"].settings
    here = f"http://{'127.0.0.1' if settings.host in {'0.0.0.0', '::'} else settings.host}:{server.port}"  # noqa: S104
    with app.test_request_context():
        code = first_run.new_code()
    say(f"Baton is running at {here} (Ctrl-C stops it).")
    if settings.site_url.rstrip("/") != here:
        say(f"Its public address is {settings.site_url}.")
    if settings.keeps_mail:
        say(f"Mail is kept instead of sent: {here}/dev/mail")
    elif not settings.mail_host:
        warn("No mail server is set (BATON_MAIL_HOST), so mail waits.")
    if code is not None:
        say(f"\nNobody has an account yet. Open {here}/start and give this code:\n\n    {code}\n")
    elif not settings.is_production:
        demo.print_people(app, here=here)


def serve(app: Flask, server: Server, *, with_worker: bool) -> None:
    """Serve until a signal comes; then let requests and the mail under way come to their end."""
    worker, thread = start_beside(app) if with_worker else (None, None)

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # who presses again doesn't want to wait
        server.stop()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    try:
        server.run()
    finally:
        if worker is not None and thread is not None:
            worker.stop()
            thread.join(WORKER_PATIENCE)
