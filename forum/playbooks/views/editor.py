"""The editor that new playbooks, changes and proposals share: steps are put in order, added and taken out by presses of one form.

Nothing is stored by these but the draft, so that nothing is lost whatever happens to the page; without script all of it works.
"""

from collections.abc import Callable

from flask import redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts
from forum.content.drafts import Kept, NewerDraft
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.playbooks.content import Content, StepText, compose, pressed, read
from forum.playbooks.forms import EditorForm
from forum.playbooks.views import Page
from forum.playbooks.writing import Laid
from forum.spaces.guard import Here
from forum.spaces.models import TITLE_LENGTH
from forum.threads.views import answers
from forum.web.banners import banner
from forum.web.words import _

Show = Callable[..., str]


def press_of(here: Here, form: EditorForm, place: str, show: Show) -> Page | None:
    """Do what a press of the editor asks for that isn't the sending of it: None for that. `show` renders the page again."""
    press = request.form.get("do", "")
    if press == "discard":
        with transaction():
            drafts.discard(here.actor, place, version=form.draft_version.data or 0)
        banner(_("Your draft is thrown away."))
        return redirect(request.full_path.rstrip("?"), 303)
    if press == "keep":
        newer = keep(here, form, place)
        if newer is not None:
            return show(newer=newer), 409
        if form.all_problems:
            return show(), 422
        banner(_("Your draft is saved. You find it here on any device."))
        return redirect(request.full_path.rstrip("?"), 303)
    before = form.content.steps
    moved = pressed(before, press, gone=_gone())
    if moved is None:
        return None
    steps, at = moved
    form.show(steps)
    newer = keep(here, form, place)
    gone = before[int(press.split(" ")[1])] if press.startswith("drop ") else None
    return show(newer=newer, at=at, moved=_said(press, at), gone=gone)


def _gone() -> StepText:
    """Return the step that was taken out by the press before this one."""
    said = {name: request.form.get(f"gone-{name}", "") for name in ("key", "text", "warning", "proof")}
    return StepText(**said)


def _said(press: str, at: int) -> str:
    return {
        "up": _("Moved up: it is step %(number)s now.", number=at + 1),
        "down": _("Moved down: it is step %(number)s now.", number=at + 1),
        "add": _("Step %(number)s is new. Write what is done.", number=at + 1),
        "drop": _("Step %(number)s is taken out.", number=at + 1),
        "undrop": _("Step %(number)s is back.", number=at + 1),
    }[press.split(" ", maxsplit=1)[0]]


def keep(here: Here, form: EditorForm, place: str) -> Kept | None:
    """Save what was typed as a draft; gives the newer one of another tab, if any, which stays. What is too long isn't saved."""
    try:
        with transaction():
            kept = drafts.save(
                here.actor,
                place,
                version=form.draft_version.data or 0,
                body=compose(form.content),
                title=(form.title.data or "")[:TITLE_LENGTH],
            )
    except NewerDraft as newer:
        form.draft_version.data = newer.kept.version
        return newer.kept
    except Invalid as problem:
        form.add_problems(Invalid({"steps": [one for of in problem.errors.values() for one in of]}))
        return None
    form.draft_version.data = kept.version
    return None


def save_by_script(here: Here, place: str) -> tuple[Response, int]:
    """Save a draft while it is written: the script sends "when" as the body, and every other field by its name."""
    form = EditorForm()
    form.when.data = request.form.get("body", "")
    return answers.save_by_script(here.actor, place, body=compose(form.content), shown=lambda text: read(text).when)


def begun(kept: Kept, otherwise: Content) -> Content:
    """Return what the form opens with: the draft that was left in it, else something else."""
    return otherwise if kept.is_empty else read(kept.body, title=kept.title)


def previewed(laid: Laid) -> list[tuple[StepText, Markup]]:
    """Return the steps as a preview shows them."""
    return [(step, Markup(html)) for step, html, _renderer in laid.steps]  # noqa: S704  # made by the renderer
