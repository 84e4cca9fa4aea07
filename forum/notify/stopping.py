"""Links in mails that stop them without signing in, and never run out: the same in each message about the same."""

from flask import current_app
from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Missing
from forum.core.secrets import hashed, token_from
from forum.notify.derived import token_for
from forum.notify.models import StopLink
from forum.web.links import absolute

PURPOSE = "stop mail"


def link_that_stops(
    *,
    person_id: int | None = None,
    address_hash: str | None = None,
    kind: str | None = None,
    item_id: int | None = None,
    space_id: int | None = None,
) -> str:
    """Return the address that stops mail to somebody: about an item, of a kind, announcements of a space, or digests."""
    token = token_for(
        StopLink,
        derive=_token,
        person_id=person_id,
        address_hash=address_hash,
        kind=kind,
        item_id=item_id,
        space_id=space_id,
    )
    return absolute("content.stop", token=token)


def link_of(token: str) -> StopLink:
    """Return the row of a link. Raises Missing for one that was never made."""
    found = db.session.scalar(select(StopLink).where(StopLink.token_hash == hashed(token)))
    if found is None:
        raise Missing
    return found


def _token(nonce: str) -> str:
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)
