"""What is measured: on its way or not, with a chart and a table; values by hand, and their corrections."""

from flask import redirect, render_template, url_for

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import today
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.strategy.access import Sheet, sheet_of
from forum.strategy.actions import measuring as actions
from forum.strategy.figures import figure_of
from forum.strategy.forms import ValueForm
from forum.strategy.measuring import HIGH, WIDE, Way, chart_of, shown, track_of
from forum.strategy.queries.measures import Noted, values_of
from forum.strategy.typing_in import amount_of, why_no_amount
from forum.strategy.views import Page, blueprint
from forum.web.banners import banner
from forum.web.sheets import sheet as table
from forum.web.words import _


@blueprint.get("/measures")
@needs(Can.SEE_STRATEGY)
def measures(here: Here) -> Page:
    """Show the measures of the version that everybody is shown."""
    return _show(here)


@blueprint.get("/measures.csv")
@needs(Can.SEE_STRATEGY)
def measures_file(here: Here) -> Page:
    """Give all values as a table to take along, corrected ones too."""
    found = sheet_of(here)
    values = values_of(found.strategy, most=None)
    head = (_("Measure"), _("Day"), _("Value"), _("Unit"), _("Noted by"), _("Note"), _("Corrected later"))
    rows = [
        (
            measure.words,
            one.value.day.isoformat(),
            one.value.amount,
            measure.unit,
            _who(one),
            one.value.note,
            _("yes") if one.is_corrected else "",
        )
        for measure in found.content.measures
        for one in values.get(measure.key, ())
    ]
    return table(f"measures-{here.space.slug}.csv", head, rows)


@blueprint.post("/measures/<key>")
@needs(Can.WRITE_STRATEGY)
def note_value(here: Here, key: str) -> Page:
    """Note what a measure was on a day."""
    return _note(here, key, None)


@blueprint.post("/measures/<key>/<int:value_id>/correct")
@needs(Can.WRITE_STRATEGY)
def correct_value(here: Here, key: str, value_id: int) -> Page:
    """Put another value in the place of a wrong one, which stays to be read."""
    if value_id >= 2**31:
        raise Missing
    return _note(here, key, value_id)


def _note(here: Here, key: str, corrects: int | None) -> Page:
    form, status = ValueForm(), 422
    if form.validate_on_submit():
        try:
            amount = amount_of(form.amount.data)
            with transaction():
                actions.note(
                    here,
                    key,
                    amount=amount,
                    day=form.day.data,
                    words=form.note.data or "",
                    corrects=corrects,
                    once=form.once.data,
                )
        except ValueError:
            form.amount.errors = [why_no_amount(form.amount.data)]
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            status = 409
        else:
            banner(_("Noted."))
            return redirect(url_for("strategy.measures", slug=here.space.slug, _anchor=key), 303)
    return _show(here, form=form, at=(key, corrects)), status


def _show(here: Here, *, form: ValueForm | None = None, at: tuple[str, int | None] | None = None) -> str:
    found = sheet_of(here)
    if at is not None and found.content.measure(at[0]) is None:
        raise Missing
    return render_template(
        "strategy/measures.html",
        sheet=found,
        lines=_lines(here, found),
        form=form or ValueForm(formdata=None),
        at=at,
        Way=Way,
        WIDE=WIDE,
        HIGH=HIGH,
        amount=shown,
        noted_by=_who,
    )


def _lines(here: Here, found: Sheet) -> list[dict[str, object]]:
    values, this = values_of(found.strategy), today(here.space.zone)
    lines = []
    for measure in found.content.measures:
        noted = values.get(measure.key, ())
        points = [(one.value.day, one.value.amount) for one in noted if not one.is_corrected]
        figure = figure_of(measure.source)
        lines.append(
            {
                "measure": measure,
                "noted": list(reversed(noted)),
                "track": track_of(measure, latest=points[-1] if points else None, today=this),
                "chart": chart_of(measure, points),
                "figure": figure,
                "latest": points[-1] if points else None,
            }
        )
    return lines


def _who(one: Noted) -> str:
    if one.value.is_drawn:
        return _("Drawn from here")
    return one.by.name if one.by is not None else _("Former member")
