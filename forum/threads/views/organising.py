"""The page on which a thread is organised: closed, pinned, moved, called something else."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, RuleBroken
from forum.core.text import one_line
from forum.core.time import end_of_day, local, now
from forum.spaces.guard import Here, here_for, needs
from forum.spaces.models import TITLE_LENGTH
from forum.spaces.policy import Can
from forum.threads import addresses, queries
from forum.threads.access import allow, own_or_organisers, section_for, thread_for, why_not_reopen
from forum.threads.actions import announcing, changing, closing, pinning, relocating, tagging
from forum.threads.actions.parts import is_long, title_of_next
from forum.threads.forms import (
    QUESTION,
    TALK,
    ChangeForm,
    CloseForm,
    MoveForm,
    PartForm,
    RelocateForm,
    TagsForm,
)
from forum.threads.forms.first import AnnouncedForm, PinForm
from forum.threads.models import Section
from forum.threads.queries import Head, TagCounted, head_of, sections_of, tags_of
from forum.threads.views import Page, blueprint
from forum.web.banners import banner
from forum.web.forms import Form
from forum.web.words import _


@blueprint.get("/<ref>/organise")
@needs(Can.SEE_THREADS)
def organise(here: Here, ref: str) -> Page:
    """Show what can be done to the thread as a whole."""
    return show_organise(here, ref)


@blueprint.post("/<ref>/close")
@needs(Can.SEE_THREADS)
def close(here: Here, ref: str) -> Page:
    """Close the thread, with a reason."""
    thread, _item = thread_for(here, ref)
    form = CloseForm(request.values, prefix="close")
    refused = attempt(here, ref, form, lambda: closing.close(here, thread, reason=form.reason.data or ""))
    return refused or _done(here, ref, _("The thread is closed."), undo=_to("reopen", here, ref))


@blueprint.post("/<ref>/reopen")
@needs(Can.SEE_THREADS)
def reopen(here: Here, ref: str) -> Response:
    """Open the thread again."""
    thread, _item = thread_for(here, ref)
    reason = thread.close_reason
    with transaction():
        closing.reopen(here, thread)
    undo = _to("close", here, ref, **{"close-reason": reason}) if reason else ""
    return _done(here, ref, _("The thread is open again."), undo=undo)


@blueprint.post("/<ref>/pin")
@needs(Can.PIN_THREAD)
def pin(here: Here, ref: str) -> Page:
    """Let the thread stand first in the lists, until a day if one is given."""
    thread, _item = thread_for(here, ref)
    form = PinForm(request.values, prefix="pin")
    refused = attempt(
        here, ref, form, lambda: pinning.pin(here, thread, until=end_of_day(form.until.data, here.space.zone))
    )
    return refused or _done(here, ref, _("The thread stands first in the lists."), undo=_to("unpin", here, ref))


@blueprint.post("/<ref>/unpin")
@needs(Can.PIN_THREAD)
def unpin(here: Here, ref: str) -> Response:
    """Put the thread back among the others."""
    thread, _item = thread_for(here, ref)
    with transaction():
        until = pinning.unpin(here, thread)
    day = {"pin-until": local(until, here.space.zone).date().isoformat()} if until else {}
    return _done(here, ref, _("The thread is unpinned."), undo=_to("pin", here, ref, **day))


@blueprint.post("/<ref>/announced")
@needs(Can.ANNOUNCE)
def stand_out(here: Here, ref: str) -> Page:
    """Let an announcement stand out until another day, or no longer."""
    thread, _item = thread_for(here, ref)
    if "end" in request.form:
        with transaction():
            announcing.end(here, thread)
        return _done(here, ref, _("The announcement stands among the other threads now."))
    form = AnnouncedForm(request.values, prefix="announced")
    until = form.until
    refused = attempt(
        here, ref, form, lambda: announcing.stand_out(here, thread, until=end_of_day(until.data, here.space.zone))
    )
    return refused or _done(
        here, ref, _("The announcement stands out until that day.") if until.data else _("The announcement stands out.")
    )


@blueprint.post("/<ref>/move")
@needs(Can.SEE_THREADS)
def move(here: Here, ref: str) -> Page:
    """Put the thread into another section."""
    thread, _item = thread_for(here, ref)
    form = MoveForm(request.values, prefix="move", sections=sections_of(here))
    before: list[Section | None] = []
    refused = attempt(
        here, ref, form, lambda: before.append(changing.move(here, thread, section_for(here, form.section.data)))
    )
    if refused:
        return refused
    undo = _to("move", here, ref, **{"move-section": before[0].slug}) if before[0] else ""
    return _done(here, ref, _("The thread is moved. Its address stays."), undo=undo)


@blueprint.post("/<ref>/relocate")
@needs(Can.MOVE_ANY_THREAD)
def relocate(here: Here, ref: str) -> Page:
    """Move the thread to a section of another space that the person organises, too."""
    thread, _item = thread_for(here, ref)
    before = f"{here.space.slug}/{head_of(here, ref, place='').section_slug}"
    form = RelocateForm(request.values, prefix="relocate", targets=queries.other_sections(here))
    reached: list[Here] = []

    def go() -> None:
        slug, _slash, section = (form.target.data or "").partition("/")
        there = here_for(here.actor, slug)
        relocating.relocate(here, thread, there=there, section=section_for(there, section))
        reached.append(there)

    refused = attempt(here, ref, form, go)
    if refused:
        return refused
    there = reached[0]
    banner(
        _("The thread stands here now. Its old address leads here, for those who can see it."),
        undo=_to("relocate", there, ref, **{"relocate-target": before}),
    )
    return redirect(addresses.thread_url_of(there.space.slug, ref), 303)


@blueprint.post("/<ref>/change")
@needs(Can.SEE_THREADS)
def change(here: Here, ref: str) -> Page:
    """Change the thread's title, and whether it is a question."""
    thread, item = thread_for(here, ref)
    before = {"title": item.title, "kind": QUESTION if thread.is_question else TALK}
    form = ChangeForm(request.values, prefix="change")
    refused = attempt(
        here,
        ref,
        form,
        lambda: changing.change(
            here,
            thread,
            title=form.title.data or "",
            is_question=form.kind.data == QUESTION,
            reason=one_line(form.reason.data or ""),
        ),
    )
    if refused:
        return refused
    undo = _to("change", here, ref, **{f"change-{name}": value for name, value in before.items()})
    return _done(here, ref, _("The thread is changed."), undo=undo if item.author_id == here.actor.id else "")


