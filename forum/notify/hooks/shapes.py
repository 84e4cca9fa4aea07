"""What is sent, in the shape that each service takes. Pure. Whatever somebody typed stays text there (A12), and calls nobody."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from forum.core.hooks import News
from forum.notify.hooks.models import HookShape

CARD = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
MOST = 2900
"""Slack takes 3,000 characters in a block."""
CALLS = re.compile(r"(?<!\w)@(?=\w)")
NOTHING = "\u200b"
"""A space without width: it parts a sign from what would make something of it."""
COMPUTED = re.compile(r"\{\{(?=\s*(?:DATE|TIME)\b)", re.IGNORECASE)
ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is told: the event's name and id, the space, and the news."""

    event: str
    id: str
    space: str
    space_url: str
    news: News


def body_of(told: Told, shape: HookShape, *, open_label: str) -> bytes:
    """Return the body, as JSON in UTF-8. `open_label` is the word on the press that leads to Baton."""
    made = SHAPES[shape](told, open_label)
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def _json(told: Told, _label: str) -> Mapping[str, Any]:
    news = told.news
    return {
        "event": told.event,
        "id": told.id,
        "at": news.at.isoformat(),
        "space": {"name": told.space, "url": told.space_url},
        "title": news.title,
        "author": news.author,
        "words": news.words,
        "url": news.url,
    }


def _slack(told: Told, label: str) -> Mapping[str, Any]:
    """Blocks of plain text, in which nothing is a sign of anything; `text`, which is, is for notifications only."""
    news = told.news
    blocks: list[dict[str, Any]] = [{"type": "section", "text": _plain(_whole(news.what))}]
    if news.words:
        blocks.append({"type": "section", "text": _plain(_whole(news.words))})
    blocks.append({"type": "context", "elements": [_plain(_whole(told.space))]})
    open_it = {"type": "button", "text": _plain(label), "url": news.url, "action_id": "open"}
    blocks.append({"type": "actions", "elements": [open_it]})
    return {
        "text": _whole(news.what).translate(ESCAPED),
        "blocks": blocks,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _teams(told: Told, label: str) -> Mapping[str, Any]:
    """An adaptive card. Runs of text know no Markdown, and a mention would need an entity, of which there is none."""
    news = told.news
    body = [_lines(news.what, weight="Bolder")]
    if news.words:
        body.append(_lines(news.words))
    body.append(_lines(told.space, isSubtle=True, size="Small"))
    card = {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": label, "url": news.url}],
    }
    return {"type": "message", "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}]}


def _lines(text: str, **how: object) -> dict[str, Any]:
    shown = COMPUTED.sub("{" + NOTHING + "{", _whole(text))
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": shown, **how}]}


def _whole(text: str) -> str:
    """Return a text as it is sent to people: not too long, and without anything that calls somebody there."""
    kept = text if len(text) <= MOST else text[:MOST] + " …"
    return CALLS.sub(f"@{NOTHING}", kept)


SHAPES: Mapping[HookShape, Callable[[Told, str], Mapping[str, Any]]] = {
    HookShape.TEAMS: _teams,
    HookShape.SLACK: _slack,
    HookShape.JSON: _json,
}
