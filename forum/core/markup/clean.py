"""The gate: what may stand in the HTML of a text. One pass that cleans, makes links and names people."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from html import escape, unescape
from typing import Any

from bleach.linkifier import LinkifyFilter  # noqa: TID251  (this package is the importer)
from bleach.sanitizer import Cleaner  # noqa: TID251

from forum.core.markup.links import MAIL_IN_TEXT, WEB_IN_TEXT, is_external, may_lead_to
from forum.core.markup.shapes import NOBODY, Names, Picture
from forum.core.markup.source import HANDLE, handle_in

Token = dict[str, Any]
Attributes = dict[Any, str]

ID = re.compile(r"fn(?:ref[0-9]*)?:[A-Za-z0-9_-]{1,80}")
SIDE = re.compile(r"left|center|right")
LABEL = re.compile(r"[^<>\"]{1,100}")
ALLOWED: Mapping[str, Mapping[str, Callable[[str], object]]] = {
    "a": {
        "href": may_lead_to,
        "class": re.compile(r"mention|footnote-ref|footnote-backref").fullmatch,
        "aria-label": LABEL.fullmatch,
        "rel": re.compile(r"nofollow ugc noopener").fullmatch,
    },
    "blockquote": {},
    "br": {},
    "code": {"class": re.compile(r"language-[A-Za-z0-9_+#.-]{1,30}").fullmatch},
    "del": {},
    "div": {
        "class": re.compile(r"table|footnote").fullmatch,
        "role": re.compile(r"group").fullmatch,
        "aria-label": LABEL.fullmatch,
        "tabindex": re.compile(r"0").fullmatch,
    },
    "em": {},
    "figcaption": {},
    "figure": {"class": re.compile(r"quote").fullmatch},
    "h4": {},
    "h5": {},
    "h6": {},
    "hr": {},
    "img": {
        "src": may_lead_to,
        "alt": bool,
        "width": re.compile(r"[0-9]{1,4}").fullmatch,
        "height": re.compile(r"[0-9]{1,4}").fullmatch,
        "loading": re.compile(r"lazy").fullmatch,
    },
    "li": {
        "id": ID.fullmatch,
        "class": re.compile(r"task").fullmatch,
        "data-state": re.compile(r"done|to-do").fullmatch,
    },
    "ol": {"start": re.compile(r"[0-9]{1,6}").fullmatch},
    "p": {},
    "pre": {},
    "span": {"class": re.compile(r"vh").fullmatch},
    "strong": {},
    "sup": {"id": ID.fullmatch},
    "table": {},
    "tbody": {},
    "td": {"data-align": SIDE.fullmatch},
    "th": {"scope": re.compile(r"col").fullmatch, "data-align": SIDE.fullmatch},
    "thead": {},
    "tr": {},
    "ul": {},
}
# What, before an "@" or behind a handle, makes them part of something else.
JOINED_AHEAD = re.compile(r"[\w.+/@\\-]")
JOINED_BEHIND = re.compile(r"[\w@]")
# Marks within a line. Behind any other tag a new run of text begins.
WITHIN = frozenset({"em", "strong", "del", "a", "code", "sup", "span"})
SILENT = frozenset({"a", "code", "pre", "blockquote"})
WIDEST, HIGHEST = 704, 560  # pixels of a picture on a page: a post's width, less than a screen's height
HREF, REL, CLASS, SRC, ALT = ((None, name) for name in ("href", "rel", "class", "src", "alt"))


def clean(html: str, names: Names = NOBODY) -> tuple[str, frozenset[str], frozenset[str]]:
    """Return `html` with only what is allowed in it, the handles from `names` that it mentions, and which of its pictures it shows.

    Cleaning twice gives the same. Addresses become links; a tag that isn't known is shown as text.
    """
    mentioned: set[str] = set()
    shown: set[str] = set()
    links: dict[str, Any] = {
        "callbacks": [_mark_external],
        "parse_email": True,
        "skip_tags": {"pre", "code"},
        "url_re": WEB_IN_TEXT,
        "email_re": MAIL_IN_TEXT,
    }
    # The stubs know neither a filter that is a plain generator nor a callback that refuses.
    filters: list[Any] = [
        partial(refuse, pictures=names.pictures, shown=shown),
        partial(Links, **links),
        partial(name_people, names=names, mentioned=mentioned),
    ]
    cleaner = Cleaner(
        tags=frozenset(ALLOWED),
        attributes=_is_allowed,
        protocols=frozenset({"http", "https", "mailto"}),
        filters=filters,
    )
    return cleaner.clean(html), frozenset(mentioned), frozenset(shown)


def _is_allowed(tag: str, name: str, value: str) -> bool:
    check = ALLOWED[tag].get(name)
    return check is not None and bool(check(value))


def _mark_external(attributes: Attributes, new: bool) -> Attributes | None:  # noqa: FBT001  (bleach's signature)
    """Give every link to another site its `rel`; refuse what may not be a link (also one found in the text)."""
    href = attributes.get(HREF, "")
    if new:  # from text, where "&copy" is five characters and O'Brien a name; bleach gives "www." the old protocol
        href = re.sub(r"^http://(?=www\.)", "https://", href.replace("&", "&amp;").replace("'", "%27"))
        attributes[HREF] = href
    attributes.pop(REL, None)
    if is_external(href):
        attributes[REL] = "nofollow ugc noopener"
    return attributes if may_lead_to(href) else None


class Links(LinkifyFilter):
    """bleach's filter, for use in the cleaner's own pass."""

    def extract_entities(self, token: Token) -> Iterator[Token]:
        """Leave text as it is: the cleaner has read its entities already; twice would turn "&amp;lt;" into "<"."""
        yield token


def refuse(source: Iterable[Token], *, pictures: Mapping[str, Picture], shown: set[str]) -> Iterator[Token]:
    """Leave of a refused link what stands in it; show images only if they are attachments that this text may show (A13).

    Nothing may load from another site: it would tell that site who reads what, and when. Of such an image a link
    remains, or the description. `shown` collects the addresses of those that are shown.
    """
    in_link = False
    for token in source:
        kind, name = token["type"], token.get("name")
        if name == "a" and kind == "StartTag":
            in_link = HREF in token["data"]
            if not in_link:
                continue
        elif name == "a":
            was_in_link, in_link = in_link, False
            if not was_in_link:
                continue
        if name == "img":
            yield from _image(token, in_link=in_link, pictures=pictures, shown=shown)
        else:
            yield token


def _image(token: Token, *, in_link: bool, pictures: Mapping[str, Picture], shown: set[str]) -> Iterator[Token]:
    source, alt = token["data"].get(SRC, ""), token["data"].get(ALT, "")
    picture = pictures.get(source)
    if picture is not None:
        shown.add(source)
        token["data"] = {SRC: source, ALT: alt or escape(picture.alt), **_size(picture), (None, "loading"): "lazy"}
        yield token
    elif in_link or not source:
        yield {"type": "Characters", "data": unescape(alt)}
    else:
        yield from _link(unescape(alt or source), href=source)


def _size(picture: Picture) -> Attributes:
    """Return how large a picture stands on the page: known before it is loaded, so that nothing jumps."""
    share = min(1.0, WIDEST / picture.width, HIGHEST / picture.height)
    width, height = (max(1, round(side * share)) for side in (picture.width, picture.height))
    return {(None, "width"): str(width), (None, "height"): str(height)}


def name_people(source: Iterable[Token], *, names: Names, mentioned: set[str]) -> Iterator[Token]:
    """Make "@priya" or "@Priya Nair" a link to Priya's page: outside of code, links (mail addresses among them) and quotes.

    A quote repeats what somebody else said: whoever is named there has been called once already. `mentioned` collects
    the handles that became links.
    """
    closed = 0  # how many tags are open in which nobody is mentioned
    before = ""  # the character before this text, also across a mark: in "*sunil*@example" nobody is meant
    for token in source:
        kind, name = token["type"], token.get("name")
        if name in SILENT:
            closed += {"StartTag": 1, "EndTag": -1}.get(kind, 0)
        if kind != "Characters":
            yield token
            if name not in WITHIN:
                before = ";" if kind == "Entity" else ""
            continue
        if closed:
            yield token
        else:
            yield from _mentions(token["data"], before=before, names=names, mentioned=mentioned)
        before = token["data"][-1:]


def _mentions(text: str, *, before: str, names: Names, mentioned: set[str]) -> Iterator[Token]:
    end, people = 0, names.people
    for start, stop, handle in _calls(text, called=names.called):
        ahead = text[start - 1] if start else before
        if start < end or handle not in people or JOINED_AHEAD.match(ahead) or JOINED_BEHIND.match(text, stop):
            continue
        yield {"type": "Characters", "data": text[end:start]}
        yield from _link(f"@{people[handle]}", href=f"/people/{handle}", css_class="mention")
        mentioned.add(handle)
        end = stop if text[start + 1 : stop] in names.called else start + 1 + len(handle)
    yield {"type": "Characters", "data": text[end:]}


def _calls(text: str, *, called: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Return where `text` may call somebody, and by which handle: by a whole name before a handle that begins like it."""
    found = [(match.start(), match.end(), handle_in(match)) for match in HANDLE.finditer(text)]
    for name in called:
        at = text.find(f"@{name}")
        while at >= 0:
            stop = at + 1 + len(name)
            if not text[stop : stop + 1].isalnum():
                found.append((at, stop, called[name]))
            at = text.find(f"@{name}", stop)
    return sorted(found, key=lambda call: (call[0], -call[1]))


def _link(text: str, *, href: str, css_class: str = "") -> Iterator[Token]:
    attributes: Attributes = {HREF: href, CLASS: css_class} if css_class else {HREF: href}
    yield {"type": "StartTag", "name": "a", "namespace": None, "data": attributes}
    yield {"type": "Characters", "data": text}
    yield {"type": "EndTag", "name": "a", "namespace": None}