@blueprint.post("/<ref>/tags")
@needs(Can.SEE_THREADS)
def tag(here: Here, ref: str) -> Page:
    """Put other tags on the thread, and suggest one that isn't there."""
    thread, _item = thread_for(here, ref)
    form = TagsForm(request.form, prefix="tags", offered=_offered(here, head_of(here, ref, place="")))

    def put() -> None:
        tagging.put_tags(here, thread, form.tags.data or [])
        if form.wish.data:
            tagging.suggest(here, form.wish.data, thread=thread)

    refused = attempt(here, ref, form, put)
    said = _("The tags are changed.")
    if form.wish.data:
        said = _("The tags are changed. “%(name)s” waits for the organisers.", name=form.wish.data)
    return refused or _done(here, ref, said)


def _offered(here: Here, head: Head) -> list[TagCounted]:
    """Return the tags that can be on a thread: those in use, and its own that were retired."""
    own = {tag.slug for tag in head.tags}
    return [tag for tag in tags_of(here, retired=True) if tag.retired_at is None or tag.slug in own]


def attempt(here: Here, ref: str, form: Form, act: Callable[[], object]) -> tuple[str, int] | None:
    """Do what a form of this page asks for; None when it is done, else the page again with what was typed and what is wrong."""
    status = 422
    if form.validate_on_submit():
        try:
            with transaction():
                act()
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            status = 409
        else:
            return None
    return show_organise(here, ref, sent=form), status


def show_organise(here: Here, ref: str, *, sent: Form | None = None) -> str:
    """Render the page. The form that was sent keeps what was typed, and stands open."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    item = head.item
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    forms = _forms(here, head)
    if sent is not None:
        forms = {name: sent if form.__class__ is sent.__class__ else form for name, form in forms.items()}
    return render_template(
        "threads/organise.html",
        head=head,
        item=item,
        forms=forms,
        form=sent,
        sent=next((name for name, form in forms.items() if form is sent), ""),
        is_own=item.author_id == here.actor.id,
        stands_out=head.announced_until is None or head.announced_until > now(),
        is_long=is_long(item),
        after_this=queries.parts_of(here, item)[1] if head.has_parts else None,
        why_not_reopen=why_not_reopen(here, item, closed_by_id=head.closed_by_id),
        why_not_retitle=changing.why_not_retitle(here, item),
    )


def _forms(here: Here, head: Head) -> dict[str, Form]:
    """Return every form of the page as it stands before anything is typed."""
    until = head.pinned_until
    return {
        "close": CloseForm(None, prefix="close"),
        "pin": PinForm(None, prefix="pin", until=local(until, here.space.zone).date() if until else None),
        "announced": AnnouncedForm(
            None,
            prefix="announced",
            until=local(head.announced_until, here.space.zone).date() if head.announced_until else None,
        ),
        "move": MoveForm(None, prefix="move", sections=sections_of(here), section=head.section_slug),
        "tags": TagsForm(None, prefix="tags", offered=_offered(here, head), tags=[tag.slug for tag in head.tags]),
        "relocate": RelocateForm(
            None,
            prefix="relocate",
            targets=queries.other_sections(here) if here.may(Can.MOVE_ANY_THREAD) else [],
        ),
        "part": PartForm(None, prefix="part", title=title_of_next(head.item.title, length=TITLE_LENGTH)),
        "change": ChangeForm(None, prefix="change", title=head.item.title, kind=QUESTION if head.is_question else TALK),
    }


def _to(what: str, here: Here, ref: str, **values: Any) -> str:  # noqa: ANN401  # parts of an address
    return url_for(f"threads.{what}", slug=here.space.slug, ref=ref, **values)


def _done(here: Here, ref: str, said: str, *, undo: str = "") -> Response:
    banner(said, undo=undo)
    return redirect(addresses.thread_url_of(here.space.slug, ref), 303)
