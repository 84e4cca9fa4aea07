"""B7: whoever pastes bombs, as many as they like and all at once, keeps nobody else from reading and writing."""

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.core.errors import BatonError, Busy, Invalid
from forum.core.markup import pool
from forum.people.models import Person
from forum.web.turns import EACH, Turns
from tests import factories
from tests.cast import Cast, csrf_token, form_token, make_cast, sign_in
from tests.content.steps import address
from tests.support.server import LiveServer

BOMB = "[" * 20_000
BOMBS = 12  # more than the server has threads
SOON = 1.5  # seconds for a page, on a machine that is busy laying bombs out
A_TURN = 6.0  # seconds for a reply: by far less than all bombs one after the other
BUSY = "Baton is busy laying out texts. Yours is still here"


@dataclass(frozen=True)
class Sender:
    """Somebody who sends forms over the network."""

    place: str
    cookie: str
    token: str

    def send(self, path: str, **fields: str) -> tuple[int, str, float]:
        """Post a form; return the status, the page, and how long it took."""
        start = time.monotonic()
        connection = http.client.HTTPConnection(self.place, timeout=60)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode({"csrf_token": self.token, **fields}), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, time.monotonic() - start

    def looked(self, path: str) -> tuple[int, float]:
        """Ask for a page; return the status and how long it took."""
        start = time.monotonic()
        connection = http.client.HTTPConnection(self.place, timeout=60)
        connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, time.monotonic() - start


def sender(server: LiveServer, person: Person) -> Sender:
    """Sign somebody in who sends forms."""
    client = server.app.test_client()
    sign_in(client, person)
    csrf_token(client)
    cookie = client.get_cookie("baton")
    assert cookie is not None
    return Sender(urlsplit(server.url).netloc, f"baton={cookie.value}", form_token(server.app))


@pytest.fixture
def people(live_server: LiveServer) -> Cast:
    """Give the cast on the server's database."""
    with live_server.app.app_context():
        return make_cast()


@pytest.fixture
def thread_url(live_server: LiveServer, people: Cast) -> str:
    """Give the address of a thread to reply to."""
    with live_server.app.app_context():
        thread = factories.make_thread(people.champions, author=people.champion)
    return address(live_server.app, thread)


@pytest.fixture
def bombs(
    live_server: LiveServer, people: Cast, thread_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sequence[tuple[int, str, float]]]:
    """Let Colin preview more bombs at once than the server has threads; give the answers, which fill as they come."""
    monkeypatch.setattr(pool, "BUDGET", 2.0)
    colin, answers = sender(live_server, people.colleague), []
    assert colin.send(f"{thread_url}preview", source="*warm*")[0] == 200
    with ThreadPoolExecutor(BOMBS) as presses:
        sent = [presses.submit(colin.send, f"{thread_url}preview", source=BOMB) for _bomb in range(BOMBS)]
        for each in sent:
            each.add_done_callback(lambda done: answers.append(done.result()))
        time.sleep(0.3)
        yield answers


def test_bombs_of_one_person_keep_nobody_else_waiting(
    live_server: LiveServer, people: Cast, thread_url: str, bombs: Sequence[tuple[int, str, float]]
) -> None:
    """B7: through the real server. Without turns /healthz takes as long as all the bombs."""
    carla = sender(live_server, people.champion)
    pages = [carla.looked(path) for path in ("/healthz", thread_url, "/sign-in") for _time in range(3)]
    status, _page, took = carla.send(thread_url, body="The *real* reply.", once="a" * 32)
    assert len(bombs) < BOMBS, "the bombs were over before anybody else came"
    assert status == 303
    assert took < A_TURN
    assert {each[0] for each in pages} <= {200, 303}
    assert max(each[1] for each in pages) < SOON


def test_a_bomb_too_many_is_refused_at_once_with_a_kind_sentence(bombs: list[tuple[int, str, float]]) -> None:
    """B7."""
    end = time.monotonic() + 60
    while len(bombs) < BOMBS and time.monotonic() < end:
        time.sleep(0.05)
    assert [status for status, _text, _took in bombs] == [422] * BOMBS
    at_once = [took for _status, text, took in bombs if BUSY in text]
    assert len(at_once) == BOMBS - EACH
    assert max(at_once) < SOON


def refusals(turns: Turns, *whose: str, error: type[BatonError]) -> list[str]:
    """Take turns for people, all at once; return who is refused with `error`."""
    refused = []
    with ExitStack() as under_way:
        for who in whose:
            try:
                under_way.enter_context(turns.turn(who, name="body"))
            except error:
                refused.append(who)
    return refused


def test_half_of_the_threads_stay_free_whoever_sends_texts(app: Flask) -> None:
    """B7: several people at once reach the bound of all."""
    turns: Turns = app.extensions["turns"]
    with app.test_request_context("/"):
        assert refusals(turns, *"abcdef", error=Busy) == list("ef")


def test_a_second_text_of_a_person_waits_for_the_first(app: Flask) -> None:
    """A double press is no error; a third at once is."""
    turns, done = Turns(most=4), []

    def second() -> None:
        with turns.turn("a", name="body"):
            done.append("second")

    with app.test_request_context("/"):
        with turns.turn("a", name="body"):
            waiting = threading.Thread(target=second)
            waiting.start()
            end = time.monotonic() + 5
            while turns._under_way.count("a") < 2 and time.monotonic() < end:
                time.sleep(0.01)
            assert refusals(turns, "a", error=Invalid) == ["a"]
            done.append("first")
        waiting.join(5)
    assert done == ["first", "second"]
    assert turns == Turns(most=4, _changed=turns._changed)


def test_a_reply_that_finds_all_places_taken_is_kept_on_a_page_that_sends_it_again(
    app: Flask, client: FlaskClient
) -> None:
    """B7."""
    app.extensions["turns"] = Turns(most=0)
    with app.app_context():
        cast = make_cast()
        thread = factories.make_thread(cast.champions, author=cast.champion)
    sign_in(client, cast.champion)
    reply = {"csrf_token": csrf_token(client), "body": "Kept, every <word> of it.", "once": "b" * 32}
    answer = client.post(address(app, thread), data=reply)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Kept, every &lt;word&gt; of it." in answer.text
    app.extensions["turns"] = Turns(most=1)
    assert client.post(address(app, thread), data=reply).status_code == 303
