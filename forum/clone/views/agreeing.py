"""Where somebody says whether others may read what they wrote."""

from flask import redirect, render_template, request, url_for

from forum.clone.access import asked_for
from forum.clone.actions import showing
from forum.clone.views import Page, blueprint
from forum.core.db import transaction
from forum.spaces.feature import kind_of
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/s/<slug>/showcase/asked/<ref>")
@needs(Can.SEE_SPACE)
def asked(here: Here, ref: str) -> Page:
    """Show what is asked: whether others may read it, and take it along."""
    item, consent = asked_for(here, ref)
    where = kind_of(item).post_url(here.space.slug, item.ref, 1)
    return render_template("clone/asked.html", item=item, consent=consent, where=where)


@blueprint.post("/s/<slug>/showcase/asked/<ref>")
@needs(Can.SEE_SPACE)
def answer(here: Here, ref: str) -> Page:
    """Say yes or no. Either can be changed."""
    agrees = request.form.get("answer") == "yes"
    with transaction():
        item = showing.answer(here, ref, agrees=agrees)
    if agrees:
        banner(_("Thank you. Others may read “%(title)s” now, without your name.", title=item.title))
    else:
        banner(_("“%(title)s” stays in this space. Nobody is told why.", title=item.title))
    return redirect(url_for("clone.asked", slug=here.space.slug, ref=ref), 303)
