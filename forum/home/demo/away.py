"""Lets people of the demo be away, with cover that is taken and cover that is wanted, and one of them be about to leave."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import Span
from forum.core.time import local
from forum.roster.actions import absences, asking, covering, handing, leaving, leaving_kit, swapping
from forum.roster.actions.asking import Wish
from forum.roster.models import Absence, CoverRequest, Duty, Handover, HandoverItem, Seen
from forum.spaces.models import Item

if TYPE_CHECKING:
    from forum.home.demo.loading import Loading

SPACE, KEEPER = "digital-champions", "aisha.rahman"
BACK, AWAY, SOON, LEAVER = "priya.nair", "joan.tiller", "gwen.pritchard", "dan.whitlock"
LAST_DAY = 18  # days from today


def let_some_be_away(loading: Loading) -> None:
    """One came back today, one is away and covered, one will be away and isn't covered yet, and one leaves."""
    at = loading.at - timedelta(days=9)
    absences.file(loading.people[BACK], _days(loading, -6, -1), at=at)
    away = _file(loading, AWAY, _days(loading, -2, 6), ["Road closures"], days_ago=8)
    request = db.session.scalars(select(CoverRequest).where(CoverRequest.absence_id == away.id)).one()
    request.note = "The map is updated by ten each morning; the highways desk rings if something is urgent."
    covering.take(loading.here("iwan.rees", SPACE), request, at=loading.at - timedelta(days=7))
    _file(loading, SOON, _days(loading, 5, 11), ["Accessibility checks"], days_ago=1)
    _ask_to_swap(loading)
    _leave(loading)


def _file(loading: Loading, handle: str, span: Span, titles: list[str], *, days_ago: int) -> Absence:
    space = loading.spaces[SPACE]
    wishes = [Wish(duty=_duty(title), space=space) for title in titles]
    at = loading.at - timedelta(days=days_ago)
    return asking.file_and_ask(loading.people[handle], span, wishes, seen=Seen.MEMBERS, at=at)


def _ask_to_swap(loading: Loading) -> None:
    """Two promised to cover champions who will be away, and one of them asks the other to swap."""
    promised = []
    for handle, title, span, cover in (
        ("tom.okafor", "Champion of Housing", _days(loading, 20, 24), "sunil.rao"),
        ("elspeth.ward", "Champion of Libraries and Leisure", _days(loading, 27, 29), "kofi.mensah"),
    ):
        away = _file(loading, handle, span, [title], days_ago=3)
        request = db.session.scalars(select(CoverRequest).where(CoverRequest.absence_id == away.id)).one()
        promised.append(covering.take(loading.here(cover, SPACE), request, at=loading.at - timedelta(days=2)))
    swapping.ask(loading.here("sunil.rao", SPACE), *promised, at=loading.at - timedelta(days=1))


def _leave(loading: Loading) -> None:
    """Half of what counts on them is settled: the seat has a successor, somebody is asked about the account."""
    at, leaver, keeper = loading.at - timedelta(days=3), loading.people[LEAVER], loading.here(KEEPER, SPACE)
    leaving.file_for(keeper, leaver, last_day=_day(loading, LAST_DAY), at=at)
    for title, taker in (("Champion of Waste and Recycling", "sunil.rao"), ("Bin-day texts", "elspeth.ward")):
        key = str(_duty(title).id)
        row = leaving_kit.offer(loading.here(LEAVER, SPACE), leaver, "duty", key, loading.people[taker], at=at)
        if taker == "sunil.rao":
            given = db.session.scalars(select(Handover).where(Handover.duty_id == row.item_id)).one()
            first = select(HandoverItem).where(HandoverItem.handover_id == given.id).order_by(HandoverItem.place)
            for line in db.session.scalars(first.limit(2)).all():
                handing.tick(loading.here(LEAVER, SPACE), line, done=True, at=at)
            handing.accept(loading.here(taker, SPACE), given, at=at + timedelta(days=1))


def _duty(title: str) -> Duty:
    held = select(Duty).join(Item, Item.id == Duty.id).where(Item.title == title)
    return db.session.scalars(held).one()


def _day(loading: Loading, days: int) -> date:
    return local(loading.at, loading.spaces[SPACE].zone).date() + timedelta(days=days)


def _days(loading: Loading, first: int, last: int) -> Span:
    return Span.of_days(_day(loading, first), _day(loading, last))
