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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests of the furnished installation both databases where they are marked for it."""
    if "furnished" in metafunc.fixturenames:
        kinds = ["sqlite"]
        if any(marker.name == "both_databases" for marker in metafunc.definition.iter_markers()):
            kinds.append("postgres")
        marks = {"sqlite": (), "postgres": (pytest.mark.postgres,)}
        values = [pytest.param(kind, marks=marks[kind]) for kind in kinds]
        metafunc.parametrize("furnished", values, indirect=True, scope="session")


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
