"""Where the benchmark is played: the database, the servers, and what a page costs there."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from forum import create_app
from forum.config import Settings
from forum.core.db import db, transaction
from forum.spaces.installation import installation
from forum.spaces.models import Item
from tests.bench.data import PEOPLE, fill, token
from tests.content.steps import Sent, queries

PAGE = 20
PATIENCE = 30


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What is measured: the app for counting queries, the addresses, the cookies."""

    app: Flask
    environ: dict[str, str]
    refs: list[str]
    ids: list[int]
    cookies: list[str]
    posts: int
    long: str
    """The ref of the long thread, which has `long_posts` posts and is not among `refs`."""
    long_posts: int

    @property
    def last_page(self) -> int:
        """The number of each thread's last page."""
        return (self.posts - 1) // PAGE + 1


def prepare(folder: Path, *, threads: int, posts: int, long: int) -> Bench:
    """Make and fill the database."""
    environ = {
        "BATON_ENV": "production",  # as it is run: in development each page asks whether its templates were changed
        "BATON_DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "BATON_SECRET_KEY": "a-key-for-the-benchmark-of-which-everybody-may-know",
        "BATON_VAR": str(folder),
    }
    app = create_app(Settings.from_environ(environ))
    with app.app_context():
        import flask_migrate  # noqa: PLC0415  # it configures logging when it is imported

        flask_migrate.upgrade()
        with transaction():
            installation().organisation = "Bench"
        refs = fill(threads=threads, posts=posts, long=long)
        ids = dict(db.session.execute(select(Item.ref, Item.id)).all())
        db.session.remove()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    cookies = [f"baton={signer.dumps({'_user_id': token(number), '_fresh': True})}" for number in range(PEOPLE)]
    return Bench(
        app=app,
        environ=environ,
        refs=refs[:-1],
        ids=[ids[ref] for ref in refs[:-1]],
        cookies=cookies,
        posts=posts,
        long=refs[-1],
        long_posts=long,
    )


@contextmanager
def serving(which: str, bench: Bench, **more: str) -> Iterator[tuple[int, int]]:
    """Serve the product or the limit page; yield its port and process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.serve", which, str(port)]
    process = subprocess.Popen(command, env={**os.environ, **bench.environ, **more})
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)


def measured(bench: Bench, path: str) -> tuple[list[Sent], int]:
    """Return the queries of a page and how many bytes it has, when it is asked for the second time."""
    client = bench.app.test_client()
    client.set_cookie("baton", bench.cookies[1].removeprefix("baton="))
    client.get(path)
    with queries(bench.app) as sent:
        answer = client.get(path)
    assert answer.status_code == http.client.OK, f"{path}: {answer.status_code}"
    return sent, len(answer.data)


def memory(pid: int) -> float:
    """Return a process's resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
