"""Answering a request for cover from mail: a signed link, a page with buttons, and only a press does anything."""

from datetime import timedelta

from flask import render_template, request

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.time import now
from forum.people.models import Person
from forum.roster.access import request_for
from forum.roster.actions import covering
from forum.roster.actions.covering import Warned
from forum.roster.models import CoverAsk, CoverRequest, CoverState
from forum.roster.queries.cover import line_of, may_answer
from forum.roster.tellers.common import days_of
from forum.roster.tokens import read_answer
from forum.roster.views import Page
from forum.roster.views import away as blueprint
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.web.access import anyone
from forum.web.words import _

SHOWN_FOR = timedelta(days=30)
"""So long after its last day a link says what became of it."""


@blueprint.get("/cover/<token>")
@anyone
def answer(token: str) -> Page:
    """Show what is asked, with a button for each answer. Mail programmes look at links: looking does nothing."""
    here, found = _asked(token)
    return _page(here, found)


@blueprint.post("/cover/<token>")
@anyone
def give_answer(token: str) -> Page:
    """Take it or decline, as who was asked."""
    here, found = _asked(token)
    try:
        with transaction():
            if "decline" in request.form:
                covering.decline(here, found)
            else:
                covering.take(here, found, knowing="knowing" in request.form)
    except Warned as warned:
        return _page(here, found, warning=warned.why), 409
    except (RuleBroken, Denied) as broken:
        return _page(here, found, problem=broken.why), 409
    return _page(here, found)


def _asked(token: str) -> tuple[Here, CoverRequest]:
    """Load the request and how whoever was asked stands in its space now. Raises Missing: a link opens no more than they may see."""
    read = read_answer(token)
    person = db.session.get(Person, read[1]) if read else None
    if read is None or person is None or not person.is_active:
        raise Missing
    found = db.session.scalar(db.select(CoverRequest).where(CoverRequest.ref == read[0]))
    if found is None or db.session.get(CoverAsk, (found.id, person.id)) is None:
        raise Missing
    slug = db.select(Space.slug).join(Item, Item.space_id == Space.id).where(Item.id == found.duty_id)
    here = here_for(person, db.session.scalars(slug).one())
    if not here.may(Can.SEE_ROSTER) or found.span.last_day < now().date() - SHOWN_FOR:
        raise Missing
    return here, request_for(here, found.ref)


def _page(here: Here, found: CoverRequest, *, problem: str = "", warning: str = "") -> str:
    db.session.refresh(found)
    line = line_of(here, found)
    is_open = found.state is CoverState.OPEN
    is_mine = found.state is CoverState.ACCEPTED and found.accepted_by_id == here.actor.id
    return render_template(
        "roster/answer.html",
        line=line,
        space=here.space,
        person=here.actor,
        problem=problem or ("" if is_open or found.accepted_by_id == here.actor.id else _said(found)),
        warning=warning,
        days_of=days_of,
        is_open=is_open,
        may_take=is_open and may_answer(here, line),
        is_mine=is_mine,
        tells=is_open or is_mine,
    )


def _said(found: CoverRequest) -> str:
    if found.state is CoverState.ACCEPTED:
        return covering.who_has_it(found)
    return _("This request is over. Nothing is to be done.")
