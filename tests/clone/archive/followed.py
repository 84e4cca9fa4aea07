"""Exported pages, every link of which is followed."""

import posixpath
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

from forum.clone.archive.pages import write_pages
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Space
from tests.clone.archive.carried import nothing


class Links(HTMLParser):
    """Collects where a page leads, and to which places of it one can be led."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.places: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        for name, value in attrs:
            if name in {"href", "src", "action", "srcset"} and value is not None:
                self.leads.append(value)
            elif name == "id" and value:
                self.places.add(value)
        assert tag not in {"script", "link", "iframe", "object", "form"}


def followed(path: Path) -> dict[str, str]:
    """Follow every link of every page. Returns the pages."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        pages = {name: archive.read(name).decode() for name in names if name.endswith(".html")}
    found = {name: Links(page) for name, page in pages.items()}
    led_to = {"index.html"}
    for name, links in found.items():
        for where in links.leads:
            if where.startswith(("http://", "https://", "mailto:")):
                continue
            target, place = urldefrag(where)
            goal = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(target))) if target else name
            assert goal in names, f"{name} leads to {where}"
            assert not place or place in found[goal].places, f"{name} leads to {where}"
            led_to.add(goal)
    assert led_to == names
    return pages


def pages_of(space: Space, asker: Person, folder: Path) -> dict[str, str]:
    """Write the pages of a space, and follow every link of them. Returns them by the names of their files, without their folder."""
    path = folder / "pages.zip"
    db.session.rollback()
    write_pages(space, asker, path, step=nothing)
    return {posixpath.basename(name): page for name, page in followed(path).items()}
