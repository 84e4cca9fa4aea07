"""What templates can use: times, the versions of static files, and who is looking."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from flask import Flask, g, session
from flask_babel import get_locale
from flask_login import current_user
from markupsafe import Markup, escape

from forum.core.time import local, now
from forum.web.words import _


def viewer_zone() -> str:
    """The zone in which times are shown: the signed-in person's."""
    if current_user.is_authenticated:
        return str(current_user.person.zone)
    return str(g.get("default_zone", "Europe/London"))


def when(moment: datetime | None) -> Markup:
    """Show an instant as "Tue 27 Oct, 10:00", today's as "10:00 today", other years' with the year; exact on hover."""
    if moment is None:
        return Markup("")
    zone = viewer_zone()
    there, this = local(moment, zone), local(now(), zone)
    locale = get_locale()
    clock = format_datetime(there, "HH:mm", locale=locale)
    if there.date() == this.date():
        shown = _("%(clock)s today", clock=clock)
    else:
        shown = f"{day_words(there.date(), this.date())}, {clock}"
    exact = f"{format_datetime(there, 'EEEE d MMMM y, HH:mm', locale=locale)} ({zone})"
    return _time_tag(moment.isoformat(timespec="minutes"), shown, exact)


def day(moment: datetime | date | None) -> Markup:
    """Show a day as "Tue 27 Oct", other years' with the year."""
    if moment is None:
        return Markup("")
    zone = viewer_zone()
    there = local(moment, zone).date() if isinstance(moment, datetime) else moment
    shown = day_words(there, local(now(), zone).date())
    return _time_tag(there.isoformat(), shown, format_date(there, "EEEE d MMMM y", locale=get_locale()))


def long_day(there: date) -> str:
    """Return "Tuesday 27 October"."""
    return str(format_date(there, "EEEE d MMMM", locale=get_locale()))


def day_words(there: date, this: date) -> str:
    """Return "Tue 27 Oct", with the year when it isn't this one."""
    pattern = "EEE d MMM" if there.year == this.year else "d MMM y"
    return str(format_date(there, pattern, locale=get_locale()))


def _time_tag(machine: str, shown: str, exact: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, exact, escape(shown))


def init_rendering(app: Flask, *, organisation: Callable[[], str]) -> None:
    """Give templates their filters and globals; version the addresses of static files by their content."""
    app.jinja_env.filters.update(when=when, day=day, long_day=long_day)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    folder = Path(app.static_folder or "")

    @cache
    def version(filename: str) -> str:
        path = folder / filename
        return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values["v"] = version(values["filename"])

    @app.context_processor
    def who_is_looking() -> dict[str, Any]:
        person = current_user.person if current_user.is_authenticated else None
        return {
            "me": person,
            "here": g.get("here"),
            "organisation": organisation(),
            "locale": str(get_locale() or "en").replace("_", "-"),
            "shortcuts_off": session.get("shortcuts_off", False),
        }
