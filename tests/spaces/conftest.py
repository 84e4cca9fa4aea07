"""Several people at the same moment, statements counted, visitors without an account."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from forum.core.db import db
from tests.cast import Browserless

AtOnce = Callable[..., list[Any]]
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def at_once(app: Flask) -> AtOnce:
    """Give a function that runs several others at the same moment, each with a connection of its own.

    What they return, or raise, comes back in their order.
    """

    def run(*functions: Callable[[], object]) -> list[Any]:
        barrier = Barrier(len(functions))

        def one(function: Callable[[], object]) -> object:
            with app.test_request_context("/"):
                barrier.wait()
                try:
                    return function()
                except Exception as error:  # noqa: BLE001  # the test looks at what went wrong
                    return error
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(len(functions)) as pool:
            return [future.result() for future in [pool.submit(one, function) for function in functions]]

    return run


@pytest.fixture
def counting(app: Flask) -> Counting:
    """Give a context that collects the statements which the app sends to its database."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(*args: Any) -> None:  # noqa: ANN401  # what SQLAlchemy hands over
            if not args[2].startswith(("BEGIN", "PRAGMA")):
                statements.append(args[2])

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def visitor(app: Flask) -> Browserless:
    """Give a browser in which nobody is signed in."""
    app.test_client_class = Browserless
    client = app.test_client()
    assert isinstance(client, Browserless)
    return client
