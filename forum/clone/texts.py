"""Copied texts: nobody is called in them, and links lead into the copy or say "in the original" (F3). Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from sqlalchemy import Column, Enum, String, Table

from forum.core.text import A_REF

MENTION = re.compile(
    r'<a (?=[^>]{0,300}class="mention")[^>]{0,300}?href="/people/([^"]{1,80})"[^>]{0,300}>@([^<]{1,200})</a>'
)
ADDRESS = r"(/(?!/)[^\s<>\"()\[\]]{0,1000})"
LABEL = r"([^\[\]\n]{0,500})"


@dataclass(frozen=True)
class Places:
    """Where things stood, and where they stand in the copy: `items` and `files` by their refs."""

    site: str
    slug: str
    new_slug: str
    words: str
    """What stands in place of a link that leads nowhere in the copy, such as "in the original"."""
    items: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def leads_to(self, path: str) -> str | None:
        """Return where a path of the original's site leads in the copy; None for nowhere."""
        parts = path.split("/")
        match parts[1:]:
            case ["attachments", ref, *rest] if ref in self.files:
                return "/".join(["", "attachments", self.files[ref], *rest])
            case ["s", slug, *rest] if slug == self.slug:
                moved = [self._part(part) for part in rest]
                return None if None in moved else "/".join(["", "s", self.new_slug, *(part or "" for part in moved)])
        return None

    def _part(self, part: str) -> str | None:
        ref, rest = re.match(r"([a-z0-9]*)(.*)", part, re.DOTALL).groups()  # type: ignore[union-attr]  # matches anything
        if ref in self.items:
            return self.items[ref] + rest
        return None if A_REF.fullmatch(ref) and not rest.startswith("-") else part


def uncalled(source: str, html: str, word: str) -> str:
    """Return a text with a `word` in place of everybody whom it calls: it calls and names nobody in the copy."""
    called = {unescape(one) for match in MENTION.finditer(html) for one in match.groups()}
    if not called:
        return source
    words = "|".join(re.escape(one) for one in sorted(called, key=len, reverse=True))
    return re.sub(rf"@(?:{words})(?!\w)", word, source, flags=re.IGNORECASE)


def nameless(html: str, word: str) -> str:
    """Return HTML without the names of whom it calls and quotes, for who reads it from outside."""
    return re.sub(r"<figcaption>.{0,2000}?</figcaption>", "", MENTION.sub(word, html), flags=re.DOTALL)


def relinked(source: str, places: Places) -> str:
    """Return a text whose links of the original's site lead into the copy, or say that they don't."""
    if "/" not in source:
        return source
    site = re.escape(places.site.rstrip("/"))

    def link(match: re.Match[str]) -> str:
        label, path, rest = match.groups()
        if to := places.leads_to(path):
            mark = "!" if match.group(0).startswith("!") else ""
            return f"{mark}[{label}]({to}{rest or ''})"
        return f"{label} ({places.words})".strip()

    def bare(match: re.Match[str]) -> str:
        to = places.leads_to(match.group(1).rstrip(".,;:!?"))
        ends = match.group(1)[len(match.group(1).rstrip(".,;:!?")) :]
        return (places.site.rstrip("/") + to if to else f"({places.words})") + ends

    def defined(match: re.Match[str]) -> str:
        to = places.leads_to(match.group(2))
        return f"{match.group(1)}{to or '#'}"

    text = re.sub(rf"!?\[{LABEL}\]\(<?(?:{site})?{ADDRESS}>?(\s+\"[^\"\n]{{0,200}}\")?\)", link, source)
    text = re.sub(rf"(?m)^(\s{{0,3}}\[[^\]\n]{{1,200}}\]:\s{{0,5}})<?(?:{site})?{ADDRESS}>?", defined, text)
    return re.sub(rf"<?{site}{ADDRESS}>?", bare, text) if site else text


def texts_of(table: Table) -> Iterator[Column[object]]:
    """Give the columns of a table that hold words, and not one of a fixed list."""
    return (column for column in table.columns if isinstance(column.type, String) and not isinstance(column.type, Enum))


def rendered_of(table: Table) -> list[tuple[str, str, str]]:
    """Return the columns of a table with a source, its HTML and the renderer's version, by how they are named everywhere."""
    found = []
    for column in table.columns:
        if column.name == "html" or column.name.endswith("_html"):
            stem = column.name.removesuffix("html")
            source = next(name for name in (f"{stem}source", stem.rstrip("_")) if name in table.c)
            renderer = next(name for name in (f"{stem}renderer", "renderer") if name in table.c)
            found.append((source, column.name, renderer))
    return found
