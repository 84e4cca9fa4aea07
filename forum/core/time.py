"""The one clock. Facts are UTC; people and spaces have an IANA zone in which they are shown."""

from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import overload
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


@cache
def zones() -> frozenset[str]:
    """Return the IANA zones that this machine knows. Looking through its files takes some 25 ms, so that is done once."""
    return frozenset(available_timezones())


@cache
def places() -> frozenset[str]:
    """Return the zones as they are called today, one for each place; the old names of them are known and not offered."""
    try:
        table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return frozenset(name for name in zones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return frozenset(row[2] for row in rows) & zones()


def is_zone(name: str) -> bool:
    """Say whether `name` is an IANA zone that this machine knows."""
    return name in zones()


@overload
def end_of_day(day: date, zone: str) -> datetime: ...
@overload
def end_of_day(day: date | None, zone: str) -> datetime | None: ...
def end_of_day(day: date | None, zone: str) -> datetime | None:
    """Return the last second of a day in a zone; None for no day."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC) if day else None
