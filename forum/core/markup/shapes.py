"""What goes into a rendering and what comes out of it. Plain values, so that they travel between processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Picture:
    """An attached picture as a text shows it: how large, and what is to be seen on it ("" for a decorative one)."""

    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True)
class Names:
    """Whom a text may name and what it may show: what isn't here stays plain text, or a link.

    `people` maps a handle (lower case) to the name to show, and `called` the whole name of some of them to their handle;
    `posts` maps a post's number to its author's name; `posts_url` is the address to which a post's number is added, such as
    "/s/web/threads/7q2m/posts/"; `pictures` maps the address of an attached picture to what is known of it.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    posts: Mapping[int, str] = field(default_factory=dict)
    posts_url: str = ""
    pictures: Mapping[str, Picture] = field(default_factory=dict)


NOBODY = Names()


@dataclass(frozen=True)
class Words:
    """The words that the renderer itself puts on the page, for another language to replace."""

    quoted: str = "{name} in post {number}"
    post: str = "post {number}"
    done: str = "done"
    to_do: str = "to do"
    table: str = "Table"
    back: str = "Back to the text of footnote {number}"


ENGLISH = Words()


@dataclass(frozen=True)
class Rendered:
    """A text as it is stored: what was typed, what is shown, and by which version of the renderer it was made.

    `source` is the text to keep (line ends and control characters are mended). `mentioned` are the handles of the
    people whom the text calls; `quoted` are the numbers of the posts it quotes; `shown` are the addresses of the
    pictures it shows. All hold only what was in `Names`.
    """

    source: str
    html: str
    renderer: int
    mentioned: frozenset[str]
    quoted: frozenset[int]
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Job:
    """One rendering, as it is handed to a worker. `anchor` begins every id in the HTML."""

    source: str
    names: Names
    words: Words
    anchor: str


@dataclass(frozen=True)
class Made:
    """What a worker hands back."""

    html: str
    mentioned: frozenset[str]
    quoted: frozenset[int]
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Failed:
    """A worker could not render. `trace` is for the log when it was our mistake, "" when the text was too much."""

    trace: str = ""


class TooLarge(Exception):
    """The HTML is longer than a page should carry."""
