"""Addresses that open a date in the usual calendar programmes on the web, ready to be saved there."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from forum.meetups.models import Occurrence
from forum.web.words import _

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.office.com/calendar/0/deeplink/compose"


def add_to(one: Occurrence, *, title: str, place: str, url: str) -> list[tuple[str, str]]:
    """Return words and addresses, one for each programme. They hold what the meetup's page says to everybody, and no link to join."""
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{_compact(one.starts_at)}/{_compact(one.ends_at)}",
        "location": place,
        "details": url,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": _whole(one.starts_at),
        "enddt": _whole(one.ends_at),
        "location": place,
        "body": url,
    }
    return [
        (_("Add to Google Calendar"), f"{GOOGLE}?{urlencode(google)}"),
        (_("Add to Outlook on the web"), f"{OUTLOOK}?{urlencode(outlook)}"),
    ]


def _compact(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _whole(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
