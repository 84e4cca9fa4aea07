"""The lists of a space's threads."""

from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.content import reading
from forum.core.db import transaction
from forum.core.errors import Missing
from forum.core.paging import page
from forum.core.time import now
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import queries
from forum.threads.access import section_for, tag_for
from forum.threads.queries import PAGE, Counted, Counts, Order, Show
from forum.threads.today import note_unread
from forum.threads.views import Page, blueprint
from forum.threads.views.watching import watch_form
from forum.threads.words import waited
from forum.web.banners import banner
from forum.web.forms import moment_of
from forum.web.words import LazyString, _, _l

LABELS: dict[Show, LazyString] = {
    Show.EVERYTHING: _l("Everything"),
    Show.UNREAD: _l("Unread"),
    Show.UNANSWERED: _l("Unanswered"),
    Show.MINE: _l("Mine"),
    Show.WATCHED: _l("Watched"),
}
TITLES: dict[Show, LazyString] = {
    Show.EVERYTHING: _l("Latest threads"),
    Show.UNREAD: _l("New to you"),
    Show.UNANSWERED: _l("Waiting for an answer"),
    Show.MINE: _l("Threads you started or wrote in"),
    Show.WATCHED: _l("Threads you watch"),
}
ORDERS: dict[Order, LazyString] = {
    Order.LATEST: _l("Newest reply first"),
    Order.NEWEST: _l("Newest thread first"),
    Order.OLDEST: _l("Oldest thread first"),
}
IN_RAIL = 3
SETTLED = timedelta(seconds=2)
"""How long it takes at the most from giving a post its time to letting it be seen."""


@blueprint.get("/")
@needs(Can.SEE_THREADS)
def index(here: Here) -> Page:
    """List the threads, the latest reply first: all or of one section, everything or what a filter leaves."""
    began = now()
    show = _wish(here)
    sections = queries.counted_sections(here)
    chosen = _section(sections)
    if chosen is None and request.args.get("section"):
        return _where_it_went(here, request.args["section"])
    slug = chosen.slug if chosen else None
    tags = queries.tags_of(here, retired=True)
    tag = next((one for one in tags if one.slug == request.args.get("tag")), None)
    if tag is None and request.args.get("tag"):
        return _where_tag_went(here, request.args["tag"])
    tagged = tag.slug if tag else None
    counts = queries.counts(here, section=slug, tag=tagged)
    note_unread(counts.unread_everywhere)
    everything = counts.everything if chosen or tag else sum(section.threads for section in sections)
    order = _order()
    pinned_first = show is Show.EVERYTHING and order is Order.LATEST and tag is None
    total = _total(show, counts, everything=everything) - (counts.pinned if pinned_first else 0)
    pages = page(request.args.get("page"), total=total, size=PAGE)
    return render_template(
        "threads/index.html",
        threads=queries.listed(
            here, show=show, section=slug, tag=tagged, order=order, pinned_first=pinned_first, before=pages.before
        ),
        order=order,
        orders=ORDERS,
        tag=tag,
        tags=[one for one in tags if one.retired_at is None],
        wishes=counts.wishes if here.may(Can.CURATE_TAGS) else 0,
        watch_form=watch_form(chosen=counts.level) if here.may(Can.WATCH_THREAD) else None,
        pages=pages,
        sections=sections,
        chosen=chosen,
        everything=sum(section.threads for section in sections),
        show=show,
        pills=_pills(here, counts),
        title=TITLES[show],
        waiting=[] if show is Show.UNANSWERED else queries.waiting(here, most=IN_RAIL),
        waited=waited,
        unread_total=counts.unread,
        until=_shown_until(counts, began=began).isoformat(),
        may_start=here.may(Can.START_THREAD),
    )


