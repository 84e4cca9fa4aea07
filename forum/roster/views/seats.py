"""Champions' seats by department, their sponsors, and who puts themselves forward."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import now, today
from forum.roster.access import duty_for, endorsement_for, volunteer_for
from forum.roster.actions import seats as actions
from forum.roster.actions import succession, volunteering
from forum.roster.models import Duty, Volunteer
from forum.roster.queries.away import Hushed
from forum.roster.queries.seats import Seat, call_of, coverage_of, endorsements_of, forward_of
from forum.roster.seat_forms import EndorseForm, ForwardForm, SponsorForm
from forum.roster.views import Page, blueprint, links
from forum.roster.who import Why
from forum.spaces.feature import stand_ins
from forum.spaces.guard import Here, needs
from forum.spaces.models import REASON_LENGTH, Item
from forum.spaces.policy import Can
from forum.web.access import anyone
from forum.web.banners import banner
from forum.web.sheets import sheet
from forum.web.words import _, _n

OPEN = "open"
"""What the address says for: only departments without somebody now."""


@blueprint.get("/seats")
@needs(Can.SEE_ROSTER)
def seats(here: Here) -> Page:
    """Show each department's champion and deputy, where there is none, and whom to ask then."""
    found = coverage_of(here)
    owners = {seat.line.owner.id for seat in found.seats if seat.line and seat.line.owner}
    show = request.args.get("show", "")
    return render_template(
        "roster/seats.html",
        found=found,
        shown=[seat for seat in found.seats if show != OPEN or seat.is_vacant or seat.is_uncovered],
        is_narrowed=show == OPEN,
        stand_ins=stand_ins(here, owners),
        forward=forward_of(here),
    )


@blueprint.get("/seats.csv")
@needs(Can.SEE_ROSTER)
def seats_sheet(here: Here) -> Response:
    """Give the same as a table (A12)."""
    hushed = Hushed(here)
    head = [
        _("Department"), _("Members here"), _("Champion"), _("Now"), _("Whom to ask"), _("Deputy"), _("Sponsor"),
    ]  # fmt: skip
    found = coverage_of(here)
    keepers = ", ".join(one.person.name for one in found.keepers)
    rows = [
        [
            seat.department.name,
            found.members.get(seat.department.id, 0),
            _named(seat, hushed),
            _said_of(seat, hushed),
            seat.ask.name if seat.ask else keepers,
            seat.line.deputy.name if seat.line and seat.line.deputy else "",
            f"{seat.given.name}, {seat.given.post}" if seat.given else "",
        ]
        for seat in found.seats
    ]
    return sheet(f"champions-{here.space.slug}-{today(here.space.zone)}.csv", head, rows)


def _named(seat: Seat, hushed: Hushed) -> str:
    """Name whose seat it is, unless that would say that they are away to who may not know."""
    owner = seat.line.owner if seat.line is not None else None
    is_here = seat.line is not None and seat.line.held.why is Why.HOLDER
    return owner.name if owner is not None and (is_here or owner.id not in hushed) else ""


def _said_of(seat: Seat, hushed: Hushed) -> str:
    """Say how a seat is held now. That somebody is away is said as far as the reader may know."""
    if seat.line is None:
        return _("No seat yet")
    if seat.is_vacant:
        return _("Vacant")
    owner = seat.line.owner
    if owner is None or seat.line.held.why is Why.HOLDER:
        return _("Held")
    if owner.id in hushed:
        return _("Nobody now") if seat.is_uncovered else _("Covered")
    return _("Away, nobody covers") if seat.is_uncovered else _("Away, covered")


@blueprint.get("/duties/<ref>/sponsor")
@needs(Can.KEEP_ROSTER)
def sponsor(here: Here, ref: str) -> Page:
    """Show who stands behind a seat, and the form that asks somebody."""
    return _sponsor(here, ref, SponsorForm(formdata=None))


@blueprint.post("/duties/<ref>/sponsor")
@needs(Can.KEEP_ROSTER)
def ask_sponsor(here: Here, ref: str) -> Page:
    """Mail somebody a link by which they stand behind a seat."""
    row, _item = duty_for(here, ref)
    form = SponsorForm()
    if not form.validate_on_submit():
        return _sponsor(here, ref, form), 422
    try:
        with transaction():
            actions.ask(here, row, form.address.data or "")
    except Invalid as problem:
        form.add_problems(problem)
        return _sponsor(here, ref, form), 422
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _sponsor(here, ref, form), 409
    banner(_("They get a mail with a link that works once. They are reminded after a week."))
    return redirect(url_for("roster.sponsor", slug=here.space.slug, ref=ref), 303)


@blueprint.post("/endorsements/<int:endorsement_id>/withdraw")
@needs(Can.KEEP_ROSTER)
def withdraw_endorsement(here: Here, endorsement_id: int) -> Page:
    """Let a sponsor's link open nothing any more."""
    row = endorsement_for(here, endorsement_id)
    with transaction():
        actions.withdraw(here, row)
    banner(_("The link opens nothing any more."))
    ref = db.session.get_one(Item, row.duty_id).ref
    return redirect(url_for("roster.sponsor", slug=here.space.slug, ref=ref), 303)


@blueprint.post("/duties/<ref>/call")
@needs(Can.KEEP_ROSTER)
def call_colleagues(here: Here, ref: str) -> Page:
    """Ask colleagues of a vacant seat's department whether they would take it."""
    row, _item = duty_for(here, ref)
    try:
        with transaction():
            number = succession.call(here, row)
    except RuleBroken as broken:
        return _volunteers(here, ref, ForwardForm(formdata=None), problem=broken.why), 409
    if number:
        banner(_n("%(num)d colleague is asked.", "%(num)d colleagues are asked.", number))
    return _to_volunteers(here, row)


