"""What services are sent: whatever somebody typed stays text there, and calls nobody (A12)."""

import json
from datetime import UTC, datetime
from typing import Any

from forum.core.hooks import News
from forum.notify.hooks.models import HookShape
from forum.notify.hooks.shapes import Told, body_of

ODD = "<!channel> @channel <https://evil.example.com|click> *b* _i_ [l](https://evil.example.com) {{DATE(2017,SHORT)}} & <at>Ann</at>"


def sent(shape: HookShape, words: str = ODD) -> dict[str, Any]:
    news = News(
        what=f"Carla wrote in “{words}”",
        title=words,
        url="https://baton.example.org/s/champions/threads/abc/#p1",
        author="Carla",
        words=words,
        at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    )
    told = Told(
        event="post.written", id="1", space=words, space_url="https://baton.example.org/s/champions/", news=news
    )
    found: dict[str, Any] = json.loads(body_of(told, shape, open_label="Open in Baton"))
    return found


def test_slack_reads_it_as_plain_text() -> None:
    """Only `text` is read for signs, so it is escaped; nothing with an @ calls anybody, in what imitates Slack either."""
    body = sent(HookShape.SLACK)
    assert not set("<>") & set(body["text"])
    assert "&lt;!channel&gt;" in body["text"]
    assert "& " not in body["text"].replace("&amp; ", "")
    texts = [block["text"] for block in body["blocks"] if block["type"] == "section"]
    texts += [part for block in body["blocks"] if block["type"] == "context" for part in block["elements"]]
    assert {text["type"] for text in texts} == {"plain_text"}
    assert "@channel" not in json.dumps(body, ensure_ascii=False)
    assert (body["parse"], body["link_names"]) == ("none", False)
    assert [block["elements"][0]["url"] for block in body["blocks"] if block["type"] == "actions"] == [
        "https://baton.example.org/s/champions/threads/abc/#p1"
    ]


def test_teams_reads_it_as_runs_of_text() -> None:
    """A run knows no Markdown; a mention would need an entity; dates aren't worked out."""
    (attachment,) = sent(HookShape.TEAMS)["attachments"]
    card = attachment["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    assert "msteams" not in card
    assert "{{DATE" not in json.dumps(card, ensure_ascii=False)
    assert "[l](https://evil.example.com)" in card["body"][1]["inlines"][0]["text"]


def test_plain_json_holds_what_was_typed() -> None:
    body = sent(HookShape.JSON)
    assert body["title"] == body["words"] == ODD
    assert body["at"] == "2026-11-02T09:30:00+00:00"


def test_it_is_never_too_long_for_them() -> None:
    for shape in (HookShape.SLACK, HookShape.TEAMS):
        assert len(json.dumps(sent(shape, "x" * 10_000))) < 14_000
