"""HTML of a mail as text: words, lists, and quotes as lines that begin with ">". Bounded, and never a step into what it links to."""

import re
from contextlib import suppress
from html import unescape
from html.parser import HTMLParser

MOST_HTML = 200_000
ODD = ("<!", "<?")
MOST_ODD = 500
"""So many comments and declarations are looked through; a page with more is made to take time."""
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
BLOCKS = frozenset(
    {"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article", "hr"}
)
SPACED = frozenset({"p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
VOID = frozenset(
    {"br", "hr", "img", "meta", "link", "input", "base", "col", "area", "wbr", "source", "embed", "param", "track"}
)
MOST_QUOTED = 20
SPACES = re.compile(r"[ \t\r\n\f]+")
NOTHING = re.compile("[\u200b\u200c\u2060\ufeff\u00ad]")


class _Reader(HTMLParser):
    """Collects lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.depth = 0
        self._unseen: list[str] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what a tag begins."""
        if tag in UNSEEN:
            self._unseen.append(tag)
        if self._unseen:
            return
        if tag == "br":
            self.lines.append("")
        elif tag == "blockquote":
            self._break(spaced=True)
            self.depth = min(self.depth + 1, MOST_QUOTED)
        elif tag == "li":
            self._break()
            self._add("- ")
        elif tag == "a":
            self._links.append(next((value or "" for name, value in attrs if name == "href"), ""))
        elif tag == "img":
            self._picture(dict(attrs))
        elif tag in BLOCKS:
            self._break(spaced=tag in SPACED)

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if self._unseen:
            if tag == self._unseen[-1]:
                self._unseen.pop()
            return
        if tag == "blockquote":
            self._break(spaced=True)
            self.depth = max(0, self.depth - 1)
        elif tag == "a" and self._links:
            self._link(self._links.pop())
        elif tag in {"td", "th"}:
            self._add(" ")
        elif tag in BLOCKS or tag == "li":
            self._break(spaced=tag in SPACED)

    def handle_data(self, data: str) -> None:
        """Add words."""
        if not self._unseen:
            self._add(SPACES.sub(" ", data.replace("\u00a0", " ")))

    def _add(self, words: str) -> None:
        line = self.lines[-1]
        mark = "> " * self.depth
        if not line:
            words = words.lstrip(" ")
            line = mark if words else ""
        self.lines[-1] = line + (words.lstrip(" ") if line.endswith(" ") else words)

    def _break(self, *, spaced: bool = False) -> None:
        if self.lines[-1].strip():
            self.lines.append("")
        if spaced and len(self.lines) > 1 and self.lines[-2].strip():
            self.lines[-1] = (">" * self.depth).strip()
            self.lines.append("")

    def _link(self, url: str) -> None:
        words = self.lines[-1]
        if url.startswith(("http://", "https://")) and not words.endswith(url) and len(url) < MOST_ODD:
            self._add(f" ({url})")

    def _picture(self, attrs: dict[str, str | None]) -> None:
        source = attrs.get("src") or ""
        if source.startswith("cid:"):
            self._add(f"[{source}]")


def text_of(html: str) -> str:
    """Return what a page says, "" for one that is made to take time. Markup that isn't closed says what it says."""
    html = html[:MOST_HTML]
    if sum(map(html.count, ODD)) > MOST_ODD or html.count("<") > MOST_HTML // 8:
        return ""
    reader = _Reader()
    with suppress(AssertionError, ValueError, IndexError):  # the parser gives up on some markup
        reader.feed(html)
        _finish(reader)
    return NOTHING.sub("", "\n".join(line.rstrip() for line in reader.lines)).strip("\n")


def _finish(reader: _Reader) -> None:
    """Read what the parser left because it isn't closed: as words.

    Its own way to do that begins anew at each "<", and reads to the end each time: a small page took minutes.
    """
    while (rest := reader.rawdata).startswith(ODD):
        reader.rawdata = ""
        reader.feed(rest[len(ODD[0]) :])
    if rest.startswith("<"):
        reader.rawdata = ""
        reader.handle_data(unescape(rest))
    reader.close()
