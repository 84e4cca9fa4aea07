"""The tags of a space: which there are, what members suggest, and what organisers make of them."""

from typing import Literal

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import queries
from forum.threads.access import tag_for
from forum.threads.actions import curating, tagging
from forum.threads.forms.tags import DeclineForm, TagMergeForm, TagNameForm
from forum.threads.models import Tag
from forum.threads.views import Page, blueprint
from forum.web.banners import banner
from forum.web.forms import Form
from forum.web.words import _

NEW, WISH = "new", "wish"


@blueprint.get("/tags")
@needs(Can.SEE_THREADS)
def tags(here: Here) -> Page:
    """List the tags; organisers find here what waits for them, members what became of their suggestions."""
    return _show(here)


@blueprint.post("/tags")
@needs(Can.CURATE_TAGS)
def add_tag(here: Here) -> Page:
    """Make a tag."""
    form = TagNameForm(prefix=NEW)
    if form.validate_on_submit():
        try:
            with transaction():
                tag = curating.make_tag(here, name=one_line(form.name.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
        else:
            return _done(here, _("“%(name)s” can be put on threads.", name=tag.name))
    return _show(here, sent=form), 422


@blueprint.post("/tags/suggest")
@needs(Can.START_THREAD)
def suggest_tag(here: Here) -> Page:
    """Suggest a tag to the organisers."""
    form = TagNameForm(prefix=WISH)
    if form.validate_on_submit():
        try:
            with transaction():
                wish = tagging.suggest(here, form.name.data or "")
        except Invalid as problem:
            form.add_problems(Invalid({"name": problem.errors.get("wish", [str(problem)])}))
        else:
            return _done(here, _("“%(name)s” waits for the organisers. You read here what they say.", name=wish.name))
    return _show(here, sent=form), 422


@blueprint.post("/tags/<address>")
@needs(Can.CURATE_TAGS)
def rename_tag(here: Here, address: str) -> Page:
    """Call a tag something else. Its address stays."""
    tag = tag_for(here, address)
    form = TagNameForm(prefix=address)
    if form.validate_on_submit():
        try:
            with transaction():
                curating.rename_tag(here, tag, name=one_line(form.name.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        else:
            return _done(here, _("The tag is renamed."))
    return _show(here, sent=form, open_tag=tag), 422


@blueprint.post("/tags/<address>/merge")
@needs(Can.CURATE_TAGS)
def merge_tag(here: Here, address: str) -> Page:
    """Put another tag on every thread that has this one."""
    tag = tag_for(here, address)
    form = TagMergeForm(prefix=f"{address}-merge", tags=queries.tags_of(here), but=address)
    if form.validate_on_submit():
        into = tag_for(here, form.into.data)
        try:
            with transaction():
                curating.merge_tag(here, tag, into=into)
        except Invalid as problem:
            form.add_problems(problem)
        else:
            return _done(here, _("“%(name)s” is “%(into)s” now.", name=tag.name, into=into.name))
    return _show(here, sent=form, open_tag=tag), 422


@blueprint.post("/tags/<address>/<any(retire, restore):what>")
@needs(Can.CURATE_TAGS)
def retire_tag(here: Here, address: str, what: Literal["retire", "restore"]) -> Response:
    """Let a tag be put on no more threads, or bring it back."""
    tag = tag_for(here, address)
    with transaction():
        (curating.retire_tag if what == "retire" else curating.bring_back_tag)(here, tag)
    if what == "restore":
        return _done(here, _("“%(name)s” can be put on threads again.", name=tag.name))
    undo = url_for("threads.retire_tag", slug=here.space.slug, address=address, what="restore")
    return _done(here, _("“%(name)s” is retired. It stays on the threads that have it.", name=tag.name), undo=undo)


@blueprint.post("/tags/suggested/<int(max=2147483647):wish_id>/accept")
@needs(Can.CURATE_TAGS)
def accept_tag(here: Here, wish_id: int) -> Response:
    """Make a tag that was suggested."""
    with transaction():
        tag = curating.accept_wish(here, wish_id)
    return _done(here, _("“%(name)s” can be put on threads.", name=tag.name))


@blueprint.post("/tags/suggested/<int(max=2147483647):wish_id>/decline")
@needs(Can.CURATE_TAGS)
def decline_tag(here: Here, wish_id: int) -> Page:
    """Decline a tag that was suggested, with a reason."""
    form = DeclineForm(prefix=f"wish-{wish_id}")
    if form.validate_on_submit():
        with transaction():
            curating.decline_wish(here, wish_id, reason=one_line(form.reason.data or ""))
        return _done(here, _("The suggestion is declined. Whoever made it reads your reason."))
    if not any(wish.id == wish_id for wish in queries.wishes_waiting(here)):
        raise Missing
    return _show(here, sent=form), 422


def _show(here: Here, *, sent: Form | None = None, open_tag: Tag | None = None) -> str:
    """Render the page; the form that was sent keeps what was typed."""
    curates = here.may(Can.CURATE_TAGS)
    every = queries.tags_of(here, retired=True)
    used = [tag for tag in every if tag.retired_at is None]

    def kept(form: Form) -> Form:
        return sent if sent is not None and sent._prefix == form._prefix else form  # noqa: SLF001

    forms = {
        tag.slug: (
            kept(TagNameForm(None, prefix=tag.slug, name=tag.name)),
            kept(TagMergeForm(None, prefix=f"{tag.slug}-merge", tags=used, but=tag.slug)),
        )
        for tag in (used if curates else [])
    }
    wish = kept(TagNameForm(None, prefix=WISH))
    waiting = queries.wishes_waiting(here) if curates else []
    return render_template(
        "threads/tags.html",
        used=used,
        retired=[tag for tag in every if tag.retired_at is not None],
        forms=forms,
        waiting=[(one, kept(DeclineForm(None, prefix=f"wish-{one.id}"))) for one in waiting],
        own=queries.own_wishes(here) if here.may(Can.START_THREAD) else [],
        new=kept(TagNameForm(None, prefix=NEW)) if curates else None,
        wish=wish if here.may(Can.START_THREAD) and (not curates or wish is sent) else None,
        open_tag=open_tag.slug if open_tag else "",
        form=sent,
    )


def _done(here: Here, said: str, *, undo: str = "") -> Response:
    banner(said, undo=undo)
    return redirect(url_for("threads.tags", slug=here.space.slug), 303)
