"""Sixteen people who write replies over HTTP, and go on although the server dies under them."""

import http.client
import itertools
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import forum
from forum.config import Settings
from forum.core.db import db
from forum.spaces.models import Item
from tests import factories
from tests.cast import form_token, sign_in
from tests.cli.process import environment
from tests.support.databases import migrate, settings_for

WRITERS, THREADS = 16, 4
PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Installation:
    """An installation with sixteen champions who are signed in and four threads."""

    env: dict[str, str]
    port: int
    refs: list[str]
    cookies: list[str]
    token: str

    @property
    def database(self) -> Path:
        """Where its database is."""
        return Path(self.env["BATON_VAR"]) / "baton.sqlite3"


def install(folder: Path, *, port: int) -> Installation:
    """Make the installation."""
    folder.mkdir()
    # Each writer writes as fast as nobody does.
    env = environment(folder, port=port, posts_per_person=100_000, posts_per_network=100_000)
    migrate(f"sqlite:///{folder / 'baton.sqlite3'}")
    settings = settings_for(f"sqlite:///{folder / 'baton.sqlite3'}", secret_key=env["BATON_SECRET_KEY"], var=folder)
    app = forum.create_app(settings)
    with app.app_context():
        space = factories.make_space(name="Champions")
        people = [factories.make_person(name=f"Writer {number}") for number in range(WRITERS)]
        for person in people:
            factories.make_membership(space, person)
        threads = [factories.make_thread(space, author=people[0]) for _thread in range(THREADS)]
        refs = [db.session.get_one(Item, thread.id).ref for thread in threads]
    cookies = []
    for person in people:
        client = app.test_client()
        sign_in(client, person)
        with client.session_transaction() as session:
            session["csrf_token"] = "a token of the tests"
        cookie = client.get_cookie(settings_cookie(settings))
        assert cookie is not None
        cookies.append(f"{cookie.key}={cookie.value}")
    with app.app_context():
        db.engine.dispose()
    return Installation(env, port, refs, cookies, form_token(app))


def settings_cookie(_settings: Settings) -> str:
    """Return the name of the cookie that holds the session."""
    return "baton"


@dataclass(frozen=True)
class Acknowledged:
    """A reply that the server said it has."""

    ref: str
    text: str
    number: int
    at: float


@dataclass
class Writers:
    """The people, and what they were told is written."""

    installation: Installation
    acknowledged: list[Acknowledged] = field(default_factory=list)
    repeats: int = 0
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start."""
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(place,)) for place in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish the reply they are at, and wait for them."""
        self._done.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads)

    def count(self) -> int:
        """Return how many replies were acknowledged."""
        with self._lock:
            return len(self.acknowledged)

    def _write(self, place: int) -> None:
        dice = random.Random(place)  # noqa: S311  # not a secret
        for number in itertools.count():
            if self._done.is_set():
                return
            ref = dice.choice(self.installation.refs)
            text = f"Reply {number} of writer {place}."
            self._press_until_told(place, ref=ref, text=text, once=f"{place:04x}{number:028x}")

    def _press_until_told(self, place: int, *, ref: str, text: str, once: str) -> None:
        """Send a reply; when no answer comes, press again: the key of the form makes the presses one."""
        until = time.monotonic() + PATIENCE
        for press in itertools.count():
            if time.monotonic() > until:
                self.refused.append(f"{text}: no answer")
                return
            with suppress(OSError, http.client.HTTPException):
                status, location = self._post(place, ref=ref, body=text, once=once)
                with self._lock:
                    self.repeats += press > 0
                    if status == http.client.SEE_OTHER:
                        number = int(location.rstrip("/").rsplit("/", 1)[1].split("#p")[-1])
                        self.acknowledged.append(Acknowledged(ref, text, number, time.monotonic()))
                        return
                    if status != http.client.SERVICE_UNAVAILABLE:
                        self.refused.append(f"{text}: {status}")
                        return
            time.sleep(0.1)

    def _post(self, place: int, *, ref: str, body: str, once: str) -> tuple[int, str]:
        form = urlencode({"csrf_token": self.installation.token, "body": body, "once": once, "draft_version": "0"})
        headers = {"Cookie": self.installation.cookies[place], "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=PATIENCE)
        try:
            connection.request("POST", f"/s/champions/threads/{ref}/", body=form, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        finally:
            connection.close()
