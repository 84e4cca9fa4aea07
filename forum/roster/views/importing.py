"""Taking absences over from a calendar file: choose it, look at what would be noted, note it."""

from collections import Counter

from flask import redirect, render_template, request, url_for

from forum.core.calendars.asking import LARGEST, Unreadable
from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing
from forum.core.halves import MIDDAY
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions.importing import MOST, NO_ANSWER, carry_out, make_plan
from forum.roster.calendars.asking import CalendarRead, read_calendar
from forum.roster.forms import CalendarForm
from forum.roster.models import AbsencePlan
from forum.roster.queries.importing import Outcome, absences_of, fate_of, first_of_today, plan_of, read_plan
from forum.roster.views import Page, blueprint
from forum.roster.views.grid import short_days
from forum.roster.words import OUTCOMES, UNREADABLE, unused_words
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.uploads import sent_bytes, takes_files
from forum.web.words import _, _n


@blueprint.get("/calendar")
@needs(Can.TAKE_DUTY)
def calendar(here: Here) -> Page:
    """Show where a calendar file is given."""
    return _page(here, CalendarForm(formdata=None))


@blueprint.post("/calendar/attach")
@takes_files
@needs(Can.TAKE_DUTY)
def read_in(here: Here) -> Page:
    """Read a calendar file, and lead to what was understood. Nothing is noted yet."""
    form, data = CalendarForm(), sent_bytes("file", most=LARGEST)
    if not form.validate_on_submit():
        return _page(here, form), 422
    for_members = form.whose.data == "members"
    if for_members and not here.may(Can.KEEP_ROSTER):
        raise Denied(here.why_not(Can.KEEP_ROSTER))
    try:
        read = _read(here, data, for_members=for_members)
    except Unreadable as problem:
        form.add_problem(str(UNREADABLE[problem.why]))
        return _page(here, form), 422
    with transaction():
        plan = make_plan(here, read, for_members=for_members)
    return redirect(url_for("roster.preview", slug=here.space.slug, ref=plan.ref), 303)


def _read(here: Here, data: bytes, *, for_members: bool) -> CalendarRead:
    """Read a calendar. Days are the person's own, or of the space when they are its members'. Raises Unreadable."""
    zone = here.space.zone if for_members else here.actor.zone
    midday = here.space.midday if for_members else MIDDAY
    return read_calendar(data, zone=zone, midday=midday, today=today(zone))


@blueprint.get("/calendar/<ref>")
@needs(Can.TAKE_DUTY)
def preview(here: Here, ref: str) -> Page:
    """Show what would be noted, whose, and what wasn't understood."""
    return _preview(here, _plan(here, ref))


@blueprint.post("/calendar/<ref>")
@needs(Can.TAKE_DUTY)
def note_absences(here: Here, ref: str) -> Page:
    """Note what was shown, and chosen."""
    chosen = {
        int(number) for number in request.form.getlist("line") if number.isdecimal() and len(number) <= len(str(MOST))
    }
    plan = _plan(here, ref)
    if not chosen and plan.done_at is None:
        return _preview(
            here, plan, problem=_("Choose at least one absence, or leave this page: nothing is noted.")
        ), 422
    with transaction():
        done = carry_out(here, ref, chosen=chosen)
    banner(_said(done))
    return redirect(url_for("roster.grid", slug=here.space.slug), 303)


def _plan(here: Here, ref: str) -> AbsencePlan:
    """Load a plan of one's own. Raises Missing, Denied for a members' plan of somebody who is no organiser any more."""
    plan = plan_of(here.actor, here.space, ref)
    if plan is None:
        raise Missing
    if plan.is_for_members and not here.may(Can.KEEP_ROSTER):
        raise Denied(here.why_not(Can.KEEP_ROSTER))
    return plan


def _preview(here: Here, plan: AbsencePlan, *, problem: str = "") -> str:
    planned = read_plan(plan)
    ids = {line.person_id for line in planned.lines}
    people = {one.id: one for one in db.session.scalars(db.select(Person).where(Person.id.in_(ids)))}
    absences = absences_of(ids)
    zone = here.space.zone if plan.is_for_members else here.actor.zone
    current = first_of_today(zone, at=now())
    lines = [
        (number, people[line.person_id], line, fate_of(line, absences.get(line.person_id, []), today=current))
        for number, line in enumerate(planned.lines)
    ]
    return render_template(
        "roster/calendar_preview.html",
        plan=plan,
        lines=lines,
        strangers=planned.strangers,
        unused=unused_words(planned.unused),
        outcomes=OUTCOMES,
        days_of=short_days,
        done_outcomes={Outcome.KNOWN, Outcome.CHANGED},
        problem=problem,
    )


def _said(done: Counter[str]) -> str:
    made = done[Outcome.NEW] + done[Outcome.PART] + done[Outcome.MOVED]
    if not made and not done[NO_ANSWER]:
        return _("Nothing new was noted: all of it was there already.")
    sentences = [_n("%(num)d absence is noted.", "%(num)d absences are noted.", made)] if made else []
    if done[NO_ANSWER]:
        sentences.append(
            _n(
                "%(num)d couldn’t be noted: something changed meanwhile.",
                "%(num)d couldn’t be noted: something changed meanwhile.",
                done[NO_ANSWER],
            )
        )
    sentences.append(_("Look for gaps, and ask for cover where there are some."))
    return " ".join(sentences)


def _page(here: Here, form: CalendarForm) -> str:
    return render_template("roster/calendar.html", form=form, may_note_others=here.may(Can.KEEP_ROSTER))
