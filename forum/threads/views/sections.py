"""The sections of a space's threads, for its stewards."""

from flask import redirect, render_template, request, url_for

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import actions
from forum.threads.access import section_for
from forum.threads.forms import SectionForm
from forum.threads.queries import sections_of
from forum.threads.views import Page, blueprint
from forum.web.banners import banner
from forum.web.words import _

NEW = "new"


@blueprint.get("/sections")
@needs(Can.CHANGE_SPACE)
def sections(here: Here) -> Page:
    """Show the sections, each to be renamed, and a place for one more."""
    return _show(here)


@blueprint.post("/sections")
@needs(Can.CHANGE_SPACE)
def add_section(here: Here) -> Page:
    """Add a section."""
    form = SectionForm(prefix=NEW)
    if form.validate_on_submit():
        try:
            with transaction():
                actions.add_section(
                    here, name=one_line(form.name.data or ""), description=one_line(form.description.data or "")
                )
        except Invalid as problem:
            form.add_problems(problem)
        else:
            banner(_("“%(name)s” is added.", name=form.name.data))
            return redirect(url_for("threads.sections", slug=here.space.slug), 303)
    return _show(here, sent=form), 422


@blueprint.post("/sections/<address>")
@needs(Can.CHANGE_SPACE)
def change_section(here: Here, address: str) -> Page:
    """Rename and describe a section. Its address stays."""
    section = section_for(here, address)
    form = SectionForm(prefix=address)
    if form.validate_on_submit():
        try:
            with transaction():
                actions.change_section(
                    here,
                    section,
                    name=one_line(form.name.data or ""),
                    description=one_line(form.description.data or ""),
                )
        except Invalid as problem:
            form.add_problems(problem)
        else:
            banner(_("The section is changed."))
            return redirect(url_for("threads.sections", slug=here.space.slug), 303)
    return _show(here, sent=form), 422


def _show(here: Here, *, sent: SectionForm | None = None) -> str:
    """Render all forms; the one that was sent keeps what was typed."""
    forms = []
    for section in sections_of(here):
        form = SectionForm(formdata=None, obj=section, prefix=section.slug)
        forms.append((section, sent if sent and sent._prefix == form._prefix else form))  # noqa: SLF001
    new = SectionForm(formdata=None, prefix=NEW)
    if sent and sent._prefix == new._prefix:  # noqa: SLF001
        new = sent
    return render_template("threads/sections.html", forms=forms, new=new, form=sent, path=request.path)
