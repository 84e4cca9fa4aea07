"""What organisers do to the tags of their space. The space is held first, then the tag."""

from sqlalchemy import ColumnElement, func, select, update

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import now
from forum.people.models import Person
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, LogAudience, Space
from forum.spaces.policy import Can
from forum.threads.actions.tagging import checked_tag
from forum.threads.models import MOST_TAGS, Tag, TagWish, ThreadTag
from forum.web.words import _

MOST_IN_USE = 60


def make_tag(here: Here, *, name: str) -> Tag:
    """Make a tag; a retired one of that name comes back. Raises Denied, or Invalid for `name`."""
    here = guard.hold(here, Can.CURATE_TAGS)
    tag = _make(here, name)
    record("made tag", actor=here.actor, space=here.space, name=tag.name)
    return tag


def rename_tag(here: Here, tag: Tag, *, name: str) -> None:
    """Call a tag something else; its address stays. Raises Missing, Denied, or Invalid for `name`."""
    here, held = _hold(here, tag)
    name, address = checked_tag(name)
    if name == held.name:
        return
    same = or_same(here.space, name=name, address=address)
    if db.session.scalar(select(Tag.id).where(same, Tag.id != held.id)):
        raise Invalid({"name": [_("There is a tag of that name already. Merge the two instead.")]})
    record("renamed tag", actor=here.actor, space=here.space, name=name, before=held.name)
    held.name = name


def merge_tag(here: Here, tag: Tag, *, into: Tag) -> None:
    """Put another tag on every thread that has this one, and retire this one: its address leads to the other.

    Raises Missing, Denied, or Invalid for `into`.
    """
    here = guard.hold(here, Can.CURATE_TAGS)
    for tag_id in sorted({tag.id, into.id}):
        lock(Tag, tag_id)
    here, held = _hold(here, tag)
    there = db.session.get(Tag, into.id)
    if there is None or there.space_id != here.space.id or there.retired_at is not None or there.id == held.id:
        raise Invalid({"into": [_("Choose another tag that is in use.")]})
    have = select(ThreadTag.thread_id).where(ThreadTag.tag_id == there.id)
    had = ThreadTag.tag_id == held.id
    quietly = {"synchronize_session": False}
    db.session.execute(
        ThreadTag.__table__.delete().where(had, ThreadTag.thread_id.in_(have))  # type: ignore[attr-defined]
    )
    db.session.execute(update(ThreadTag).where(had).values(tag_id=there.id).execution_options(**quietly))
    db.session.execute(
        update(Tag).where(Tag.merged_into_id == held.id).values(merged_into_id=there.id).execution_options(**quietly)
    )
    held.retired_at, held.merged_into_id = now(), there.id
    record("merged tag", actor=here.actor, space=here.space, name=held.name, into=there.name)


def retire_tag(here: Here, tag: Tag) -> None:
    """Let a tag be put on no more threads; it stays where it is. Raises Missing, Denied."""
    here, held = _hold(here, tag)
    if held.retired_at is None:
        held.retired_at = now()
        record("retired tag", actor=here.actor, space=here.space, name=held.name)


def bring_back_tag(here: Here, tag: Tag) -> None:
    """Let a retired tag be put on threads again. Raises Missing, Denied, RuleBroken."""
    here, held = _hold(here, tag)
    if held.retired_at is not None:
        _require_room(here.space)
        held.retired_at = held.merged_into_id = None
        record("brought back tag", actor=here.actor, space=here.space, name=held.name)


def accept_wish(here: Here, wish_id: int) -> Tag:
    """Make the tag that was suggested, and put it on the thread that it was suggested for, if there is room.

    Raises Missing, Denied, RuleBroken.
    """
    here, wish = _hold_wish(here, wish_id)
    there = select(Tag).where(or_same(here.space, name=wish.name, address=wish.slug), Tag.retired_at.is_(None))
    tag = db.session.scalars(there.limit(1)).first() or _make(here, wish.name)
    wish.decided_at, wish.decided_by_id, wish.tag_id = now(), here.actor.id, tag.id
    record(
        "accepted tag",
        actor=here.actor,
        space=here.space,
        person=db.session.get(Person, wish.person_id),
        name=tag.name,
    )
    if wish.thread_id is not None:
        _put(wish.thread_id, tag)
    return tag


def decline_wish(here: Here, wish_id: int, *, reason: str) -> None:
    """Make no such tag; who suggested it reads the reason. Raises Missing, Denied, or Invalid for `reason`."""
    here, wish = _hold_wish(here, wish_id)
    if not reason:
        raise Invalid({"reason": [_("Say why. Whoever suggested it reads this.")]})
    wish.decided_at, wish.decided_by_id, wish.reason = now(), here.actor.id, reason
    # Only organisers read of it: what was suggested is nobody else's to see.
    record(
        "declined tag",
        actor=here.actor,
        space=here.space,
        person=db.session.get(Person, wish.person_id),
        reason=reason,
        audience=LogAudience.ORGANISERS,
        name=wish.name,
    )


def or_same(space: Space, *, name: str, address: str) -> ColumnElement[bool]:
    """Return the condition on `Tag` that it is of this name or address in a space."""
    is_same = (Tag.slug == address) | (func.lower(Tag.name) == name.lower())
    return (Tag.space_id == space.id) & is_same


def _make(here: Here, name: str) -> Tag:
    name, address = checked_tag(name)
    there = db.session.scalars(select(Tag).where(or_same(here.space, name=name, address=address))).all()
    if any(tag.retired_at is None for tag in there):
        raise Invalid({"name": [_("There is a tag of that name already.")]})
    _require_room(here.space)
    for tag in there:
        if tag.slug == address:
            tag.name, tag.retired_at, tag.merged_into_id = name, None, None
            db.session.flush()
            return tag
    made = Tag(space_id=here.space.id, slug=address, name=name)
    db.session.add(made)
    db.session.flush()
    return made


def _require_room(space: Space) -> None:
    used = select(func.count()).select_from(Tag).where(Tag.space_id == space.id, Tag.retired_at.is_(None))
    if (db.session.scalar(used) or 0) >= MOST_IN_USE:
        raise RuleBroken(
            _("%(most)s tags are in use, as many as people can look through. Merge or retire some.", most=MOST_IN_USE)
        )


def _hold(here: Here, tag: Tag) -> tuple[Here, Tag]:
    here = guard.hold(here, Can.CURATE_TAGS)
    held = lock(Tag, tag.id)
    if held is None or held.space_id != here.space.id:
        raise Missing
    return here, held


def _hold_wish(here: Here, wish_id: int) -> tuple[Here, TagWish]:
    """Lock the space and a wish that waits. Of two who decide at once, the second finds it decided: it isn't there for them."""
    here = guard.hold(here, Can.CURATE_TAGS)
    wish = lock(TagWish, wish_id)
    if wish is None or wish.space_id != here.space.id:
        raise Missing
    if wish.decided_at is not None:
        raise RuleBroken(_("Somebody has decided about this suggestion already."))
    return here, wish


def _put(thread_id: int, tag: Tag) -> None:
    """Put a tag on a thread where a place is free."""
    item = lock(Item, thread_id)
    places = select(ThreadTag.place, ThreadTag.tag_id).where(ThreadTag.thread_id == thread_id)
    taken = {row[0]: row[1] for row in db.session.execute(places)}
    free = [place for place in range(1, MOST_TAGS + 1) if place not in taken]
    if item is None or item.space_id != tag.space_id or not free or tag.id in taken.values():
        return
    db.session.add(ThreadTag(thread_id=thread_id, place=free[0], tag_id=tag.id))
    db.session.flush()
