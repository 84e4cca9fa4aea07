"""Values of columns as template files write them, and what is let in of a file: each by its column's type. Pure."""

import enum
import math
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Enum, Float, Integer, SmallInteger, String, Time
from sqlalchemy.types import TypeEngine

from forum.core.db import UtcDateTime, WallTime
from forum.core.markup import MAX_SOURCE
from forum.core.markup.source import normalised
from forum.core.text import one_line, slug

ONE_LINE = 200
"""A text that is no longer than this stands on one line."""
LARGEST, LARGEST_SMALL = 2**31 - 1, 2**15 - 1
MOST_WORDS = 50
"""How many words of its own a row may hold besides its columns."""


class Unfit(ValueError):
    """A value that can't stand in its column."""


def written(value: object) -> object:
    """Return a value as JSON writes it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return value


def read(column: Column[Any], value: object) -> object:
    """Return what a file says of a column as it is stored. Raises Unfit."""
    if value is None:
        if not column.nullable:
            raise Unfit(column.name)
        return None
    for kind, reader in READERS:
        if isinstance(column.type, kind):
            try:
                return reader(column.type, column.name, value)
            except (ValueError, TypeError, OverflowError, KeyError) as error:
                raise Unfit(column.name) from error
    raise Unfit(column.name)


def _word(kind: Any, _name: str, value: object) -> object:  # noqa: ANN401  # SQLAlchemy's Enum
    return kind.enum_class(value)


def _flag(_kind: object, name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit(name)
    return value


def _number(kind: object, name: str, value: object) -> int:
    largest = LARGEST_SMALL if isinstance(kind, SmallInteger) else LARGEST
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise Unfit(name)
    return value


def _amount(_kind: object, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Unfit(name)
    return float(value)


def _words(_kind: object, name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_WORDS:
        raise Unfit(name)
    return {
        one_line(key)[:ONE_LINE]: normalised(_string(said)).replace("\0", "")[:MAX_SOURCE]
        for key, said in value.items()
    }


def _wall(_kind: object, _name: str, value: object) -> datetime:
    return datetime.fromisoformat(_string(value)).replace(tzinfo=None, microsecond=0)


def _instant(_kind: object, name: str, value: object) -> datetime:
    moment = datetime.fromisoformat(_string(value))
    if moment.tzinfo is None:
        raise Unfit(name)
    return moment


def _text(kind: Any, name: str, value: object) -> str:  # noqa: ANN401  # SQLAlchemy's String
    text = normalised(_string(value)).replace("\0", "")
    if kind.length and kind.length <= ONE_LINE:
        text = one_line(text)
    if len(text) > (kind.length or MAX_SOURCE):
        raise Unfit(name)
    if name == "slug" and slug(text, length=kind.length) != text:
        raise Unfit(name)
    if name == "zone":
        ZoneInfo(text)
    return text


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


READERS: list[
    tuple[type[TypeEngine[Any]] | tuple[type[TypeEngine[Any]], ...], Callable[[Any, str, object], object]]
] = [
    (Enum, _word),
    (String, _text),
    (JSON, _words),
    (Boolean, _flag),
    (Float, _amount),
    (Integer, _number),
    (WallTime, _wall),
    ((UtcDateTime, DateTime), _instant),
    (Date, lambda _kind, _name, value: date.fromisoformat(_string(value))),
    (Time, lambda _kind, _name, value: time.fromisoformat(_string(value)).replace(tzinfo=None)),
]
