"""A word that stands nowhere is taken for one that is nearly the same; what stands somewhere is left as it is."""

import pytest
from flask import Flask

from forum.core.time import now
from forum.search.finding import alike
from forum.search.language import Term, read_text
from forum.search.slips import near
from forum.search.stems import stem_of
from tests import factories
from tests.cast import Cast
from tests.search.steps import found_by


def loose(cast: Cast, typed: str) -> list[str]:
    """Return the titles of what is close to it."""
    return [hit.shown.title for hit in found_by(cast.reader, typed).loose]


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("pasword", "password"),
        ("recieve", "receive"),
        ("calender", "calendar"),
        ("acess", "access"),
        ("meetimg", "meetings"),
    ],
)
def test_a_letter_too_many_too_few_or_in_the_wrong_place_is_a_slip(typed: str, meant: str) -> None:
    assert Term(stems=(stem_of(meant),)) in near(typed)


def test_words_are_parted_and_joined() -> None:
    assert Term(stems=(stem_of("voice"), stem_of("mail"))) in near("voicemail")
    assert Term(stems=(stem_of("voicemail"),)) in near("voice", "", "mail")
    assert Term(stems=(stem_of("voicemail"),)) in near("mail", "voice", "")


@pytest.mark.parametrize("typed", ["", "abc", "2026", "a" * 21, "q2x4", "привет", "o'clock"])
def test_what_is_short_or_no_word_is_left_as_it_is(typed: str) -> None:
    assert near(typed) == []


@pytest.mark.both_databases
def test_slips_are_found_and_marked(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        factories.make_thread(cast.champions, author=cast.champion, title="Where is the calendar of the wombats?")
        factories.make_thread(cast.champions, author=cast.champion, title="The voice mail is full", texts=["It is."])
        assert loose(cast, "womabts") == ["Where is the calendar of the wombats?"]
        assert loose(cast, "wombat calender") == ["Where is the calendar of the wombats?"]
        assert loose(cast, "voicemail") == ["The voice mail is full"]
        assert "<mark>wombats</mark>" in found_by(cast.reader, "womabts").loose[0].title
        assert loose(cast, "xylophone") == []
        assert loose(cast, '"womabts"') == loose(cast, "womabts*") == loose(cast, "in:nowhere womabts") == []


@pytest.mark.both_databases
def test_a_slip_tells_nobody_of_a_word_in_what_they_may_not_see(app: Flask, cast: Cast) -> None:
    """A3: the reader is shown neither the thread nor what the word is."""
    with app.test_request_context("/"):
        factories.make_thread(cast.night_desk, author=cast.insider, title="Quokkas")
        found = found_by(cast.outsider, "quoka")
        assert (found.total, list(found.loose), list(found.problems)) == (0, [], [])
        assert len(found_by(cast.insider, "quoka").loose) == 1


def test_suggestions_are_not_kept_waiting_by_slips(app: Flask, cast: Cast) -> None:
    """While somebody types, the last word is often half a one."""
    with app.test_request_context("/"):
        factories.make_thread(cast.champions, author=cast.champion, title="Where are the wombats?")
        assert alike(cast.reader, read_text("womabts"), at=now()) == []
