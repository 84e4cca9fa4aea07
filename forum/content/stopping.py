"""The link in a mail that stops exactly this: mail about one conversation, a space's announcements, or the digest.

It needs no sign-in and never runs out.
"""

from flask import current_app
from sqlalchemy import select

from forum.content import watching
from forum.content.models import Watch, WatchLevel
from forum.content.moving.queries import where_all_went
from forum.core.db import db, insert, lock, transaction
from forum.core.errors import Missing
from forum.core.secrets import hashed, new_nonce, token_from
from forum.core.time import now
from forum.notify import quiet, rhythm
from forum.notify.models import MailRhythm, StopLink
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.spaces.queries.spaces import spaces_of
from forum.web.links import absolute

PURPOSE = "stop mail"
About = Item | Space | None
"""What mail is about: a conversation, a space's announcements, or (None) all that stands in a digest."""


def stop_url(person: Person, about: About) -> str:
    """Return the address that stops mail to `person`: the same in each message about it."""
    nonce = new_nonce()
    item_id = about.id if isinstance(about, Item) else None
    space_id = about.id if isinstance(about, Space) else None
    made = insert(StopLink).values(
        person_id=person.id,
        item_id=item_id,
        space_id=space_id,
        nonce=nonce,
        token_hash=hashed(_token(nonce)),
        made_at=now(),
    )
    own = (
        StopLink.person_id == person.id,
        StopLink.item_id.is_not_distinct_from(item_id),
        StopLink.space_id.is_not_distinct_from(space_id),
    )
    kept = db.session.scalar(select(StopLink.nonce).where(*own))
    if kept is None:
        with transaction():
            db.session.execute(made.on_conflict_do_nothing())
            kept = db.session.scalars(select(StopLink.nonce).where(*own)).one()
    return absolute("content.stop", token=_token(kept))


def unsubscribing(stop: str) -> dict[str, str]:
    """Return the headers by which mail programmes offer to stop it, and press themselves (RFC 8058)."""
    return {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def stop_link(token: str) -> tuple[Person, About]:
    """Return whose mail about what a link stops: where the conversation goes on now. Raises Missing for a link that was never made."""
    found = db.session.execute(
        select(Person, StopLink.item_id, StopLink.space_id)
        .join(StopLink, StopLink.person_id == Person.id)
        .where(StopLink.token_hash == hashed(token))
    ).one_or_none()
    if found is None:
        raise Missing
    person, item_id, space_id = found
    if space_id is not None:
        return person, db.session.get_one(Space, space_id)
    return person, None if item_id is None else where_all_went(db.session.get_one(Item, item_id))


def stop(person: Person, about: About) -> None:
    """Let somebody hear nothing of an item any more, or have no such mail. Use inside `transaction()`."""
    if isinstance(about, Item):
        _choose(person, about, WatchLevel.OFF)
    elif isinstance(about, Space):
        quiet.hush(person.id, about.id)
    else:
        rhythm.choose_rhythm(person, MailRhythm.NEVER)


def go_on(person: Person, about: About) -> None:
    """Take `stop` back: what brought the mail about before does so again, and a digest comes daily. Use inside `transaction()`."""
    if isinstance(about, Item):
        _choose(person, about, None)
    elif isinstance(about, Space):
        quiet.speak(person.id, about.id)
    else:
        rhythm.choose_rhythm(person, MailRhythm.DAILY)


def is_stopped(person: Person, about: About) -> bool:
    """Say whether somebody chose to hear nothing of an item, or to have no announcements or nothing about posts by mail."""
    if isinstance(about, Space):
        return bool(db.session.scalar(select(quiet.is_quiet(person.id, about.id))))
    if about is None:
        return rhythm.choice_of(person.id).rhythm is MailRhythm.NEVER
    own = db.session.get(Watch, (person.id, about.id))
    return own is not None and own.is_chosen and own.level is WatchLevel.OFF


def shown_title(person: Person, about: About) -> str:
    """Return the item's title, or the space's name, if the person may still see it, else ""."""
    if isinstance(about, Space):
        return about.name if about.id in {space.id for space in spaces_of(person)} else ""
    if about is None:
        return ""
    return db.session.scalar(select(Item.title).where(Item.id == about.id, visible_items(person, now()))) or ""


def _choose(person: Person, item: Item, level: WatchLevel | None) -> None:
    if lock(Item, item.id) is None:
        raise Missing
    watching.choose(person, item, level)


def _token(nonce: str) -> str:
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)
