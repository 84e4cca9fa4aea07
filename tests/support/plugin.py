"""The test run itself: its folder, which databases a test runs on, and what could not be run, said loudly."""

import gc
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from forum.spaces import installation
from tests.support import home, postgres_start
from tests.support.missing import NOT_RUN

MANY_THINGS = 20_000
"""After so many new ones the memory is looked through for what nobody holds: each look goes through the app and all tests."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all processes of this run share."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        gc.disable()  # until the tests are collected, which stay
    installation.KEPT = 24 * 3600  # a test that counts statements may last over the minute in which it is asked anew
    if not hasattr(config, "workerinput"):
        for killed in home.left_behind():
            _remove(killed)
        home.make()


def pytest_collection_finish() -> None:
    """Look no more, while tests run, through what stays to the end: it took a fifth of the time."""
    gc.freeze()
    gc.set_threshold(MANY_THINGS, 20, 10)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers of this run and remove its folder."""
    if not hasattr(config, "workerinput") and home.VARIABLE in os.environ:
        _remove(home.current())


def _remove(folder: Path) -> None:
    postgres_start.stop(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that is marked for it PostgreSQL instead of SQLite, or one after the other."""
    if "database_url" not in metafunc.fixturenames:
        return
    server = pytest.param("postgres", marks=pytest.mark.postgres)
    markers = {marker.name for marker in metafunc.definition.iter_markers()}
    if "both_databases" in markers:
        metafunc.parametrize("database_url", ["sqlite", server], indirect=True)
    elif "postgres" in markers:
        metafunc.parametrize("database_url", [server], indirect=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat at the end what was not run, and why."""
    missing: Counter[str] = Counter()
    for outcome in ("skipped", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            _, found, why = said.partition(f"{NOT_RUN}: ")
            if found:
                missing[why.splitlines()[0]] += 1
    if not missing:
        return
    terminalreporter.section(f"{NOT_RUN}: THIS MACHINE LACKS SOMETHING", sep="!", red=True, bold=True)
    for why, count in missing.items():
        terminalreporter.line(f"{count} tests were not run. {why}", red=True)
