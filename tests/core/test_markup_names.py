"""Whom a text calls and whom it quotes."""

import pytest

from forum.core.markup import candidates, quote
from forum.core.markup.quoting import MAX_QUOTE
from forum.core.markup.source import MAX_NAMED
from tests.core.markup_texts import html, made

PRIYA = '<a href="/people/priya" class="mention">@Priya Nair</a>'


def test_a_mention_is_a_link_with_the_name() -> None:
    """B6."""
    text = made("Ask @priya, @Joan.Ellis or (@d-hart).")
    assert text.mentioned == {"priya", "joan.ellis", "d-hart"}
    assert f"<p>Ask {PRIYA}, " in text.html
    assert '<a href="/people/d-hart" class="mention">@Dan Hart</a>).' in text.html


def test_a_whole_name_is_a_mention_too() -> None:
    """B6: where it ends, and nowhere else."""
    called = {"Priya Nair": "priya", "Élodie Brun-O’Neill": "elodie"}
    text = made(
        "@Priya Nair, @Élodie Brun-O’Neill. @Priya Nairobi me@Priya Nair `@Priya Nair` [@Priya Nair](https://example.org)",
        people={"priya": "Priya Nair", "elodie": "Élodie Brun-O’Neill"},
        called=called,
    )
    assert text.html.startswith(
        f'<p>{PRIYA}, <a href="/people/elodie" class="mention">@Élodie Brun-O’Neill</a>. {PRIYA} Nairobi me@Priya Nair <code>'
    )
    assert text.html.count("mention") == 3


def test_the_full_stop_of_a_sentence_is_not_part_of_a_mention() -> None:
    """B6."""
    assert html("Ask @priya.") == f"<p>Ask {PRIYA}.</p>"
    assert html("It was @priya’s.") == f"<p>It was {PRIYA}’s.</p>"
    assert html("**@priya**... @priya-") == f"<p><strong>{PRIYA}</strong>... {PRIYA}-</p>"


@pytest.mark.parametrize(
    "source",
    [
        "`@priya`",
        "```\n@priya\n```",
        "    @priya",
        "[@priya](https://example.org)",
        "[a @priya b](/s/web/)",
        "https://example.org/@priya",
        "https://example.org/?to=@priya",
        "sunil@priya",
        "sunil@priya.example",
        "mailto:@priya@example.org",
        "sunil.@priya",
        "*sunil*@priya",
        "<sunil@priya.example>",
        "@priya@example.social",
        "@priyanka",
        "@stranger",
        "&#64;priya",
        "> @priya",
        "> [post 4]\n> Ask @priya",
        "![@priya](/attachments/12/a.png)",
    ],
)
def test_nobody_is_mentioned_in_code_links_addresses_or_quotes(source: str) -> None:
    """B6."""
    text = made(source)
    assert text.mentioned == frozenset()
    assert 'class="mention"' not in text.html


def test_a_name_with_marks_in_it_stays_a_name() -> None:
    """A12."""
    text = made("@x and\n\n> [post 4]\n> y", people={"x": "<b>*X* &lt; @priya"}, posts={4: "<i> _Y_ &amp; [a](b)"})
    assert ">@&lt;b&gt;*X* &amp;lt; @priya</a>" in text.html
    assert ">&lt;i&gt; _Y_ &amp;amp; [a](b) in post 4</a>" in text.html


def test_candidates_hold_everybody_who_could_be_mentioned() -> None:
    """B6."""
    handles, numbers = candidates(
        "Ask @Priya. (@joan.ellis) `@code` sunil@example.org **@d-hart**\n> [post 4]\n[post 0]"
    )
    assert handles == {"priya", "joan.ellis", "code", "d-hart"}
    assert numbers == {4}


def test_candidates_of_a_long_list_end() -> None:
    """B7."""
    source = " ".join(f"@p{n} [post {n}]" for n in range(1, 20_000))
    handles, numbers = candidates(source)
    assert len(handles) == len(numbers) == MAX_NAMED
    assert {"p1", "p2"} <= handles


def test_a_quoted_post_says_whose_words_they_are() -> None:
    text = made("> [post 4]\n> Ours *were*\n\nSame here.")
    assert text.quoted == {4}
    assert text.html == (
        '<figure class="quote">\n<figcaption><a href="/s/web/threads/7q2m/posts/4">Sunil Rao in post 4</a></figcaption>\n'
        "<blockquote>\n<p>Ours <em>were</em></p>\n</blockquote>\n</figure>\n<p>Same here.</p>"
    )


def test_a_post_that_nobody_may_quote_is_only_its_number() -> None:
    """A3."""
    text = made("> [post 9]\n> Ours were")
    assert text.quoted == frozenset()
    assert text.html == "<blockquote>\n<p>post 9</p>\n<p>Ours were</p>\n</blockquote>"


def test_two_quotes_in_a_row_stay_two() -> None:
    text = made("> [post 4]\n> one\n\n> [post 12]\n> two")
    assert text.quoted == {4, 12}
    assert text.html.count("<figure") == 2


def test_a_quote_in_a_quote_is_one_too() -> None:
    text = made("> [post 4]\n> outer\n>\n> > [post 12]\n> > inner\n>\n> outer again")
    assert text.quoted == {4, 12}
    assert text.html.count("<figure") == text.html.count("</figure>") == 2


def test_a_reply_right_under_a_quote_is_not_part_of_it() -> None:
    assert html("> said\nreply") == "<blockquote>\n<p>said</p>\n</blockquote>\n<p>reply</p>"


def test_the_mark_of_a_quote_elsewhere_is_text() -> None:
    text = made("[post 4]\nand > [post 4]\n\n> so\n> [post 4]\n\n> [post 4] here\n\n`> [post 4]`")
    assert text.quoted == frozenset()


def test_what_quote_gives_renders_as_a_quote_with_room_for_the_reply() -> None:
    source = "First\n\n```\n> code\n```\n\n- a\n- b"
    text = made(quote(4, source) + "Reply")
    assert text.quoted == {4}
    assert "&gt; code" in text.html
    assert text.html.endswith("</figure>\n<p>Reply</p>")


def test_quote_leaves_out_what_the_post_itself_quoted() -> None:
    assert quote(4, "> [post 2]\n> old\n\nnew\n\n > older\n\nnewer") == "> [post 4]\n> new\n>\n> newer\n\n"


def test_quote_of_nothing_is_the_mark_alone() -> None:
    assert quote(4, "> only\n> quotes") == "> [post 4]\n\n"


def test_a_long_quote_is_cut_between_words() -> None:
    given = quote(4, "bins and bags " * 200)
    assert len(given) < MAX_QUOTE + 40
    assert given.endswith(" …\n\n")
    assert given.rstrip("… \n").endswith(("bins", "and", "bags"))


def test_a_long_piece_of_code_in_a_quote_is_closed() -> None:
    given = quote(4, "```py\n" + "x = 1\n" * 300 + "```\n")
    assert given.endswith("> ```\n> …\n\n")
    assert made(given + "*after*").html.endswith("<p><em>after</em></p>")
