"""Gives the demo its duties: tasks, one that goes round, champions' seats (two vacant), and the pages that are run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import monday_of
from forum.core.time import local
from forum.people.models import Department
from forum.roster.actions import accounts, appointing, duties, noting, seats, turns, volunteering
from forum.roster.actions.duty_words import DutyWords
from forum.roster.models import Criticality, Duty, DutyKind, Engagement, Place

if TYPE_CHECKING:
    from datetime import date

    from forum.home.demo.loading import Loading

SPACE, KEEPER = "digital-champions", "aisha.rahman"
SINCE = timedelta(days=90)
GOING_ROUND = "Hot water"
TASKS = (
    (GOING_ROUND, DutyKind.ON_DUTY, "A week each", Criticality.CRITICAL, Engagement.ENGAGING, "", ""),
    ("Homepage banner", DutyKind.TASK, "When needed", Criticality.CRITICAL, Engagement.COMMUNICATING,
     "aisha.rahman", "beth.larkin"),
    ("Facebook inbox", DutyKind.TASK, "Twice a day, ten minutes", Criticality.IMPORTANT, Engagement.ENGAGING,
     "kofi.mensah", ""),
    ("School closures", DutyKind.TASK, "From 7:00 on snow days", Criticality.CRITICAL, Engagement.COMMUNICATING,
     "kofi.mensah", "beth.larkin"),
    ("Road closures", DutyKind.TASK, "Daily", Criticality.IMPORTANT, Engagement.COMMUNICATING,
     "joan.tiller", "iwan.rees"),
    ("Council tax questions", DutyKind.TASK, "Weekly", Criticality.ROUTINE, Engagement.ENGAGING, "", ""),
    ("Accessibility checks", DutyKind.TASK, "Two pages a week", Criticality.ROUTINE, Engagement.COLLABORATING,
     "gwen.pritchard", ""),
)  # fmt: skip
SEATS = (
    ("Housing", "tom.okafor", ""),
    ("Libraries and Leisure", "elspeth.ward", "beth.larkin"),
    ("Planning and Highways", "joan.tiller", "gwen.pritchard"),
    ("Waste and Recycling", "dan.whitlock", ""),
    ("Elections and Licensing", "", ""),
    ("Revenues and Benefits", "", ""),
)
HAPPENED = {
    "Road closures": (
        (
            34,
            "The map showed the bridge as open for a morning: two of us had changed it at once. The highways desk rings first now.",
        ),
        (12, "The feed to the bus company stopped overnight. Signing in anew starts it again."),
    ),
}
"""What happened to duties, and how many days ago."""
ACCOUNTS = (
    ("Fenbridge on Facebook", "Facebook", "https://www.facebook.com/FenbridgeCouncil", "aisha.rahman", "kofi.mensah"),
    ("Libraries on Instagram", "Instagram", "https://www.instagram.com/fenbridgelibraries", "beth.larkin", ""),
    ("Bin-day texts", "Text messages", "https://texts.fenbridge.example/bins", "dan.whitlock", ""),
)


def fill_roster(loading: Loading) -> None:
    """Make the duties, and let people hold them."""
    since = loading.at - SINCE
    first_day = local(since, loading.spaces[SPACE].zone).date()
    for title, kind, often, criticality, engagement, holder, deputy in TASKS:
        words = DutyWords(
            title=title, kind=kind, often=often, criticality=criticality, engagement=engagement, first_day=first_day
        )
        duty = _make(loading, words, holder, deputy)
        if title == GOING_ROUND:
            _go_round(loading, duty)
        for days_ago, what in HAPPENED.get(title, ()):
            at = loading.at - timedelta(days=days_ago)
            day = local(at, loading.spaces[SPACE].zone).date()
            noting.note_incident(loading.here(holder, SPACE), duty, what, day=day, at=at)
    for name, holder, deputy in SEATS:
        department = db.session.scalars(select(Department).where(Department.name == name)).one()
        words = DutyWords(title=f"Champion of {name}", kind=DutyKind.SEAT, department=department, first_day=first_day)
        duty = _make(loading, words, holder, deputy)
        if name == "Housing":
            _ask_sponsor(loading, duty)
        if name == "Elections and Licensing":
            volunteering.put_forward(
                loading.here("hannah.cole", SPACE), duty, note="I do half of it anyway.", at=loading.at
            )
    for title, platform, address, holder, second in ACCOUNTS:
        words = DutyWords(title=title, kind=DutyKind.ACCOUNT, first_day=first_day)
        duty = _make(loading, words, holder, "")
        known = accounts.AccountWords(
            platform=platform,
            address=address,
            second=loading.people[second] if second else None,
            vault="The vault of Communications",
        )
        accounts.describe(loading.here(holder, SPACE), duty, known, at=since)


def _make(loading: Loading, words: DutyWords, holder: str, deputy: str) -> Duty:
    since, keeper = loading.at - SINCE, loading.here(KEEPER, SPACE)
    duty = duties.make(keeper, words, at=since)
    for handle, place in ((holder, Place.HOLDER), (deputy, Place.DEPUTY)):
        if handle:
            offered = appointing.offer(keeper, duty, loading.people[handle], place=place, at=since)
            appointing.accept(loading.here(handle, SPACE), offered, at=since)
    return duty


def _go_round(loading: Loading, duty: Duty) -> None:
    keeper = loading.here(KEEPER, SPACE)
    people = [loading.people[one] for one in ("tom.okafor", "priya.nair", "kofi.mensah", "gwen.pritchard")]
    turns.set_turns(keeper, duty, people, weeks=1, from_day=first_turn(loading), at=loading.at - SINCE)


def first_turn(loading: Loading) -> date:
    """Return the Monday on which the duty began to go round: once round before this week, so the first of them has it now."""
    return monday_of(local(loading.at, loading.spaces[SPACE].zone).date()) - timedelta(weeks=4)


def _ask_sponsor(loading: Loading, duty: Duty) -> None:
    at = loading.at - timedelta(days=80)
    asked = seats.ask(loading.here(KEEPER, SPACE), duty, "ruth.abernethy@fenbridge.example", at=at)
    asked.name, asked.post, asked.given_at = "Ruth Abernethy", "Chief executive", at + timedelta(days=1)
