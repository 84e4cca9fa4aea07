"""`baton strategy-pdf SPACE`: the page that everybody is shown as a file, and what is said where there is no Chromium."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from forum.core.db import db
from forum.strategy.parts import PARTS
from tests import factories
from tests.cast import Cast
from tests.cli.process import baton
from tests.factories import strategy_content
from tests.support import chromium
from tests.support.missing import not_run

SPACE = "champions"
A4 = (595, 842)


@pytest.fixture
def planned(app: Flask, cast: Cast) -> Cast:
    """Give Champions a signed strategy, and a draft after it."""
    with app.app_context():
        strategy = factories.make_strategy(cast.champions, by=cast.champion)
        factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy")
        factories.make_version(strategy, by=cast.champion, content=strategy_content("Not signed by anybody"))
        db.engine.dispose()
    return cast


@pytest.fixture
def found() -> str:
    """Give a Chromium."""
    path = chromium.find()
    if path is None:
        not_run("the command that makes the strategy's file", because="there is no Chromium")
    return path


@pytest.mark.usefixtures("planned")
def test_the_signed_page_becomes_a_file_of_one_side(env: Mapping[str, str], tmp_path: Path, found: str) -> None:
    """G1: read by a PDF reader; the draft stays where it is."""
    out = tmp_path / "plan.pdf"
    done = baton("strategy-pdf", SPACE, "--out", str(out), env={**env, "BATON_CHROMIUM": found})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{out}: version 1, one side of A4.\n"
    [page] = PdfReader(out).pages
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == A4
    said = page.extract_text()
    assert "Ruth Abernethy" in said
    assert "Not signed by anybody" not in said


def test_one_that_is_too_long_is_made_and_says_by_how_much(
    app: Flask, cast: Cast, env: Mapping[str, str], tmp_path: Path, found: str
) -> None:
    """G1: the exit code is 1, for who runs it at night."""
    long = replace(strategy_content(**dict.fromkeys(PARTS, "Everybody learns from another one. " * 40)), activities=())
    with app.app_context():
        factories.make_strategy(cast.champions, by=cast.champion, content=long)
        db.engine.dispose()
    out = tmp_path / "plan.pdf"
    done = baton("strategy-pdf", SPACE, "--out", str(out), env={**env, "BATON_CHROMIUM": found})
    assert (done.returncode, done.stderr) == (1, "")
    assert "too long by about" in done.stdout
    assert len(PdfReader(out).pages) > 1


@pytest.mark.usefixtures("planned")
def test_without_a_chromium_it_says_what_to_do_and_leaves_no_file(env: Mapping[str, str], tmp_path: Path) -> None:
    """G1, H2: none is there, the one that was named isn't, or it makes nothing."""
    out = tmp_path / "plan.pdf"
    for named, why in (("no", "no browser on the server"), ("/nowhere/chromium", "couldn’t make the file")):
        done = baton("strategy-pdf", SPACE, "--out", str(out), env={**env, "BATON_CHROMIUM": named})
        assert (done.returncode, done.stdout) == (1, "")
        assert why in done.stderr
        assert "BATON_CHROMIUM" in done.stderr
        assert "Traceback" not in done.stderr
        assert not out.exists()


@pytest.mark.usefixtures("planned")
def test_a_space_without_one_and_one_that_is_none_are_said_alike(env: Mapping[str, str]) -> None:
    for space in ("night-desk", "nowhere"):
        done = baton("strategy-pdf", space, env=env)
        assert done.returncode == 2
        assert f"There is no strategy in a space “{space}”." in done.stderr
