"""Taking a case from mail: a signed link, a page with a button, and only a press does anything."""

from datetime import timedelta

from flask import render_template, request
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.time import now
from forum.help.access import Called, case_for, why_not_take
from forum.help.actions import taking
from forum.help.models import Case, Page
from forum.help.tokens import read_answer
from forum.help.views import Page as Shown
from forum.help.views import links
from forum.people.models import Person
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.web.access import anyone

SHOWN_FOR = timedelta(days=14)
"""So long after it was asked a link says what became of it."""


@links.get("/<token>")
@anyone
def answer(token: str) -> Shown:
    """Show what is asked, with a button. Mail programmes look at links: looking does nothing."""
    here, called = _asked(token)
    return _page(here, called)


@links.post("/<token>")
@anyone
def give_answer(token: str) -> Shown:
    """Take it, or say that one can't take it over, as who was asked."""
    here, called = _asked(token)
    is_offered = called.case.offered_to_id == here.actor.id
    action = taking.decline if "decline" in request.form else taking.accept if is_offered else taking.take
    try:
        with transaction():
            action(here, called.case.id)
    except (RuleBroken, Denied) as broken:
        return _page(here, called, problem=broken.why), 409
    return _page(here, called)


def _asked(token: str) -> tuple[Here, Called]:
    """Load the case and how whoever was asked stands in its space now. Raises Missing: a link opens no more than they may see."""
    read = read_answer(token)
    person = db.session.get(Person, read[2]) if read else None
    if read is None or person is None or not person.is_active:
        raise Missing
    ref, number, _person_id = read
    found = db.session.execute(
        select(Case, Space.slug, Item.created_at)
        .join(Item, Item.id == Case.id)
        .join(Space, Space.id == Item.space_id)
        .where(Item.ref == ref)
    ).one_or_none()
    if found is None:
        raise Missing
    case, slug, _created = found
    page = db.session.get(Page, (case.id, number, person.id))
    since = page.at if page is not None else case.offered_at if case.offered_to_id == person.id else None
    if since is None and case.holder_id == person.id:
        since = case.taken_at
    here = here_for(person, slug)
    if since is None or since < now() - SHOWN_FOR or not here.may(Can.SEE_HELP):
        raise Missing
    return here, case_for(here, ref)


def _page(here: Here, called: Called, *, problem: str = "") -> str:
    db.session.refresh(called.case)
    case = called.case
    is_mine = case.holder_id == here.actor.id and not case.is_closed
    is_offered = case.offered_to_id == here.actor.id
    is_shut = here.space.archived_at is not None and not case.is_closed
    is_over = not case.is_open and not is_mine and not is_offered
    return render_template(
        "help/answer.html",
        case=case,
        item=called.item,
        space=here.space,
        person=here.actor,
        asker=db.session.get(Person, called.item.author_id or 0),
        problem=problem or (taking.who_has_it(case, here.space) if is_over else ""),
        is_shut=is_shut,
        is_mine=is_mine,
        is_offered=is_offered,
        may_take=case.is_open and not why_not_take(here, called.item),
    )
