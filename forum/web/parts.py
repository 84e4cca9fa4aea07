"""The parts of addresses. What no database can hold is not found, before anything asks a database for it."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

LARGEST = 2**31 - 1


class Number(IntegerConverter):
    """A number that fits into a column."""

    def __init__(self, map: Map, *args: Any, **values: Any) -> None:  # noqa: A002, ANN401  # Werkzeug's own signature
        """`max` is the largest that a column holds unless the route says less."""
        super().__init__(map, *args, **{"max": LARGEST, **values})


class Word(UnicodeConverter):
    """A text without NUL, which PostgreSQL refuses."""

    def __init__(self, map: Map, *args: Any, **values: Any) -> None:  # noqa: A002, ANN401  # as above
        """Take the length that Werkzeug's own takes."""
        super().__init__(map, *args, **values)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


def init_parts(app: Flask) -> None:
    """Use these wherever a route says `<int:...>` or just a name. Call it before routes are added."""
    app.url_map.converters |= {"int": Number, "default": Word, "string": Word}
