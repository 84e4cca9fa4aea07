"""Attached files, for those who see the post they belong to; and the link that stops mail."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from forum.content.attachments.access import attachment_for
from forum.content.attachments.taking import store
from forum.content.stopping import go_on, is_stopped, shown_title, stop_link
from forum.content.stopping import stop as stop_mail
from forum.core.db import transaction
from forum.core.errors import Missing
from forum.notify.kinds import OfKind
from forum.notify.models import MailRhythm
from forum.notify.rhythm import choice_of
from forum.people.sessions import me
from forum.spaces.models import Space
from forum.web.access import anyone, signed_in
from forum.web.headers import as_file

blueprint = Blueprint("content", __name__)
CHUNK = 1 << 16


@blueprint.get("/attachments/<ref>/<name>")
@signed_in
def attachment(ref: str, name: str) -> Response:
    """Give out a file: a picture to be seen, anything else to be saved, as the type that it was found to be (A13)."""
    found = attachment_for(me(), ref, name)
    path = store().path_of(found.sha256)
    if not path.is_file():
        current_app.logger.error("the bytes of attachment %s are missing", found.ref)
        raise Missing
    response = Response(_pieces(path), mimetype=found.media_type)
    response.content_length = found.size
    response.set_etag(found.sha256)
    way = "inline" if found.is_picture else "attachment"
    # Headers are Latin letters only: the second way of saying the name holds all of it.
    response.headers["Content-Disposition"] = f"{way}; filename={name}; filename*=UTF-8''{quote(found.name, safe='')}"
    as_file(response)
    return response.make_conditional(request)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


@blueprint.get("/mail/stop/<token>")
@anyone
def stop(token: str) -> str:
    """Show the press that stops mail. Opening changes nothing: programmes that look for viruses open links."""
    return _stop_page(token)


@blueprint.post("/mail/stop/<token>")
@anyone
def stop_now(token: str) -> str:
    """Stop the mail that the link is about, or (`again`) go on with it. Mail programmes press it themselves (RFC 8058)."""
    person, about = stop_link(token)
    with transaction():
        if request.form.get("again"):
            go_on(person, about)
        else:
            stop_mail(person, about)
    return _stop_page(token)


def _stop_page(token: str) -> str:
    person, about = stop_link(token)
    return render_template(
        "content/stop.html",
        title=shown_title(person, about),
        kind=about if isinstance(about, OfKind) else None,
        is_digest=about is None,
        has_mail_at_once=person is not None and choice_of(person.id).rhythm is MailRhythm.AT_ONCE,
        is_space=isinstance(about, Space),
        is_stopped=is_stopped(person, about),
        has_account=person is not None,
    )
