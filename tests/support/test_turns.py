"""Tests of what the tests stand on: turns leave nothing out, and those of each day have some of everything."""

from collections.abc import Sequence

import pytest

from tests.contracts.route import WHO, Route
from tests.contracts.routes import ROUTES
from tests.contracts.test_bad_input import BAD, LACKING, broken_forms
from tests.contracts.test_forgery import GETS, LOOKING
from tests.support.turns import Turn, turns

FIRST = Turn(0, 4)
EVERY_WAY = {*BAD, LACKING}


@pytest.mark.parametrize("of", [1, 2, 3, 4])
@pytest.mark.parametrize("after", [0, 1, 5])
@pytest.mark.parametrize("most", [0, 1, 2, 9])
def test_turns_together_take_every_case_once(of: int, after: int, most: int) -> None:
    cases = range(13)
    taken = [case for turn in turns(of) for case in turn.of_at_most(most).some(cases, after=after)]
    assert sorted(taken) == (list(cases) if most else [])


def test_all_turns_but_the_first_are_long_proofs() -> None:
    assert [[mark.name for mark in turn.marks] for turn in turns(3)] == [[], ["prove"], ["prove"]]


@pytest.mark.parametrize("fields", range(1, 9))
def test_in_the_first_turn_every_field_is_wrong_and_the_form_in_every_way(fields: int) -> None:
    form = dict.fromkeys("abcdefgh"[:fields], "")
    broken = [what.split(": ") for what, _ in broken_forms(form, turn=FIRST.of_at_most(fields), shift=3)][1:]
    assert {field for field, _ in broken} == form.keys()
    assert {how for _, how in broken} == EVERY_WAY


@pytest.mark.parametrize("turn, people, routes", [(Turn(0, 4), WHO, ROUTES), (Turn(0, 2), LOOKING, GETS)])
def test_in_the_first_turn_somebody_gets_in_wherever_somebody_does(
    turn: Turn, people: Sequence[str], routes: Sequence[Route]
) -> None:
    """And everybody asks for something."""
    asking = set[str]()
    for number, route in enumerate(routes):
        some = set(turn.some(route.with_those_who_get_in_first(people, after=number)))
        get_in = {who for who in people if route.expected[who] in {200, 303}}
        assert some & get_in or not get_in, route.name
        asking |= some
    assert asking == set(people)
