"""What is typed into the box: everything is read as something."""

import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.search.language import MOST_TERMS, Term, day_of, read, read_text

AGAIN: tuple[tuple[str, dict[str, str]], ...] = (
    ('"click here', {"in": "champions"}),
    ("bins", {"tag": "Q&A", "by": "Anna (IT)"}),
    ("tag:R&D c++ (in:champions), -by:me", {}),
    ('in:"Équipe Élan" after:2026-11', {"kind": "person"}),
    ("a/b -c/d “open quote", {}),
)
SIGNS = st.text(alphabet=string.ascii_letters + "\"'*-:()^{}<>&|!~ \t\n\0éß会0123456789", max_size=80)


def words(typed: str) -> list[tuple[str, ...]]:
    return [term.stems for term in read(typed).terms]


def test_words_phrases_beginnings_and_what_is_left_out() -> None:
    asked = read('captions "click here" -music org* -"two words"')
    assert asked.terms == (
        Term(stems=("caption",)),
        Term(stems=("click", "here"), is_quoted=True),
        Term(stems=("music",), is_not=True),
        Term(stems=("org",), is_prefix=True),
        Term(stems=("two", "word"), is_not=True, is_quoted=True),
    )
    assert asked.problems == ()


def test_filters_are_taken_out_of_the_words_and_put_back_as_typed() -> None:
    asked = read('bins in:web-editors by:"Priya Nair" -tag:forms is:open')
    assert asked.words == "bins"
    assert [(one.key, one.value, one.is_not) for one in asked.filters] == [
        ("in", "web-editors", False),
        ("by", "Priya Nair", False),
        ("tag", "forms", True),
        ("is", "open", False),
    ]
    assert read(asked.text) == asked


def test_what_is_chosen_in_a_control_goes_before_what_is_typed() -> None:
    asked = read("bins in:one tag:two", {"in": "three", "by": ""})
    assert asked.text == "bins tag:two in:three"


@pytest.mark.parametrize("typed", ["-", "*", '"', '""', "in:", "-tag:", "by: x", "before:  "])
def test_signs_with_nothing_behind_them_ask_for_nothing(typed: str) -> None:
    asked = read(typed)
    assert not asked.filters
    assert bool(asked.problems) == (":" in typed)


def test_signs_of_other_query_languages_are_words_or_nothing() -> None:
    assert words("NEAR(bins lids)") == [("near",), ("bin",), ("lid",)]
    assert words("bins AND lids OR tips") == [("bin",), ("lid",), ("tip",)]
    assert words("title:bins") == [("titl", "bin")]
    assert words("(bins) ^lids {tips}") == [("bin",), ("lid",), ("tip",)]


def test_small_words_are_left_out_unless_there_is_nothing_else() -> None:
    assert words("how do I reset the password") == [("reset",), ("password",)]
    assert words("how to") == [("how",), ("to",)]
    assert words('"how to"') == [("how", "to")]


def test_ten_thousand_words_are_read_as_the_first_few() -> None:
    asked = read(" ".join(f"word{number}" for number in range(10_000)))
    assert len(asked.terms) == MOST_TERMS
    assert len(asked.problems) == 1


def test_days_months_and_years() -> None:
    assert day_of("2026-11-26") == (date(2026, 11, 26), date(2026, 11, 27))
    assert day_of("2026-2") == (date(2026, 2, 1), date(2026, 3, 1))
    assert day_of("2026") == (date(2026, 1, 1), date(2027, 1, 1))
    for odd in ("yesterday", "2026-13", "2026-02-30", "0000", "9999-12-31", "9999", "", "20261126"):
        assert day_of(odd) is None


@settings(max_examples=300, deadline=None)
@given(SIGNS)
def test_whatever_is_typed_is_read_and_says_the_same_when_it_is_typed_again(typed: str) -> None:
    asked = read(typed)
    assert all(stem.isascii() and stem.isalnum() for term in asked.terms for stem in term.stems)
    assert len(asked.terms) <= MOST_TERMS
    again = read(asked.text)
    assert (again.terms, again.filters) == (asked.terms, asked.filters)


def test_a_text_that_was_not_written_to_search_has_no_signs() -> None:
    """Somebody's question may hold a minus, a star or "in:"."""
    asked = read_text('The bins - "lids" in:side aren\'t * shown: why?')
    assert [term.stems for term in asked.terms] == [("bin",), ("lid",), ("side",), ("arent",), ("shown",)]
    assert not asked.filters


@pytest.mark.parametrize("typed, chosen", AGAIN)
def test_what_was_asked_is_read_the_same_again(typed: str, chosen: dict[str, str]) -> None:
    """The controls lead to an address with all of it in words. Seen to fail with signs taken out of values, and quotes left open."""
    asked = read(typed, chosen)
    again = read(asked.text)
    assert (again.terms, set(again.filters)) == (asked.terms, set(asked.filters))
    assert {one.value for one in again.filters} >= set(chosen.values())


@given(SIGNS)
@settings(max_examples=200, deadline=None)
def test_whatever_was_asked_is_read_the_same_again(typed: str) -> None:
    asked = read(f"in:champions {typed}")
    again = read(asked.text)
    assert (again.terms, set(again.filters)) == (asked.terms, set(asked.filters))


def test_a_value_keeps_its_signs() -> None:
    assert [str(one) for one in read("tag:R&D (in:champions), by:@carla.champion").filters] == [
        'tag:"R&D"',
        "in:champions",
        "by:@carla.champion",
    ]
