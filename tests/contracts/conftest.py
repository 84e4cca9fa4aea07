"""The furnished installation: made once for each process and database, and as in the beginning for each test."""

import os
import shutil
from collections.abc import Iterator
from unittest import mock

import pytest
from argon2 import PasswordHasher

from forum.people import passwords
from tests.contracts.world import FOLDER, World, fill, settings_of
from tests.support import home
from tests.support.databases import copy_of
from tests.support.server import make_app
from tests.support.turns import ALL, turns

ON_POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests of the furnished installation both databases where they are marked for it.

    With `postgres_turns` a test is given its turn: all on SQLite, and on PostgreSQL some of so many.
    """
    if "furnished" not in metafunc.fixturenames:
        return
    both = metafunc.definition.get_closest_marker("both_databases")
    of = both.kwargs.get("postgres_turns") if both else None
    if of is None:
        values = ["sqlite", *([ON_POSTGRES] if both else [])]
        metafunc.parametrize("furnished", values, indirect=True, scope="session")
        return
    on_postgres = [
        pytest.param("postgres", turn, marks=(pytest.mark.postgres, *turn.marks), id=f"postgres-{turn}")
        for turn in turns(of)
    ]
    on_sqlite = pytest.param("sqlite", ALL, id="sqlite")
    metafunc.parametrize("furnished, turn", [on_sqlite, *on_postgres], indirect=["furnished"], scope="session")


@pytest.fixture(scope="session")
def furnished(request: pytest.FixtureRequest) -> Iterator[World]:
    """Give the installation on one kind of database."""
    for url in copy_of(request.param, fill=fill):
        own = f"{FOLDER}-{request.param}-{os.getpid()}"
        shutil.copytree(
            home.folder(FOLDER), home.folder(own), dirs_exist_ok=True
        )  # another process throws its own files away
        for app in make_app(settings_of(url, folder=own)):
            world = World(app, request.param)
            world.learn()
            yield world
            missed = world.changed_tables(looking_at_all=True)
            assert not missed, f"These were written to unseen, so that no test put them back: {missed}"


@pytest.fixture(autouse=True)
def _quick_hashing() -> Iterator[None]:
    """Hash passwords quickly: how slow it is has tests of its own."""
    with mock.patch.object(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield


@pytest.fixture
def world(furnished: World) -> Iterator[World]:
    """Give the installation as it was in the beginning."""
    yield furnished
    furnished.put_back()
