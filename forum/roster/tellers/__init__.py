"""Whom the facts of the roster concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from forum.core.events import Teller
from forum.roster.events import (
    AbsenceFiled,
    CoverAsked,
    CoverDeclined,
    CoverLost,
    CoverOver,
    CoverTaken,
    CoverUntaken,
    DutyAnswered,
    DutyLeft,
    DutyOffered,
    ReturnDue,
    SwapAnswered,
    SwapAsked,
    TurnsSet,
)
from forum.roster.tellers import cover, duties, returning

TELLERS = (
    Teller(fact=DutyOffered, recipients=duties.whom_offered, compose=duties.tell_offered),
    Teller(fact=DutyAnswered, recipients=duties.who_offered, compose=duties.tell_answered),
    Teller(fact=DutyLeft, recipients=duties.who_held, compose=duties.tell_left),
    Teller(fact=TurnsSet, recipients=duties.who_turns, compose=duties.tell_turns),
    Teller(fact=SwapAsked, recipients=duties.whom_swap, compose=duties.tell_swap),
    Teller(fact=SwapAnswered, recipients=duties.who_swaps, compose=duties.tell_swapped),
    Teller(fact=AbsenceFiled, recipients=cover.who_is_away, compose=cover.tell_filed),
    Teller(fact=CoverAsked, recipients=cover.whom_asked, compose=cover.tell_asked),
    Teller(fact=CoverTaken, recipients=cover.who_waits, compose=cover.tell_taken),
    Teller(fact=CoverDeclined, recipients=cover.who_waits, compose=cover.tell_declined),
    Teller(fact=CoverOver, recipients=cover.who_covers, compose=cover.tell_over),
    Teller(fact=CoverLost, recipients=cover.who_waits, compose=cover.tell_lost),
    Teller(fact=CoverUntaken, recipients=cover.who_may_help, compose=cover.tell_untaken),
    Teller(fact=ReturnDue, recipients=returning.who_is_back, compose=returning.tell_back),
)
