"""The link in a mail that stops exactly this: mail about one item, of one kind, a space's announcements, or the digest.

It needs no sign-in and never runs out.
"""

from sqlalchemy import select

from forum.content import watching
from forum.content.models import Watch, WatchLevel
from forum.content.moving.queries import where_all_went
from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.time import now
from forum.notify import kinds, quiet, rhythm
from forum.notify.kinds import OfKind
from forum.notify.stopping import link_of, link_that_stops
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.spaces.queries.spaces import spaces_of

About = Item | Space | OfKind | None
"""What mail is about: an item, a space's announcements, what is of a kind, or (None) all that stands in a digest."""


def stop_url(person: Person, about: Item | Space | None) -> str:
    """Return the address that stops mail to `person`: the same in each message about it."""
    item_id = about.id if isinstance(about, Item) else None
    space_id = about.id if isinstance(about, Space) else None
    return link_that_stops(person_id=person.id, item_id=item_id, space_id=space_id)


def stop_link(token: str) -> tuple[Person | None, About]:
    """Return whose mail about what a link stops: where the item goes on now. Nobody, where it is an address without an account.

    Raises Missing for a link that was never made.
    """
    link = link_of(token)
    person = db.session.get_one(Person, link.person_id) if link.person_id is not None else None
    if link.kind is not None:
        of = OfKind(kind=link.kind, space_id=link.space_id, person_id=link.person_id, address_hash=link.address_hash)
        return person, of
    if link.space_id is not None:
        return person, db.session.get_one(Space, link.space_id)
    return person, None if link.item_id is None else where_all_went(db.session.get_one(Item, link.item_id))


def stop(person: Person | None, about: About) -> None:
    """Let somebody hear nothing of an item any more, or have no such mail. Use inside `transaction()`."""
    if isinstance(about, OfKind):
        kinds.hush(about)
        return
    assert person is not None
    if isinstance(about, Item):
        _choose(person, about, WatchLevel.OFF)
    elif isinstance(about, Space):
        quiet.hush(person.id, about.id)
    else:
        rhythm.stop_digests(person)


def go_on(person: Person | None, about: About) -> None:
    """Take `stop` back: what brought the mail about before does so again. Use inside `transaction()`."""
    if isinstance(about, OfKind):
        kinds.speak(about)
        return
    assert person is not None
    if isinstance(about, Item):
        _choose(person, about, None)
    elif isinstance(about, Space):
        quiet.speak(person.id, about.id)
    else:
        rhythm.take_up_digests(person)


def is_stopped(person: Person | None, about: About) -> bool:
    """Say whether somebody chose to hear nothing of an item, or has no mail of the kind, no announcements or no digest."""
    if isinstance(about, OfKind):
        return kinds.is_hushed(about)
    assert person is not None
    if isinstance(about, Space):
        return bool(db.session.scalar(select(quiet.is_quiet(person.id, about.id))))
    if about is None:
        return rhythm.choice_of(person.id).rhythm not in rhythm.DIGESTS
    own = db.session.get(Watch, (person.id, about.id))
    return own is not None and own.is_chosen and own.level is WatchLevel.OFF


def shown_title(person: Person | None, about: About) -> str:
    """Return the item's title, or the space's name, if the person may still see it, else ""."""
    if isinstance(about, OfKind):
        return kinds.name_shown(about, person)
    assert person is not None
    if isinstance(about, Space):
        return about.name if about.id in {space.id for space in spaces_of(person)} else ""
    if about is None:
        return ""
    return db.session.scalar(select(Item.title).where(Item.id == about.id, visible_items(person, now()))) or ""


def _choose(person: Person, item: Item, level: WatchLevel | None) -> None:
    if lock(Item, item.id) is None:
        raise Missing
    watching.choose(person, item, level)
