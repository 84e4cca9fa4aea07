"""What an archive of a space carries of its strategy. Signatures stay: a file can't sign."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, true

from forum.core.archiving import Archived, Arrival, Row, Shown, Taken, Telling, kept, stay
from forum.strategy.clone import POLICY
from forum.strategy.content import digest_of, read, stored
from forum.strategy.models import Answer, Strategy, Version
from forum.strategy.parts import PARTS
from forum.strategy.words import QUESTIONS
from forum.web.rendering import full_day
from forum.web.words import _, _l

ARCHIVED: Archived = {
    **stay(POLICY, "strategy_signoff"),
    "strategy": kept("id", "space_id", "version", left=("signed", "signed_at"), held=("holder_id",)),
    "strategy_version": kept(
        "strategy_id", "number", "content", "author_id", "at", made=("digest",), left=("signed_at",)
    ),
    "strategy_value": kept(
        "strategy_id",
        "measure",
        "day",
        "amount",
        "note",
        "is_drawn",
        "by_id",
        "at",
        "corrects_id",
        made=("id",),
        left=("once",),
    ),
    "strategy_review": kept(
        "strategy_id", "number", "made", "due_on", "closed_on", "closed_at", "closed_by_id", "conclusion", made=("id",)
    ),
    "strategy_answer": kept("strategy_id", "review_id", "question", "person_id", "words", "at", made=("id",)),
}


def with_keys(version: Row, key: Callable[[str, int], int | None]) -> None:
    """Let a version name duties by what they are called in the file."""
    version["content"] = _turned(version["content"], lambda duty: key("item", duty))


def anew(version: Row, arrival: Arrival) -> bool:
    """Let it name the duties of here, and say its words as here. Its digest is that of what it says then: no signature comes along.

    Raises ValueError.
    """
    words = _said(json.loads(_turned(version["content"], lambda duty: arrival.key("item", duty))), arrival.in_text)
    text = stored(read(json.dumps(words)))
    digest = digest_of(text, strategy=arrival.uuid(version["strategy_id"]), number=version["number"])
    version["content"], version["digest"] = text, digest
    return True


def _turned(content: str, key: Callable[[int], int | None]) -> str:
    said = json.loads(content)
    for activity in said["activities"]:
        duty = activity.get("duty_id")
        activity["duty_id"] = key(duty) if isinstance(duty, int) else None
    return json.dumps(said, ensure_ascii=False)


def _said(one: Any, in_text: Callable[[str], str]) -> Any:  # noqa: ANN401  # whatever JSON holds
    """Return what a version says with each of its texts turned."""
    if isinstance(one, dict):
        return {key: _said(part, in_text) for key, part in one.items()}
    if isinstance(one, list):
        return [_said(part, in_text) for part in one]
    return in_text(one) if isinstance(one, str) else one


def was_shown() -> ColumnElement[bool]:
    """Return the condition on versions that everybody is or was shown: no drafts."""
    shown = select(func.coalesce(Strategy.signed, Strategy.version)).where(Strategy.id == Version.strategy_id)
    return or_(Version.signed_at.is_not(None), Version.number == shown.scalar_subquery())


def in_words(version: Row) -> Iterator[tuple[str, object]]:
    """Give what a version says, part by part, for pages to read."""
    said = read(version["content"])
    yield _("Title"), said.title
    if said.vision_on is not None:
        yield _("By when"), full_day(said.vision_on)
    yield from ((str(PARTS[key].label), text) for key, text in said.texts.items())
    for number, activity in enumerate(said.activities, 1):
        yield _("What we do, %(number)s", number=str(number)), " · ".join(filter(None, (activity.what, activity.duty)))
    for number, measure in enumerate(said.measures, 1):
        yield (
            _("What we measure, %(number)s", number=str(number)),
            " ".join(filter(None, (measure.words, measure.unit))),
        )


def measured(connection: Connection) -> Telling:
    """Return who tells, for pages to read, of what a value is one, by the newest version that says so. Each version is read once."""
    known: dict[int, dict[str, str]] = {}

    def tell(value: Row) -> Iterator[tuple[str, object]]:
        strategy = value["strategy_id"]
        if strategy not in known:
            versions = select(Version.content).where(Version.strategy_id == strategy, was_shown())
            contents = connection.execute(versions.order_by(Version.number)).scalars()
            known[strategy] = {one.key: one.words for content in contents for one in read(content).measures}
        if (words := known[strategy].get(value["measure"])) is not None:
            yield _("Measure"), words

    return tell


TAKEN = Taken(
    kinds={"strategy": "strategy"},
    which={"strategy_answer": lambda _asker: Answer.review_id.is_not(None)},
    shown={
        "strategy": Shown(rows=true),
        "strategy_version": Shown(
            rows=was_shown,
            title=_l("The strategy"),
            columns={
                "number": _l("Version"),
                "content": _l("What it says"),
                "author_id": _l("Written by"),
                "at": _l("On"),
            },
            told={"content": lambda _connection: in_words},
        ),
        "strategy_value": Shown(
            rows=true,
            title=_l("Values"),
            columns={
                "measure": _l("Measure"),
                "day": _l("Day"),
                "amount": _l("Amount"),
                "note": _l("Note"),
                "by_id": _l("By"),
            },
            told={"measure": measured},
        ),
        "strategy_review": Shown(
            rows=true,
            title=_l("Reviews"),
            columns={
                "number": _l("Version"),
                "due_on": _l("Due on"),
                "closed_on": _l("Closed on"),
                "closed_by_id": _l("Closed by"),
                "conclusion": _l("Conclusion"),
            },
        ),
        "strategy_answer": Shown(
            rows=lambda: Answer.review_id.is_not(None),
            title=_l("Answers"),
            columns={
                "review_id": _l("Review of version"),
                "question": _l("Question"),
                "person_id": _l("Who"),
                "words": _l("Words"),
                "at": _l("On"),
            },
            words={"question": QUESTIONS},
        ),
    },
    written={"strategy_version": with_keys},
    read={"strategy_version": anew},
    turns={"strategy_version": frozenset({"content"})},
)
