"""Where a text may lead, and what it may show."""

import pytest

from forum.core.markup.clean import clean
from forum.core.markup.convert import convert
from forum.core.markup.shapes import ENGLISH, Job, Names, Picture
from tests.core.markup_texts import html, tags

REL = "nofollow ugc noopener"


def links(source: str) -> list[dict[str, str]]:
    """Return the attributes of the links in the HTML of `source`."""
    return [attributes for tag, attributes in tags(html(source)) if tag == "a"]


@pytest.mark.parametrize(
    "source, address",
    [
        ("[a](https://example.org/b?c=d&e=f#g)", "https://example.org/b?c=d&e=f#g"),
        ("[a](http://intranet)", "http://intranet"),
        ("[a](HTTPS://EXAMPLE.ORG)", "HTTPS://EXAMPLE.ORG"),
        ("<https://example.org>", "https://example.org"),
        ("[a][1]\n\n[1]: https://example.org 'T'", "https://example.org"),
        ("See https://example.org/a_(b).", "https://example.org/a_(b)"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("http://intranet/wiki!", "http://intranet/wiki"),
        ("**https://example.org**", "https://example.org"),
        ("www.example.org/a?b", "https://www.example.org/a?b"),
        ("https://a.example/wiki/O'Brien", "https://a.example/wiki/O%27Brien"),
        ("https://example.org/?a=1&copy;=2", "https://example.org/?a=1&copy;=2"),
        ("[a](https://example.org/?a=1&copy;=2&lt=3)", "https://example.org/?a=1&copy;=2&lt=3"),
    ],
)
def test_a_link_to_another_site_is_marked_as_one(source: str, address: str) -> None:
    assert links(source) == [{"href": address, "rel": REL}]


@pytest.mark.parametrize("address", ["/s/web/", "/s/web/threads/7q2m/?page=2#p21", "#p4", "/people/priya"])
def test_a_link_within_the_site_is_plain(address: str) -> None:
    assert links(f"[a]({address})") == [{"href": address}]


@pytest.mark.parametrize(
    "source", ["sunil@fenbridge.example", "Sunil <sunil@fenbridge.example>,", "(sunil@fenbridge.example)."]
)
def test_a_mail_address_becomes_a_link(source: str) -> None:
    assert links(source) == [{"href": "mailto:sunil@fenbridge.example"}]


@pytest.mark.parametrize(
    "source",
    [
        "readme.md and forum.py",
        "a.b.c",
        "example.org",
        "12@3",
        "a@b",
        "ftp://example.org",
        "sunil@example.org+sunil@example.org",
    ],
)
def test_what_only_looks_like_an_address_stays_text(source: str) -> None:
    assert links(source) == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java&#9;script:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "&#47;&#47;evil.example",
        "/\t/evil.example",
        "https:evil.example",
        "https:///evil.example",
        "https://",
        "https://:80",
        "https://[::1",
        "https://example.org:99999",
        "https://exam\u202eple.org",
        "http://\u200bexample.org",
        "relative/page",
        "?query",
        "mailto:",
        "mailto:a@b?bcc=c@d",
        "mailto:a@b.example?cc=everyone@c.example",
        "blob:x",
        "view-source:https://example.org",
        "",
    ],
)
@pytest.mark.parametrize("form", ["[the text]({})", "[the text](<{}>)", "![the text]({})", "[the text][r]\n\n[r]: {}"])
def test_an_address_that_may_harm_is_no_link_and_its_text_stays(form: str, address: str) -> None:
    """A12."""
    page = html(form.format(address))
    assert "the text" in page
    refused = [attributes for tag, attributes in tags(page) if tag in {"a", "img"}]
    # Some forms don't parse as Markdown at all, and then a harmless part of the address may be linked as text.
    assert all(
        found["href"].startswith(("https://exam", "mailto:a@b.example", "mailto:everyone@")) for found in refused
    )
    assert not any("?" in found["href"] for found in refused)


def test_the_marks_in_a_refused_link_stay() -> None:
    assert html("[a **b** `c`](javascript:1)") == "<p>a <strong>b</strong> <code>c</code></p>"


