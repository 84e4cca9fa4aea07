"""The calls for help of a space, who is on duty, and what is chosen: whether one may be asked, and how long a call waits."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.time import now
from forum.help.actions import choosing
from forum.help.forms import MinutesForm
from forum.help.models import Willing
from forum.help.queries.cases import Show, cases
from forum.help.queries.reach import is_alone, minutes_of, watches_in
from forum.help.views import Page, blueprint
from forum.help.words import SHOWN
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/")
@needs(Can.SEE_HELP)
def index(here: Here) -> Page:
    """Say who is on duty and how to reach help, and list the cases, open ones first."""
    return _show(here)


@blueprint.post("/willing")
@needs(Can.TAKE_HELP)
def choose_willing(here: Here) -> Response:
    """Say whether one may be asked when nobody else has it."""
    is_willing = "yes" in request.form
    with transaction():
        choosing.may_be_asked(here, is_willing=is_willing)
    banner(
        _("Thank you. You are asked only when nobody else has it, and never while you are away.")
        if is_willing
        else _("You are asked no more.")
    )
    return redirect(url_for("help.index", slug=here.space.slug, _anchor="asked"), 303)


@blueprint.post("/minutes")
@needs(Can.KEEP_HELP)
def set_minutes(here: Here) -> Page:
    """Set how long a call waits before it goes further."""
    form = MinutesForm()
    try:
        if form.validate_on_submit():
            with transaction():
                choosing.set_minutes(here, minutes=form.minutes.data or 0)
            banner(_("Kept. It holds for the steps that come."))
            return redirect(url_for("help.index", slug=here.space.slug), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, form=form), 422


def _show(here: Here, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    asked = request.args.get("show", "")
    show = Show(asked) if asked in tuple(Show) else Show.OPEN
    if show is Show.MINE and not here.is_member:
        show = Show.OPEN
    found, pages, total = cases(here, show, page_wish=request.args.get("page"))
    slug, may_know = here.space.slug, here.may(Can.SEE_ROSTER)
    watches = watches_in(here.space, now()) if may_know else []
    given = {
        "cases": found,
        "pages": pages,
        "total": total,
        "show": show,
        "shown": [
            (words, url_for("help.index", slug=slug, show=one.value if one is not Show.OPEN else None), one is show)
            for one, words in SHOWN.items()
            if one is not Show.MINE or here.is_member
        ],
        "watches": watches,
        "is_alone": may_know and not watches and is_alone(here.space, here.actor, now()),
        "minutes": minutes_of(here.space),
        "may_know": may_know,
        "keepers": here.keepers,
        "is_willing": db.session.get(Willing, (here.space.id, here.actor.id)) is not None,
        "form": MinutesForm(formdata=None, minutes=minutes_of(here.space)),
    }
    return render_template("help/index.html", **{**given, **more})
