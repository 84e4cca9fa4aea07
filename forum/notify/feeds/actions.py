"""Making and revoking feeds. Their owner does it, nobody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.secrets import hashed, new_token
from forum.core.time import now
from forum.notify.feeds.models import FeedLink
from forum.people.models import Person

SEEN_EVERY = timedelta(hours=1)
"""How exactly it is known when a feed was fetched last: a write each time would cost more than the answer."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A feed, and its token if it was made just now: it can't be shown again."""

    link: FeedLink
    token: str | None


def make(person: Person, kind: str, key: str, *, again: bool = False) -> Made:
    """Give `person` an address for following something; one they have already stays as it is.

    With `again` it gets a new token, and the old address stops. Whether the person may see what they follow is asked before, and each
    time it is fetched. Use inside `transaction()`. Raises Missing when the account is out of use.
    """
    held = lock(Person, person.id)
    if held is None or not held.is_active:
        raise Missing
    own = FeedLink.person_id == held.id, FeedLink.kind == kind, FeedLink.key == key
    link = db.session.scalar(select(FeedLink).where(*own))
    if link is not None and not again:
        return Made(link=link, token=None)
    token, at = new_token(), now()
    if link is None:
        link = FeedLink(person_id=held.id, kind=kind, key=key)
        db.session.add(link)
    link.token_hash, link.made_at, link.fetched_at = hashed(token), at, None
    db.session.flush()
    return Made(link=link, token=token)


def revoke(person: Person, uuid: str) -> None:
    """Let a feed's address lead nowhere from now on. One that is gone, or is another's, changes nothing. Use inside `transaction()`."""
    db.session.execute(delete(FeedLink).where(FeedLink.uuid == uuid, FeedLink.person_id == person.id))


def note_fetched(link_id: int, *, at: datetime) -> None:
    """Note that a feed was fetched. Use inside `transaction()`."""
    db.session.execute(update(FeedLink).where(FeedLink.id == link_id).values(fetched_at=at))
