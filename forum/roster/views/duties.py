"""The list of duties, and the page of one."""

from flask import redirect, render_template, request, url_for
from markupsafe import Markup

from forum.core.halves import Span
from forum.core.time import now, today
from forum.notify import heads_up
from forum.roster.access import duty_for, why_not_change
from forum.roster.actions.accounts import why_not_confirm
from forum.roster.actions.duties import is_holder
from forum.roster.away_forms import AskForm
from forum.roster.forms import EndForm, OfferForm
from forum.roster.models import Duty, DutyKind
from forum.roster.queries.accounts import accounts_of
from forum.roster.queries.asked import asked_of
from forum.roster.queries.cover import open_of_duty
from forum.roster.queries.duties import DutyShown, duties_of, shown, who_may_hold
from forum.roster.queries.leaving import vacant_in
from forum.roster.tellers.common import days_of
from forum.roster.views import Page, blueprint
from forum.roster.words import CRITICALITY, ENGAGEMENT, KINDS
from forum.spaces.feature import stand_ins
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can


@blueprint.get("/")
@needs(Can.SEE_ROSTER)
def index(here: Here) -> Page:
    """Show every duty: who holds it now, the deputy, the next gap."""
    found = duties_of(here)
    people = {line.owner.id for line in found.current if line.owner} | {
        line.holder.id for line in found.current if line.holder
    }
    return render_template(
        "roster/index.html",
        found=found,
        criticality=CRITICALITY,
        kinds=KINDS,
        stand_ins=stand_ins(here, people),
        days_of=days_of,
        left=vacant_in(here),
        asked=asked_of(here),
        span=Span,
    )


@blueprint.get("/duties/<ref>")
@needs(Can.SEE_ROSTER)
def duty(here: Here, ref: str) -> Page:
    """Show a duty."""
    row, item = duty_for(here, ref)
    heads_up.read_there(here.actor, path=request.path)
    return show_duty(here, row, item)


def show_duty(
    here: Here,
    row: Duty,
    item: Item,
    *,
    offer: OfferForm | None = None,
    ending: EndForm | None = None,
    covering: AskForm | None = None,
    problem: str = "",
    may_take_knowing: bool = False,
) -> str:
    """Render the page of a duty, with the forms that somebody sent, or `problem` that a press met."""
    found = shown(here, row)
    return render_template(
        "roster/duty.html",
        duty=row,
        item=item,
        found=found,
        note=Markup(row.note_html),  # noqa: S704  # made by the renderer
        problem=problem,
        kinds=KINDS,
        criticality=CRITICALITY,
        engagement=ENGAGEMENT,
        stand_ins=stand_ins(here, _people(found)),
        days_of=days_of,
        account=next(iter(accounts_of(here, duty=row)), None) if row.kind is DutyKind.ACCOUNT else None,
        may_confirm=row.kind is DutyKind.ACCOUNT and not why_not_confirm(here, row, at=now()),
        may_come_forward=here.may(Can.VOLUNTEER) and not row.ended_on and found.held.is_gap and found.owner is None,
        may_change=not row.ended_on and not why_not_change(here, is_holder=is_holder(row.id, here)),
        offer=offer if offer is not None else _offer_form(here, row),
        ending=ending if ending is not None else _ending_form(here, row),
        covering=covering if covering is not None else _ask_form(here, row.id, found),
        wanted=open_of_duty(here, row.id),
        may_take_knowing=may_take_knowing,
    )


def _ask_form(here: Here, duty_id: int, found: DutyShown) -> AskForm | None:
    """Return the form for whoever may ask for cover of what nobody holds in the next weeks."""
    mine = here.actor.id in {person.id for person in (found.owner, found.deputy) if person}
    has_gap = any(run.held.is_gap for run, _person, _owner in found.runs)
    if not has_gap or here.space.archived_at is not None or not (here.may(Can.KEEP_ROSTER) or mine):
        return None
    form = AskForm(formdata=None, prefix="cover")
    people = who_may_hold(here, duty_id)
    form.offer(people, stand_ins(here, [one.id for one in people]))
    return form


def _people(found: DutyShown) -> set[int]:
    return {person.id for person in (found.holder, found.owner, found.deputy, *found.order) if person}


def _offer_form(here: Here, row: Duty) -> OfferForm | None:
    if not here.may(Can.KEEP_ROSTER) or row.ended_on:
        return None
    form = OfferForm(formdata=None, from_day=max(today(here.space.zone), row.first_day), prefix="offer")
    form.offer(who_may_hold(here, row.id))
    if row.rotates:
        form.place.data = "deputy"
    return form


def _ending_form(here: Here, row: Duty) -> EndForm | None:
    if not here.may(Can.KEEP_ROSTER) or row.ended_on:
        return None
    return EndForm(formdata=None, on=today(here.space.zone), prefix="end")


def to_duty(here: Here, ref: str) -> Page:
    """Lead to a duty's page."""
    return redirect(url_for("roster.duty", slug=here.space.slug, ref=ref), 303)
