"""The renderer under very many texts, and under many people at once."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.core.errors import Invalid
from forum.core.markup import pool, render
from forum.core.markup.clean import ALLOWED, clean
from forum.core.markup.rendering import BROKEN, TOO_MUCH
from tests.core.markup_texts import BOMBS, HEAVY, tags
from tests.core.test_markup_properties import PIECES, check, typed

pytestmark = pytest.mark.prove

markup = st.lists(
    st.one_of(
        st.sampled_from(sorted(ALLOWED)).map("<{}>".format),
        st.sampled_from(sorted(ALLOWED)).map("</{}>".format),
        st.sampled_from(
            ["<svg>", "<math>", "<style>", "<title>", "<noscript>", "<template>", "<select>", "<textarea>", "<xmp>"]
        ),
        st.sampled_from(
            ["<a href='", "<img src=x onerror=", "'>", "<!--", "-->", "<![CDATA[", "&lt", "&amp;", "&#60;", '="']
        ),
        st.text(max_size=4),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=30_000, deadline=None)
@given(typed)
def test_no_text_brings_anything_onto_a_page_that_is_not_allowed(source: str) -> None:
    """A12."""
    check(source)


@settings(max_examples=20_000, deadline=None)
@given(markup)
def test_no_html_passes_the_gate_but_what_is_allowed(page: str) -> None:
    """A12."""
    once, *_ = clean(page)
    for tag, attributes in tags(once):
        assert set(attributes) <= set(ALLOWED[tag])


@pytest.mark.parametrize("seed", range(40))
def test_runs_of_any_two_signs_end_within_their_budget(seed: int) -> None:
    """B7."""
    chance = random.Random(seed)  # noqa: S311  (the same texts each time)
    pair = "".join(chance.choices(PIECES, k=chance.randint(1, 3)))
    _ends((pair * 25_000)[:25_000])


def test_a_crowd_of_bombs_ends_and_leaves_the_renderer_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """B7."""
    monkeypatch.setattr(pool, "PATIENCE", 300.0)  # four wait for two workers, on a machine that may do other things
    texts = [*BOMBS.values(), *HEAVY.values()]
    random.Random(1).shuffle(texts)  # noqa: S311  (the same order each time)
    with ThreadPoolExecutor(4) as people:
        list(people.map(_ends, texts))
    assert render("*well*").html == "<p><em>well</em></p>"


def _ends(source: str) -> None:
    try:
        assert tags(render(source).html) is not None
    except Invalid as refusal:
        sentence = refusal.errors["source"][0]
        assert sentence != BROKEN
        assert sentence == TOO_MUCH
