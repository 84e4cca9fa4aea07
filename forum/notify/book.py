"""Which teller speaks for which kind of fact."""

from collections.abc import Mapping, Sequence

from flask import Flask

from forum.core.events import Fact, Teller, restore
from forum.core.outbox import FactRow

Book = Mapping[str, Teller]


def book_of(app: Flask) -> Book:
    """Return the app's tellers by the kind of their fact. Each kind has one: a delivery doesn't say who spoke for it."""
    tellers: Sequence[Teller] = app.extensions["baton"].tellers
    book = {teller.fact.kind(): teller for teller in tellers}
    if len(book) != len(tellers):
        raise ValueError("two tellers speak for one kind of fact")
    return book


def fact_of(row: FactRow, book: Book) -> Fact:
    """Make a row's fact again. Raises KeyError when no teller speaks for it."""
    return restore(row, {kind: teller.fact for kind, teller in book.items()})
