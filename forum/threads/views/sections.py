"""The sections of a space's threads, for its stewards."""

from collections.abc import Sequence
from typing import Literal

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import actions, queries
from forum.threads.access import section_for
from forum.threads.actions import arranging
from forum.threads.forms import MergeForm, SectionForm
from forum.threads.models import Section
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


@blueprint.post("/sections/<address>/<any(up, down):way>")
@needs(Can.CHANGE_SPACE)
def shift_section(here: Here, address: str, way: Literal["up", "down"]) -> Response:
    """Move a section up or down by one place."""
    section = section_for(here, address)
    with transaction():
        arranging.shift_section(here, section, way)
    return redirect(url_for("threads.sections", slug=here.space.slug, _anchor=f"section-{address}"), 303)


@blueprint.post("/sections/<address>/remove")
@needs(Can.CHANGE_SPACE)
def remove_section(here: Here, address: str) -> Response:
    """Remove an empty section."""
    section = section_for(here, address)
    with transaction():
        arranging.remove_section(here, section)
    banner(_("“%(name)s” is removed.", name=section.name))
    return redirect(url_for("threads.sections", slug=here.space.slug), 303)


@blueprint.post("/sections/<address>/merge")
@needs(Can.CHANGE_SPACE)
def merge_section(here: Here, address: str) -> Page:
    """Put all threads of a section into another one."""
    section = section_for(here, address)
    others = [one for one in sections_of(here) if one.id != section.id]
    form = MergeForm(prefix=f"{address}-merge", sections=others)
    if form.validate_on_submit():
        into = section_for(here, form.into.data)
        try:
            with transaction():
                arranging.merge_section(here, section, into=into)
        except Invalid as problem:
            form.add_problems(problem)
        else:
            banner(
                _(
                    "“%(name)s” is part of “%(into)s” now. Its old address leads there.",
                    name=section.name,
                    into=into.name,
                )
            )
            return redirect(url_for("threads.sections", slug=here.space.slug), 303)
    return _show(here, sent=form), 422


def _show(here: Here, *, sent: SectionForm | MergeForm | None = None) -> str:
    """Render all forms; the one that was sent keeps what was typed."""

    def kept(form: SectionForm | MergeForm) -> SectionForm | MergeForm:
        return sent if sent and sent._prefix == form._prefix else form  # noqa: SLF001

    found = queries.all_threads_in(here)
    sections = sections_of(here)
    rows = [
        (
            section,
            kept(SectionForm(formdata=None, obj=section, prefix=section.slug)),
            kept(_merge_into(sections, section)) if len(sections) > 1 else None,
            found.get(section.id, 0),
        )
        for section in sections
    ]
    new = kept(SectionForm(formdata=None, prefix=NEW))
    return render_template("threads/sections.html", forms=rows, new=new, form=sent, path=request.path)


def _merge_into(sections: Sequence[Section], section: Section) -> MergeForm:
    others = [one for one in sections if one.id != section.id]
    return MergeForm(None, prefix=f"{section.slug}-merge", sections=others)
