"""What replying, starting and editing share about attached files. Without script, the same form comes back with the file in it."""

from collections.abc import Sequence

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from forum.content.attachments.actions import describe, with_pictures, without
from forum.content.attachments.queries import Attached, at_place
from forum.content.attachments.taking import Taken, take_in
from forum.content.attachments.told import told_by
from forum.content.forms import EditForm, WritingForm
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.words import _

SHOWN_NAME = 60
BUSY_SECONDS = 5


def attach(here: Here, place: str, form: WritingForm | EditForm, *, power: Can, has: Sequence[Attached] = ()) -> Taken:
    """Take in what the request brings, and write down what it says of the files that are there; `has` is what the post had before.

    The form's text shows the new pictures at its end. What went wrong stands beside the field.
    """
    told = told_by(request.form)
    with transaction():
        describe(here.actor, place, told)
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        missing = [] if _is_by_script() else [_("Choose a file first, then press Attach.")]
        form.files.errors = missing
        return Taken(problems=missing)
    taken = take_in(here, place, files, power=power, already=sum(one.ref not in told.dropped for one in has))
    if not _is_by_script():
        form.body.data = with_pictures(form.body.data or "", list(taken.new))
    form.files.errors = list(taken.problems)
    return taken


def answer(taken: Taken) -> tuple[Response, int] | None:
    """Return what a script is told; None when it was a press, which is answered with the page."""
    if not _is_by_script():
        return None
    files = [
        {"ref": one.ref, "html": render_template("content/attached_row.html", one=one), "markdown": one.markdown}
        | {"is_picture": one.is_picture, "name": one.name}
        for one in taken.new
    ]
    told = jsonify(files=files, problems=list(taken.problems))
    if taken.is_busy:
        told.headers["Retry-After"] = str(BUSY_SECONDS)
        return told, 503
    return told, 422 if taken.problems and not files else 200


def attached_at(here: Here, place: str) -> list[Attached]:
    """Return what lies at a place, as the request's form says it is."""
    told = told_by(request.form)
    return [one.as_told(told) for one in at_place(here.actor, place)]


def body_of(form: WritingForm | EditForm, attached: Sequence[Attached]) -> str:
    """Return the form's text without the pictures that are taken out. Raises Invalid for `files` that were chosen and not attached."""
    chosen = [name for name in request.form.getlist("files") if name.strip()]
    if chosen:
        raise Invalid(
            {
                "files": [
                    _(
                        "“%(name)s” isn’t attached yet. Choose it again and press Attach, or send this without it.",
                        name=chosen[0][:SHOWN_NAME],
                    )
                ]
            }
        )
    return without(form.body.data or "", attached=list(attached), told=told_by(request.form))


def _is_by_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
