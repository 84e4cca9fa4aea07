"""Changing what a call says beside what happened, which is edited as any post is."""

from typing import Any

from flask import redirect, render_template
from werkzeug.wrappers import Response

from forum.content import limits
from forum.content.access import require_edit
from forum.content.actions import Overtaken
from forum.core.db import transaction
from forum.core.errors import Invalid, TooMany
from forum.core.text import one_line
from forum.help import addresses
from forum.help.access import Called, case_for
from forum.help.actions.asking import untitled
from forum.help.actions.changing import change as change_call
from forum.help.forms import ChangeForm
from forum.help.views import Page, blueprint
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads.views import answers
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/<ref>/change")
@needs(Can.SEE_HELP)
def change(here: Here, ref: str) -> Page:
    """Show what can be changed of a call."""
    called = _changeable(here, ref)
    form = ChangeForm(
        formdata=None,
        title=untitled(called.item.title, is_drill=called.case.is_drill),
        affects=called.case.affects,
        tried=called.case.tried,
        version=called.item.version,
    )
    return _show(here, called, form)


@blueprint.post("/<ref>/change")
@needs(Can.SEE_HELP)
def save_change(here: Here, ref: str) -> Page | Response:
    """Save it. When somebody saved first, both are shown."""
    called, form = _changeable(here, ref), ChangeForm()
    kinds = [limits.Kind.POST] if called.item.author_id == here.actor.id else []
    try:
        if form.validate_on_submit():
            with limits.counting(here, *kinds), transaction():
                change_call(
                    here,
                    called.case.id,
                    title=form.title.data or "",
                    affects=form.affects.data or "",
                    tried=form.tried.data or "",
                    version=form.version.data or 0,
                    reason=one_line(form.reason.data or ""),
                )
            banner(_("The call is changed."))
            return redirect(addresses.case_url(here.space.slug, ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        return answers.hold_up(slow, _show(here, called, form, why=slow.why))
    except Overtaken as overtaken:
        called = _changeable(here, ref)
        form.version.data = called.item.version
        return _show(here, called, form, theirs=True, why=overtaken.why), 409
    return _show(here, called, form), 422


def _changeable(here: Here, ref: str) -> Called:
    called = case_for(here, ref)
    require_edit(here, called.item, called.post)
    return called


def _show(here: Here, called: Called, form: ChangeForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    is_own = called.item.author_id == here.actor.id
    return render_template("help/change.html", form=form, item=called.item, case=called.case, is_own=is_own, **more)
