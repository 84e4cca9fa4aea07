"""The search page, and the searches that one keeps.

A search that is made in a box is a press: it is noted among one's last ones and leads to the page of what was found, whose address
can be passed on. Opening that notes nothing (A10).
"""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.time import now
from forum.people.sessions import me
from forum.search import building, saving
from forum.search.finding import search
from forum.search.language import KEYS, LONGEST, read
from forum.search.people import people_found
from forum.search.places import kinds, places
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.words import _

blueprint = Blueprint("search", __name__)
Page = str | Response | tuple[str, int]


@blueprint.get("/search")
@signed_in
def results() -> Page:
    """Show what is found, whatever is asked."""
    asked = read(request.args.get("q", ""), _chosen(request.args))
    found = search(me(), asked, at=now(), wish=request.args.get("page"))
    where = places(me())
    return render_template(
        "search/results.html",
        asked=asked,
        found=found,
        people=people_found(me(), asked),
        places=where,
        kinds=kinds(),
        recent=[] if asked.text else saving.recent(me()),
        is_saved=bool(asked.text) and saving.is_saved(me(), asked.text),
        progress=building.progress(),
        ask_in=[place for place in where if place.may_ask and asked.value("in") in {"", place.slug}],
    )


@blueprint.post("/search")
@signed_in
def find() -> Response:
    """Note what is looked for, and lead to what is found."""
    asked = read(request.form.get("q", ""), _chosen(request.form))
    text = asked.text[:LONGEST]
    if text:
        with transaction():
            saving.note_recent(me(), text)
    return redirect(url_for("search.results", q=text or None), 303)


@blueprint.get("/me/searches")
@signed_in
def kept() -> Page:
    """List the searches that one keeps, and one's last ones."""
    return render_template("search/kept.html", saved=saving.saved(me()), recent=saving.recent(me()))


@blueprint.post("/me/searches")
@signed_in
def save() -> Response:
    """Keep a search."""
    text, tells = read(request.form.get("q", "")).text, "tells" in request.form
    if text:
        with transaction():
            saving.save(me(), text, tells=tells)
        banner(
            _("The search is kept. When something new fits it you are told, here and by mail.")
            if tells
            else _("The search is kept.")
        )
    return redirect(url_for("search.kept"), 303)


@blueprint.post("/me/searches/<ref>/tells")
@signed_in
def change(ref: str) -> Response:
    """Let a search tell, or stop it."""
    tells = request.form.get("tells") == "yes"
    with transaction():
        saving.change(me(), ref, tells=tells)
    banner(_("When something new fits it you are told, here and by mail.") if tells else _("It tells you no more."))
    return redirect(url_for("search.kept"), 303)


@blueprint.post("/me/searches/<ref>/delete")
@signed_in
def delete(ref: str) -> Response:
    """Keep a search no longer."""
    with transaction():
        saving.drop(me(), ref)
    banner(_("The search is deleted."))
    return redirect(url_for("search.kept"), 303)


@blueprint.post("/me/searches/forget")
@signed_in
def forget() -> Response:
    """Forget what one looked for last."""
    with transaction():
        saving.forget_recent(me())
    banner(_("Your last searches are forgotten."))
    return redirect(url_for("search.kept"), 303)


def _chosen(given: Mapping[str, str]) -> dict[str, str]:
    return {key: given.get(key, "") for key in KEYS}
