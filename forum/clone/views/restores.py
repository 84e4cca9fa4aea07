"""Restoring archives, for admins: one is looked through, and then made into a space."""

from datetime import timedelta
from shutil import copyfileobj

from flask import current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from forum.clone.archive import jobs
from forum.clone.archive.ending import ends_at
from forum.clone.archive.looking import is_taken
from forum.clone.archive.models import Restore, Stage
from forum.clone.archive.showing import Shown, shown_of, why_it_stopped
from forum.clone.forms import ArchiveFileForm, RestoreForm
from forum.clone.queries import restore_at, restores_of
from forum.clone.views import Page, blueprint
from forum.config import Settings
from forum.content.attachments.taking import store
from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.files.disk import is_full
from forum.core.leased import WorkState
from forum.core.text import slug as as_slug
from forum.people.models import Person
from forum.people.sessions import me
from forum.spaces.actions import free_address
from forum.spaces.models import SLUG_LENGTH, Space
from forum.web.access import admin_only
from forum.web.banners import banner
from forum.web.limits import limit
from forum.web.uploads import takes_files
from forum.web.words import _

MB = 1024 * 1024
FILES_A_DAY = 40
LONGEST_KEY = 36


@blueprint.get("/admin/restores")
@admin_only
def restores() -> Page:
    """Show where an archive is given, and those that came in."""
    return _list_page(ArchiveFileForm(formdata=None))


@blueprint.post("/admin/restores/attach")
@takes_files
@admin_only
def take_archive_file() -> Page:
    """Take an archive in, to be looked through."""
    actor, form = me(), ArchiveFileForm()
    limit("take archive", str(actor.id), times=FILES_A_DAY, within=timedelta(days=1))
    try:
        if form.validate_on_submit() and (job := _taken(actor, request.files.get("file"))) is not None:
            return _to(job)
        said = _(
            "Choose an archive that isn’t empty, of %(most)s MB at the most. A larger one is restored by command.",
            most=_largest() // MB,
        )
    except OSError as error:
        if not is_full(error):
            raise
        said = _("Baton’s disk is full. Tell whoever looks after Baton, and give the file once more afterwards.")
    form.file.errors = [*form.file.errors, said]
    return _list_page(form), 422


def _taken(actor: Person, file: FileStorage | None) -> Restore | None:
    """Take a file in; None for one that is none, or too large."""
    if file is None:
        return None
    with store().arriving() as place:
        came = place / "came"
        with came.open("wb") as copy:
            copyfileobj(file.stream, copy)
        if not 0 < came.stat().st_size <= _largest():
            return None
        return jobs.take_in(actor, came, file_name=file.filename or "")


@blueprint.get("/admin/restores/<key>")
@admin_only
def restore(key: str) -> Page:
    """Show what an archive holds and what would be made of it, how far that is, or what was made."""
    job = _own(key)
    name = str(job.report.get("name", ""))
    stands = {"name": job.name or name, "slug": job.slug or _free(job, name)}
    return _page(job, RestoreForm(formdata=None, data=stands))


@blueprint.post("/admin/restores/<key>")
@admin_only
def begin_restore(key: str) -> Page:
    """Have the space made of it. A second press starts nothing."""
    job, form = _own(key), RestoreForm()
    if job.state is WorkState.OVER or (job.stage is not Stage.LOOK and not job.goes_on):
        return _to(job)
    if job.goes_on or form.validate_on_submit():
        try:
            chosen = job.slug if job.goes_on else _address(form.slug.data or "", form.name.data or "")
            with transaction():
                jobs.begin(me(), job.uuid, name=form.name.data or "", slug=chosen, by_address=form.by_address.data)
            return _to(job)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as why:
            banner(str(why), kind="care")
            return _to(job)
    return _page(job, form), 422


@blueprint.post("/admin/restores/<key>/give-up")
@admin_only
def give_up_restore(key: str) -> Page:
    """Throw the file away, with all that was made of it so far."""
    job = _own(key)
    with transaction():
        jobs.give_up(me(), job.uuid)
    banner(_("The file is thrown away, and what was made of it is taken back."))
    return redirect(url_for("clone.restores"), 303)


@blueprint.get("/admin/restores/<key>/progress")
@admin_only
def restore_progress(key: str) -> ResponseReturnValue:
    """Say how far it is."""
    job = _own(key)
    return jsonify(is_under_way=job.is_under_way, done=job.done, total=job.total)


def _own(key: str) -> Restore:
    found = restore_at(me(), key[:LONGEST_KEY])
    if found is None or found.state is WorkState.CANCELLED:
        raise Missing
    return found


def _address(typed: str, name: str) -> str:
    chosen = as_slug(typed, length=SLUG_LENGTH) if typed else free_address(name)
    if not chosen:
        raise Invalid({"slug": [_("Use letters from a to z, digits and hyphens, such as “digital-champions”.")]})
    if is_taken(chosen):
        raise Invalid({"slug": [_("Another space has the address “%(slug)s”. Choose another one.", slug=chosen)]})
    return chosen


def _free(job: Restore, name: str) -> str:
    told = as_slug(str(job.report.get("slug", "")), length=SLUG_LENGTH)
    return told if told and not is_taken(told) else free_address(name) if name else ""


def _settings() -> Settings:
    found: Settings = current_app.extensions["baton"].settings
    return found


def _largest() -> int:
    return _settings().largest_attachment


def _to(job: Restore) -> Page:
    return redirect(url_for("clone.restore", key=job.uuid), 303)


def _list_page(form: ArchiveFileForm) -> str:
    return render_template("clone/restores.html", form=form, came=restores_of(me()), most=_largest() // MB)


def _page(job: Restore, form: RestoreForm) -> str:
    shown: Shown | None = shown_of(job.report) if job.report else None
    space = db.session.get(Space, job.space_id) if job.done_at is not None else None
    said = {"why": why_it_stopped(job.error), "days": _settings().download_days, "until": ends_at(job)}
    return render_template("clone/restore.html", job=job, form=form, shown=shown, space=space, **said)
