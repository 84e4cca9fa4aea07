"""Statements that hot pages execute again and again: built once, and with what never changes in them written as SQL.

Whatever a statement holds as a value costs time each time it is executed: SQLAlchemy collects, converts and unfolds some hundred words
like 'published' for a page. In a statement that is built once they are as constant as its columns, so they stand in its text. What is
given when it is executed (who looks, when, in which space) stays a parameter.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from functools import cache, update_wrapper
from typing import ParamSpec, TypeVar, cast

from sqlalchemy import BindParameter, ClauseElement, Integer, SelectBase, String, false, literal_column, true
from sqlalchemy.sql.cache_key import CacheKey
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse

Built = TypeVar("Built", bound=ClauseElement)
How = ParamSpec("How")


def prepared(build: Callable[How, Built]) -> Callable[How, Built]:
    """Make `build` build a statement, or a part of one, once for each of its arguments."""

    def once(*given: How.args, **named: How.kwargs) -> Built:
        return _with_lasting_key(with_constants(build(*given, **named)))

    return cast("Callable[How, Built]", cache(update_wrapper(once, build)))


def with_constants(built: Built) -> Built:
    """Return `built` with the words, numbers and truths that it holds written into it. Raises ValueError for a named one."""
    return cast("Built", replacement_traverse(built, {}, _constant))


class _Hashed(tuple[object, ...]):  # noqa: SLOT001  # a tuple can have no slots
    """A tuple that is hashed once: of what a statement is made of that is some thousand things."""

    _hash: int

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            self._hash = super().__hash__()
            return self._hash


def _with_lasting_key(built: Built) -> Built:
    """Return `built`, which SQLAlchemy finds among the compiled statements by a key that it keeps, without hashing it each time."""
    kept = built._generate_cache_key() if isinstance(built, SelectBase) else None  # noqa: SLF001  # there is no other way to it
    if kept is not None:
        lasting = CacheKey(_Hashed(kept.key), kept.bindparams, kept.params)
        built.__dict__["_generate_cache_key"] = lambda: lasting
    return built


def _constant(element: ExternallyTraversible, **_options: object) -> ExternallyTraversible | None:
    if not isinstance(element, BindParameter) or element.required or element.callable is not None:
        return None
    if not element.unique:
        raise ValueError(
            f"“{element.key}” has a value in a statement that is built once: what is given later would not count."
        )
    if isinstance(element.value, bool):
        return true() if element.value else false()
    if not isinstance(element.type, (String, Integer)):  # an Enum is a String
        return None
    written = _several(element.value or ()) if element.expanding else _one(element.value)
    return literal_column(written, element.type) if written else None


def _several(values: Iterable[object]) -> str:
    each = [_one(value) for value in values]
    return f"({', '.join(each)})" if each and all(each) else ""


def _one(value: object) -> str:
    """Return a value as SQL, "" for what isn't written down."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value) if type(value) is int else ""
