"""Visitors, and passwords that are hashed quickly."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from forum.core.db import db
from forum.people import passwords
from forum.people.models import Person
from tests import factories
from tests.cast import Browserless

PASSWORD = "lamp-otter-vinyl"
AtOnce = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash with the least that argon2 allows."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def visitor(app: Flask) -> Browserless:
    """Give a browser in which nobody is signed in."""
    app.test_client_class = Browserless
    client = app.test_client()
    assert isinstance(client, Browserless)
    return client


@pytest.fixture
def priya(app: Flask) -> Person:
    """Give somebody with a password."""
    with app.app_context():
        return factories.make_person(
            name="Priya Nair", email="priya.nair@fenbridge.example", secret_hash=passwords.hash_password(PASSWORD)
        )


@pytest.fixture
def at_once(app: Flask) -> AtOnce:
    """Give a function that runs several others at the same moment, each with a connection of its own."""

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


def plain(response: TestResponse) -> str:
    """Return a page without what differs each time: the tokens against forged requests."""
    return re.sub(r'(name="csrf_token"[^>]*value|csrf-token" content)="[^"]*"', r'\1=""', response.text)
