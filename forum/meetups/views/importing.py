"""Planning meetups from a calendar file: choose it, look at what was understood, plan it."""

from collections import Counter

from flask import redirect, render_template, request, url_for
from flask_wtf.file import FileField

from forum.content.naming import text_for
from forum.core.calendars.asking import LARGEST, Unreadable
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.core.markup import Rendered
from forum.core.time import now
from forum.meetups.importing.actions import carry_out, keep
from forum.meetups.importing.asking import read_meetups
from forum.meetups.importing.models import MeetupImport
from forum.meetups.importing.queries import Line, Outcome, import_of, lines_of
from forum.meetups.importing.reading import MOST_MEETUPS
from forum.meetups.importing.words import UNREADABLE, notes_of, unused_words
from forum.meetups.recurrence import first_slots
from forum.meetups.views import Page, blueprint
from forum.meetups.words import day_words, rhythm_words
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.forms import Form
from forum.web.uploads import sent_bytes, takes_files
from forum.web.words import _, _l, _n


class FileForm(Form):
    """A calendar file."""

    file = FileField(_l("Calendar file"))


@blueprint.get("/import")
@needs(Can.SCHEDULE_MEETUP)
def choose_file(here: Here) -> Page:
    """Show where a calendar file is given."""
    del here
    return render_template("meetups/import.html", form=FileForm(formdata=None))


@blueprint.post("/import/attach")
@takes_files
@needs(Can.SCHEDULE_MEETUP)
def read_file(here: Here) -> Page:
    """Read a calendar file, and lead to what was understood. Nothing is planned yet."""
    form, data = FileForm(), sent_bytes("file", most=LARGEST)
    if not form.validate_on_submit():
        return render_template("meetups/import.html", form=form), 422
    try:
        read = read_meetups(data, zone=here.space.zone, at=now())
    except Unreadable as problem:
        form.file.errors = [*form.file.errors, str(UNREADABLE[problem.why])]
        return render_template("meetups/import.html", form=form), 422
    with transaction():
        kept = keep(here, read)
    return redirect(url_for("meetups.look_at_import", slug=here.space.slug, ref=kept.ref), 303)


@blueprint.get("/import/<ref>")
@needs(Can.SCHEDULE_MEETUP)
def look_at_import(here: Here, ref: str) -> Page:
    """Show what would be planned, and what wasn't understood."""
    return _show(here, _own(here, ref))


@blueprint.post("/import/<ref>")
@needs(Can.SCHEDULE_MEETUP)
def plan_import(here: Here, ref: str) -> Page:
    """Plan what was shown, and chosen."""
    kept = _own(here, ref)
    most = len(str(MOST_MEETUPS))
    chosen = {int(one) for one in request.form.getlist("line") if one.isascii() and one.isdigit() and len(one) <= most}
    lines, _unused = lines_of(kept, here.space, at=now())
    if not chosen and kept.done_at is None:
        return _show(here, kept, problem=_("Choose at least one meetup, or leave this page: nothing is planned.")), 422
    texts = {number: _text(here, line) for number, line in enumerate(lines) if number in chosen and line.draft.words}
    with transaction():
        done = carry_out(here, ref, chosen=chosen, texts=texts)
    banner(_said(done))
    return redirect(url_for("meetups.index", slug=here.space.slug), 303)


def _text(here: Here, line: Line) -> Rendered:
    """Render what a meetup is about. What can't be rendered is left out."""
    try:
        return text_for(here.space, line.draft.words, field="about")
    except Invalid:
        return text_for(here.space, _("(Its text could not be taken over.)"), field="about")


def _own(here: Here, ref: str) -> MeetupImport:
    kept = import_of(here.actor, here.space, ref)
    if kept is None:
        raise Missing
    return kept


def _show(here: Here, kept: MeetupImport, *, problem: str = "") -> str:
    lines, unused = lines_of(kept, here.space, at=now())
    return render_template(
        "meetups/import_preview.html",
        kept=kept,
        lines=[(number, line, _when(line), notes_of(line.draft)) for number, line in enumerate(lines)],
        is_any_new=any(line.outcome is Outcome.NEW for line in lines),
        unused=unused_words(unused),
        problem=problem,
    )


def _when(line: Line) -> str:
    """Say when it takes place first, on the clock of its place, and how often."""
    plan = line.draft.plan
    slot = next(iter(first_slots(plan, most=1)), None)
    if slot is None:
        return ""
    first = f"{day_words(slot.local.date(), zone=plan.zone)}, {slot.local:%H:%M}"
    return f"{first}. {rhythm_words(plan)}" if plan.comes_back else first


def _said(done: Counter[Outcome]) -> str:
    if not done[Outcome.NEW]:
        return _("Nothing new was planned: all of it was there already.")
    said = _n("%(num)d meetup is planned.", "%(num)d meetups are planned.", done[Outcome.NEW])
    if done[Outcome.REFUSED]:
        said += " " + _n("%(num)d could not be.", "%(num)d could not be.", done[Outcome.REFUSED])
    return said
