"""A feed's own address, which a programme asks without signing in; and the page on which its owner looks after all of theirs."""

import hashlib
import logging
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import force_locale
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.wrappers import Response

from forum.config import Settings
from forum.core.db import transaction
from forum.core.errors import TooMany
from forum.core.time import now
from forum.notify.feeds import actions
from forum.notify.feeds.models import FeedLink
from forum.notify.feeds.queries import feed_kinds, feeds_of, followed_by, link_of
from forum.people.models import Person
from forum.people.sessions import me
from forum.spaces.parts import FeedKind
from forum.web.access import anyone, signed_in
from forum.web.banners import banner
from forum.web.headers import as_file
from forum.web.languages import locale_of
from forum.web.limits import limit, network_of, wait
from forum.web.links import absolute
from forum.web.words import _

blueprint = Blueprint("feeds", __name__)
logger = logging.getLogger(__name__)
QUARTER = timedelta(minutes=15)


@blueprint.get("/feeds/<token>.<ending>")
@anyone
def feed(token: str, ending: str) -> Response:
    """Give out a feed: what its owner may see now. What leads nowhere any more answers as what never did (A3, A14).

    Nothing new costs two queries. The cookie of whoever asks is neither read nor set.
    """
    found = link_of(token)
    kind = feed_kinds().get(found[0].kind) if found else None
    if found is None or kind is None or kind.ending != ending:
        return _nothing()
    link, person = found
    with force_locale(locale_of(person.language)):
        response = _answer(link, person, kind)
    _note_fetched(link)
    return response


def _answer(link: FeedLink, person: Person, kind: FeedKind) -> Response:
    feed_now = kind.now(person, link.key)
    if feed_now is None:
        return _nothing()
    # No time says "nothing new": what was removed, or came in the same second, would make a feed no younger.
    tag = hashlib.sha256(f"{link.uuid}\0{person.language}\0{feed_now.state}".encode()).hexdigest()
    response = Response(mimetype=kind.media_type)
    response.set_etag(tag)
    as_file(response)
    response.make_conditional(request)
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        response.set_data(feed_now.write(f"urn:uuid:{link.uuid}"))
    return response


def _nothing() -> Response:
    """Return the answer to an address that leads nowhere, in the same bytes for each; whoever tries many has to wait.

    It is no page: a page would hold the token of a form, and with it a cookie.
    """
    settings: Settings = current_app.extensions["baton"].settings
    try:
        limit("feed network", network_of(request.remote_addr or ""), times=settings.tries_per_network, within=QUARTER)
    except TooMany as error:
        return _plain(wait(error), HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(error.retry_after)})
    return _plain("This feed isn’t here. It may have been revoked.", HTTPStatus.NOT_FOUND)


def _plain(sentence: str, status: HTTPStatus, headers: dict[str, str] | None = None) -> Response:
    return Response(f"{sentence}\n", status=status, headers=headers, mimetype="text/plain")


def _note_fetched(link: FeedLink) -> None:
    at = now()
    if link.fetched_at is not None and at - link.fetched_at < actions.SEEN_EVERY:
        return
    try:
        with transaction():
            actions.note_fetched(link.id, at=at)
    except (OperationalError, PoolTimeout):
        # The answer is made already; a busy database may cost the note, never the feed.
        logger.warning("could not note that a feed was fetched: the database is busy")


@blueprint.get("/me/feeds")
@signed_in
def mine() -> str:
    """List one's own feeds."""
    return render_template("notify/feeds.html", feeds=feeds_of(me()))


@blueprint.post("/me/feeds/<uuid:uuid>/revoke")
@signed_in
def revoke(uuid: UUID) -> Response:
    """Let one of one's own feeds lead nowhere any more."""
    with transaction():
        actions.revoke(me(), str(uuid))
    banner(_("Its address leads nowhere from now on."))
    return redirect(url_for("feeds.mine"), 303)


def made(kind: str, key: str, *, pressed: str) -> str:
    """Make a feed of one's own and show its address, this once; or say that there is one, with the press that replaces it.

    `pressed` is the address of the press. Raises Missing for what the person can't see.
    """
    followed = followed_by(me(), kind, key)
    with transaction():
        done = actions.make(me(), kind, key, again=bool(request.form.get("again")))
    feed_kind = feed_kinds()[kind]
    return render_template(
        "notify/feed_made.html",
        followed=followed,
        kind=feed_kind,
        link=done.link,
        address=absolute("feeds.feed", token=done.token, ending=feed_kind.ending) if done.token else None,
        pressed=pressed,
    )
