"""The document of a feed (RFC 4287). Pure.

No element is made by putting strings together, and what XML can't hold is left out: whatever somebody typed stays text (A12).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, kw_only=True)
class AtomEntry:
    """One entry. `id` is a urn that never changes, `html` what it says, `url` where it is read."""

    id: str
    title: str
    author: str
    published: datetime
    updated: datetime
    url: str
    category: str
    html: str


def document(
    *,
    urn: str,
    title: str,
    url: str,
    updated: datetime,
    entries: Sequence[AtomEntry],
    language: str,
) -> bytes:
    """Return the feed. It doesn't name its own address: that is its owner's secret, and the document may be passed on."""
    feed = Element("feed", {"xmlns": NAMESPACE, "xml:lang": language})
    _say(feed, "id", urn)
    _say(feed, "title", title)
    _say(feed, "updated", _moment(updated))
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": clean(url)})
    _say(feed, "generator", "Baton")
    for entry in entries:
        _add(feed, entry)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def clean(text: str) -> str:
    """Return `text` without the characters that no XML document may hold, not even as references."""
    return NOT_XML.sub("", text)


def _add(feed: Element, entry: AtomEntry) -> None:
    element = SubElement(feed, "entry")
    _say(element, "id", entry.id)
    _say(element, "title", entry.title)
    _say(element, "published", _moment(entry.published))
    _say(element, "updated", _moment(entry.updated))
    _say(SubElement(element, "author"), "name", entry.author)
    SubElement(element, "category", {"term": clean(entry.category)})
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": clean(entry.url)})
    _say(element, "content", entry.html).set("type", "html")


def _say(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = clean(text)
    return element


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