@blueprint.get("/duties/<ref>/volunteers")
@needs(Can.SEE_ROSTER)
def volunteers(here: Here, ref: str) -> Page:
    """Show where one puts oneself forward; to organisers who did."""
    return _volunteers(here, ref, ForwardForm(formdata=None))


@blueprint.post("/duties/<ref>/volunteers")
@needs(Can.VOLUNTEER)
def put_forward(here: Here, ref: str) -> Page:
    """Put oneself forward."""
    row, _item = duty_for(here, ref)
    form = ForwardForm()
    if not form.validate_on_submit():
        return _volunteers(here, ref, form), 422
    try:
        with transaction():
            volunteering.put_forward(here, row, note=form.note.data or "")
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _volunteers(here, ref, form), 409
    banner(_("Thank you. The organisers are told, and you hear from them."))
    return _to_volunteers(here, row)


@blueprint.post("/volunteers/<int:volunteer_id>/agree")
@needs(Can.KEEP_ROSTER)
def agree_volunteer(here: Here, volunteer_id: int) -> Page:
    """Let a volunteer have the duty."""
    return _answer(here, volunteer_id, "agree")


@blueprint.post("/volunteers/<int:volunteer_id>/decline")
@needs(Can.KEEP_ROSTER)
def decline_volunteer(here: Here, volunteer_id: int) -> Page:
    """Say no, kindly."""
    return _answer(here, volunteer_id, "decline")


@blueprint.post("/volunteers/<int:volunteer_id>/take-back")
@needs(Can.SEE_ROSTER)
def take_back_volunteer(here: Here, volunteer_id: int) -> Page:
    """Put oneself forward no longer."""
    return _answer(here, volunteer_id, "take back")


@links.get("/sponsor/<token>")
@anyone
def endorsement(token: str) -> Page:
    """Show what a sponsor is asked. Opening the page changes nothing: mail scanners open links (A7)."""
    return _endorse(token, EndorseForm(formdata=None))


@links.post("/sponsor/<token>")
@anyone
def endorse(token: str) -> Page:
    """Stand behind a seat."""
    form = EndorseForm()
    if not form.validate_on_submit():
        return _endorse(token, form, status=422)
    try:
        with transaction():
            actions.endorse(token, name=form.name.data or "", post=form.post.data or "")
    except Missing:
        return _opens_nothing()
    except Invalid as problem:
        form.add_problems(problem)
        return _endorse(token, form, status=422)
    except RuleBroken:
        return _endorse(token, form, status=409)
    return redirect(url_for("sponsors.endorsement", token=token), 303)


@links.post("/sponsor/<token>/no")
@anyone
def decline_endorsement(token: str) -> Page:
    """Say no."""
    try:
        with transaction():
            actions.decline(token)
    except Missing:
        return _opens_nothing()
    except RuleBroken:
        return _endorse(token, EndorseForm(formdata=None), status=409)
    return redirect(url_for("sponsors.endorsement", token=token), 303)


def _endorse(token: str, form: EndorseForm, *, status: int = 200) -> Page:
    try:
        opened = actions.opened(token)
    except Missing:
        return _opens_nothing()
    return render_template("roster/endorsement.html", opened=opened, token=token, form=form), status


def _opens_nothing() -> Page:
    return render_template("roster/endorsement_over.html"), HTTPStatus.NOT_FOUND


def _sponsor(here: Here, ref: str, form: SponsorForm) -> str:
    row, item = duty_for(here, ref)
    actions.require_seat(row)
    given, asked = endorsements_of([row.id], at=now())
    return render_template(
        "roster/sponsor.html", item=item, form=form, given=given.get(row.id), asked=asked.get(row.id)
    )


def _volunteers(here: Here, ref: str, form: ForwardForm, *, problem: str = "") -> str:
    row, item = duty_for(here, ref)
    waiting = forward_of(here, duty=row)
    return render_template(
        "roster/volunteers.html",
        item=item,
        form=form,
        problem=problem,
        why_not=volunteering.why_not_forward(row, at=now()),
        mine=next((line for line in waiting if line.person.id == here.actor.id), None),
        waiting=waiting if here.may(Can.KEEP_ROSTER) else [],
        call=call_of(here, row) if here.may(Can.KEEP_ROSTER) else None,
    )


def _answer(here: Here, volunteer_id: int, what: str) -> Page:
    volunteer = volunteer_for(here, volunteer_id)
    row = db.session.get_one(Duty, volunteer.duty_id)
    try:
        with transaction():
            said = _do(here, volunteer, what)
    except RuleBroken as broken:
        ref = db.session.get_one(Item, row.id).ref
        return _volunteers(here, ref, ForwardForm(formdata=None), problem=broken.why), 409
    banner(said)
    return _to_volunteers(here, row)


def _do(here: Here, volunteer: Volunteer, what: str) -> str:
    if what == "agree":
        volunteering.agree(here, volunteer)
        return _("It is theirs from today on. They are told.")
    if what == "decline":
        volunteering.decline(here, volunteer, answer=request.form.get("answer", "")[:REASON_LENGTH])
        return _("They are told, with thanks.")
    volunteering.take_back(here, volunteer)
    return _("You are not put forward any more.")


def _to_volunteers(here: Here, row: Duty) -> Page:
    ref = db.session.get_one(Item, row.id).ref
    return redirect(url_for("roster.volunteers", slug=here.space.slug, ref=ref), 303)
