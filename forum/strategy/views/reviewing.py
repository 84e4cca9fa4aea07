"""Coming back to the strategy: the four questions, what others answered, and closing them into a new draft. And who keeps it."""

from flask import redirect, render_template, url_for

from forum.core.db import transaction
from forum.core.errors import Invalid, RuleBroken
from forum.core.time import today
from forum.roster.queries.duties import members_by_name
from forum.spaces.feature import deeds_for
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.strategy.access import WRITERS, require_strategy, sheet_of
from forum.strategy.actions import reviewing as actions
from forum.strategy.forms import AnswersForm, CloseForm, HolderForm
from forum.strategy.queries import asked_for
from forum.strategy.queries.reviews import answers_by_question, closed_reviews, due_on, last_closed, open_answers
from forum.strategy.views import Page, blueprint
from forum.strategy.words import QUESTIONS
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/review")
@needs(Can.SEE_ROSTER)
def review(here: Here) -> Page:
    """Show the four questions with what was answered, and earlier reviews: to members."""
    return _show(here)


@blueprint.post("/review")
@needs(Can.WRITE_STRATEGY)
def answer(here: Here) -> Page:
    """Answer them, or change what one answered."""
    strategy, _item = require_strategy(here)
    form, status = AnswersForm(), 422
    if form.validate_on_submit():
        try:
            with transaction():
                actions.answer(here, form.answers, since=form.since.data)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            form.since.data, status = last_closed(strategy), 409
        else:
            banner(_("Kept. You can change it until the review is closed."))
            return redirect(url_for("strategy.review", slug=here.space.slug), 303)
    return _show(here, form=form), status


@blueprint.post("/review/close")
@needs(Can.KEEP_STRATEGY)
def close(here: Here) -> Page:
    """Close the review into a new draft."""
    require_strategy(here)
    form, status = CloseForm(), 422
    if form.validate_on_submit():
        try:
            with transaction():
                actions.close(here, conclusion=form.conclusion.data or "", base=form.base.data or 0)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            status = 409
        else:
            banner(
                _(
                    "The review is closed, and this is its draft. What you change is marked; the signed version stays shown."
                )
            )
            return redirect(url_for("strategy.write", slug=here.space.slug), 303)
    return _show(here, closing=form), status


@blueprint.post("/keeper")
@needs(Can.KEEP_STRATEGY)
def keep(here: Here) -> Page:
    """Let somebody keep the strategy."""
    require_strategy(here)
    form = HolderForm()
    people = members_by_name(here, WRITERS)
    form.offer(people)
    if form.validate_on_submit():
        handle = form.holder.data or ""
        member = next((one for one in people if one.handle == handle), None)
        if handle and member is None:
            form.holder.errors = [_("Choose a member who may write the strategy.")]
            return _show(here, keeping=form), 422
        with transaction():
            actions.keep(here, member)
        banner(_("Noted."))
        return redirect(url_for("strategy.review", slug=here.space.slug), 303)
    return _show(here, keeping=form), 422


def _show(
    here: Here, *, form: AnswersForm | None = None, closing: CloseForm | None = None, keeping: HolderForm | None = None
) -> str:
    strategy, item = require_strategy(here)
    sheet = sheet_of(here)
    if form is None:
        mine = {f"q{one.question}": one.words for one in open_answers(strategy) if one.person_id == here.actor.id}
        form = AnswersForm(formdata=None, data={**mine, "since": last_closed(strategy)})
    if closing is None:
        closing = CloseForm(formdata=None, base=strategy.version)
    people = members_by_name(here, WRITERS) if here.may(Can.KEEP_STRATEGY) else []
    if keeping is None:
        keeping = HolderForm(
            formdata=None, holder=next((one.handle for one in people if one.id == strategy.holder_id), "")
        )
        keeping.offer(people)
    return render_template(
        "strategy/review.html",
        sheet=sheet,
        strategy=strategy,
        form=form,
        closing=closing,
        keeping=keeping,
        questions=QUESTIONS,
        answers=answers_by_question(strategy),
        reviews=closed_reviews(strategy),
        out=asked_for(strategy, strategy.version) if here.may(Can.KEEP_STRATEGY) else [],
        due=due_on(strategy, sheet.content, zone=here.space.zone),
        this=today(here.space.zone),
        deeds=deeds_for(here, item),
    )
