"""Tables to take along, as CSV that spreadsheets open: a text that they would run as a formula stays text (A12)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from flask import Response

RUNS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def cell(value: object) -> str:
    """Return a cell. What a spreadsheet would run is quoted; numbers below zero stay numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(RUNS) and not NUMBER.fullmatch(text) else text


def sheet(name: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> Response:
    """Answer with a table, to be kept as `name`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([cell(value) for value in head])
    writer.writerows([cell(value) for value in row] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
