"""Pages for who looks after a community: this week's nudges, the press that dismisses one, and how it is doing."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.home.health import health_of
from forum.home.models import MOST_A_WEEK
from forum.home.nudging.choosing import bring_back, dismiss
from forum.home.nudging.queries import nudges_for, rules
from forum.spaces.guard import Here, needs
from forum.spaces.health import FEWEST
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _

TODAY = "today"
blueprint = Blueprint("community", __name__, url_prefix="/s/<slug>")


@blueprint.get("/nudges")
@needs(Can.TEND_COMMUNITY)
def nudges(here: Here) -> str:
    """Show what an organiser could do this week, who could help, and by which rules it was chosen."""
    return render_template(
        "community/nudges.html", nudges=nudges_for(here, with_helpers=True), rules=rules(), most=MOST_A_WEEK
    )


@blueprint.post("/nudges/<int:nudge_id>/dismiss")
@needs(Can.TEND_COMMUNITY)
def dismiss_nudge(here: Here, nudge_id: int) -> Response:
    """Dismiss a nudge, for all organisers."""
    with transaction():
        dismiss(here, nudge_id)
    undo = url_for("community.bring_back_nudge", slug=here.space.slug, nudge_id=nudge_id, to=_back_to())
    banner(_("Dismissed, for all organisers. Nothing comes in its place this week."), undo=undo)
    return _lead_back(here)


@blueprint.post("/nudges/<int:nudge_id>/bring-back")
@needs(Can.TEND_COMMUNITY)
def bring_back_nudge(here: Here, nudge_id: int) -> Response:
    """Take back that a nudge was dismissed."""
    with transaction():
        bring_back(here, nudge_id)
    banner(_("It stands there again, if it is still so."))
    return _lead_back(here)


@blueprint.get("/health")
@needs(Can.TEND_COMMUNITY)
def health(here: Here) -> str:
    """Show how the community is doing, over weeks that are over (G2)."""
    return render_template("community/health.html", charts=health_of(here), fewest=FEWEST)


def _back_to() -> str | None:
    return TODAY if request.args.get("to") == TODAY else None


def _lead_back(here: Here) -> Response:
    """Lead to the page on which it was pressed."""
    page = "home.today_page" if _back_to() else "community.nudges"
    return redirect(url_for(page, slug=here.space.slug), 303)
