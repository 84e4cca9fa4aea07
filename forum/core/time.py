"""The one clock. Facts are UTC; people and spaces have an IANA zone in which they are shown."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones


def now() -> datetime:
    """This moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251  # this is the one


def local(moment: datetime, zone: str) -> datetime:
    """Return `moment` as the wall clock of `zone` (an IANA name) shows it."""
    return moment.astimezone(ZoneInfo(zone))


def today(zone: str) -> date:
    """Today's date in `zone`."""
    return local(now(), zone).date()


def is_zone(name: str) -> bool:
    """Say whether `name` is an IANA zone that this machine knows."""
    return name in available_timezones()
