"""Whom the facts of the roster concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from forum.core.events import Teller
from forum.roster.events import (
    AbsenceFiled,
    AbsencesTakenOver,
    AccountDue,
    CoverAsked,
    CoverDeclined,
    CoverLost,
    CoverOver,
    CoverTaken,
    DutyAnswered,
    DutyLeft,
    DutyOffered,
    EndorsementAnswered,
    EndorsementAsked,
    GapsAhead,
    SwapAnswered,
    SwapAsked,
    TurnsSet,
    VolunteerAnswered,
    VolunteerCame,
)
from forum.roster.tellers import ahead, cover, duties, seats

TELLERS = (
    Teller(fact=DutyOffered, recipients=duties.whom_offered, compose=duties.tell_offered),
    Teller(fact=DutyAnswered, recipients=duties.who_offered, compose=duties.tell_answered),
    Teller(fact=DutyLeft, recipients=duties.who_held, compose=duties.tell_left),
    Teller(fact=TurnsSet, recipients=duties.who_turns, compose=duties.tell_turns),
    Teller(fact=SwapAsked, recipients=duties.whom_swap, compose=duties.tell_swap),
    Teller(fact=SwapAnswered, recipients=duties.who_swaps, compose=duties.tell_swapped),
    Teller(fact=EndorsementAsked, recipients=seats.sponsor, compose=seats.tell_sponsor),
    Teller(fact=EndorsementAnswered, recipients=seats.who_asked_sponsor, compose=seats.tell_endorsed),
    Teller(fact=VolunteerCame, recipients=seats.keepers, compose=seats.tell_came),
    Teller(fact=VolunteerAnswered, recipients=seats.who_came, compose=seats.tell_volunteer),
    Teller(fact=AccountDue, recipients=seats.who_has_account, compose=seats.tell_due),
    Teller(fact=AbsenceFiled, recipients=cover.who_is_away, compose=cover.tell_filed),
    Teller(fact=CoverAsked, recipients=cover.whom_asked, compose=cover.tell_asked),
    Teller(fact=CoverTaken, recipients=cover.who_waits, compose=cover.tell_taken),
    Teller(fact=CoverDeclined, recipients=cover.who_waits, compose=cover.tell_declined),
    Teller(fact=CoverOver, recipients=cover.who_covers, compose=cover.tell_over),
    Teller(fact=CoverLost, recipients=cover.who_waits, compose=cover.tell_lost),
    Teller(fact=GapsAhead, recipients=ahead.who_minds, compose=ahead.tell_gaps),
    Teller(fact=AbsencesTakenOver, recipients=ahead.for_whom, compose=ahead.tell_taken_over),
)
