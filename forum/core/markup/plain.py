"""HTML made by the renderer, as plain text: for lists, for search and for the text part of mails."""

import re
from html import unescape
from textwrap import shorten

# A tag ends at the first ">" outside of quotation marks. No character can be matched in two ways, so nothing is tried twice.
TAG = re.compile(r'<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>"]*(?:"[^"]*"[^<>"]*)*)>')
LIST = re.compile(r'<(?=/?[uo]l|li)(/?)(ol|ul|li)\b(?: start="(\d+)")?[^<>]*>(?:\s*<p>)?')
"""The beginning and the end of a list, and the beginning of an item with that of its first paragraph."""
ALT = re.compile(r'\balt="([^"]*)"')
BREAKS = frozenset(
    {"p", "div", "blockquote", "pre", "table", "figure", "figcaption", "ul", "ol", "hr", "h4", "h5", "h6"}
)
LINES = frozenset({"br", "li", "tr"})
QUOTE = re.compile(r'<figure class="quote">.*?(?:</figure>|\Z)', re.DOTALL)
CUT = re.compile(r"<[^<>]*\Z")
BEGINNING = 4000
"""So much of a text's HTML is enough for its first words: a list doesn't read the rest."""
BACK = 'class="footnote-backref"'


def plain(html: str, *, counts: bool = False) -> str:
    """Return the words of `html`, paragraphs apart by an empty line, list items and table rows on lines of their own.

    An image is its description. With `counts` the items of a list that counts begin with their number: a text may speak of "step 2".
    For one line, join what `split()` gives.
    """
    if counts:
        html = _counted(html)
    parts: list[str] = []
    end = 0
    skipping = in_code = False
    for match in TAG.finditer(html):
        if not skipping:
            parts.append(_words(html[end : match.start()], in_code=in_code))
        end = match.end()
        closing, name, attributes = match.group(1), match.group(2).lower(), match.group(3)
        if name == "a":
            skipping = not closing and BACK in attributes
        elif name == "pre":
            in_code = not closing
        parts.append(_sign(name, closing=closing, attributes=attributes))
    parts.append(_words(html[end:], in_code=in_code))
    return _tidy("".join(parts))


def _counted(html: str) -> str:
    """Return `html` with the number of each item of a counting list at the beginning of its words."""
    parts: list[str] = []
    lists: list[int | None] = []
    end = 0
    for match in LIST.finditer(html):
        parts.append(html[end : match.end()])
        end = match.end()
        closing, name, start = match.groups()
        if name == "li" and lists and lists[-1] is not None:
            parts.append(f"{lists[-1]}. ")
            lists[-1] += 1
        elif closing and lists:
            lists.pop()
        elif name != "li" and not closing:
            lists.append(int(start or 1) if name == "ol" else None)
    return "".join([*parts, html[end:]])


def opening(html: str, *, length: int) -> str:
    """Return the first words of `html` in one line of at most `length` characters. What it quotes is somebody else's, and left out.

    The first BEGINNING characters of it are enough: a tag that they cut off is left out.
    """
    whole = CUT.sub("", html)
    own = plain(QUOTE.sub(" ", whole)) or plain(whole)
    return shorten(own, length, placeholder=" …")


def _words(text: str, *, in_code: bool) -> str:
    """Return text between two tags. Its line ends count only in code; elsewhere they are spaces."""
    return unescape(text if in_code else text.replace("\n", " "))


def _sign(name: str, *, closing: str, attributes: str) -> str:
    """Return what stands in plain text where a tag stood."""
    if name in BREAKS:
        return "\n\n"
    if name in LINES:
        return "" if closing else "\n"
    if name in {"td", "th"}:
        return " " if closing else ""
    if name == "img":
        alt = ALT.search(attributes)
        return unescape(alt.group(1)) if alt else ""
    return ""


def _tidy(text: str) -> str:
    """Return `text` with one space or one empty line where there were several."""
    kept: list[str] = []
    for line in text.split("\n"):
        words = " ".join(line.split())
        if words or (kept and kept[-1]):
            kept.append(words)
    return "\n".join(kept).strip("\n")
