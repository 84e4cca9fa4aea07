"""Actions: noting one, what becomes of it, and what is open in a space."""

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.content.words import PROMISES
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.meetups.access import occurrence_for, require_change
from forum.meetups.day.access import leads
from forum.meetups.day.actions import follow_up
from forum.meetups.day.actions.follow_up import Promise, why_not_settle
from forum.meetups.day.forms import ActionForm, DropForm, HolderForm, key_of
from forum.meetups.day.page import DayForms
from forum.meetups.day.queries.follow_up import Promised, action_for, open_in, settled_in
from forum.meetups.queries.one import members_of
from forum.meetups.views import Page, blueprint
from forum.meetups.views.lists import this_month
from forum.meetups.views.pages import show_date
from forum.notify import heads_up
from forum.notify.bell import is_being_read
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.sheets import sheet
from forum.web.words import _

SHOWS = ("open", "mine", "settled")


@blueprint.post("/<ref>/<int:key>/actions")
@needs(Can.SEE_MEETUPS)
def note_action(here: Here, ref: str, key: int) -> Page:
    """Note what somebody promised. They are told."""
    one, series, item = occurrence_for(here, ref, key)
    require_change(here, series, item, one)
    form, status = ActionForm(), 422
    form.offer(members_of(here.space))
    try:
        if form.validate_on_submit():
            promise = Promise(words=form.todo.data or "", holder_id=_holder(form), due_on=form.due_on.data)
            with transaction():
                follow_up.note(here, series.id, one.id, promise, once=form.once.data)
            banner(_("Noted. Who has it is told."))
            return redirect(
                url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key, _anchor="actions"), 303
            )
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return show_date(here, one, series, item, forms=DayForms(action=form)), status


@blueprint.get("/actions")
@needs(Can.SEE_MEETUPS)
def open_actions(here: Here) -> str:
    """List what is open in a space; what of it is one's own (`show=mine`); or what was settled."""
    show = request.args.get("show", "open")
    show = show if show in SHOWS else "open"
    found = settled_in(here) if show == "settled" else open_in(here, mine=show == "mine")
    return render_template("meetups/actions.html", promised=found, show=show, this_month=this_month(here))


@blueprint.get("/actions.csv")
@needs(Can.SEE_MEETUPS)
def actions_sheet(here: Here) -> FlaskResponse:
    """Give out the actions of a space as a table: open ones, then settled ones."""
    rows = [
        (
            one.action.words,
            one.holder.name if one.holder and here.may(Can.SEE_ROSTER) else "",
            one.action.due_on.isoformat() if one.action.due_on else "",
            _("overdue") if one.is_overdue() else str(PROMISES[one.action.state]),
            one.action.reason,
            one.title,
            one.one.local_start.date().isoformat(),
        )
        for one in (*open_in(here), *settled_in(here))
    ]
    head = (_("Action"), _("Who"), _("By when"), _("State"), _("Why dropped"), _("Meetup"), _("Day"))
    return sheet("actions.csv", head, rows)


@blueprint.get("/actions/<action_ref>")
@needs(Can.SEE_MEETUPS)
def action(here: Here, action_ref: str) -> Page:
    """Show an action with what can be done about it."""
    found = _action(here, action_ref)
    is_being_read(found.item.id)
    page = _show(here, found)
    heads_up.read(here.actor, item_id=found.item.id)
    return page


@blueprint.post("/actions/<action_ref>/done")
@needs(Can.SEE_MEETUPS)
def finish_action(here: Here, action_ref: str) -> Response:
    """Say that it is done."""
    found = _action(here, action_ref)
    with transaction():
        follow_up.finish(here, found.action)
    banner(_("Done."), undo=url_for("meetups.reopen_action", slug=here.space.slug, action_ref=action_ref))
    return _to(here, found)


@blueprint.post("/actions/<action_ref>/open-again")
@needs(Can.SEE_MEETUPS)
def reopen_action(here: Here, action_ref: str) -> Response:
    """Let it be open again."""
    found = _action(here, action_ref)
    with transaction():
        follow_up.reopen(here, found.action)
    banner(_("It is open again."))
    return _to(here, found)


@blueprint.post("/actions/<action_ref>/take")
@needs(Can.TAKE_DUTY)
def take_action(here: Here, action_ref: str) -> Response:
    """Take what nobody has."""
    found = _action(here, action_ref)
    with transaction():
        follow_up.take(here, found.action)
    banner(_("It is yours."))
    return _to(here, found)


@blueprint.post("/actions/<action_ref>/hand-on")
@needs(Can.SEE_MEETUPS)
def hand_on_action(here: Here, action_ref: str) -> Page:
    """Give it to somebody else, or another day."""
    found, form, status = _action(here, action_ref), HolderForm(), 422
    form.offer(members_of(here.space))
    try:
        if form.validate_on_submit():
            with transaction():
                follow_up.hand_on(here, found.action, holder_id=_holder(form), due_on=form.due_on.data)
            banner(_("Changed. Who has it is told."))
            return _to(here, found)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return _show(here, found, holder_form=form), status


@blueprint.post("/actions/<action_ref>/drop")
@needs(Can.SEE_MEETUPS)
def drop_action(here: Here, action_ref: str) -> Page:
    """Say that nobody needs to do it, and why."""
    found, form = _action(here, action_ref), DropForm()
    try:
        if form.validate_on_submit():
            with transaction():
                follow_up.drop(here, found.action, reason=form.reason.data or "")
            undo = url_for("meetups.reopen_action", slug=here.space.slug, action_ref=action_ref)
            banner(_("Dropped."), undo=undo)
            return _to(here, found)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, found, drop_form=form), 422


def _show(
    here: Here, found: Promised, *, holder_form: HolderForm | None = None, drop_form: DropForm | None = None
) -> str:
    one = found.action
    if holder_form is None:
        holder_form = HolderForm(formdata=None, holder=str(one.holder_id or ""), due_on=one.due_on)
    may_settle = not why_not_settle(here, found.series, found.item, found.one, one)
    holder_form.offer(members_of(here.space) if may_settle else [])
    return render_template(
        "meetups/action.html",
        promised=found,
        may_settle=may_settle,
        may_take=found.is_open and found.holder is None and here.may(Can.TAKE_DUTY),
        may_lead=leads(here, found.series, found.item, found.one),
        holder_form=holder_form,
        drop_form=drop_form or DropForm(formdata=None),
        wrong=drop_form or (holder_form if holder_form.errors else None),
    )


def _action(here: Here, ref: str) -> Promised:
    found = action_for(here, ref)
    if found is None:
        raise Missing
    return found


def _holder(form: HolderForm) -> int | None:
    chosen = form.holder.data or ""
    if not chosen:
        return None
    key = key_of(chosen)
    if key is None:
        raise Invalid({"holder": [_("Choose a member of this space.")]})
    return key


def _to(here: Here, found: Promised) -> Response:
    return redirect(url_for("meetups.action", slug=here.space.slug, action_ref=found.action.ref), 303)
