"""Every form takes whatever is sent to it: with an answer that says why, with what was typed, and never with a 500."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import delete

from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.outbox import RateWindow
from forum.home import first_run
from tests.cast import Browserless
from tests.contracts.furniture import PASSWORD
from tests.contracts.page_tree import Node, parse, problems_of
from tests.contracts.route import BODY, HOME, Route
from tests.contracts.routes import ROUTES
from tests.contracts.world import World
from tests.support.turns import ALL, Turn, in_turns

pytestmark = pytest.mark.both_databases

HUGE = str(10**30)
LONG = "long words, " * 8_000
# What a form may hold that no browser of ours sends: empty, too long, of another type, no choice, another space's id.
BAD: Mapping[str, object] = {
    "nothing": "",
    "spaces": "   ",
    "too long": LONG,
    "a word": "no such thing",
    "a huge number": HUGE,
    "a negative number": "-1",
    "a fraction": "1.5",
    "NUL": "be\0fore",
    "half a character": "\ud800".encode("utf-8", "surrogatepass"),
    "turned round": "abc\u202egpj.exe",
    "lines": "one\r\ntwo\nX-Header: three",
    "another's id": "2",
    "twice": ["1", "2"],
}
# What PostgreSQL takes otherwise than SQLite, which gets all the rest: once is enough for what never reaches a database.
BAD_ON_POSTGRES = {"too long", "a huge number", "NUL", "half a character", "another's id"}
LACKING = "isn't there"
BAD_ON_SQLITE = BAD.keys() - {"half a character", "another's id"}
FORMS = [route for route in ROUTES if route.method != "GET" and min(route.expected.values()) in {0, 200, 303}]
SECRETS = {"password", "old_password"}
# Pieces for scripts: they answer with a line, and what was typed is still in the page that sent them.
FOR_SCRIPTS = {
    "threads.preview_start", "threads.alike_start",
    "help.alike_case", "help.save_ask_draft", "help.preview_reply", "help.save_reply_draft", "help.preview_edit",
    "stories.preview_story", "stories.alike_story", "stories.save_tell_draft", "stories.preview_reply", "stories.save_reply_draft",
    "stories.preview_edit", "stories.save_answer_draft",
    "strategy.save_draft",
    "meetups.save_minutes_draft", "meetups.preview_minutes",
    "playbooks.save_new_draft", "playbooks.save_draft",
    "threads.preview_reply", "threads.preview_edit", "threads.save_start_draft", "threads.save_reply_draft",
}  # fmt: skip
REFUSED = {400, 403, 404, 409, 410, 422, 429}


@pytest.fixture
def survivor(world: World) -> Iterator[None]:
    """Let the app answer with a page when something breaks, as it does for people, so that a test can go on and name all."""
    world.app.testing = False
    yield
    world.app.testing = True


def filled(world: World, route: Route, who: str) -> dict[str, object]:
    return dict(route.form(world, world.furniture[HOME.get(who, "harbour")]))


def bad_on(kind: str) -> Sequence[str]:
    """Return what is sent to a database of this kind."""
    sent = BAD_ON_POSTGRES if kind == "postgres" else BAD_ON_SQLITE
    return [how for how in BAD if how in sent] + [LACKING]


def broken_forms(
    form: Mapping[str, object], bad: Sequence[str] = (*BAD, LACKING), *, turn: Turn = ALL, shift: int = 0
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield one form with nothing in it, and forms with one field that is wrong in one way, or lacking.

    In one of several turns each field is wrong in some of the ways, and the next field in others.
    """
    if turn.number == 0:
        yield "an empty form", {}
    for number, field in enumerate(form):
        for how in turn.some(bad, after=number + shift):
            rest = {name: value for name, value in form.items() if name != field}
            yield f"{field}: {how}", rest if how == LACKING else {**form, field: BAD[how]}


def lost(page: Node, form: Mapping[str, object]) -> list[str]:
    """Return what was typed and is not on the page any more: fields that a person sees."""
    shown = defaultdict[str, set[str]](set)
    for node in page.all("input", "textarea"):
        if is_typed_into(node):  # a page may have several forms with a field of that name
            shown[node.attributes["name"]].add(normal(value_of(node)))
    return [
        name
        for name, value in form.items()
        if name in shown and isinstance(value, str) and "\0" not in value and normal(value) not in shown[name]
    ]


