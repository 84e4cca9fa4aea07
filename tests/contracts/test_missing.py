"""What one may not see and what does not exist are the same answer, to the byte."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
import time_machine

from forum.core.text import new_ref
from tests.contracts.furniture import SECRET
from tests.contracts.routes import ROUTES
from tests.contracts.world import World
from tests.support.turns import Turn, in_turns

OUTSIDE = ("outsider", "insider", "former", "admin")
Answer = tuple[str, bytes, Mapping[str, str]]


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    """Let the clock stand still: the token against forged requests holds the time."""
    with time_machine.travel(datetime.now(UTC), tick=False):  # noqa: TID251  # a test's own clock
        yield


def answer_to(world: World, who: str, address: str, *, method: str = "GET") -> Answer:
    client = world.browser(who)
    answer = client.get(address) if method == "GET" else client.send(address)
    return answer.status, answer.get_data(), dict(answer.headers)


@in_turns(2)
@pytest.mark.parametrize("who", OUTSIDE)
def test_a_private_space_answers_as_one_that_does_not_exist(world: World, who: str, turn: Turn) -> None:
    """A1: byte for byte, body and headers, at every address of a space."""
    compared = 0
    for route in turn.some(ROUTES, after=OUTSIDE.index(who)):
        if "slug" not in world.rule(route.endpoint).arguments or route.expected[who] != 404:
            continue
        private = route.address(world)
        nowhere = private.replace("/harbour", "/nowhere")
        # Where a form's page repeats the address it was sent to, that is the address this person asked for.
        here, there = (answer_to(world, who, address, method=route.method) for address in (private, nowhere))
        same = (here[0], here[1].replace(b"/harbour", b"/nowhere"), here[2])
        assert same == there, route.name
        compared += 1
    assert compared >= 40
    assert world.restore() <= {"rate_window"}


@in_turns(2)
@pytest.mark.parametrize("who", ["reader", "champion"])
def test_a_thread_that_may_not_be_seen_answers_as_one_that_does_not_exist(world: World, who: str, turn: Turn) -> None:
    """A1, A5: for members too."""
    things, nowhere = world.furniture["harbour"], new_ref()
    for number, ref in enumerate((things.organisers_ref, things.hidden_ref, world.furniture["night-desk"].ref)):
        for route in turn.some(ROUTES, after=number + (who == "reader")):
            # A file has a ref as well, and tests of its own.
            if not {"slug", "ref"} <= world.rule(route.endpoint).arguments or route.expected[who] >= 400:
                continue
            if not any(
                one in route.address(world)
                for one in (things.ref, things.meetup, things.story, things.unnamed, things.case)
            ):
                continue  # of a duty or a handover, which have tests of their own
            address = route.address(world)
            for one in (things.ref, things.meetup, things.story, things.unnamed, things.case):
                address = address.replace(one, ref)
            there = address.replace(ref, nowhere)
            first, second = (answer_to(world, who, each, method=route.method) for each in (address, there))
            assert first[0].startswith("404"), f"{route.name}: {first[0]}"
            assert (first[1].replace(ref.encode(), nowhere.encode()), first[2]) == second[1:], route.name


@pytest.mark.parametrize("who", ["outsider", "insider"])
def test_somebody_one_shares_no_space_with_is_as_nobody(world: World, who: str) -> None:
    """A3: whether an address has an account is not told by its page."""
    known = answer_to(world, who, f"/people/hilda.{SECRET['harbour']}person")
    assert known == answer_to(world, who, "/people/nobody.at.all")
    assert known[0].startswith("404")


def test_an_invitation_opens_nothing_in_one_way(world: World) -> None:
    """A7: used, revoked and never made are one answer."""
    address = f"/i/{world.furniture['harbour'].token}"
    revoked = f"/s/harbour/invitations/{world.furniture['harbour'].invitation_id}/revoke"
    assert world.browser("steward").send(revoked).status_code == 303
    assert answer_to(world, "outsider", address) == answer_to(world, "outsider", "/i/never-made")


def test_a_request_of_another_space_answers_as_none(world: World) -> None:
    """A2: to whoever decides requests."""
    theirs = f"/s/harbour/requests/{world.furniture['night-desk'].request_id}/accept"
    nobodys = "/s/harbour/requests/99999/accept"
    first, second = (answer_to(world, "organiser", address, method="POST") for address in (theirs, nobodys))
    assert first[0] == second[0]


def test_signed_out_people_are_sent_to_sign_in_whether_a_space_exists_or_not(world: World) -> None:
    """A1: not even who isn't signed in learns of it."""
    first, second = (answer_to(world, "nobody", f"/s/{slug}/") for slug in ("harbour", "nowhere"))
    assert first[0] == second[0] == "303 SEE OTHER"
    assert first[1].replace(b"harbour", b"nowhere") == second[1]
