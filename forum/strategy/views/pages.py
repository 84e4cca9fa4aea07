"""The page of the strategy: on screen, in large type, as a file, and what it said before."""

from itertools import pairwise

from flask import Response, current_app, redirect, render_template, request, url_for

from forum.config import Settings
from forum.core.db import db
from forum.core.errors import Busy, Missing, RuleBroken
from forum.core.time import now, today
from forum.spaces.feature import deeds_for
from forum.spaces.guard import Here, needs
from forum.spaces.models import Space
from forum.spaces.policy import Can
from forum.strategy.access import Sheet, require_strategy, sheet_of, strategy_of, version_of
from forum.strategy.age import age_of
from forum.strategy.comparing import changes
from forum.strategy.content import Content, items_of, lines_of, read
from forum.strategy.figures import counted
from forum.strategy.measuring import shown as amount
from forum.strategy.paper import STATICS, Unprintable, browser_of, pdf_of
from forum.strategy.parts import CYCLES, PARTS
from forum.strategy.queries import PAGE, signed_before, signoffs_of, versions_of
from forum.strategy.queries.measures import latest_values
from forum.strategy.queries.reviews import due_on, open_answers
from forum.strategy.room import Room, room_for
from forum.strategy.signatures import Standing, is_whole, line_of, shown_code, standing_of
from forum.strategy.views import Page, blueprint
from forum.strategy.words import SHORT_ENGAGEMENTS, SHORT_MODES
from forum.web.links import absolute
from forum.web.words import _

SET_WITH: dict[str, object] = {
    "PARTS": PARTS,
    "CYCLES": CYCLES,
    "SHORT_MODES": SHORT_MODES,
    "SHORT_ENGAGEMENTS": SHORT_ENGAGEMENTS,
    "items_of": items_of,
    "lines_of": lines_of,
    "amount": amount,
    "counted": counted,
    "shown_code": shown_code,
    "check_url": lambda: absolute("signing.checking"),
}
"""Words and functions with which `strategy/sheet.html` is set."""

STOPS = frozenset({Standing.DECLINED, Standing.CHANGED})
"""Of one request: then nobody is asked any more until somebody who keeps the strategy decides."""


@blueprint.get("/")
@needs(Can.SEE_STRATEGY)
def page(here: Here) -> Page:
    """Show the strategy: the signed version, or the latest while none is signed."""
    found = strategy_of(here)
    if found is None:
        return render_template("strategy/empty.html")
    sheet = sheet_of(here)
    strategy, at = sheet.strategy, now()
    may_write = here.may(Can.WRITE_STRATEGY)
    draft = sheet_of(here, strategy.version) if may_write and sheet.has_newer else None
    number = strategy.version if may_write else strategy.shown
    due = due_on(strategy, sheet.content, zone=here.space.zone)
    rows = signoffs_of(strategy, number) if may_write else []
    whole = is_whole(version_of(strategy.id, number), strategy=sheet.item.uuid) if rows else True
    asked = [(one, standing_of(one, strategy, at=at, is_whole=whole)) for one in rows if one.given_at is None]
    return render_template(
        "strategy/page.html",
        draft=draft,
        asked=asked,
        has_stopped=any(how in STOPS for _one, how in asked),
        signed_draft=[one for one in rows if one.given_at is not None] if number != sheet.version.number else [],
        Standing=Standing,
        due=due,
        next_on=due if due >= today(here.space.zone) else None,
        answered=len({one.person_id for one in open_answers(strategy)}) if here.is_member else 0,
        age=age_of(here, sheet) if here.is_member else [],
        deeds=deeds_for(here, sheet.item),
        values=latest_values(strategy),
        has_browser=browser_of(current_app.extensions["baton"].settings) is not None,
        **shown(sheet),
    )


def shown(sheet: Sheet) -> dict[str, object]:
    """Return what the sheet itself shows of a version: what is signed, and who signed it. Nothing of today's."""
    asked = signoffs_of(sheet.strategy, sheet.version.number)
    signed = [one for one in asked if one.given_at is not None]
    return {
        **SET_WITH,
        "sheet": sheet,
        "content": sheet.content,
        "signed": signed,
        "signers": len(asked),
        "over": over,
        "room": room_of(sheet.content, signed=[line_of(one) for one in signed]),
    }


