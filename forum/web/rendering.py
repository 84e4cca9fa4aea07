"""What templates can use: times, the versions of static files, and who is looking."""

import hashlib
import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import NullTranslations
from http import HTTPStatus
from pathlib import Path
from typing import Any

import flask_babel
from babel.dates import format_date
from flask import Flask, Response, current_app, g, request
from flask.templating import Environment
from flask_login import current_user
from jinja2 import Template, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from forum.core.time import local, now
from forum.web.banners import take_arrival
from forum.web.links import path_of
from forum.web.words import _

HEADING = re.compile(r"<h([1-6])[ >]")
HEADING_TAG = re.compile(r"(</?h)([1-6])(?=[ >])")


def version_of(content: bytes) -> str:
    """Return what the address of a static file says of its content."""
    return hashlib.sha256(content).hexdigest()[:6]


class Templates(Environment):
    """Flask's, whose templates share one table of what all of them know: Jinja's chain of tables, for each, is slow to go through."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template knows: what all know, unless it is given more."""
        return super().make_globals(d) if d else self.globals


@dataclass(frozen=True)
class Reader:
    """How the one who asks reads: found once a request, because a page shows hundreds of words and dozens of times."""

    zone: str
    today: date
    locale: str
    translations: NullTranslations


def reader() -> Reader:
    """Return how the one who asks reads."""
    found: Reader | None = g.get("reader")
    if found is None:
        signed_in = current_user.is_authenticated
        zone = str(current_user.person.zone) if signed_in else str(g.get("default_zone", "Europe/London"))
        locale = str(flask_babel.get_locale() or "en_GB")
        found = g.reader = Reader(zone, local(now(), zone).date(), locale, flask_babel.get_translations())
    return found


def viewer_zone() -> str:
    """The zone in which times are shown: the signed-in person's."""
    return reader().zone


def when(moment: datetime | None) -> Markup:
    """Show an instant as "Tue 27 Oct, 10:00", another year's with the year; today's as "10:00 today", with its day on hover."""
    if moment is None:
        return Markup("")
    who = reader()
    there = local(moment, who.zone)
    clock, there_day = f"{there:%H:%M}", there.date()
    instant = moment.isoformat(timespec="minutes").replace("+00:00", "Z")
    if there_day == who.today:
        return _time_tag(
            instant, _("%(clock)s today", clock=clock), f"{_formatted(there_day, 'd MMMM y', who.locale)}, {clock}"
        )
    return _time_tag(instant, f"{day_words(there_day, who.today)}, {clock}")


def at_when(moment: datetime | None) -> Markup:
    """Say in a sentence when something is: "at 10:00 today", "on Tue 27 Oct, 10:00"."""
    if moment is None:
        return Markup("")
    is_today = local(moment, reader().zone).date() == reader().today
    return Markup("{} {}").format(_("at") if is_today else _("on"), when(moment))


def day(moment: datetime | date | None) -> Markup:
    """Show a day as "Tue 27 Oct", other years' with the year."""
    if moment is None:
        return Markup("")
    who = reader()
    there = local(moment, who.zone).date() if isinstance(moment, datetime) else moment
    return _time_tag(there.isoformat(), day_words(there, who.today), _formatted(there, "EEEE d MMMM y", who.locale))


def long_day(there: date) -> str:
    """Return "Tuesday 27 October"."""
    return _formatted(there, "EEEE d MMMM", reader().locale)


def full_day(moment: datetime | date) -> str:
    """Return "27 October 2026", as it stands on paper."""
    there = local(moment, reader().zone).date() if isinstance(moment, datetime) else moment
    return _formatted(there, "d MMMM y", reader().locale)


def month_year(there: date) -> str:
    """Return "Oct 2026"."""
    return _formatted(there, "MMM y", reader().locale)


def day_words(there: date, this: date) -> str:
    """Return "Tue 27 Oct", with the year when it isn't this one."""
    return _formatted(there, "EEE d MMM" if there.year == this.year else "d MMM y", reader().locale)


@lru_cache(maxsize=2048)
def _formatted(there: date, pattern: str, locale: str) -> str:
    return str(format_date(there, pattern, locale=locale))


def there(moment: datetime) -> datetime:
    """Return an instant as the clock of the one who looks shows it."""
    return local(moment, reader().zone)


