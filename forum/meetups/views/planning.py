"""Planning a meetup, and looking at its dates before it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import redirect, render_template, request, url_for

from forum.content.naming import text_for
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.markup import Rendered
from forum.core.time import now
from forum.meetups import actions
from forum.meetups.actions.details import checked_details, checked_plan
from forum.meetups.forms import MeetupForm
from forum.meetups.holidays import Warned, holiday_on, warned_of
from forum.meetups.models import Series
from forum.meetups.polls.forms import PollDetails
from forum.meetups.queries.one import members_of
from forum.meetups.recurrence import Plan, Slot, first_slots, skips_months
from forum.meetups.views import Page, blueprint
from forum.meetups.words import day_words, rhythm_words
from forum.spaces.feature import duties_in
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _

PREVIEWED = 10
NO_TEXT = Rendered(source="", html="", renderer=0, mentioned=frozenset(), quoted=frozenset())


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """A date as it is looked at before a meetup is planned. `note`: what to think of, such as a bank holiday."""

    words: str
    note: str


@blueprint.get("/new")
@needs(Can.SCHEDULE_MEETUP)
def new(here: Here) -> Page:
    """Show the form."""
    form = MeetupForm(formdata=None, host=str(here.actor.id) if here.is_member else "")
    return show_form(here, form)


@blueprint.post("/new")
@needs(Can.SCHEDULE_MEETUP)
def plan(here: Here) -> Page:
    """Plan the meetup, or show its next dates first."""
    form = offered(here, MeetupForm())
    try:
        if is_right(form):
            if "preview" in request.form:
                return show_form(here, form, dates=previewed(form.plan))
            if warned := warned_once(form.plan):
                return show_form(here, form, warned=warned), 409
            details = replace(form.details(), about=text_of(here.space, form))
            with transaction():
                _series, item = actions.schedule(here, plan=form.plan, details=details, once=form.once.data)
            banner(_("The meetup is planned."))
            return redirect(url_for("meetups.series", slug=here.space.slug, ref=item.ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return show_form(here, form), 422


def is_right(form: MeetupForm, *, may_be_past: bool = False) -> bool:
    """Say whether what was typed can be kept, and name all that can't at once."""
    checks: list[Callable[[], object]] = []
    if form.validate_on_submit():
        checks.append(lambda: checked_plan(form.plan, at=now(), may_be_past=may_be_past))
    if not form.zone.errors:
        checks.append(lambda: checked_details(form.details()))
    for check in checks:
        try:
            check()
        except Invalid as problem:
            form.add_problems(problem)
    return not form.errors and form.is_submitted()


def warned_once(plan: Plan, *, before: date | None = None) -> Warned | None:
    """Return what is to be said of the day of a meetup that takes place once, unless it was said or is that of `before`.

    Who plans many dates looks at them first, each with its note.
    """
    day = plan.start.date()
    if plan.comes_back or day == before:
        return None
    return warned_of([day], plan.zone, knowing=request.form.get("knowing", ""))


def offered(here: Here, form: MeetupForm, *, zone: str = "") -> MeetupForm:
    """Return the form with its lists filled."""
    form.offer(hosts=members_of(here.space, writers=True), duties=duties_in(here), zone=zone or here.space.zone)
    return form


def text_of(space: Space, form: MeetupForm | PollDetails) -> Rendered:
    """Return the text of a form as it is kept. Takes time, so call it before the transaction. Raises Invalid for `about`."""
    typed = form.about.data or ""
    return text_for(space, typed, field="about") if typed else NO_TEXT


def show_form(
    here: Here,
    form: MeetupForm,
    *,
    dates: list[Previewed] | None = None,
    series: Series | None = None,
    item: Item | None = None,
    begins: int | None = None,
    is_all: bool = False,
    decides: Mapping[str, object] | None = None,
    warned: Warned | None = None,
) -> str:
    """Render the form of a meetup: a new one, or one whose dates are changed from the one with the key `begins` on.

    `decides`: the poll that it comes from, with its `ref`, `title`, and the day's `key` and `words`.
    """
    offered(here, form)
    return render_template(
        "meetups/form.html",
        form=form,
        dates=dates,
        series=series,
        item=item,
        begins=begins,
        is_all=is_all,
        decides=decides,
        warned=warned,
        is_doubled=form.is_doubled_in(form.zone.data or ""),
        rhythm=rhythm_words(form.plan) if dates else "",
    )


def previewed(plan: Plan, *, may_be_past: bool = False) -> list[Previewed]:
    """Return the next dates of what was typed, each with what to think of. Raises Invalid."""
    checked = checked_plan(plan, at=now(), may_be_past=may_be_past)
    dates = [_previewed(slot, checked) for slot in first_slots(checked, most=PREVIEWED)]
    if skips_months(checked):
        note = _("Months without that day are left out. Choose “last” for one in every month.")
        dates[0] = replace(dates[0], note=f"{dates[0].note} {note}".strip())
    return dates


def _previewed(slot: Slot, plan: Plan) -> Previewed:
    ends = slot.local + timedelta(minutes=plan.minutes)
    day = day_words(slot.local.date(), zone=plan.zone)
    holiday = holiday_on(slot.local.date(), plan.zone)
    notes = [_("Bank holiday: %(name)s.", name=holiday)] if holiday else []
    if slot.local != slot.original:
        notes.append(_("Clocks go forward, so it begins at %(clock)s.", clock=f"{slot.local:%H:%M}"))
    return Previewed(words=f"{day}, {slot.local:%H:%M}-{ends:%H:%M}", note=" ".join(notes))
