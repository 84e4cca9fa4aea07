"""Template files: taken along by a space's stewards, begun from by anybody; and the starters that ship with Baton."""

from datetime import timedelta

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.clone.actions import copying, showing
from forum.clone.actions.trying import try_out
from forum.clone.forms import TemplateForm
from forum.clone.gathering import gather
from forum.clone.template.packing import pack
from forum.clone.views import Page, blueprint
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.time import now
from forum.people.sessions import me
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.access import signed_in
from forum.web.headers import as_file
from forum.web.limits import limit
from forum.web.links import whole
from forum.web.uploads import sent_bytes, takes_files
from forum.web.words import _

LARGEST = 2 * 1024 * 1024
FILES_A_DAY = 40


@blueprint.get("/s/<slug>/showcase/template")
@needs(Can.CHANGE_SPACE)
def template(here: Here) -> Response:
    """Give the template file: what the showcase lets come along, without people."""
    bundle = gather(here.space, showing.showcase_of(here).parts, site=whole(""))
    data = pack(bundle, name=here.space.name, at=now())
    response = Response(data, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{here.space.slug}-template.zip"'
    return as_file(response)


@blueprint.post("/starters/<name>/start")
@signed_in
def start_starter(name: str) -> Page:
    """Begin with a starter, or go on with what was begun."""
    with transaction():
        job = copying.begin_with_starter(me(), name)
    return redirect(url_for("clone.name", ref=job.ref), 303)


@blueprint.get("/templates")
@signed_in
def choose_file() -> Page:
    """Show where a template file is given."""
    return render_template("clone/file.html", form=TemplateForm(formdata=None))


@blueprint.post("/templates/attach")
@takes_files
@signed_in
def take_file() -> Page:
    """Take a template file in: it is tried out whole, and nothing of it stays but the file, until its space is made."""
    actor, form = me(), TemplateForm()
    data = sent_bytes("file", most=LARGEST)
    if not data or len(data) > LARGEST:
        form.file.errors = [*form.file.errors, _("Choose a template file that isn’t empty, of 2 MB at the most.")]
    elif form.validate_on_submit():
        limit("take template", str(actor.id), times=FILES_A_DAY, within=timedelta(days=1))
        try:
            try_out(actor, data)
            with transaction():
                job = copying.begin_with_file(actor, data)
            return redirect(url_for("clone.name", ref=job.ref), 303)
        except Invalid as problem:
            form.add_problems(problem)
    return render_template("clone/file.html", form=form), 422
