"""Until when mail is of use: what is told on a Friday night of a Saturday has a moment on that Saturday, or before it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import time_machine
from flask import Flask

from forum.core.db import db, transaction
from forum.core.events import Fact, Recipient
from forum.core.halves import Span
from forum.core.text import new_ref
from forum.core.time import now
from forum.meetups.day.events import AgendaItemTakenOut
from forum.meetups.day.models import AgendaItem
from forum.meetups.events import (
    OccurrenceCancelled,
    OccurrenceChanged,
    ReminderDue,
    SeatTaken,
    SeriesChanged,
    SlotsMoved,
)
from forum.meetups.polls.events import DatePollDecided, DatePollNeedsAnswers, DatePollOpened
from forum.notify.book import book_of
from forum.notify.hours import hours_of
from forum.notify.worker import Worker
from forum.roster.actions import leaving
from forum.roster.events import (
    CoverAsked,
    CoverDeclined,
    CoverGoesOn,
    CoverLost,
    CoverOver,
    CoverSwapAnswered,
    CoverSwapAsked,
    CoverTaken,
    CoverUntaken,
    GapsAhead,
    HandoverMoved,
    HandoverOffered,
    LeavingFiled,
    LeavingOffered,
    RehearsalAsked,
    SwapAnswered,
    SwapAsked,
    TurnsSet,
)
from forum.roster.models import (
    CoverSwap,
    Handover,
    HandoverState,
    Leaving,
    LeavingItem,
    LeavingState,
    Rehearsal,
    TurnSwap,
)
from forum.roster.tellers.passing import tell_rehearsal
from forum.threads.events import AnnouncementMade
from forum.threads.models import Announcement
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.notify.outbox import Refusing, settle
from tests.notify.test_hours import MONDAY, OF_USE_UNTIL, app, clock
from tests.notify.test_posts_by_mail import to

__all__ = ["app", "clock"]
SATURDAY = date(2026, 10, 24)
ITS_BEGINNING = datetime(2026, 10, 23, 23, 0, tzinfo=UTC)  # midnight in London
ITS_END = ITS_BEGINNING + timedelta(days=1)
TEN = datetime(2026, 10, 24, 9, 0, tzinfo=UTC)  # ten in London: a meetup

Row = TypeVar("Row")


class Saturday:
    """What begins, or ends, on that Saturday; each of its facts by its kind."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.duty = factories.make_duty(cast.champions, by=cast.organiser, title="Snow", holder=cast.champion)
        self.series = factories.make_meetup(cast.champions, by=cast.organiser, start=TEN.replace(tzinfo=None, hour=10))
        [self.one] = factories.dates_of(self.series)

    def turns(self) -> Fact:
        duty = factories.make_duty(self.cast.champions, by=self.cast.organiser, title="On duty")
        factories.make_turns(duty, [self.cast.colleague, self.cast.champion], from_day=SATURDAY)
        return TurnsSet(item_id=duty.id, duty_id=duty.id, person_ids=(self.cast.colleague.id,))

    def handover(self) -> int:
        people = {
            "giver_id": self.cast.champion.id,
            "taker_id": self.cast.colleague.id,
            "made_by_id": self.cast.champion.id,
        }
        row = Handover(
            ref=new_ref(), duty_id=self.duty.id, day=SATURDAY, state=HandoverState.OFFERED, made_at=now(), **people
        )
        return kept(row).id

    def rehearsal(self) -> RehearsalAsked:
        row = Rehearsal(
            duty_id=self.duty.id,
            person_id=self.cast.colleague.id,
            day=SATURDAY,
            asked_by_id=self.cast.champion.id,
        )
        return RehearsalAsked(item_id=self.duty.id, rehearsal_id=kept(row).id)

    def leaving(self) -> Leaving:
        whose = {"person_id": factories.make_person().id, "space_id": self.cast.champions.id}
        return kept(Leaving(last_day=SATURDAY, filed_by_id=self.cast.organiser.id, filed_at=now(), **whose))

    def left(self) -> Fact:
        row = LeavingItem(
            leaving_id=self.leaving().id,
            kind="duty",
            key="1",
            title="Snow",
            state=LeavingState.OFFERED,
            successor_id=self.cast.colleague.id,
        )
        return LeavingOffered(item_id=self.duty.id, left_id=kept(row).id)

    def poll(self) -> int:
        return factories.make_date_poll(self.cast.champions, by=self.cast.organiser, answer_by=SATURDAY).id

    def announcement(self) -> Fact:
        thread = factories.make_thread(self.cast.champions, author=self.cast.organiser)
        kept(Announcement(thread_id=thread.id, made_at=now(), until=TEN))
        return AnnouncementMade(item_id=thread.id, post_id=0)

    def between(self) -> dict[str, Any]:
        return {"asker_id": self.cast.colleague.id, "asked_id": self.cast.champion.id, "asked_at": now()}

    def swap(self) -> int:
        later = SATURDAY + timedelta(weeks=1)
        return kept(TurnSwap(duty_id=self.duty.id, day=SATURDAY, other_day=later, **self.between())).id

    def cover(self, *, weeks: int = 0) -> int:
        day = SATURDAY + timedelta(weeks=weeks)
        return factories.make_cover_request(self.duty, away=self.cast.champion, span=Span.of_days(day, day)).id

    def cover_swap(self) -> int:
        return kept(CoverSwap(mine_id=self.cover(weeks=1), theirs_id=self.cover(), **self.between())).id

    def gap(self) -> Fact:
        span = Span.of_days(SATURDAY, SATURDAY)
        factories.make_absence(self.cast.champion, span)
        return GapsAhead(space_id=self.cast.champions.id, gaps=((self.duty.id, int(span.first), int(span.last)),))

    def taken_out(self) -> Fact:
        row = AgendaItem(occurrence_id=self.one.id, title="Passwords", place=1, added_at=now())
        return AgendaItemTakenOut(agenda_id=kept(row).id)


