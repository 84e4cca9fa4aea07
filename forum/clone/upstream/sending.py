"""Sending back to the original what was made better here: with the reason, as the space wants to be named (F6)."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.clone.access import Look, upstream_for
from forum.clone.gathering import gather
from forum.clone.models import Lineage, LineageItem
from forum.clone.rooms import house
from forum.clone.texts import Places, relinked
from forum.clone.upstream.answering import ChangedMeanwhile, NoLongerOffered
from forum.clone.upstream.offers import places_of, said_by
from forum.clone.upstream.waiting import THERE
from forum.clone.upstream.ways import grower_of, growers
from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.time import now
from forum.spaces.copied import Grower, LaidOut, Said, Sender, Sending
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.web.links import whole
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class Improvement:
    """What would go back of an item: what it says, and how it differs from what the original says."""

    item: Item
    way: Grower
    sender: Sender
    look: Look
    source_id: int
    base: int
    theirs: Said
    result: Said
    change: Any
    is_same: bool
    """Whether both say the same."""

    @property
    def seen(self) -> str:
        """A mark of what somebody looks at before they send it."""
        words = json.dumps([self.base, self.theirs, self.result], sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()


def improvement_of(here: Here, ref: str) -> Improvement:
    """Return what an item of a copy would send back now. Raises Missing, NoLongerOffered."""
    item = _own_item(here, ref)
    look, way = upstream_for(here), grower_of(item)
    if way is None or way.sender is None:
        raise Missing
    source_id = _source_of(item, look) if look else None
    if look is None or source_id is None or way.part not in look.showcase.parts:
        raise NoLongerOffered
    there = gather(look.space, [way.part], site=whole(""), only=[source_id])
    theirs = said_by(there, source_id, places_of(here, look))
    ours = said_by(gather(here.space, [way.part], site=whole(""), with_left_out=True, only=[item.id]), item.id)
    if theirs is None or ours is None:
        raise NoLongerOffered
    lineage = db.session.get(LineageItem, item.id)
    base = (lineage.base if lineage else None) or way.first([item.id]).get(item.id, {})
    result = _returned(way, base, ours, theirs)
    return Improvement(
        item=item, way=way, sender=way.sender, look=look, source_id=source_id, base=way.sender.version(source_id),
        theirs=theirs, result=result, change=way.compare(theirs, result), is_same=ours == theirs,
    )  # fmt: skip


def _returned(way: Grower, base: Said, ours: Said, theirs: Said) -> Said:
    """Return what the original would say with what was changed here; what both changed, as it is here."""
    result, _both = way.merged(way.agreed(base, ours, theirs), ours, theirs)
    return result


def to_send(here: Here) -> list[Item]:
    """Return what came from the original, was changed here, and would change something there."""
    look, found = upstream_for(here), list[Item]()
    for way in (way for way in growers().values() if look and way.sender and way.part in look.showcase.parts):
        rows = {row[2]: row for row in _changed(here, look, way)} if look else {}
        if not look or not rows:
            continue
        there = gather(look.space, [way.part], site=whole(""), only=list(rows))
        own = gather(
            here.space, [way.part], site=whole(""), with_left_out=True, only=[row[0].id for row in rows.values()]
        )
        places = places_of(here, look)
        for source_id, (item, base, _source_id) in rows.items():
            ours, theirs = said_by(own, item.id), said_by(there, source_id, places)
            if ours and theirs and not way.compare(theirs, _returned(way, base, ours, theirs)).is_nothing:
                found.append(item)
    return sorted(found, key=lambda item: (item.title, item.id))


def _changed(here: Here, look: Look, way: Grower) -> list[tuple[Item, Said, int]]:
    """Return what says something else than when it was taken: with what it said then, and its key in the original."""
    kind = next(part.kind for part in house().parts if part.name == way.part)
    rows = db.session.execute(
        select(Item, LineageItem, THERE.id)
        .join(LineageItem, LineageItem.item_id == Item.id)
        .join(THERE, (THERE.uuid == Item.origin_uuid) & (THERE.space_id == look.space.id))
        .where(
            Item.space_id == here.space.id,
            Item.kind == kind,
            Item.version > 1,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
        )
    ).all()
    keys = [row[0].id for row in rows]
    ours, first = way.stands(keys), way.first(keys)
    bases = [(item, lineage.base or first.get(item.id, {}), key) for item, lineage, key in rows]
    return [one for one in bases if ours.get(one[0].id) != one[1]]


def _own_item(here: Here, ref: str) -> Item:
    query = select(Item).where(
        Item.ref == ref,
        Item.space_id == here.space.id,
        Item.origin_uuid.is_not(None),
        Item.state == ItemState.PUBLISHED,
        Item.audience == Audience.SPACE,
        visible_items(here.actor, now()),
    )
    item = db.session.scalar(query) if ref.isprintable() else None
    if item is None:
        raise Missing
    return item


def _source_of(item: Item, look: Look) -> int | None:
    query = select(THERE.id).where(THERE.uuid == item.origin_uuid, THERE.space_id == look.space.id)
    return db.session.scalar(query)


def ready_to_send(here: Here, ref: str, *, seen: str) -> LaidOut:
    """Lay out what goes back, in words of the original. Takes time: called before the transaction.

    Raises Missing, NoLongerOffered, ChangedMeanwhile, Invalid.
    """
    found = improvement_of(here, ref)
    if found.seen != seen or found.change.is_nothing:
        raise ChangedMeanwhile
    slug = found.look.space.slug
    back = {ours: theirs for theirs, ours in places_of(here, found.look).items.items()}
    places = Places(whole(""), here.space.slug, slug, _("in another space"), items=back)
    original = found.way.stands([found.source_id])[found.source_id]
    return found.way.lay(
        found.sender.returned(found.result, found.theirs, original, lambda text: relinked(text, places))
    )


def send(  # what one says of it
    here: Here,
    ref: str,
    laid: LaidOut,
    *,
    seen: str,
    reason: str,
    names_space: bool,
    named: bool,
    once: str | None,
) -> None:
    """Send it back. Raises Missing, Denied, NoLongerOffered, ChangedMeanwhile, Invalid, RuleBroken."""
    here = hold(here, Can.CHANGE_SPACE)
    lineage = db.session.get(Lineage, here.space.id)
    if lineage is None or lineage.origin_id is None:
        raise Missing
    lock(Space, lineage.origin_id)
    db.session.expire_all()
    found = improvement_of(here, ref)
    if found.seen != seen:
        raise ChangedMeanwhile
    sending = Sending(
        base=found.base,
        reason=reason,
        item=found.item,
        credit=here.space.name if names_space else _("Another space"),
        sender=here.actor,
        named=named,
        once=once,
    )
    found.sender.send(found.source_id, laid, sending)
    record("sent to original", actor=here.actor, space=here.space, item=found.item, reason=reason)


def recall(here: Here, ref: str) -> bool:
    """Take back what was sent, while nobody has decided. Says whether it did. Raises Missing, Denied."""
    here = hold(here, Can.CHANGE_SPACE)
    for sender in senders():
        if any(one.ref == ref for one in sender.sent(here.space.id)):
            return sender.recall(here.space.id, ref)
    raise Missing


def senders() -> list[Sender]:
    """Return how things of any part are sent back."""
    return [way.sender for way in growers().values() if way.sender]
