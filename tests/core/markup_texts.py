"""What the tests of the renderer share: a short way to render in this process, and texts that are too much."""

from collections.abc import Mapping
from html.parser import HTMLParser

from forum.core.markup import ENGLISH, Names
from forum.core.markup.convert import convert
from forum.core.markup.shapes import Job, Made

PEOPLE = {"priya": "Priya Nair", "joan.ellis": "Joan Ellis", "d-hart": "Dan Hart"}
POSTS = {4: "Sunil Rao", 12: "Beth Larkin"}
POSTS_URL = "/s/web/threads/7q2m/posts/"


def made(
    source: str,
    *,
    people: Mapping[str, str] = PEOPLE,
    called: Mapping[str, str] | None = None,
    posts: Mapping[int, str] = POSTS,
    anchor: str = "p1",
) -> Made:
    """Render `source` in this process: what a worker does, without its limits."""
    names = Names(people=people, called=called or {}, posts=posts, posts_url=POSTS_URL)
    return convert(Job(source=source, names=names, words=ENGLISH, anchor=anchor))


def html(source: str) -> str:
    """Return the HTML of `source`, where Priya, Joan and Dan may be mentioned and posts 4 and 12 be quoted."""
    return made(source).html


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes, as a browser would see them."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def tags(page: str) -> list[tuple[str, dict[str, str]]]:
    """Return the tags of `page` in order, each with its attributes."""
    parser = Tags()
    parser.feed(page)
    parser.close()
    return parser.found


def _nested(sign: str, *, depth: int) -> str:
    return "\n".join("    " * level + sign for level in range(depth))


BOMBS = {
    "opening brackets": "[" * 20_000,
    "opening images": "![" * 10_000,
    "links never closed": "[a](" * 5_000,
    "references never closed": "[a][" * 5_000,
    "footnotes never closed": "[^" * 10_000,
    "callouts never closed": "[!" * 10_000,
    "empty headings": "# \n" * 6_000,
    "empty list items": "- \n" * 6_000,
    "setext lines": "a\n=\n" * 10_000,
    "bare setext lines": "=\n" * 20_000,
    "one footnote called everywhere": "[^1]" * 8_000 + "\n\n[^1]: x",
    "a table of rows without cells": "||\n" * 12_000,
    "a table of 5000 columns": "|" + "a|" * 5_000 + "\n|" + "-|" * 5_000 + "\n" + "|b|c|\n" * 2_000,
    "half a data section": "<![CDATA[" * 2_500,
    "numbers of lists in one line": "1. " * 6_000,
    "a rule that never ends": "- " * 10_000 + "a",
}
# Others that look just as bad and are cheap, or come out larger than a page may be: they must end, either way.
HEAVY = {
    "opening tags": "<a " * 7_000,
    "quotes in quotes": "> " * 10_000,
    "quote marks": ">" * 20_000,
    "stars and underscores": "*_" * 10_000,
    "backticks": "`a" * 10_000,
    "unclosed fences": "``` " * 5_000,
    "ampersands": "&" * 20_000,
    "half entities": "&#" * 10_000,
    "nested lists": _nested("- a", depth=150),
    "deeper and deeper quotes": "\n\n".join("> " * depth + "a" for depth in range(1, 200)),
    "footnotes in footnotes": "[^0]\n\n" + "\n".join(f"[^{n}]: [^{n + 1}] [^{n + 1}]" for n in range(1_500)),
    "one reference, long and often": "[a]: http://b/" + "x" * 20_000 + "\n\n" + "[a] " * 5_000,
    "one long word": "a" * 50_000,
    "mentions": "@a" * 20_000,
    "half mail addresses": "a@b." * 10_000,
    "half addresses": "http://" * 7_000,
    "pipes": "|" * 20_000,
    "backslashes": "\\" * 20_000,
    "tabs": "\t" * 20_000,
    "closing brackets": "]" * 20_000,
}