def kept(row: Row) -> Row:
    """Keep a row."""
    with transaction():
        db.session.add(row)
    return row


FACTS: dict[str, tuple[datetime, Callable[[Saturday], Fact]]] = {
    "seat taken": (TEN, lambda day: SeatTaken(occurrence_id=day.one.id, person_id=day.cast.colleague.id)),
    "occurrence changed": (TEN, lambda day: OccurrenceChanged(occurrence_id=day.one.id, sequence=1)),
    "occurrence cancelled": (TEN, lambda day: OccurrenceCancelled(occurrence_id=day.one.id, sequence=1)),
    "series changed": (TEN, lambda day: SeriesChanged(item_id=day.series.id, sequence=1)),
    "slots moved": (
        TEN,
        lambda day: SlotsMoved(uid="1", zone="Europe/London", slots={str(day.one.id): "2026-10-24T10:00:00"}),
    ),
    "reminder due": (
        TEN,
        lambda day: ReminderDue(occurrence_id=day.one.id, person_id=day.cast.colleague.id, minutes_before=60, moves=0),
    ),
    "date poll opened": (ITS_END, lambda day: DatePollOpened(item_id=day.poll())),
    "date poll needs answers": (ITS_END, lambda day: DatePollNeedsAnswers(item_id=day.poll())),
    "date poll decided": (TEN, lambda day: DatePollDecided(occurrence_id=day.one.id)),
    "agenda item taken out": (TEN, Saturday.taken_out),
    "announcement made": (TEN, Saturday.announcement),
    "swap asked": (ITS_BEGINNING, lambda day: SwapAsked(swap_id=day.swap())),
    "swap answered": (ITS_BEGINNING, lambda day: SwapAnswered(swap_id=day.swap())),
    "cover swap asked": (ITS_BEGINNING, lambda day: CoverSwapAsked(swap_id=day.cover_swap())),
    "cover swap answered": (ITS_BEGINNING, lambda day: CoverSwapAnswered(swap_id=day.cover_swap())),
    "cover asked": (ITS_BEGINNING, lambda day: CoverAsked(request_id=day.cover())),
    "cover taken": (ITS_BEGINNING, lambda day: CoverTaken(request_id=day.cover())),
    "cover declined": (ITS_BEGINNING, lambda day: CoverDeclined(request_id=day.cover(), person_id=1)),
    "cover lost": (ITS_BEGINNING, lambda day: CoverLost(request_id=day.cover(), person_id=1)),
    "cover untaken": (ITS_BEGINNING, lambda day: CoverUntaken(request_id=day.cover())),
    "cover over": (ITS_BEGINNING, lambda day: CoverOver(request_id=day.cover())),
    "cover goes on": (ITS_BEGINNING, lambda day: CoverGoesOn(request_id=day.cover())),
    "gaps ahead": (ITS_BEGINNING, Saturday.gap),
    "turns set": (ITS_BEGINNING, Saturday.turns),
    "handover offered": (ITS_BEGINNING, lambda day: HandoverOffered(handover_id=day.handover())),
    "handover moved": (ITS_BEGINNING, lambda day: HandoverMoved(handover_id=day.handover())),
    "rehearsal asked": (ITS_BEGINNING, Saturday.rehearsal),
    "leaving filed": (ITS_END, lambda day: LeavingFiled(leaving_id=day.leaving().id)),
    "leaving offered": (ITS_END, Saturday.left),
}
"""By the kind, the moment at the latest until which its mail is of use, and the fact."""