def room_of(content: Content, *, signed: list[str]) -> Room:
    """Return how a version fits with those who signed it, or with room for one who will."""
    return room_for(content, signers=signed or [_("Name, and what they are in the organisation")])


@blueprint.get("/large")
@needs(Can.SEE_STRATEGY)
def large(here: Here) -> Page:
    """Show it in large type, to be read from the other end of a room."""
    sheet = sheet_of(here)
    return render_template("strategy/large.html", values=latest_values(sheet.strategy), **shown(sheet))


@blueprint.get("/pdf")
@needs(Can.SEE_STRATEGY)
def pdf(here: Here) -> Page:
    """Give the page as a file."""
    sheet = sheet_of(here)
    settings: Settings = current_app.extensions["baton"].settings
    page, name = paper_of(sheet, here.space), f"strategy-{here.space.slug}-{sheet.version.number}.pdf"
    db.session.rollback()  # no read transaction stays open while a browser works
    try:
        made = pdf_of(settings, page)
    except Unprintable as problem:
        raise RuleBroken(str(problem)) from None
    except TimeoutError:
        raise Busy(
            _("The file is taking too long just now. Print the page from your browser, or try again in a minute.")
        ) from None
    return Response(made, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def paper_of(sheet: Sheet, space: Space) -> str:
    """Return the page by itself, as it is printed: for the file."""
    return render_template("strategy/paper.html", space=space, statics=STATICS, **shown(sheet))


def over(room: Room) -> str:
    """Say by how much a version is too long."""
    return _("by about %(lines)s lines, some %(letters)s characters", lines=room.over, letters=f"{room.letters:,}")


@blueprint.get("/at/<ref>")
@needs(Can.SEE_STRATEGY)
def at_ref(here: Here, ref: str) -> Page:
    """Lead from the item's own address to the page: agendas link there."""
    _strategy, item = require_strategy(here)
    if item.ref != ref:
        raise Missing
    return redirect(url_for("strategy.page", slug=here.space.slug), 303)


@blueprint.get("/versions/")
@needs(Can.SEE_STRATEGY)
def versions(here: Here) -> Page:
    """List what it said before, with what changed; drafts only to who writes it."""
    strategy, item = require_strategy(here)
    edge = request.args.get("before", type=int)
    edge = edge if edge is not None and 0 < edge < 2**31 else None
    found = versions_of(strategy, before=edge, with_drafts=here.may(Can.WRITE_STRATEGY))
    contents = [(one, read(one.version.content)) for one in found]
    listed = [(one, changes(before, content)) for (one, content), (_older, before) in pairwise(contents)]
    if contents and len(found) <= PAGE:
        listed.append((contents[-1][0], []))
    signatures: dict[int, list[str]] = {}
    for one in signoffs_of(strategy):
        if one.given_at is not None:
            signatures.setdefault(one.number, []).append(one.name)
    return render_template(
        "strategy/versions.html",
        strategy=strategy,
        item=item,
        listed=listed[:PAGE],
        signatures=signatures,
        more=listed[PAGE - 1][0].version.number if len(found) > PAGE else None,
    )


@blueprint.get("/versions/<int:number>")
@needs(Can.SEE_STRATEGY)
def version(here: Here, number: int) -> Page:
    """Show a version as a page, with what it says otherwise than the signed one, or the one before."""
    if not 0 < number < 2**31:
        raise Missing
    sheet = sheet_of(here, number)
    against = signed_before(sheet.strategy, number)
    is_signed_before = against is not None
    if against is None and here.may(Can.WRITE_STRATEGY):
        against = number - 1
    before = read(version_of(sheet.strategy.id, against).content) if against else None
    return render_template(
        "strategy/version.html",
        against=against,
        is_signed_before=is_signed_before,
        changed=changes(before, sheet.content) if before else [],
        **shown(sheet),
    )
