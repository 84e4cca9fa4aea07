"""What stewards set; and a space is closed, and opened again."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.spaces import actions
from forum.spaces.feature import waits_in
from forum.spaces.forms import SettingsForm
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.spaces.views import blueprint
from forum.spaces.words import CLOTH_NAMES, VISIBILITY_HINTS, VISIBILITY_NAMES
from forum.web.banners import banner
from forum.web.turns import lay_out
from forum.web.words import _

Page = str | Response | tuple[str, int]


@blueprint.get("/s/<slug>/settings")
@needs(Can.CHANGE_SPACE)
def settings(here: Here) -> Page:
    """Show the settings of a space."""
    stands = actions.settings_of(here.space)
    return _page(here, SettingsForm(formdata=None, seen=actions.marks_of(stands), **vars(stands)))


@blueprint.post("/s/<slug>/settings")
@needs(Can.CHANGE_SPACE)
def change_settings(here: Here) -> Page:
    """Store the settings of a space. What somebody else changed meanwhile is kept, or shown beside one's own."""
    form = SettingsForm()
    form.offer_zones(keep=here.space.zone)
    if form.validate_on_submit():
        try:
            wished = _wished(form)
            about = lay_out(wished.about, name="about") if wished.about != here.space.about_source else None
            with transaction():
                actions.describe(here, wished, about=about, seen=form.seen.data)
        except Invalid as problem:
            form.add_problems(problem)
        except actions.SettingsOvertaken as overtaken:
            return _both(here, form, overtaken), 409
        else:
            banner(_("The settings are saved."))
            return redirect(url_for("spaces.settings", slug=here.space.slug), 303)
    return _page(here, form), 422


@blueprint.get("/s/<slug>/archive")
@needs(Can.ARCHIVE_SPACE)
def archive(here: Here) -> Page:
    """Say what becomes of a space that is closed, with the button that closes it or opens it again."""
    waits = waits_in(here) if here.space.archived_at is None else ()
    return render_template("spaces/archive.html", space=here.space, waits=waits)


@blueprint.post("/s/<slug>/archive")
@needs(Can.ARCHIVE_SPACE)
def archive_done(here: Here) -> Page:
    """Close a space: it can be read, and nothing in it changes."""
    with transaction():
        actions.archive(here)
    banner(_("This space is closed. Everything in it can be read, and nothing changes any more."))
    return redirect(url_for("spaces.about", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/archive/end")
@needs(Can.ARCHIVE_SPACE)
def unarchive(here: Here) -> Page:
    """Open a closed space again."""
    with transaction():
        actions.unarchive(here)
    banner(_("This space is open for writing again."))
    return redirect(url_for("spaces.about", slug=here.space.slug), 303)


def _wished(form: SettingsForm) -> actions.Settings:
    return actions.Settings(
        name=form.name.data or "",
        purpose=form.purpose.data or "",
        about=form.about.data or "",
        visibility=form.visibility.word,
        cloth=form.cloth.word,
        zone=form.zone.data or "",
        midday=form.midday.data or "",
    )


def _both(here: Here, form: SettingsForm, overtaken: actions.SettingsOvertaken) -> str:
    """Show what both changed; the form has the person's own words there, and elsewhere what holds now."""
    stands = overtaken.stands
    said = {**vars(stands), "visibility": VISIBILITY_NAMES[stands.visibility], "cloth": CLOTH_NAMES[stands.cloth]}
    for name, now in vars(stands).items():
        if name not in overtaken.mine:
            form[name].data = now
    form.seen.data = actions.marks_of(stands)
    theirs = [(name, form[name].label.text, said[name]) for name in overtaken.clashes]
    return _page(here, form, theirs=theirs, why=overtaken.why)


def _page(here: Here, form: SettingsForm, **more: object) -> str:
    form.offer_zones(keep=here.space.zone)
    return render_template(
        "spaces/settings.html",
        form=form,
        visibility_now=VISIBILITY_NAMES[here.space.visibility],
        visibility_hints=VISIBILITY_HINTS,
        **more,
    )
