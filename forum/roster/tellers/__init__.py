"""Whom the facts of the roster concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from forum.core.events import Teller
from forum.roster.events import (
    AbsenceFiled,
    AbsencesTakenOver,
    AbsenceTakenBack,
    AccountDue,
    CoverAsked,
    CoverDeclined,
    CoverGoesOn,
    CoverLost,
    CoverOver,
    CoverSwapAnswered,
    CoverSwapAsked,
    CoverTaken,
    CoverUntaken,
    DutyAnswered,
    DutyLeft,
    DutyOffered,
    DutyTakenUp,
    EndorsementAnswered,
    EndorsementAsked,
    GapsAhead,
    HandoverAnswered,
    HandoverMoved,
    HandoverOffered,
    LeavingAnswered,
    LeavingFiled,
    LeavingOffered,
    LeavingStuck,
    LeftVacant,
    LineAnswered,
    LineAsked,
    RehearsalAsked,
    RehearsalNoted,
    ReturnDue,
    SeatCalled,
    SeatChanged,
    SwapAnswered,
    SwapAsked,
    TurnsSet,
    VolunteerAnswered,
    VolunteerCame,
)
from forum.roster.tellers import ahead, cover, duties, in_time, leaving, passing, returning, seats, succession, swaps

TELLERS = (
    Teller(fact=DutyOffered, recipients=duties.whom_offered, compose=duties.tell_offered),
    Teller(fact=DutyAnswered, recipients=duties.who_offered, compose=duties.tell_answered),
    Teller(fact=DutyLeft, recipients=duties.who_held, compose=duties.tell_left),
    Teller(fact=DutyTakenUp, recipients=duties.who_holds_again, compose=duties.tell_taken_up),
    Teller(
        fact=TurnsSet, recipients=duties.who_turns, compose=duties.tell_turns, of_use_until=in_time.until_first_turn
    ),
    Teller(fact=SwapAsked, recipients=duties.whom_swap, compose=duties.tell_swap, of_use_until=in_time.until_turn),
    Teller(
        fact=SwapAnswered, recipients=duties.who_swaps, compose=duties.tell_swapped, of_use_until=in_time.until_turn
    ),
    Teller(
        fact=CoverSwapAsked,
        recipients=swaps.whom_asked,
        compose=swaps.tell_asked,
        of_use_until=in_time.until_cover_swapped,
    ),
    Teller(
        fact=CoverSwapAnswered,
        recipients=swaps.who_asked,
        compose=swaps.tell_answered,
        of_use_until=in_time.until_cover_swapped,
    ),
    Teller(fact=EndorsementAsked, recipients=seats.sponsor, compose=seats.tell_sponsor),
    Teller(fact=EndorsementAnswered, recipients=seats.who_asked_sponsor, compose=seats.tell_endorsed),
    Teller(fact=VolunteerCame, recipients=seats.keepers, compose=seats.tell_came),
    Teller(fact=VolunteerAnswered, recipients=seats.who_came, compose=seats.tell_volunteer),
    Teller(fact=SeatCalled, recipients=succession.whom_called, compose=succession.tell_called),
    Teller(fact=SeatChanged, recipients=succession.sponsor_of, compose=succession.tell_sponsor),
    Teller(fact=AccountDue, recipients=seats.who_has_account, compose=seats.tell_due),
    Teller(fact=AbsenceFiled, recipients=cover.who_is_away, compose=cover.tell_filed),
    Teller(fact=AbsenceTakenBack, recipients=cover.who_is_away, compose=cover.tell_unfiled),
    Teller(fact=CoverAsked, recipients=cover.whom_asked, compose=cover.tell_asked, of_use_until=in_time.until_covered),
    Teller(fact=CoverTaken, recipients=cover.who_minds, compose=cover.tell_taken, of_use_until=in_time.until_covered),
    Teller(
        fact=CoverDeclined, recipients=cover.who_waits, compose=cover.tell_declined, of_use_until=in_time.until_covered
    ),
    Teller(fact=CoverOver, recipients=cover.who_covers, compose=cover.tell_over, of_use_until=in_time.until_covered),
    Teller(
        fact=CoverGoesOn, recipients=cover.who_covers, compose=cover.tell_goes_on, of_use_until=in_time.until_covered
    ),
    Teller(fact=CoverLost, recipients=cover.who_waits, compose=cover.tell_lost, of_use_until=in_time.until_covered),
    Teller(fact=GapsAhead, recipients=ahead.who_minds, compose=ahead.tell_gaps, of_use_until=in_time.until_gap),
    Teller(fact=AbsencesTakenOver, recipients=ahead.for_whom, compose=ahead.tell_taken_over),
    Teller(
        fact=CoverUntaken, recipients=cover.who_may_help, compose=cover.tell_untaken, of_use_until=in_time.until_covered
    ),
    Teller(fact=ReturnDue, recipients=returning.who_is_back, compose=returning.tell_back),
    Teller(
        fact=HandoverOffered,
        recipients=passing.who_takes,
        compose=passing.tell_offered,
        of_use_until=in_time.until_handed,
    ),
    Teller(
        fact=HandoverMoved, recipients=passing.who_takes, compose=passing.tell_moved, of_use_until=in_time.until_handed
    ),
    Teller(fact=HandoverAnswered, recipients=passing.who_gives, compose=passing.tell_answered),
    Teller(fact=LineAsked, recipients=passing.who_answers, compose=passing.tell_asked),
    Teller(fact=LineAnswered, recipients=passing.who_asked, compose=passing.tell_line_answered),
    Teller(
        fact=RehearsalAsked,
        recipients=passing.who_rehearses,
        compose=passing.tell_rehearsal,
        of_use_until=in_time.until_rehearsed,
    ),
    Teller(fact=RehearsalNoted, recipients=passing.who_asked_rehearsal, compose=passing.tell_noted),
    Teller(
        fact=LeavingFiled,
        recipients=leaving.who_leaves,
        compose=leaving.tell_filed,
        of_use_until=in_time.until_last_day_ends,
    ),
    Teller(fact=LeavingStuck, recipients=leaving.who_leaves, compose=leaving.tell_stuck),
    Teller(
        fact=LeavingOffered,
        recipients=leaving.whom_left,
        compose=leaving.tell_left,
        of_use_until=in_time.until_last_day_ends,
    ),
    Teller(fact=LeavingAnswered, recipients=leaving.who_left, compose=leaving.tell_left_answered),
    Teller(fact=LeftVacant, recipients=leaving.who_keeps, compose=leaving.tell_vacant),
)