def is_typed_into(node: Node) -> bool:
    kind = node.attributes.get("type", "text")
    return node.has("name") and kind not in {"hidden", "password", "radio", "checkbox", "submit"}


def value_of(node: Node) -> str:
    return node.text if node.tag == "textarea" else node.attributes.get("value", "")


def normal(text: str) -> str:
    """Return a text without what a field may drop: white space, and signs that turn the direction of writing."""
    return " ".join(text.replace("\u202e", "").split())


@in_turns(4)
@pytest.mark.parametrize("route", FORMS, ids=lambda route: route.name)
def test_a_form_that_is_wrong_is_answered_with_why_and_with_what_was_typed(
    world: World, route: Route, turn: Turn
) -> None:
    """A1: 4xx or done, never a 500; a 422 holds everything but passwords, and is a page as good as any."""
    who = route.doer
    form, wrong = filled(world, route, who), dict[str, object]()
    address = route.address(world, who)
    if world.kind == "sqlite":
        turn = turn.of_at_most(len(form))  # so that a short form too is wrong in every way in the first
    for what, broken in broken_forms(form, bad_on(world.kind), turn=turn, shift=FORMS.index(route)):
        answer = world.browser(BODY.get(who, who)).send(address, **broken)
        body = answer.get_data(as_text=True)
        if answer.status_code not in REFUSED | {200, 303}:
            wrong[what] = answer.status
        elif answer.status_code == 422 and route.endpoint not in FOR_SCRIPTS:
            page = parse(body)
            found = problems_of(page) + [f"{name} is lost" for name in lost(page, broken)]
            found += [f"{name} is shown" for name in SECRETS & broken.keys() if is_shown(broken[name], body)]
            found += [] if 'role="alert"' in body else ["it does not say what is wrong"]
            wrong |= {what: found} if found else {}
        world.put_back()
    assert wrong == {}


def is_shown(secret: object, body: str) -> bool:
    return isinstance(secret, str) and len(secret.strip()) > 3 and escape(secret.strip()) in body


@pytest.mark.parametrize("route", FORMS, ids=lambda route: route.name)
def test_a_form_that_is_sent_twice_does_its_work_once(world: World, route: Route) -> None:
    """B5, A7: a double press and a reload make nothing twice."""
    who = route.doer
    client, form = world.browser(BODY.get(who, who)), filled(world, route, who)
    first = client.send(route.address(world, who), **form)
    made = {table: len(rows) for table, rows in world.dump(MADE_BY_FORMS).items()}
    second = client.send(route.address(world, who), **form)
    assert second.status_code in REFUSED | {200, 303, 307}, second.status  # 307: what it is about stands elsewhere now
    if "once" in str(form):
        assert (second.status_code, second.headers.get("Location")) == (
            first.status_code,
            first.headers.get("Location"),
        )
    assert {table: len(rows) for table, rows in world.dump(MADE_BY_FORMS).items()} == made


MADE_BY_FORMS = {"person", "space", "item", "thread", "post", "section", "membership", "department", "join_request"}
STRANGE_PARTS = ("%00", "a%00b", "%ff%fe", "a" * 3000, HUGE, "'{{7*7}}🦘%0d%0aX: y")
STRANGE_TO_POSTGRES = ("a%00b", HUGE)
# It says the same whatever link it is asked about.
SAYS_ALWAYS = {"spaces.address_sent"}


@in_turns(2)
def test_addresses_that_nobody_would_write_are_not_found(world: World, survivor: None, turn: Turn) -> None:
    """A1: whatever stands in an address, the answer is never a 500."""
    wrong, sent = [], STRANGE_PARTS if world.kind == "sqlite" else STRANGE_TO_POSTGRES
    routes = {route.endpoint: route for route in ROUTES if route.endpoint not in SAYS_ALWAYS}
    for number, route in enumerate(routes.values()):
        for argument in sorted(world.rule(route.endpoint).arguments):
            real = route.address(world)
            part = dict(route.parts(world, world.furniture["harbour"])).get(argument, "harbour")
            for strange in turn.some(sent, after=number):
                sign = "/" if f"/{part}" in real else "."  # how a file's name ends
                address = real.replace(f"{sign}{part}", f"{sign}{strange}", 1)
                client = world.browser("admin" if real.startswith("/admin") else "steward")
                answer = client.get(address) if route.method == "GET" else client.send(address)
                if answer.status_code not in {308, 400, 404, 405, 410}:
                    wrong.append(f"{route.name} {argument}={strange[:20]}: {answer.status}")
    assert wrong == []


