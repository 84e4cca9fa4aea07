"""Making a space, and putting it into the archive."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from forum.core import text
from forum.core.db import db, lock
from forum.core.errors import Invalid
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.feature import features
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import SLUG_LENGTH, Cloth, Membership, Role, Space, Visibility
from forum.spaces.policy import Can
from forum.spaces.queries import belongs
from forum.web.words import _

NUMBERED = 1000


def make(
    actor: Person,
    *,
    name: str,
    slug: str | None = None,
    purpose: str = "",
    visibility: Visibility = Visibility.OPEN,
    cloth: Cloth = Cloth.TEAL,
    zone: str | None = None,
    once: str | None = None,
    brought: Collection[str] = (),
    at: datetime | None = None,
) -> Space:
    """Make a space with `actor` as its steward, furnished by every room but those in `brought`. Use inside `transaction()`.

    Without a `slug` one is made from the name. Pressed twice (the same `once` and the same words) it gives the space of the first
    press. `brought` names rooms whose part of it is copied from elsewhere. Raises Invalid when the address is taken.
    """
    lock(Person, actor.id)  # two presses at once come one after the other
    key = text.once_key(once, name, slug, purpose, visibility.value, cloth.value)
    if before := _made_before(actor, key):
        return before
    moment = at or now()
    space = Space(
        slug=_address(slug, name=name),
        name=name,
        purpose=purpose,
        visibility=visibility,
        cloth=cloth,
        zone=zone or actor.zone,
        created_at=moment,
        maker_id=actor.id,
        once=key,
    )
    db.session.add(space)
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody took the address between the look and the write
        raise _taken(space.slug) from error
    db.session.add(Membership(space_id=space.id, person_id=actor.id, role=Role.STEWARD, joined_at=moment))
    record("made space", actor=actor, space=space, at=moment, visibility=visibility.value)
    for feature in features():
        if feature.new_space and feature.name not in brought:
            feature.new_space(space)
    return space


def _made_before(actor: Person, key: str | None) -> Space | None:
    """Return the space that an earlier press of the same form made."""
    if key is None:
        return None
    return db.session.scalars(select(Space).where(Space.maker_id == actor.id, Space.once == key)).one_or_none()


def free_address(name: str, *, asked_by: Person | None = None) -> str:
    """Return an address part for a space of that name that nobody has yet: "champions", else "champions-2".

    What is proposed to `asked_by` looks only at spaces that they may know of: nobody finds private ones by typing names (A3).
    """
    stem = text.slug(name, length=SLUG_LENGTH) or "space"
    alike = select(Space.slug).where(Space.slug.startswith(stem[:30], autoescape=True))
    if asked_by is not None:
        mine = select(Membership.space_id).where(belongs(asked_by))
        alike = alike.where(or_(Space.visibility != Visibility.PRIVATE, Space.id.in_(mine)))
    taken = set(db.session.scalars(alike))
    if stem not in taken:
        return stem
    tries = (f"{stem[: SLUG_LENGTH - 5].strip('-')}-{number}" for number in range(2, NUMBERED))
    return next((found for found in tries if found not in taken), f"{stem[:25]}-{text.new_ref()}")


def _address(given: str | None, *, name: str) -> str:
    if given is None:
        return free_address(name)
    chosen = text.slug(given, length=SLUG_LENGTH)
    if not chosen:
        raise Invalid({"slug": [_("Use letters from a to z, digits and hyphens, such as “digital-champions”.")]})
    if db.session.scalar(select(Space.id).where(Space.slug == chosen)) is not None:
        raise _taken(chosen)
    return chosen


def _taken(slug: str) -> Invalid:
    return Invalid({"slug": [_("Another space has the address “%(slug)s”. Choose another one.", slug=slug)]})


def archive(here: Here) -> Space:
    """Make a space read-only. Twice is once. Use inside `transaction()`."""
    here = hold(here, Can.ARCHIVE_SPACE)
    if here.space.archived_at is not None:
        return here.space
    here.space.archived_at = now()
    record("archived space", actor=here.actor, space=here.space)
    return here.space


def unarchive(here: Here) -> Space:
    """Take a space out of the archive. Twice is once. Use inside `transaction()`."""
    here = hold(here, Can.ARCHIVE_SPACE)
    if here.space.archived_at is None:
        return here.space
    here.space.archived_at = None
    record("took space out of archive", actor=here.actor, space=here.space)
    return here.space
