"""Days of a poll in words. A time is told on the reader's clock; a day without one is the same day everywhere (C8)."""

from datetime import datetime, timedelta

from forum.core.time import local
from forum.meetups.polls.models import DateOption, DatePoll
from forum.meetups.recurrence import instant
from forum.meetups.words import day_words
from forum.web.words import _


def leaf_of(option: DateOption, poll: DatePoll, zone: str) -> datetime:
    """Return the day that a calendar's leaf shows to the reader."""
    return local(instant(option.local_start, poll.zone), zone) if option.has_time else option.local_start


def clock_of(option: DateOption, poll: DatePoll, zone: str) -> str:
    """Return "10:00-11:00" on the reader's clock, "" for a day without a time."""
    if not option.has_time:
        return ""
    begins = local(instant(option.local_start, poll.zone), zone)
    ends = local(instant(option.local_start, poll.zone) + timedelta(minutes=poll.minutes), zone)
    return f"{begins:%H:%M}-{ends:%H:%M}"


def there_of(option: DateOption, poll: DatePoll, zone: str) -> str:
    """Return what clocks show where it is, if that is another time than the reader's; else ""."""
    if not option.has_time or leaf_of(option, poll, zone).replace(tzinfo=None) == option.local_start:
        return ""
    return _("%(clock)s in %(zone)s", clock=f"{option.local_start:%H:%M}", zone=poll.zone.replace("_", " "))


def option_words(option: DateOption, poll: DatePoll, zone: str) -> str:
    """Return "Wed 4 Nov, 10:00-11:00", or only the day."""
    day = day_words(leaf_of(option, poll, zone).date(), zone=zone)
    clock = clock_of(option, poll, zone)
    return f"{day}, {clock}" if clock else day
