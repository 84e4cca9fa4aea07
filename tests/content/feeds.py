"""Making feeds in tests, and reading them as a feed reader does."""

import re
from html import unescape
from xml.etree import ElementTree as ET

from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import Browserless

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = re.compile(r'id="feed-made" readonly value="([^"]+)"')


def made(client: Browserless, press: str, **fields: object) -> str:
    """Press "Feed" and return the path of the address that is shown."""
    answer = client.send(press, **fields)
    assert answer.status_code == 200, answer.status
    found = ADDRESS.search(answer.text)
    assert found, "no address is shown"
    address = unescape(found[1])
    return address[address.index("/feeds/") :]


def fetch(app: Flask, path: str, **headers: str) -> TestResponse:
    """Fetch a feed as a programme does: without a cookie."""
    return app.test_client().get(path, headers=list(headers.items()))


def parsed(answer: TestResponse) -> ET.Element:
    """Read the document, and check what RFC 4287 asks of every feed and entry."""
    assert answer.status_code == 200, answer.status
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)  # noqa: S314  # our own document; expat of Python 3.11 expands no bombs
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *entries(feed)):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
            assert said(element, name)
        assert said(element, "id").startswith("urn:uuid:")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said(element, "updated"))
        links = element.findall(f"{ATOM}link")
        assert all(link.get("href", "").startswith("http") for link in links)
        assert [link.get("rel") for link in links] == ["alternate"]
    for entry in entries(feed):
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        content = entry.find(f"{ATOM}content")
        assert content is not None
        assert content.get("type") == "html"
    ids = [said(entry, "id") for entry in entries(feed)]
    assert len(ids) == len(set(ids))
    return feed


def entries(feed: ET.Element) -> list[ET.Element]:
    """Return the entries, in order."""
    return feed.findall(f"{ATOM}entry")


def said(element: ET.Element, name: str) -> str:
    """Return the text of an element's part."""
    return element.findtext(f"{ATOM}{name}") or ""


def texts(answer: TestResponse) -> list[str]:
    """Return what the entries say, in order."""
    return [said(entry, "content") for entry in entries(parsed(answer))]
