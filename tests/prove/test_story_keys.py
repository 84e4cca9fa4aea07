"""A key guessed a thousand times."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.people.models import Person
from tests.cast import Browserless, Cast
from tests.stories.test_unnamed import published

AsPerson = Callable[[Person], Browserless]


@pytest.mark.prove
@pytest.mark.both_databases
def test_a_thousand_guesses_get_a_clear_answer_each_and_open_nothing(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """E3: each is refused with a sentence; the right one opens the story after them all, so that nobody locks its author out."""
    page, key = published(app, cast)
    carla = as_person(cast.champion)
    said = [carla.send(f"{page}key", key=f"{number}") for number in range(1000)]
    assert {one.status_code for one in said} == {422}
    words = [one.get_data(as_text=True) for one in said]
    assert all("doesn’t open this story" in one or "Too many wrong keys" in one for one in words)
    assert carla.send(f"{page}key", key=key).status_code == 200
