"""What a version says, as plain values; how it is stored, and the digest to which a signature is bound (G1)."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from forum.core.text import one_line
from forum.roster.models import Engagement, Mode
from forum.strategy.parts import PARTS, QUARTERLY

LARGEST = 1e12
TYPED_NUMBER = re.compile(r"(\d+)[.)]\s+")


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something that is done: by whoever has a duty, until or from a day. `duty` is what the duty was called then."""

    what: str
    mode: Mode = Mode.USUAL
    engagement: Engagement | None = None
    duty_id: int | None = None
    duty: str = ""
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is counted, from what, to what by when. `source` names what of the community it is drawn from; "": noted by hand."""

    key: str
    words: str
    unit: str = ""
    source: str = ""
    baseline: float | None = None
    baseline_on: date | None = None
    target: float | None = None
    target_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Content:
    """A strategy as it stands on its page."""

    title: str = ""
    vision_on: date | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    activities: tuple[Activity, ...] = ()
    measures: tuple[Measure, ...] = ()
    cycle: int = QUARTERLY

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written yet but what it is called."""
        return not (self.vision_on or self.texts or self.activities or self.measures)

    def of(self, part: str) -> str:
        """Return what a part says, "" for nothing."""
        return self.texts.get(part, "")

    def measure(self, key: str) -> Measure | None:
        """Return one of its measures."""
        return next((one for one in self.measures if one.key == key), None)


def is_amount(amount: float) -> bool:
    """Whether a number is one that something can be: finite, and not larger than anything that is counted."""
    return math.isfinite(amount) and abs(amount) <= LARGEST


def stored(content: Content) -> str:
    """Return a version as it is stored: the same content is the same text, to the letter."""
    return json.dumps(asdict(content), default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(text: str) -> Content:
    """Return what was stored."""
    given = json.loads(text)
    return Content(
        title=given["title"],
        vision_on=_day(given["vision_on"]),
        texts={key: given["texts"][key] for key in PARTS if given["texts"].get(key)},
        activities=tuple(_activity(one) for one in given["activities"]),
        measures=tuple(_measure(one) for one in given["measures"]),
        cycle=given["cycle"],
    )


def digest_of(text: str, *, strategy: str, number: int) -> str:
    """Return the SHA-256 of a version: of which strategy (its uuid), which number, and all that it says."""
    return hashlib.sha256(f"{strategy}\n{number}\n{text}".encode()).hexdigest()


def lines_of(text: str) -> list[str]:
    """Return the lines of a part, without empty ones."""
    return [line for line in (one_line(line) for line in text.splitlines()) if line]


def items_of(text: str) -> list[str]:
    """Return the lines of a part that is a list, without the numbers that were typed before them: the list counts itself.

    Only a line's own number is one: "2027 is the year" stays, and so does "12. floor" in the third line.
    """
    return [_without_number(line, at) for at, line in enumerate(lines_of(text), 1)]


def _without_number(line: str, at: int) -> str:
    typed = TYPED_NUMBER.match(line)
    return line[typed.end() :] if typed and typed[1] == str(at) else line


def whole(content: Content) -> str:
    """Return all that a version says, in lines, to be compared and found."""
    lines = [content.title]
    lines += [f"{part.label}\n{content.of(key)}" for key, part in PARTS.items() if content.of(key)]
    lines += [" ".join(filter(None, (one.what, one.duty))) for one in content.activities]
    lines += [" ".join(filter(None, (one.words, one.unit))) for one in content.measures]
    return "\n".join(lines)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    message = f"not a value of a strategy: {value!r}"
    raise TypeError(message)


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None


def _activity(given: dict[str, object]) -> Activity:
    engagement, duty_id, day = given["engagement"], given["duty_id"], given["day"]
    return Activity(
        what=str(given["what"]),
        mode=Mode(str(given["mode"])),
        engagement=Engagement(str(engagement)) if engagement else None,
        duty_id=duty_id if isinstance(duty_id, int) else None,
        duty=str(given["duty"]),
        day=_day(str(day) if day else None),
    )


def _measure(given: dict[str, object]) -> Measure:
    baseline, target = given["baseline"], given["target"]
    baseline_on, target_on = given["baseline_on"], given["target_on"]
    return Measure(
        key=str(given["key"]),
        words=str(given["words"]),
        unit=str(given["unit"]),
        source=str(given["source"]),
        baseline=float(baseline) if isinstance(baseline, (int, float)) else None,
        baseline_on=_day(str(baseline_on) if baseline_on else None),
        target=float(target) if isinstance(target, (int, float)) else None,
        target_on=_day(str(target_on) if target_on else None),
    )
