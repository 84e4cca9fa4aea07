"""The demo's strategy: written by two, signed by two others, reviewed once and changed for it, signed anew; its next review is due."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forum.core.db import db
from forum.core.time import local
from forum.roster.models import Duty, Engagement, Mode
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.strategy import actions
from forum.strategy.actions import asking, measuring, reviewing, signing
from forum.strategy.content import Activity, Content, Measure
from forum.strategy.models import Strategy
from forum.strategy.tokens import signing_token

SPACE, KEEPER, WRITER = "digital-champions", "aisha.rahman", "priya.nair"
SIGNERS = (
    ("owen.hartley@fenbridge.example", "Owen Hartley", "Director of Customer Services"),
    ("ruth.abernethy@fenbridge.example", "Ruth Abernethy", "Chief Executive, Fenbridge Council"),
)
CALLS, ANSWERED, HELPED = "ca11s00000", "answer0000", "st0r1es000"
COUNTED = ((150, 2_300.0), (120, 2_240.0), (90, 2_010.0), (60, 1_870.0), (4, 1_530.0))
"""Days ago, and the calls of a month; one was wrong, and corrected."""
MISCOUNTED, RECOUNTED = (30, 1_640.0), (28, 1_690.0)

HereOf = Callable[[str, str], Here]


@cache
def given() -> Mapping[str, Any]:
    """Return what the file says."""
    return tomllib.loads(Path(__file__).with_name("strategy.toml").read_text(encoding="utf-8"))


def plan(here_of: HereOf, *, at: datetime) -> None:
    """Write, sign, measure and review the strategy, up to `at`. Inside `transaction()`, when the duties are there."""
    today = local(at, here_of(KEEPER, SPACE).space.zone).date()
    first = _content(here_of(KEEPER, SPACE), today)
    begun = replace(first, texts={key: first.texts[key] for key in ("vision", "why", "goals", "steps")}, activities=())
    actions.write(here_of(WRITER, SPACE), begun, base=0, at=at - timedelta(days=152))
    strategy = actions.write(here_of(KEEPER, SPACE), first, base=1, at=at - timedelta(days=149))
    _sign(here_of, strategy, at=at - timedelta(days=145))
    _answer(here_of, given()["answers"], at=at - timedelta(days=97))
    reviewing.close(here_of(KEEPER, SPACE), conclusion=given()["conclusion"], base=2, at=at - timedelta(days=95))
    second = replace(first, texts={**first.texts, **given()["later"]})
    actions.write(here_of(WRITER, SPACE), second, base=3, at=at - timedelta(days=93))
    _sign(here_of, strategy, at=at - timedelta(days=90))
    for days, calls in COUNTED:
        measuring.note(here_of(WRITER, SPACE), CALLS, amount=calls, at=at - timedelta(days=days))
    days, calls = MISCOUNTED
    wrong = measuring.note(here_of(WRITER, SPACE), CALLS, amount=calls, at=at - timedelta(days=days))
    days, calls = RECOUNTED
    measuring.note(
        here_of(KEEPER, SPACE),
        CALLS,
        amount=calls,
        words="A day was missing",
        corrects=wrong.id,
        at=at - timedelta(days=days),
    )
    measuring.draw(strategy, here_of(KEEPER, SPACE).space, at=at)
    _answer(here_of, given()["next"], at=at - timedelta(days=3))


def _answer(here_of: HereOf, said: Mapping[str, Mapping[str, str]], *, at: datetime) -> None:
    for handle, answers in said.items():
        reviewing.answer(here_of(handle, SPACE), {int(question): words for question, words in answers.items()}, at=at)


def _sign(here_of: HereOf, strategy: Strategy, *, at: datetime) -> None:
    asked = asking.ask(here_of(KEEPER, SPACE), [address for address, _n, _p in SIGNERS], number=strategy.version, at=at)
    for days, (one, (_address, name, post)) in enumerate(zip(asked, SIGNERS, strict=True), start=1):
        when = at + timedelta(days=2 * days)
        signing.sign(signing_token(one.nonce), name=name, post=post, digest=one.digest, reader=None, at=when)


def _content(here: Here, today: date) -> Content:
    start, end = today - timedelta(days=150), date(today.year + 2, 3, 31)
    ends = today + timedelta(days=120)
    work = (
        ("Answer what neighbourhoods ask", "Facebook inbox", Mode.USUAL, Engagement.ENGAGING, None),
        ("Mend the two worst pages a week", "Accessibility checks", Mode.USUAL, Engagement.COLLABORATING, None),
        ("Say where the other accounts went", "Homepage banner", Mode.CAMPAIGN, Engagement.COMMUNICATING, ends),
    )
    counts = (
        (CALLS, "Calls that repeat a web question, a month", "", "", 2_300.0, 1_200.0),
        (ANSWERED, "Questions here with an answer", "%", "answered", 40.0, 90.0),
        (HELPED, "Stories that helped another team", "", "stories used", 0.0, 25.0),
    )
    return Content(
        title="Helping Fenbridge online",
        vision_on=end,
        texts=given()["texts"],
        activities=tuple(
            Activity(what=what, duty_id=_duty(here, duty), duty=duty, mode=mode, engagement=engagement, day=day)
            for what, duty, mode, engagement, day in work
        ),
        measures=tuple(
            Measure(
                key=key,
                words=words,
                unit=unit,
                source=source,
                baseline=was,
                baseline_on=start,
                target=goal,
                target_on=end,
            )
            for key, words, unit, source, was, goal in counts
        ),
    )


def _duty(here: Here, title: str) -> int:
    query = select(Duty.id).join(Item, Item.id == Duty.id).where(Item.space_id == here.space.id, Item.title == title)
    return db.session.scalars(query).one()