def test_what_is_of_use_until_a_saturday_does_not_wait_for_monday(
    clock: time_machine.Traveller, app: Flask, cast: Cast
) -> None:
    """Decision 50. Seen to fail with None for all of them."""
    assert set(FACTS) == OF_USE_UNTIL
    book, found = book_of(app), {}
    with app.test_request_context("/"):
        for kind, (_latest, fact_of) in FACTS.items():
            fact = fact_of(Saturday(cast))
            hours = hours_of(book[kind], fact)
            found[kind] = (fact.kind(), hours.until, hours.can_wait(cast.champion.id, MONDAY))
    assert not {
        kind: (name, until, waits)
        for kind, (name, until, waits) in found.items()
        if name != kind or until is None or until > FACTS[kind][0] or waits
    }


def test_a_seat_that_somebody_takes_is_urgent_for_them_and_one_that_came_free_is_not(
    clock: time_machine.Traveller, app: Flask, cast: Cast
) -> None:
    """They wait for its calendar entry. Seen to fail with nobody as `urgent_for`."""
    with app.test_request_context("/"):
        key, teller = Saturday(cast).one.id, book_of(app)["seat taken"]
        facts = [SeatTaken(occurrence_id=key, person_id=cast.colleague.id, was_waiting=late) for late in (False, True)]
        urgent = [hours_of(teller, fact) for fact in facts]
        assert [set(one.urgent_for) for one in urgent] == [{cast.colleague.id}, set()]


def test_a_turn_that_begins_next_week_is_of_use_until_then(
    clock: time_machine.Traveller, app: Flask, cast: Cast
) -> None:
    """Nobody is woken for a turn of later: with two weeks each, the second begins in the week after next."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, title="On duty")
        factories.make_turns(duty, [cast.colleague, cast.champion], weeks=2, from_day=SATURDAY)
        fact = TurnsSet(item_id=duty.id, duty_id=duty.id, person_ids=(cast.champion.id,))
        hours = hours_of(book_of(app)["turns set"], fact)
        assert hours.until == datetime(2026, 11, 2, tzinfo=UTC)
        assert hours.can_wait(cast.champion.id, MONDAY)


def test_who_is_noted_on_friday_night_to_leave_on_saturday_is_told_at_once(
    clock: time_machine.Traveller, app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """On Monday they belong to the space no more, and would hear nothing. Seen to fail without `until_last_day_ends`."""
    with app.test_request_context("/"), transaction():
        leaving.file_for(standing(cast.steward), cast.champion, last_day=SATURDAY)
    settle(worker)
    assert ["Your last day in Champions is noted" in str(one["Subject"]) for one in to(post)] == [True]


def test_nobody_is_asked_to_run_a_duty_on_a_day_that_is_over(
    clock: time_machine.Traveller, app: Flask, cast: Cast
) -> None:
    """Seen to fail without the look at the day in `tell_rehearsal`."""
    reader = Recipient(person_id=cast.colleague.id)
    with app.test_request_context("/"):
        fact = Saturday(cast).rehearsal()
        assert tell_rehearsal(fact, reader) is not None
        clock.move_to(ITS_END)
        assert tell_rehearsal(fact, reader) is None
