"""The link in a mail that stops exactly this: mail about one conversation, or the digest. It needs no sign-in and never runs out."""

from flask import current_app
from sqlalchemy import select

from forum.content import watching
from forum.content.models import Watch, WatchLevel
from forum.content.moving.queries import where_all_went
from forum.core.db import db, insert, lock, transaction
from forum.core.errors import Missing
from forum.core.secrets import hashed, new_nonce, token_from
from forum.core.time import now
from forum.notify import rhythm
from forum.notify.models import MailRhythm, StopLink
from forum.people.models import Person
from forum.spaces.models import Item
from forum.spaces.queries import visible_items
from forum.web.links import absolute

PURPOSE = "stop mail"


def stop_url(person: Person, item: Item | None) -> str:
    """Return the address that stops mail to `person` about `item`, or (None) their digest: the same in each message about it."""
    nonce, item_id = new_nonce(), item.id if item else None
    made = insert(StopLink).values(
        person_id=person.id, item_id=item_id, nonce=nonce, token_hash=hashed(_token(nonce)), made_at=now()
    )
    own = (StopLink.person_id == person.id, StopLink.item_id.is_not_distinct_from(item_id))
    kept = db.session.scalar(select(StopLink.nonce).where(*own))
    if kept is None:
        with transaction():
            db.session.execute(made.on_conflict_do_nothing())
            kept = db.session.scalars(select(StopLink.nonce).where(*own)).one()
    return absolute("content.stop", token=_token(kept))


def stop_link(token: str) -> tuple[Person, Item | None]:
    """Return whose mail about what a link stops: where the conversation goes on now. Raises Missing for a link that was never made."""
    found = db.session.execute(
        select(Person, StopLink.item_id)
        .join(StopLink, StopLink.person_id == Person.id)
        .where(StopLink.token_hash == hashed(token))
    ).one_or_none()
    if found is None:
        raise Missing
    person, item_id = found
    return person, None if item_id is None else where_all_went(db.session.get_one(Item, item_id))


def stop(person: Person, item: Item | None) -> None:
    """Let somebody hear nothing of an item any more, or have no digest. Use inside `transaction()`."""
    if item is None:
        rhythm.choose_rhythm(person, MailRhythm.NEVER)
    else:
        _choose(person, item, WatchLevel.OFF)


def go_on(person: Person, item: Item | None) -> None:
    """Take `stop` back: what brought the mail about before does so again, and a digest comes daily. Use inside `transaction()`."""
    if item is None:
        rhythm.choose_rhythm(person, MailRhythm.DAILY)
    else:
        _choose(person, item, None)


def is_stopped(person: Person, item: Item | None) -> bool:
    """Say whether somebody chose to hear nothing of an item, or to have no mail about posts."""
    if item is None:
        return rhythm.choice_of(person.id).rhythm is MailRhythm.NEVER
    own = db.session.get(Watch, (person.id, item.id))
    return own is not None and own.is_chosen and own.level is WatchLevel.OFF


def shown_title(person: Person, item: Item | None) -> str:
    """Return the item's title if the person may still see it, else ""."""
    if item is None:
        return ""
    return db.session.scalar(select(Item.title).where(Item.id == item.id, visible_items(person, now()))) or ""


def _choose(person: Person, item: Item, level: WatchLevel | None) -> None:
    if lock(Item, item.id) is None:
        raise Missing
    watching.choose(person, item, level)


def _token(nonce: str) -> str:
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)