STRANGE_VALUES_TO_POSTGRES = (HUGE, "-1", "%00", "%ff")
STRANGE_VALUES = ("x", "", HUGE, "-1", "%00", "%ff", "%25_", "x" * 2000, "//evil.example", "nonsense&{}=again")
PARAMETERS = (
    "page", "q", "show", "section", "before", "after", "department", "role", "quote", "reply_to", "next", "kind", "name",
)  # fmt: skip


@in_turns(2)
def test_queries_that_nobody_would_write_break_nothing(world: World, survivor: None, turn: Turn) -> None:
    """A1, A9: whatever stands behind the question mark, the answer is never a 500, and leads nowhere else."""
    values = STRANGE_VALUES if world.kind == "sqlite" else STRANGE_VALUES_TO_POSTGRES
    queries = ["&".join(f"{name}={value}".replace("{}", name) for name in PARAMETERS) for value in values]
    wrong = []
    for number, route in enumerate(ROUTES):
        if route.method != "GET" or route.query or route.expected["nobody"] >= 500:
            continue
        who = next((who for who in ("steward", "admin", "nobody") if route.expected[who] == 200), "nobody")
        for query in turn.some(queries, after=number):
            answer = world.browser(who).get(f"{route.address(world, who)}?{query}")
            if answer.status_code >= 500 or leads_away(answer.headers.get("Location", "/")):
                wrong.append(f"{route.name} {query[:30]}: {answer.status}")
    assert wrong == []


def leads_away(location: str) -> bool:
    return bool(urlsplit(location).netloc) or not location.startswith("/") or location.startswith("//")


@in_turns(3)
def test_bodies_that_are_no_forms_are_refused(world: World, turn: Turn) -> None:
    """A1: JSON, broken multipart and wrong lengths are no 500 either."""
    bodies = (
        ({"data": b'{"a": 1}', "content_type": "application/json"}),
        ({"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"}),
        ({"data": b"broken", "content_type": "multipart/form-data"}),
        ({"data": b"%ff=%00&&&=&csrf_token", "content_type": "application/x-www-form-urlencoded"}),
        ({"data": b"", "content_type": "text/plain"}),
    )
    for number, route in enumerate(FORMS):
        for body in turn.some(bodies, after=number):
            answer = world.browser("steward").post(route.address(world), **body)
            assert answer.status_code in REFUSED, f"{route.name}: {answer.status}"
    assert world.restore() == set()


def test_the_first_run_takes_whatever_is_typed_into_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A14: the form of a fresh installation too is answered with why, and never with a 500."""
    with app.app_context():
        code = first_run.new_code()
    start = first_run.start

    def start_and_take_back(*args: Any, **values: Any) -> None:  # noqa: ANN401  # handed on
        start(*args, **values)
        db.session.flush()
        raise Invalid({"": ["This was only a try."]})

    monkeypatch.setattr(first_run, "start", start_and_take_back)
    form = {
        "code": code,
        "organisation": "Fenbridge Council",
        "departments": "Libraries\nHousing",
        "name": "Moira Kelly",
        "email": "moira@example.org",
        "password": PASSWORD,
        "space": "Champions",
        "purpose": "",
        "visibility": "private",
    }
    app.test_client_class = Browserless
    client = app.test_client()
    assert isinstance(client, Browserless)
    for what, broken in broken_forms(form):
        with app.app_context(), transaction():  # the limit on tries has tests of its own
            db.session.execute(delete(RateWindow))
        answer = client.send("/start", **broken)
        assert answer.status_code == 422, f"{what}: {answer.status}"
        body = answer.get_data(as_text=True)
        page = parse(body)
        assert problems_of(page) + lost(page, broken) == [], what
        assert not is_shown(broken.get("password"), body), what