BINS = "/attachments/7q2m9x4k01/bins.png"


def shown(source: str, *, alt: str = "", width: int = 300, height: int = 200) -> str:
    """Render a text that may show one picture."""
    names = Names(pictures={BINS: Picture(width=width, height=height, alt=alt)})
    return convert(Job(source=source, names=names, words=ENGLISH, anchor="t")).html


def test_an_image_is_shown_only_if_the_text_may_show_it() -> None:
    """A13. With its size, so that nothing jumps when it is loaded."""
    assert shown(f"![Bins]({BINS})") == (
        f'<p><img src="{BINS}" alt="Bins" width="300" height="200" loading="lazy"></p>'
    )
    assert html(f"![Bins]({BINS})") == f'<p><a href="{BINS}">Bins</a></p>'


def test_what_is_said_of_a_picture_is_its_description_unless_the_text_says_another() -> None:
    """A12, A13: it stays text."""
    said = 'Bins "&" <b>bags</b>'
    assert 'alt="Bins &quot;&amp;&quot; &lt;b&gt;bags&lt;/b&gt;"' in shown(f"![]({BINS})", alt=said)
    assert 'alt="Other"' in shown(f"![Other]({BINS})", alt=said)
    assert 'alt=""' in shown(f"![]({BINS})")


@pytest.mark.parametrize(
    "width, height, size",
    [(4000, 1000, (704, 176)), (1000, 4000, (140, 560)), (2, 16000, (1, 560)), (20, 10, (20, 10))],
)
def test_a_large_picture_is_shown_no_larger_than_a_post(width: int, height: int, size: tuple[int, int]) -> None:
    assert 'width="{}" height="{}"'.format(*size) in shown(f"![]({BINS})", width=width, height=height)


@pytest.mark.parametrize(
    "address",
    [
        "/attachments/../people/priya",
        "/attachments/",
        "/attachments/7q2m/..",
        "/attachments/7q2m/a/b",
        "/attachments/7q2m?x=1",
        "/attachments/7q2m/a%2f..",
        "/sign-out",
        "https://evil.example/pixel.gif",
    ],
)
def test_any_other_image_is_at_most_a_link(address: str) -> None:
    """A13: nothing is loaded from elsewhere, so nobody learns who reads what."""
    found = tags(html(f"![Bins]({address})"))
    assert [tag for tag, _ in found] == ["p", "a"]
    assert found[1][1]["href"] == address


def test_an_image_without_an_address_to_link_is_its_description() -> None:
    assert html("![Bins](javascript:1)") == "<p>Bins</p>"
    assert html("[![Bins](https://a.example/b.png)](https://c.example)") == (
        f'<p><a href="https://c.example" rel="{REL}">Bins</a></p>'
    )


@pytest.mark.parametrize(
    "page, kept",
    [
        ("<p onclick='x()' id='y' style='z'>a</p>", "<p>a</p>"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("<a href='//x'>a</a>", "a"),
        ("<a href='/&sol;x'>a</a>", "a"),
        ("<a href='javascript&colon;x'>a</a>", "a"),
        ("<a href='/a' target='_blank' rel='opener'>a</a>", '<a href="/a">a</a>'),
        ("<li id='main'>a</li>", "<li>a</li>"),
        ("<span class='btn'>a</span>", "<span>a</span>"),
        (
            "<img src='/attachments/a/b.png' onerror='x' width='9'>",
            '<a href="/attachments/a/b.png">/attachments/a/b.png</a>',
        ),
        ("<img srcset='//x' alt='b'>", "b"),
        ("<h1>a</h1>", "&lt;h1&gt;a&lt;/h1&gt;"),
        ("<code>https://a.example</code>", "<code>https://a.example</code>"),
        ("a &lt;b&gt; &amp;lt; &amp;", "a &lt;b&gt; &amp;lt; &amp;"),
        ("<!-- a --><svg><a xlink:href='javascript:1'>b</a></svg>", "&lt;svg&gt;b&lt;/svg&gt;"),
    ],
)
def test_the_gate_lets_through_only_what_is_on_its_list(page: str, kept: str) -> None:
    """A12."""
    assert clean(page)[0] == kept
