"""The page on paper, in a real browser and read by a PDF reader: exactly one side of A4 (G1)."""

import io
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from pypdf import PdfReader

from forum.config import Settings
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Space
from forum.strategy import paper
from forum.strategy.access import Sheet, sheet_of, version_of
from forum.strategy.content import Activity, Content, read
from forum.strategy.models import Strategy
from forum.strategy.paper import Unprintable, pdf_of
from forum.strategy.parts import PARTS
from forum.strategy.room import room_for
from forum.strategy.views.pages import paper_of
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.factories import strategy_content
from tests.support import chromium
from tests.support.missing import not_run

AsPerson = Callable[[Person], Browserless]
WORDS = (
    "Every colleague who answers residents online has an hour each month to learn. ",
    "WWW MMM @@@ wide letters, WWW and MMM. ",
    "illicit little fill-ins, illicit. ",
    "https://www.fenbridge.example/a/very/long/address/that/goes/on/and/on/without/any/blank/in/it ",
    "Czytelność i łatwość: ĄĘŁÓŻ, Ŵŷ, naïve façade. ",
)
A4 = (595, 842)
SMALLEST = 8.99


def filled(words: str, letters: int) -> Content:
    """Return a strategy in which every part has so many letters."""
    text = (words * (letters // len(words) + 1))[:letters].strip()
    activities = (Activity(what="Weekly tips by mail to all departments"),) * 4
    content = strategy_content(**dict.fromkeys(PARTS, text))
    drawn = replace(
        content.measures[0], key="drawn", source="answered", baseline=1_234_567.25, target=0.5, unit="calls"
    )
    return replace(content, activities=activities, measures=(*content.measures, drawn))


def fullest(words: str) -> Content:
    """Return the longest that just fits."""
    low, high = 10, 900
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if room_for(filled(words, middle), signers=["x" * 60]).fits else (low, middle)
    return filled(words, low)


def sides(made: bytes) -> list[tuple[int, int]]:
    """Return the sizes of a PDF's pages, in points."""
    return [
        (round(float(page.mediabox.width)), round(float(page.mediabox.height)))
        for page in PdfReader(io.BytesIO(made)).pages
    ]


def letters(made: bytes) -> set[float]:
    """Return the sizes of the letters on the first page, in points."""
    found: set[float] = set()

    def look(text: str, matrix: list[float], within: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.add(round(abs(size * within[3] * matrix[3]), 2))

    PdfReader(io.BytesIO(made)).pages[0].extract_text(visitor_text=look)
    return found


def on_paper(content: Content, space: Space, by: Person) -> str:
    """Return a strategy as it is printed."""
    strategy = db.session.scalar(db.select(Strategy).where(Strategy.space_id == space.id))
    if strategy is None:
        strategy = factories.make_strategy(space, by=by, content=content)
    else:
        factories.make_version(strategy, by=by, content=content)
    strategy = db.session.get_one(Strategy, strategy.id, populate_existing=True)
    sheet = sheet_of(standing(by), strategy.version)
    version = version_of(strategy.id, strategy.version)
    return paper_of(Sheet(strategy=strategy, item=sheet.item, version=version, content=read(version.content)), space)


@pytest.mark.usefixtures("context")
def test_what_just_fits_is_one_side_in_a_browser_whatever_letters_it_has(
    cast: Cast, browser: Browser, tmp_path: Path
) -> None:
    """G1: one side of A4, from 9 points up; and what is a few lines longer is said to be."""
    page = browser.new_context(java_script_enabled=False).new_page()
    for number, words in enumerate(WORDS):
        content = fullest(words)
        path = tmp_path / f"{number}.html"
        path.write_text(on_paper(content, cast.champions, cast.champion), encoding="utf-8")
        page.goto(path.as_uri())
        made = page.pdf(prefer_css_page_size=True)
        assert sides(made) == [A4], words
        assert min(letters(made)) * 4 / 3 >= 7, "the foot is the smallest"
    page.context.close()


@pytest.mark.usefixtures("context")
def test_the_file_is_one_side_and_holds_the_whole_page(app: Flask, cast: Cast) -> None:
    """G1: made by a browser on this machine; what people typed is text in it, and nothing in it is fetched (A12)."""
    found = chromium.find()
    if found is None:
        not_run("the file of the strategy", because="there is no Chromium")
    settings = replace(app.extensions["baton"].settings, chromium=found)
    content = strategy_content(
        why="<b>Bold</b> {{7*7}} <img src=http://192.0.2.1/x.png>", training="An hour each /static/ month."
    )
    made = pdf_of(settings, on_paper(content, cast.champions, cast.champion))
    assert sides(made) == [A4]
    assert b"AtkinsonHyperlegible" in made, "it was set in its own type"
    text = PdfReader(io.BytesIO(made)).pages[0].extract_text()
    wanted = (
        "Helping Fenbridge online",
        "<b>Bold</b> {{7*7}}",
        "31 March 2028",
        "Weekly tips by mail",
        "/static/ month",
        "Not signed yet.",
    )
    for words in wanted:
        assert words in text, text


@pytest.mark.usefixtures("context")
def test_without_a_browser_it_says_to_print_from_ones_own(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G1, H2: the settings say "no", it isn't there, or it takes too long: a clear message, and no page that breaks."""
    settings: Settings = app.extensions["baton"].settings
    factories.make_strategy(cast.champions, by=cast.champion)
    with pytest.raises(Unprintable, match="Print the page from yours"):
        pdf_of(replace(settings, chromium="no"), "")
    with pytest.raises(Unprintable, match="couldn’t make the file"):
        pdf_of(replace(settings, chromium="/nowhere/chromium"), "")

    def late(*_words: object, **_more: object) -> None:
        raise subprocess.TimeoutExpired("chromium", 1)

    monkeypatch.setattr(subprocess, "run", late)
    with pytest.raises(TimeoutError):
        pdf_of(replace(settings, chromium="/bin/true"), "")
    assert not paper.at_work.locked()


def test_a_file_is_made_outside_of_a_transaction_once_and_not_without_end(
    app: Flask, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G1, H2: seen to fail while the page's reading stayed open; one visitor can't keep the site busy with it."""
    with app.app_context():
        factories.make_strategy(cast.champions, by=cast.champion)
    seen = []

    def printed(*_what: object) -> bytes:
        seen.append(db.session().in_transaction())
        return b"%PDF"

    monkeypatch.setattr(paper, "_printed", printed)
    monkeypatch.setattr(paper, "browser_of", lambda _settings: "/bin/true")
    otto, carla = as_person(cast.outsider), as_person(cast.champion)
    assert {otto.get("/s/champions/strategy/pdf").status_code for _time in range(20)} == {200}
    assert carla.get("/s/champions/strategy/pdf").data == b"%PDF"
    assert seen == [False], "the same page is the same file"
    with app.app_context():
        settings: Settings = app.extensions["baton"].settings
        assert paper.waiting.acquire(blocking=False)
        assert paper.waiting.acquire(blocking=False)
        try:
            assert pdf_of(settings, paper_kept()) == b"%PDF"
            with pytest.raises(TimeoutError):
                pdf_of(settings, "<p>Another page</p>")
        finally:
            paper.waiting.release()
            paper.waiting.release()
    paper.made.clear()


def paper_kept() -> str:
    """Return a page of which a file is kept."""
    page = "<p>Kept</p>"
    paper.made[paper.key_of(page)] = b"%PDF"
    return page


@pytest.mark.usefixtures("context")
def test_what_is_printed_is_what_is_signed(cast: Cast) -> None:
    """G1: where a measure begins, with its day, and what it is drawn from; not what it is today, which stands on the screen only."""
    content = strategy_content()
    drawn = replace(content.measures[0], source="answered", key="drawn")
    strategy = factories.make_strategy(
        cast.champions, by=cast.champion, content=replace(content, measures=(*content.measures, drawn))
    )
    factories.make_value(strategy, by=cast.champion, amount=61.0)
    sheet = sheet_of(standing(cast.champion))
    page = paper_of(sheet, cast.champions)
    assert "61%" not in page
    assert "<td>50% <span>in Jan 2026</span></td><td>90% <span>by Jan 2028</span></td>" in page, (
        "no count reads as a day"
    )
    assert "counted here: Questions answered" in page


def test_a_number_that_was_typed_before_a_goal_is_not_shown_twice(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The list counts itself; what was typed stays as it is in what is signed."""
    with app.test_request_context("/"):
        factories.make_strategy(
            cast.champions,
            by=cast.organiser,
            content=strategy_content(goals="1. Answers\n2) Calm\n12. floor\n2027 is full"),
        )
    page = as_person(cast.champion).get("/s/champions/strategy/").text
    assert "<ol><li>Answers</li><li>Calm</li><li>12. floor</li><li>2027 is full</li></ol>" in page
