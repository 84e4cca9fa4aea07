"""Archives of a space, for the steward who asks: how far one is, the file, calling it off."""

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from forum.clone.archive import asking
from forum.clone.archive.making import shelf
from forum.clone.forms import ArchiveForm
from forum.clone.views import Page, blueprint
from forum.core.db import transaction
from forum.core.errors import Missing, RuleBroken, TooMany
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.files import zip_at
from forum.web.limits import wait
from forum.web.words import _

LONGEST_KEY = 36


@blueprint.get("/s/<slug>/archives")
@needs(Can.TAKE_ARCHIVE)
def archives(here: Here) -> Page:
    """Show what an archive holds, how far one is, and where it is had."""
    return render_template(
        "clone/archives.html",
        archive=asking.newest(here),
        ready=asking.ready(here),
        form=ArchiveForm(formdata=None),
        days=shelf().days,
        only_kept=asking.why_only_kept(here),
    )


@blueprint.post("/s/<slug>/archives")
@needs(Can.TAKE_ARCHIVE)
def take_archive(here: Here) -> Page:
    """Have everything of the space put together. A second press while that is under way starts nothing."""
    try:
        with transaction():
            asking.ask(here, with_names=ArchiveForm().with_names.data, as_pages=bool(request.form.get("as_pages")))
    except TooMany as error:
        banner(_("Archives of this space were made several times today.") + " " + wait(error), kind="care")
    except RuleBroken as why:
        banner(str(why), kind="care")
    return redirect(url_for("clone.archives", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/archives/<key>/cancel")
@needs(Can.TAKE_ARCHIVE)
def cancel_archive(here: Here, key: str) -> Page:
    """Call an archive off that is being made."""
    with transaction():
        asking.cancel(here, key[:LONGEST_KEY])
    return redirect(url_for("clone.archives", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/archives/<key>/throw-away")
@needs(Can.TAKE_ARCHIVE)
def throw_archive_away(here: Here, key: str) -> Page:
    """Remove a file before its time is over."""
    with transaction():
        is_gone = asking.throw_away(here, key[:LONGEST_KEY])
    if is_gone:
        banner(_("The file is thrown away."))
    return redirect(url_for("clone.archives", slug=here.space.slug), 303)


@blueprint.get("/s/<slug>/archives/progress")
@needs(Can.TAKE_ARCHIVE)
def archive_progress(here: Here) -> ResponseReturnValue:
    """Say how far the newest one has come."""
    found = asking.newest(here)
    if found is None:
        return jsonify(is_under_way=False, done=0, total=0)
    return jsonify(is_under_way=found.is_under_way, done=found.done, total=found.total)


@blueprint.get("/s/<slug>/archives/<key>/file")
@needs(Can.TAKE_ARCHIVE)
def archive_file(here: Here, key: str) -> Response:
    """Give the archive to the steward who asked for it, while its time lasts."""
    found = asking.own(here, key[:LONGEST_KEY])
    path = shelf().find(found)
    if path is None:
        raise Missing
    what = "pages" if found.as_pages else "archive"
    return zip_at(path, f"{here.space.slug}-{what}-{found.asked_at:%Y-%m-%d}")
