"""A receiver of webhooks on this machine, a worker for them, and what it takes to make one."""

import http.server
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from forum.core.db import db, transaction
from forum.core.time import now
from forum.notify.book import book_of
from forum.notify.expansion import claim_facts, expand
from forum.notify.hooks import actions
from forum.notify.hooks.actions import Wished
from forum.notify.hooks.models import Hook, HookHost, HookShape
from forum.notify.jobs import Jobs
from forum.people.models import Person
from tests.content.steps import standing

EVENTS = ("thread.started", "announcement.made", "answer.accepted", "post.written")


@dataclass
class Receiver:
    """What arrived, and how it is answered."""

    address: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    said: str = "ok"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What was sent, read as JSON."""
        return [json.loads(body) for _headers, body in self.requests]

    @property
    def ids(self) -> list[str]:
        """The ids of what was sent."""
        return [headers["Baton-Delivery"] for headers, _body in self.requests]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.requests.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(receiver.status)
            if receiver.status in {301, 302, 307, 308}:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(receiver.said.encode())

        def log_message(self, *_words: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.address = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()


def allow_this_machine() -> None:
    """Let webhooks go to this machine, as an admin does. Inside an app context."""
    with transaction():
        db.session.add(HookHost(host="127.0.0.1", added_at=now()))


def make_hook(
    by: Person, url: str, *, shape: HookShape = HookShape.JSON, events: Sequence[str] = EVENTS, slug: str = "champions"
) -> Hook:
    """Make a webhook, as a steward does. Inside an app context."""
    wished = Wished(label="Channel", shape=shape, url=url, events=events)
    with transaction():
        return actions.make_hook(standing(by, slug), wished)


def expand_all(app: Flask) -> None:
    """Let the worker see whom the facts concern, and send nothing yet."""
    with app.app_context():
        for fact_id in claim_facts(limit=100):
            expand(fact_id, book=book_of(app))


def work(app: Flask) -> None:
    """Let the worker do all there is to do now: facts, and what the rooms have beside the mail."""
    expand_all(app)
    jobs = Jobs(app, stopping=threading.Event())
    while jobs.step():
        pass
