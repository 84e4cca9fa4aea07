"""No page is changed by looking at it, and no form is taken that the site did not hand out."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.cast import form_token
from tests.contracts.furniture import NOT_NOTED
from tests.contracts.route import BODY, HOME
from tests.contracts.routes import ROUTES
from tests.contracts.world import World
from tests.support.turns import Turn, in_turns

UNSAFE = [route for route in ROUTES if route.method != "GET"]
GETS = [route for route in ROUTES if route.method == "GET"]
# Unsafe addresses that need no token: one-click unsubscribing and calls with an API token will stand here, by name.
WITHOUT_TOKEN: frozenset[str] = frozenset()
# What reading leaves behind: how far one has read, and when one was last here.
MARKS = {"read_mark", "space_mark", "web_session"}
LOOKING = ("nobody", "outsider", "champion", "steward", "admin")
GUESSES = {"rate_window"}
"""What an address with a token that is none leaves behind (A14): guesses are counted, by network."""
GUESSED = {"feeds.feed", "signing.check"}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
OF_THE_BAR = {"/sign-out", "/search"}
"""Where the forms lead that stand on top of every page; none of them holds what was typed."""


def forms_of(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return the forms of a page that POST: where to, and their fields."""
    forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', html, re.DOTALL)
    return [(action, dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', inside))) for action, inside in forms]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "token, headers",
    [(None, {}), ("forged", {}), (None, ELSEWHERE), ("signed once", ELSEWHERE)],
    ids=["no token", "forged", "another site", "another site with a token of its own"],
)
def test_no_form_is_taken_without_its_token(world: World, token: str | None, headers: dict[str, str]) -> None:
    """A10: refused, and nothing is changed; exceptions are listed by name. The page that refuses holds no form for it."""
    for route in UNSAFE:
        if route.endpoint in WITHOUT_TOKEN or min(route.expected.values()) >= 400:
            continue
        who = route.doer
        form = dict(route.form(world, world.furniture[HOME.get(who, "harbour")]))
        if token is not None:
            form["csrf_token"] = form_token(world.app) if token == "signed once" else token
        client = world.browser(BODY.get(who, who))
        answer = client.post(route.address(world, who), data=form, headers=headers)
        assert answer.status_code == 400, f"{route.name}: {answer.status}"
        assert "Set-Cookie" not in answer.headers or headers != ELSEWHERE, route.name
        for action, fields in forms_of(
            answer.get_data(as_text=True)
        ):  # no press on the page of the error does it either
            assert action in OF_THE_BAR or "csrf_token" not in fields, f"{route.name} is handed back as {action}"
        assert world.restore() == set(), route.name


def test_no_form_is_taken_with_the_token_of_another_browser(world: World) -> None:
    """A10: the token belongs to the session that asked for the page."""
    client = world.browser("champion")
    client.set_cookie(world.app.config["SESSION_COOKIE_NAME"], world.cookie("champion", csrf="another browser"))
    answer = client.send("/s/harbour/leave")
    assert answer.status_code == 400
    assert world.restore() == set()


@in_turns(2)
@pytest.mark.parametrize("who", LOOKING)
def test_looking_changes_nothing_but_marks(world: World, who: str, turn: Turn) -> None:
    """A10: no GET changes anything but read marks, the space's mark and when somebody was last seen."""
    with time_machine.travel(datetime.now(UTC) + NOT_NOTED + timedelta(hours=1), tick=False):  # noqa: TID251  # a test's own clock
        for number, route in enumerate(GETS):
            if who not in turn.some(route.with_those_who_get_in_first(LOOKING, after=number)):
                continue
            world.browser(who).get(route.address(world))
            sessions_before = world.before["web_session"]
            changed = world.changed_tables()
            left = (MARKS if who != "nobody" else set()) | (GUESSES if route.endpoint in GUESSED else set())
            assert changed <= left, f"{route.name} changed {changed}"
            if "web_session" in changed:
                after = world.dump()["web_session"]
                assert [but_last_seen(row) for row in after] == [but_last_seen(row) for row in sessions_before], (
                    route.name
                )
            world.put_back()


def but_last_seen(row: object) -> dict[str, object]:
    """Return a session's row without the one value that looking may change."""
    return {name: value for name, value in row._mapping.items() if name != "last_seen_at"}  # type: ignore[attr-defined]


def test_a_visitor_who_looks_round_leaves_no_mark(world: World) -> None:
    """A10, B3: only members read; whoever looks in leaves nothing."""
    for route in GETS:
        world.browser("outsider").get(route.address(world, "visitor"))
    assert world.changed_tables() <= GUESSES


def test_asking_what_an_address_takes_changes_nothing(world: World) -> None:
    """A10: HEAD and OPTIONS are safe."""
    for route in ROUTES:
        client = world.browser("steward")
        for method in ("HEAD", "OPTIONS"):
            with client.open(route.address(world), method=method) as answer:
                assert answer.status_code < 500 or route.expected["steward"] == 503, (route.name, method)
    assert world.changed_tables() <= MARKS | GUESSES
