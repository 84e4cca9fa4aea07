"""Who hears what of meetups: those who said that they come, wait or might come. Asked again at sending (A3)."""

from collections.abc import Iterable

from forum.core.events import Teller
from forum.meetups import in_time
from forum.meetups.events import (
    OccurrenceCancelled,
    OccurrenceChanged,
    ReminderDue,
    SeatTaken,
    SeriesChanged,
    SlotsMoved,
    StandingRsvpMade,
)
from forum.meetups.tellers.dates import of_date, tell_cancelled, tell_changed, tell_reminder, tell_seat, the_one
from forum.meetups.tellers.series import followers, tell_left, tell_series, tell_standing, who_left_slots


def _who_answered(fact: SeatTaken) -> Iterable[int]:
    """Return whose seat it is if they have just taken it themselves; a seat that came free comes when it does."""
    return () if fact.was_waiting else (fact.person_id,)


TELLERS = (
    Teller(
        fact=SeatTaken,
        recipients=the_one,
        compose=tell_seat,
        urgent_for=_who_answered,
        of_use_until=in_time.until_start,
    ),
    Teller(fact=StandingRsvpMade, recipients=the_one, compose=tell_standing, at_any_hour=True),
    Teller(fact=OccurrenceChanged, recipients=of_date, compose=tell_changed, of_use_until=in_time.until_either_start),
    Teller(fact=OccurrenceCancelled, recipients=of_date, compose=tell_cancelled, of_use_until=in_time.until_start),
    Teller(fact=SeriesChanged, recipients=followers, compose=tell_series, of_use_until=in_time.until_first),
    Teller(fact=SlotsMoved, recipients=who_left_slots, compose=tell_left, of_use_until=in_time.until_first_slot),
    Teller(fact=ReminderDue, recipients=the_one, compose=tell_reminder, of_use_until=in_time.until_start),
)
