"""Who gets which answer at which address."""

from collections import Counter, defaultdict

import pytest
from werkzeug.test import TestResponse

from forum.spaces.policy import Can
from forum.web.access import power_of
from tests.contracts.route import BODY, HOME, NOT_SIGNED_IN, WHO, Route, Seen
from tests.contracts.routes import PROVED_ELSEWHERE, ROUTES
from tests.contracts.world import World
from tests.support.turns import Turn

SAFE = {"GET", "HEAD", "OPTIONS"}
WITHOUT_POWER = {"static"}
FIXED = {"anyone", "signed in", "admin"}
ALWAYS_COUNTED = {"rate_window"}
METHODS = ("GET", "POST", "PUT", "DELETE")


def ask(world: World, route: Route, who: str) -> TestResponse:
    """Ask for a route as somebody, with a form that would go through."""
    client = world.browser(BODY.get(who, who))
    address = route.address(world, who)
    if route.method == "GET":
        return client.get(address)
    return client.send(address, **route.form(world, world.furniture[HOME.get(who, "harbour")]))


def word_of(answer: TestResponse) -> int:
    return Seen(answer.status_code, answer.headers.get("Location", "")).word


@pytest.mark.both_databases(postgres_turns=4)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_everybody_gets_the_answer_that_is_theirs(world: World, route: Route, turn: Turn) -> None:
    """A1: route x method x role; what is refused changes nothing."""
    wrong = {}
    for who in turn.some(route.with_those_who_get_in_first(WHO, after=ROUTES.index(route))):
        answer = ask(world, route, who)
        got = word_of(answer)
        # What a GET may change has a test of its own.
        changed = world.restore() - ALWAYS_COUNTED if route.method != "GET" else set()
        if got != route.expected[who]:
            wrong[who] = f"{got}, not {route.expected[who]}"
        elif changed and got >= 400:
            wrong[who] = f"{got}, and changed {changed}"
    assert wrong == {}


def test_every_route_is_in_the_table(world: World) -> None:
    """A1: the build fails for a route that nobody thought about."""
    there = Counter(
        (rule.endpoint, method)
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in WITHOUT_POWER
    )
    thought_about = {(route.endpoint, route.method) for route in ROUTES} | PROVED_ELSEWHERE
    assert set(there) - thought_about == set()
    assert thought_about - set(there) == set()
    assert all(route.expected.keys() == set(WHO) for route in ROUTES)


def test_every_route_declares_the_power_that_it_asks_for(world: World) -> None:
    """A1: exactly one mark on each view; a view without one is open by accident."""
    for endpoint, view in world.app.view_functions.items():
        if endpoint in WITHOUT_POWER:
            continue
        power = power_of(view)
        assert power in FIXED or power in set(Can), f"{endpoint} says {power}"
        # Decorators keep what they wrap; a second mark inside would be the one that is forgotten.
        marks: list[str | None] = [power]
        inside = view
        while hasattr(inside, "__wrapped__"):
            inside = inside.__wrapped__
            marks.append(power_of(inside))
        assert {mark for mark in marks if mark} == {power}, f"{endpoint} says {marks}"


def test_a_space_in_the_address_means_a_power_in_the_space(world: World) -> None:
    """A1, A2: an address with a space's name in it goes through the guard of that space."""
    by_hand = {
        "spaces.about", "spaces.ask", "spaces.withdraw", "spaces.oversee_one", "spaces.appoint", "notify.mail_announcements",
        "clone.showcase", "clone.start",
    }  # fmt: skip
    for rule in world.app.url_map.iter_rules():
        if "slug" in rule.arguments and rule.endpoint not in by_hand:
            assert power_of(world.app.view_functions[rule.endpoint]) in set(Can), rule.rule


def test_no_method_is_answered_but_those_that_are_meant(world: World) -> None:
    """A1: route x method; never a 500."""
    meant = defaultdict[str, set[str]](set)
    for route in ROUTES:
        meant[route.address(world).partition("?")[0]].add(route.method)
    matched = world.app.url_map.bind("")
    for path, methods in meant.items():
        for method in set(METHODS) - methods:
            if matched.test(path, method):  # another address of the same shape, such as a link with a token
                answer = world.browser("nobody").open(path, method=method)
                assert answer.status_code in {303, 308, 400, 404, 405}, f"{method} {path}: {answer.status}"
    assert world.browser("steward").put("/s/harbour/").status_code == 405
    assert world.changed_tables() == set()


def test_nobody_and_the_suspended_get_the_same_answers() -> None:
    """A1, A8: an account that is suspended is as good as none."""
    for route in ROUTES:
        assert len({route.expected[who] for who in NOT_SIGNED_IN}) == 1, route.name
