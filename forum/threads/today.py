"""What threads have to say on Today: what is new, and what waits for an answer."""

from collections.abc import Sequence

from flask import g, url_for
from markupsafe import Markup
from sqlalchemy import exists

from forum.content.models import Draft
from forum.content.reading import COUNTED, capped
from forum.spaces.feature import item_kinds
from forum.spaces.guard import Here
from forum.spaces.parts import ItemKind, TodayIf, TodayPart
from forum.spaces.policy import Can
from forum.spaces.queries.visible import VIEWER
from forum.threads import addresses, queries
from forum.threads.behind.queries import how_many_wait
from forum.threads.queries.conditions import stands_out
from forum.threads.words import day_name, unanswered_since
from forum.web.words import _, _n

ANNOUNCED, NEW, WAITING, BEGUN = 5, 20, 10, 60
MOST_ANNOUNCED = 3
LISTED = 4
WAITING_LISTED = 6


def unread_here(here: Here) -> int:
    """Count the threads with something unread, at most COUNTED. Asked once a request: the tab, Today and the list show it."""
    if "unread_threads" not in g:
        note_unread(queries.unread_threads(here))
    return int(g.unread_threads)


def note_unread(number: int) -> None:
    """Keep the count for the rest of this request, for a page that has counted already."""
    g.unread_threads = min(number, COUNTED)


def parts(here: Here) -> list[TodayPart]:
    """Return the parts of Today that have something in them."""
    above: set[str] = g.get("announced_above", set())
    found = [part for part in (_waiting(here), _new(here, but_not=above)) if part is not None] or [
        _quiet(here, but_not=above)
    ]
    asked = _to_pass_on(here)
    return [*found, asked] if asked is not None else found


def _announced(here: Here) -> list[TodayPart]:
    """List what is announced, and note it, so that it isn't listed below once more."""
    announced = queries.announced(here, most=MOST_ANNOUNCED)
    if not announced:
        return []
    g.announced_above = {one.ref for one in announced}
    return [TodayPart(order=ANNOUNCED, template="threads/today_announced.html", values={"announced": announced})]


def _new(here: Here, *, but_not: set[str]) -> TodayPart | None:
    """List what is new, without what stands above it already."""
    news = queries.news(here, size=LISTED + len(but_not))
    note_unread(news.number)
    threads, number = _without(but_not, news.threads), news.number
    if not threads:
        return None
    url = url_for("threads.index", slug=here.space.slug, show="unread")
    title = _("New since %(day)s", day=day_name(news.since)) if news.since else _("New since you joined")
    said = _n("%(num)s thread", "%(num)s threads", number) if number < COUNTED else _("Many threads")
    sentence = Markup('<a href="{}">{}</a> {}').format(
        url, said, _n("has something new for you.", "have something new for you.", number)
    )
    return TodayPart(
        order=NEW,
        template="threads/today_new.html",
        values={"title": title, "threads": threads, "url": url, "number": capped(number)},
        sentence=sentence,
    )


def _without(above: set[str], threads: Sequence[queries.Listed]) -> list[queries.Listed]:
    return [one for one in threads if one.ref not in above][:LISTED]


def _quiet(here: Here, *, but_not: set[str]) -> TodayPart:
    """With nothing new and nothing waiting, Today still leads somewhere: to the latest threads, or to the first one."""
    values: dict[str, object] = {
        "threads": _without(but_not, queries.listed(here, size=LISTED + len(but_not))),
        "url": url_for("threads.index", slug=here.space.slug),
        "may_start": here.may(Can.START_THREAD),
    }
    return TodayPart(order=NEW, template="threads/today_quiet.html", values=values)


def _waiting(here: Here) -> TodayPart | None:
    """Say who called this person, and which questions wait for them: those are for whoever can answer."""
    found = queries.waiting_for_me(here, most=WAITING_LISTED)
    if not found.number:
        return None
    kinds = {kind.name: kind for kind in item_kinds()}
    values: dict[str, object] = {
        "found": found,
        "unanswered_since": unanswered_since,
        "post_url": lambda one: kinds[one.kind].post_url(here.space.slug, one.ref, one.number),
        "settle_url": lambda one: _settle_url(here, kinds[one.kind], one),
    }
    return TodayPart(order=WAITING, template="threads/today_waiting.html", values=values, waits=found.number)


def _settle_url(here: Here, kind: ItemKind, one: queries.ForMe) -> str:
    room = kind.permalink.partition(".")[0]
    return url_for(f"{room}.settle_bookmark", slug=here.space.slug, ref=one.ref, number=one.number)


def _to_pass_on(here: Here) -> TodayPart | None:
    """Say what members ask this organiser to pass on: how much it is, and no more."""
    number = how_many_wait(here)
    if not number:
        return None
    url = url_for("threads.asked", slug=here.space.slug)
    said = _n("%(num)s colleague asks you", "%(num)s times colleagues ask you", number)
    sentence = Markup('<a href="{}">{}</a> {}').format(url, said, _("to pass something on."))
    values: dict[str, object] = {"url": url, "said": said}
    return TodayPart(
        order=WAITING - 1, template="threads/today_asked.html", values=values, sentence=sentence, waits=number
    )


def _begun(here: Here) -> list[TodayPart]:
    """List what this person has begun to write."""
    begun = queries.begun(here, most=LISTED) if here.may(Can.WRITE_POST) else []
    if not begun:
        return []
    values: dict[str, object] = {"begun": begun, "url_of": lambda one: _form_url(here, one)}
    return [TodayPart(order=BEGUN, template="threads/today_begun.html", values=values, in_rail=True)]


def _form_url(here: Here, begun: queries.Begun) -> str:
    if begun.ref is None:
        return url_for("threads.new", slug=here.space.slug)
    return addresses.reply_url(here.space.slug, begun.ref, last_number=begun.last_number or 1)


SOME_ANNOUNCED = exists().where(stands_out())
SOME_BEGUN = exists().where(Draft.person_id == VIEWER)
TODAY_IF = (TodayIf(may=SOME_ANNOUNCED, parts=_announced), TodayIf(may=SOME_BEGUN, parts=_begun))