def weekday_short(day: date) -> str:
    """Return "Wed"."""
    return _formatted(_day_of(day), "EEE", reader().locale)


def weekday_long(day: date) -> str:
    """Return "Wednesday"."""
    return _formatted(_day_of(day), "EEEE", reader().locale)


def month_short(day: date) -> str:
    """Return "Nov"."""
    return _formatted(_day_of(day), "MMM", reader().locale)


def _day_of(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _time_tag(machine: str, shown: str, exact: str = "") -> Markup:
    title = f' title="{escape(exact)}"' if exact else ""
    return Markup(f'<time datetime="{escape(machine)}"{title}>{escape(shown)}</time>')  # noqa: S704  # all escaped


def headings_from(html: str, level: int) -> Markup:
    """Return written HTML with its highest heading at `level`, so that none is left out below the heading that it stands under."""
    found = [int(one) for one in HEADING.findall(html)]
    up = max(0, min(found) - level) if found else 0
    moved = HEADING_TAG.sub(lambda match: f"{match[1]}{int(match[2]) - up}", html)
    return Markup(moved)  # noqa: S704  # as it was cleaned when it was written


@pass_eval_context
def translate(context: EvalContext, text: str, /, **values: object) -> str:
    """Say `text` in the reader's language: the `_` of templates. Jinja's own asks anew for each word which language it is."""
    words = reader().translations.gettext(text)
    said = Markup(words) if context.autoescape else words  # noqa: S704  # our own words; values are escaped by %
    return said % values if values or "%" in said else said


@cache
def static(filename: str) -> str:
    """Return the address of a static file, which says what it holds: the same for everybody as long as this process runs."""
    return path_of("static", filename=filename)


@cache
def icon(name: str) -> Markup:
    """Draw an icon, always beside a word. Templates draw dozens, which look the same wherever they stand."""
    return Markup(current_app.jinja_env.get_template("ui/icons.html").module.icon(name))  # type: ignore[attr-defined]  # noqa: S704


@cache
def mark() -> Markup:
    """Draw the two staggered bars that stand for Baton."""
    return Markup(current_app.jinja_env.get_template("ui/icons.html").module.mark())  # type: ignore[attr-defined]  # noqa: S704


def constant(name: str, **given: object) -> Markup:
    """Draw a part of a page that says the same to everybody who reads in one language, and keep it.

    It knows what it is given, and no person, page or space. A template that was changed is another one.
    """
    return _drawn(current_app.jinja_env.get_template(name), reader().locale, tuple(sorted(given.items())))


@lru_cache(maxsize=128)
def _drawn(template: Template, locale: str, given: tuple[tuple[str, object], ...]) -> Markup:
    del locale  # it is the reader's, whose words are in it
    return Markup(template.render(dict(given)))  # noqa: S704  # a template's, which escapes


def init_rendering(app: Flask, *, organisation: Callable[[], str]) -> None:
    """Give templates their filters and globals; version the addresses of static files by their content."""
    app.jinja_env.filters.update(when=when, at_when=at_when, day=day, long_day=long_day, there=there)
    app.jinja_env.filters.update(headings_from=headings_from, full_day=full_day, month_year=month_year)
    app.jinja_env.filters.update(weekday_short=weekday_short, weekday_long=weekday_long, month_short=month_short)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update({"_": translate, "static": static, "constant": constant, "icon": icon, "mark": mark})
    folder = Path(app.static_folder or "")

    @cache
    def version(filename: str) -> str:
        path = folder / filename
        return version_of(path.read_bytes()) if path.is_file() else ""

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values["v"] = version(values["filename"])

    @app.after_request
    def ask_again(response: Response) -> Response:
        """Keep a static file for good only under the address that names its content; fonts never change."""
        if request.endpoint == "static" and response.status_code < HTTPStatus.BAD_REQUEST:
            filename = str((request.view_args or {}).get("filename", ""))
            if request.args.get("v") != version(filename) and not filename.endswith(".woff2"):
                response.headers["Cache-Control"] = "no-cache"
        return response

    @app.context_processor
    def who_is_looking() -> dict[str, Any]:
        person = current_user.person if current_user.is_authenticated else None
        return {
            "me": person,
            "here": g.get("here"),
            "organisation": organisation(),
            "this_day": reader().today,
            "locale": reader().locale.replace("_", "-"),
            "arrived": take_arrival(),
        }
