"""Answers that replying and starting share: about drafts and previews."""

from collections.abc import Callable

from flask import jsonify, make_response, request
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from forum.content import drafts
from forum.content.attachments.actions import describe, take_out_unsent
from forum.content.attachments.told import told_by
from forum.content.drafts import Kept, NewerDraft
from forum.content.forms import LARGEST, DraftForm, ReplyForm
from forum.content.naming import suggestions, text_for
from forum.core.db import transaction
from forum.core.errors import Invalid, TooMany
from forum.core.text import one_line
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.threads.addresses import posts_url
from forum.web.banners import banner
from forum.web.words import _

LONGEST_NAME = 40
PREVIEW = {"X-Baton-Preview": "yes"}
"""What `static/js/preview.js` looks for before it shows an answer inside the page."""


def save_by_script(
    person: Person, place: str, *, body: str | None = None, shown: Callable[[str], str] = str
) -> tuple[Response, int]:
    """Save the draft that a script sends, and say its version: 409 with the other text when a newer one stands there (B5).

    422 with the reason when it doesn't fit. A form of several fields gives them as one text, `body`, and says with `shown` what of
    such a text stands in the field with which the script saves.
    """
    try:
        with transaction():
            kept = drafts.save(
                person,
                place,
                version=_number("version") or 0,
                body=request.form.get("body", "") if body is None else body,
                title=request.form.get("title"),
                in_reply_to=_number("reply_to"),
            )
    except NewerDraft as newer:
        return jsonify(version=newer.kept.version, body=shown(newer.kept.body)), 409
    except Invalid as problem:
        return jsonify(error=str(problem)), 422
    return jsonify(version=kept.version, saved_at=kept.saved_at and kept.saved_at.isoformat()), 200


def save_by_press(
    person: Person, place: str, form: DraftForm, *, body: str | None = None, title: str | None = None
) -> Kept | None:
    """Save the draft of a form sent by "Save draft".

    Gives the newer draft of another tab when there is one. It stays; the form knows of it now, so that the next press decides.
    Raises Invalid when it doesn't fit: what is too long is refused, never cut.
    """
    newer = _save(person, place, form, body=body, title=title, in_reply_to=_number("reply_to"))
    if newer is None:
        banner(_("Your draft is saved. You find it here on any device."))
    return newer


def answer_nobody(person: Person, place: str, form: ReplyForm) -> Kept | None:
    """Make a reply to one post a plain one, in the form and in its draft if it has one. Gives a newer draft as `save_by_press` does."""
    form.reply_to.data = None
    return _save(person, place, form) if _number("draft_version") else None


def _save(
    person: Person,
    place: str,
    form: DraftForm,
    *,
    body: str | None = None,
    title: str | None = None,
    in_reply_to: int | None = None,
) -> Kept | None:
    version, body = _number("draft_version") or 0, _text(form) if body is None else body
    try:
        with transaction():
            kept = drafts.save(person, place, version=version, body=body, title=title, in_reply_to=in_reply_to)
            describe(person, place, told_by(request.form))
    except NewerDraft as newer:
        form.draft_version.data = newer.kept.version
        return newer.kept
    form.draft_version.data = kept.version
    return None


def keep_unsent(
    person: Person,
    place: str,
    form: DraftForm,
    *,
    body: str | None = None,
    title: str | None = None,
    in_reply_to: int | None = None,
) -> None:
    """Save as a draft what wasn't taken, unless another tab's text stands there or it is too long: the page shows it in any case."""
    version, body = form.draft_version.data or 0, _text(form) if body is None else body
    try:
        with transaction():
            kept = drafts.save(person, place, version=version, body=body, title=title, in_reply_to=in_reply_to)
    except (NewerDraft, Invalid):
        return
    form.draft_version.data = kept.version


def _text(form: DraftForm) -> str:
    return form["body"].data or ""


def hold_up(slow: TooMany, html: str) -> Response:
    """Answer with the page again and when one can go on."""
    return make_response(html, 429, {"Retry-After": str(slow.retry_after)})


def throw_away(person: Person, place: str) -> None:
    """Empty the draft that the form shows; a newer one stays."""
    with transaction():
        gone = drafts.discard(person, place, version=_number("draft_version") or 0)
        if gone:
            take_out_unsent(person, place)
    banner(
        _("The draft is gone.") if gone else _("A newer draft stands here, so nothing was thrown away."), kind="info"
    )


def preview(space: Space, *, author: Person, item: Item | None = None) -> Response:
    """Render the text that a script sends, to be shown as it will look; or say why not. A mark tells it from all other pages."""
    try:
        text = text_for(
            space,
            request.form.get("source", ""),
            author=author,
            item_id=item.id if item else None,
            posts_url=posts_url(space.slug, item.ref) if item else "",
        )
    except Invalid as problem:
        return make_response(Markup("<p>{}</p>").format(escape(str(problem))), 422, PREVIEW)
    return make_response(text.html, 200, PREVIEW)


def offer_members(here: Here) -> Response:
    """Offer the members whose name begins with what was typed after "@"."""
    return jsonify(suggestions(here.space, one_line(request.args.get("q", ""))[:LONGEST_NAME], here=here))


def _number(name: str) -> int | None:
    """Return a number that the request carries, None for anything else."""
    typed = request.form.get(name, "")
    return min(int(typed[:10]), LARGEST) if typed.isascii() and typed.isdigit() else None
