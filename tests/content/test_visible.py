"""Whether there is anything in a text that somebody could read."""

import pytest

from forum.content.visible import Seen, seen_in
from forum.core.markup import Names, render

NAMES = Names(posts={3: "Kofi Mensah"}, posts_url="/posts/")


@pytest.mark.parametrize(
    "source",
    [
        "[a]: http://example.org",
        "\u200b\u200d",
        "*\u200b*",
        "\u2800 \u3164",
        "> ",
        "---",
        "# ",
        "1. ",
        "- [x] ",
        "```\n\n```",
        "||\n|-|\n||",
    ],
)
def test_nothing_is_nothing_however_it_is_marked(source: str) -> None:
    assert seen_in(render(source).html) is Seen.NOTHING


@pytest.mark.parametrize("source", ["> hi", "> > a\n> b\n\n\u200b", "> [post 3]\n> hi", "> ![](/attachments/abc)\n> x"])
def test_what_somebody_else_said_is_only_a_quote(source: str) -> None:
    assert seen_in(render(source, names=NAMES).html) is Seen.QUOTE


@pytest.mark.parametrize(
    "source",
    [
        "yes",
        "👍",
        "…",
        "7",
        "> hi\n\nyes",
        "> [post 3]\n> hi\n\n+1",
        "![](/attachments/abc)",
        "`x`",
        "| a |\n|-|",
        "是",
    ],
)
def test_a_sign_or_a_picture_is_something(source: str) -> None:
    assert seen_in(render(source, names=NAMES).html) is Seen.WORDS
