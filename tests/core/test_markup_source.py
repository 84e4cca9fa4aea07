"""What of a text is kept, and what renderings are made of."""

import pytest

from forum.core.errors import Invalid
from forum.core.markup import MAX_SOURCE, RENDERER, Names, render
from forum.core.markup.rendering import TOO_LONG, TOO_MUCH
from forum.core.markup.source import normalised
from tests.core.markup_texts import tags


def test_a_rendering_says_what_it_was_made_of_and_by_what() -> None:
    names = Names(people={"priya": "Priya Nair"}, posts={4: "Sunil Rao"}, posts_url="/s/web/threads/7q2m/posts/")
    text = render("> [post 4]\n> Bins\n\n@priya: *yes*\r\n", names=names)
    assert text.source == "> [post 4]\n> Bins\n\n@priya: *yes*\n"
    assert text.html.endswith('</figure>\n<p><a href="/people/priya" class="mention">@Priya Nair</a>: <em>yes</em></p>')
    assert text.renderer == RENDERER
    assert text.mentioned == {"priya"}
    assert text.quoted == {4}


def test_an_empty_text_is_an_empty_page() -> None:
    assert render("").html == render(" \n\n").html == ""


def test_a_nul_and_its_like_are_dropped_before_the_database_sees_them() -> None:
    """A12: PostgreSQL refuses NUL, and a lone half of a character can't be written at all."""
    assert render("a\x00b\x01\x02\x03\x1b\x7f\x9fc\ud800d").source == "abc\ufffdd"
    render("\ud800").source.encode()


def test_line_ends_of_every_kind_become_one_kind() -> None:
    assert normalised("a\r\nb\rc\u2028d\u2029e\x85f\x0cg\x0bh") == "a\nb\nc\nd\ne\nf\ng\nh"


def test_nobody_can_turn_the_writing_direction_to_disguise_a_name() -> None:
    """A12."""
    assert normalised("invoice\u202egpj.exe \u2066x\u2069") == "invoicegpj.exe x"


def test_other_scripts_emoji_and_flags_stay_whole() -> None:
    for text in (
        "שלום\u200f!",
        "العربية\u061c",
        "👩\u200d🔧",
        "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
        "Llŷn",
    ):
        assert normalised(text) == text


def test_a_text_that_is_too_long_is_refused_with_both_numbers() -> None:
    with pytest.raises(Invalid) as refusal:
        render("a" * (MAX_SOURCE + 1), field="body")
    assert refusal.value.errors == {"body": [TOO_LONG.format(length=MAX_SOURCE + 1, limit=MAX_SOURCE)]}
    assert "50,001" in refusal.value.errors["body"][0]


def test_the_longest_text_fits_and_a_line_end_counts_once() -> None:
    line = "word " * 99 + "word"
    assert render(f"{line}\r\n" * (MAX_SOURCE // 500)).source == f"{line}\n" * (MAX_SOURCE // 500)


def test_a_text_that_comes_out_larger_than_a_page_is_refused() -> None:
    """B7."""
    with pytest.raises(Invalid) as refusal:
        render("[a]: http://b/" + "x" * 5_000 + "\n\n" + "[a] " * 500)
    assert refusal.value.errors == {"source": [TOO_MUCH]}


def test_footnotes_of_different_texts_have_different_ids_without_being_told() -> None:
    pages = [render(f"{word}[^1]\n\n[^1]: x").html for word in ("one", "two")]
    first, second = ({a["id"] for _, a in tags(page) if "id" in a} for page in pages)
    assert len(first) == len(second) == 2
    assert first.isdisjoint(second)


def test_an_anchor_begins_every_id_whatever_it_holds() -> None:
    page = render("x[^1]\n\n[^1]: y", anchor='post "7"').html
    assert [a["id"] for _, a in tags(page) if "id" in a] == ["fnref:post-7-1", "fn:post-7-1"]
