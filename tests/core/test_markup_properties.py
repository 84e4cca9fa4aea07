"""Whatever is typed, the page holds only what is on the list."""

from hypothesis import given, settings
from hypothesis import strategies as st

from forum.core.markup import plain
from forum.core.markup.clean import ALLOWED, clean
from forum.core.markup.source import candidates, normalised
from tests.core.markup_texts import made, tags

PIECES = (
    *"\n *_~`#>-+[](){}!|\\:;&<\"'^=@/.1ax",
    *(
        "\n\n",
        "    ",
        "> ",
        "- ",
        "1. ",
        "```",
        "~~~",
        "](",
        "[^1]",
        "[^1]: ",
        "[a]: ",
        "[x] ",
        "[ ] ",
        "***",
        "---",
        "===",
    ),
    *("<a href=", "<script>", "</p>", "<!--", "-->", "<![CDATA[", "<?", "&lt;", "&#x3c;", "&amp;", "&copy", "&#0;"),
    *(
        "javascript:",
        "data:",
        "//evil.example",
        "https://example.org/",
        "www.example.org",
        "mailto:",
        "sunil@example.org",
    ),
    *(
        "@priya",
        "@joan.ellis",
        "[post 4]",
        "[post 9]",
        "/attachments/a/b.png",
        "{{7*7}}",
        "|-|-|",
        "\u202e",
        "\x00",
        "\x02",
        "\x03",
    ),
)
typed = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=40).map("".join)


def check(source: str) -> None:
    """Assert what must hold for every text."""
    text = made(normalised(source))
    for tag, attributes in tags(text.html):
        assert tag in ALLOWED, tag
        for name, value in attributes.items():
            assert name in ALLOWED[tag], (tag, name)
            if name in {"href", "src"}:
                assert value.lower().startswith(("http://", "https://", "mailto:", "/", "#")), value
                assert not value.startswith(("//", "/\\")), value
    assert clean(text.html)[0] == text.html
    handles, numbers = candidates(normalised(source))
    assert text.mentioned <= handles
    assert text.quoted <= numbers
    assert "\x00" not in text.html
    assert plain(text.html) == plain(text.html).strip("\n")


@settings(max_examples=300, deadline=None)
@given(typed)
def test_the_page_holds_nothing_but_what_is_allowed(source: str) -> None:
    """A12: and cleaning it again changes nothing."""
    check(source)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_cleaning_anything_twice_gives_the_same(page: str) -> None:
    """A12."""
    once, *_ = clean(page)
    assert clean(once)[0] == once
    assert {tag for tag, _ in tags(once)} <= set(ALLOWED)


@given(st.text(alphabet=st.characters(), max_size=100))
def test_mending_a_text_twice_gives_the_same(source: str) -> None:
    once = normalised(source)
    assert normalised(once) == once
    once.encode()
