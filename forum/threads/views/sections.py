"""The sections of a space's threads, for its stewards: one form, so that no press loses what was typed in another row."""

from collections.abc import Mapping
from typing import Literal

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import actions, queries
from forum.threads.access import section_for
from forum.threads.actions import arranging
from forum.threads.forms import MergeForm, SectionForm
from forum.threads.queries import sections_of
from forum.threads.views import Page, blueprint
from forum.web.banners import banner
from forum.web.words import _

NEW = "new"
Rows = Mapping[str, SectionForm]
"""What stands in the row of each section, by its address, and in the one of a new section."""


@blueprint.get("/sections")
@needs(Can.CHANGE_SPACE)
def sections(here: Here) -> Page:
    """Show the sections, each to be renamed, and a place for one more."""
    return _show(here, _rows(here))


@blueprint.post("/sections")
@needs(Can.CHANGE_SPACE)
def save_sections(here: Here) -> Page:
    """Rename and describe all sections, and add one if it has a name. Addresses stay."""
    rows = _rows(here)
    if not _save(here, rows):
        return _show(here, rows), 422
    banner(_("The sections are saved."))
    return _to_sections(here)


@blueprint.post("/sections/<address>/<any(up, down):way>")
@needs(Can.CHANGE_SPACE)
def shift_section(here: Here, address: str, way: Literal["up", "down"]) -> Page:
    """Move a section up or down by one place."""
    section, rows = section_for(here, address), _rows(here)
    if not _save(here, rows):
        return _show(here, rows), 422
    with transaction():
        arranging.shift_section(here, section, way)
    return _to_sections(here, anchor=f"section-{address}")


@blueprint.post("/sections/<address>/remove")
@needs(Can.CHANGE_SPACE)
def remove_section(here: Here, address: str) -> Page:
    """Remove an empty section."""
    section, rows = section_for(here, address), _rows(here)
    if not _save(here, rows):
        return _show(here, rows), 422
    name = section.name
    with transaction():
        arranging.remove_section(here, section)
    banner(_("“%(name)s” is removed.", name=name))
    return _to_sections(here)


@blueprint.post("/sections/<address>/merge")
@needs(Can.CHANGE_SPACE)
def merge_section(here: Here, address: str) -> Page:
    """Put all threads of a section into another one."""
    section, rows = section_for(here, address), _rows(here)
    others = [one for one in sections_of(here) if one.id != section.id]
    form = MergeForm(prefix=f"{address}-merge", sections=others)
    if not (form.validate_on_submit() and _save(here, rows)):
        return _show(here, rows, merging=form), 422
    into = section_for(here, form.into.data)
    names = {"name": section.name, "into": into.name}
    try:
        with transaction():
            arranging.merge_section(here, section, into=into)
    except Invalid as problem:
        form.add_problems(problem)
        return _show(here, _rows(here), merging=form), 422
    banner(_("“%(name)s” is part of “%(into)s” now. Its old address leads there.", **names))
    return _to_sections(here)


def _rows(here: Here) -> Rows:
    """Return the rows as they were sent; those that weren't as they are stored."""
    rows = {}
    for section in sections_of(here):
        if f"{section.slug}-name" in request.form:
            rows[section.slug] = SectionForm(prefix=section.slug)
        else:
            rows[section.slug] = row = SectionForm(None, obj=section, prefix=section.slug)
            row.shown.data = " | ".join(row.words)
    return {**rows, NEW: SectionForm(prefix=NEW)}


def _save(here: Here, rows: Rows) -> bool:
    """Save what was typed in all rows, or nothing of it: False when something is wrong, which stands in them then."""
    touched = {address: row for address, row in rows.items() if row.is_touched}
    wrong = [address for address, row in touched.items() if not row.validate()]
    if wrong:
        return False
    ids = {section.slug: section.id for section in sections_of(here)}
    changed = {ids[address]: row.words for address, row in touched.items() if address != NEW}
    try:
        with transaction():
            if changed:
                actions.change_sections(here, changed)
            if NEW in touched:
                name, description = touched[NEW].words
                actions.add_section(here, name=name, description=description)
    except Invalid as problem:
        for address, messages in problem.errors.items():
            rows.get(address, rows[NEW]).add_problems(Invalid({"name": messages}))
        return False
    return True


def _show(here: Here, rows: Rows, *, merging: MergeForm | None = None) -> str:
    """Render all rows with what was typed in them."""
    found, every = queries.all_threads_in(here), sections_of(here)
    forms = []
    for section in every:
        prefix = f"{section.slug}-merge"
        merge = MergeForm(None, prefix=prefix, sections=[one for one in every if one.id != section.id])
        if merging is not None and merging.into.name.startswith(f"{prefix}-"):
            merge = merging
        forms.append((section, rows[section.slug], merge if len(every) > 1 else None, found.get(section.id, 0)))
    wrong = [form for form in (*rows.values(), merging) if form is not None and form.errors]
    return render_template(
        "threads/sections.html", forms=forms, new=rows[NEW], form=wrong[0] if wrong else None, wrong=wrong
    )


def _to_sections(here: Here, *, anchor: str | None = None) -> Response:
    return redirect(url_for("threads.sections", slug=here.space.slug, _anchor=anchor), 303)