@blueprint.post("/read")
@needs(Can.SEE_THREADS)
def mark_all_read(here: Here) -> Response:
    """Mark everything in the space, or in one section, as read that the list could have shown."""
    section = section_for(here, request.form["section"]) if request.form.get("section") else None
    if here.membership is not None:
        until = moment_of(request.form.get("until"))
        with transaction():
            if section is None:
                is_undoable = reading.read_everything(here.actor, here.space, until=until)
            else:
                is_undoable = False
                reading.read_items(here.actor, queries.ids_in(here, section), until=until)
        if section is None:
            undo = url_for("threads.unmark_all_read", slug=here.space.slug, until=until.isoformat())
            banner(_("Everything here is marked as read."), undo=undo if is_undoable else "")
        else:
            banner(_("Everything in %(section)s is marked as read.", section=section.name))
    return redirect(url_for("threads.index", slug=here.space.slug, section=section.slug if section else None), 303)


@blueprint.post("/read/undo")
@needs(Can.SEE_THREADS)
def unmark_all_read(here: Here) -> Response:
    """Let what was unread before everything was marked be unread again."""
    with transaction():
        is_done = reading.until_then(here.actor, here.space, until=moment_of(request.args.get("until")))
    said = _("What was unread is unread again.") if is_done else _("That was too long ago to be undone.")
    banner(said, kind="info")
    return redirect(url_for("threads.index", slug=here.space.slug), 303)


def _wish(here: Here) -> Show:
    """Return the filter that the address asks for. One that isn't offered shows everything."""
    wish = request.args.get("show", "")
    return Show(wish) if wish in _offered(here) else Show.EVERYTHING


def _where_tag_went(here: Here, wish: str) -> Response:
    """Lead to the tag into which another was merged. Raises Missing for one that never was in this space."""
    after = queries.tag_after(tag_for(here, wish))
    if after is None:
        raise Missing
    values: dict[str, Any] = {**request.args, "tag": after, "slug": here.space.slug}
    return redirect(url_for("threads.index", **values), 303)


def _order() -> Order:
    """Return the order that the address asks for. One that isn't offered is the usual."""
    wish = request.args.get("order", "")
    return Order(wish) if wish in tuple(Order) else Order.LATEST


def _offered(here: Here) -> tuple[Show, ...]:
    """Return the filters that mean something to this person: only members have read and written here."""
    return tuple(Show) if here.membership is not None else (Show.EVERYTHING, Show.UNANSWERED)


def _section(sections: list[Counted]) -> Counted | None:
    """Return the section that the address asks for, None when it asks for all, or for one that isn't there."""
    wish = request.args.get("section")
    return next((section for section in sections if section.slug == wish), None)


def _where_it_went(here: Here, wish: str) -> Response:
    """Lead to the section into which another was merged. Raises Missing for one that never was in this space."""
    after = queries.section_after(here, wish) if wish.isprintable() else None
    if after is None:
        raise Missing
    values: dict[str, Any] = {**request.args, "section": after, "slug": here.space.slug}
    return redirect(url_for("threads.index", **values), 303)


def _total(show: Show, counts: Counts, *, everything: int) -> int:
    return everything if show is Show.EVERYTHING else int(getattr(counts, show.value))


def _pills(here: Here, counts: Counts) -> list[tuple[Show, LazyString, str]]:
    """Return the filters with their names and counts; Everything's stands beside the sections already."""
    shown = {
        Show.UNREAD: reading.capped(counts.unread),
        Show.UNANSWERED: str(counts.unanswered),
        Show.MINE: str(counts.mine),
        Show.WATCHED: str(counts.watched),
    }
    return [(show, LABELS[show], shown.get(show, "")) for show in _offered(here)]


def _shown_until(counts: Counts, *, began: datetime) -> datetime:
    """Return up to when this list shows everything, for whoever marks all of it as read (B3).

    Not the time of day: a post gets its time a moment before it can be seen, so one that this list missed may be older than the
    list. What is older than the latest that can be seen, and than what is on its way, was seen.
    """
    return min(counts.latest or began, began - SETTLED)
