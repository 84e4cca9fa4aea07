"""What stewards of a copy do with what the original offers: take it, or decline it (F6). Nothing happens by itself.

Both spaces and the thing itself are held while it is taken: what was closed, withdrawn or changed meanwhile is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.clone.access import Look, upstream_for
from forum.clone.gathering import Bundle, gather
from forum.clone.models import Lineage, LineageItem, LineageRow, UpstreamAnswer
from forum.clone.rooms import ITEM
from forum.clone.upstream.noting import note_items
from forum.clone.upstream.offering import Offer
from forum.clone.upstream.offers import offers_for, one_of, places_of
from forum.clone.upstream.rows import named_by_key
from forum.clone.upstream.waiting import THERE
from forum.clone.writing import Ready, make_ready, write_rows
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import local, now
from forum.spaces.copied import Chosen, LaidOut, Start
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH, Item, Space
from forum.spaces.policy import Can
from forum.web.links import whole
from forum.web.words import _


class ChangedMeanwhile(RuleBroken):
    """It isn't what its steward looked at any more, there or here: they look again, and nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _("This has changed since you looked, here or in the original. Nothing was put in force: look again.")
        )


class AnsweredBefore(RuleBroken):
    """Somebody answered it already, perhaps the same person in another tab."""

    def __init__(self) -> None:
        super().__init__(_("This was answered already. Nothing was changed just now."))


class NoLongerOffered(RuleBroken):
    """The original doesn't offer it any more."""

    def __init__(self) -> None:
        super().__init__(_("The original doesn’t offer this any more. Nothing was changed here."))


@dataclass(frozen=True, kw_only=True)
class Taking:
    """What is to be taken, laid out."""

    key: str
    seen: str
    laid: LaidOut = None
    ready: Ready | None = None


def offer_at(here: Here, key: str) -> Offer:
    """Return what is offered under a key now. Raises NoLongerOffered, AnsweredBefore, Missing."""
    found = offers_for(here, key=key)
    if found:
        return found[0]
    answer = latest_answer(here, key)
    if answer is not None and (offers_for(here, key=key, answered=True) or (answer.is_taken and upstream_for(here))):
        raise AnsweredBefore
    lineage = db.session.get(Lineage, here.space.id)
    if lineage is None or lineage.origin_id is None:
        raise Missing
    raise NoLongerOffered


def ready_to_take(here: Here, key: str, *, seen: str, chosen: Mapping[str, Chosen]) -> Taking:
    """Lay out what is taken. Takes time: called before the transaction.

    Raises Missing, RuleBroken, AnsweredBefore, ChangedMeanwhile, and Invalid by the keys of places for which nothing was chosen.
    """
    offer = offer_at(here, key)
    if offer.seen != seen:
        raise ChangedMeanwhile
    if offer.is_new and offer.is_row:
        return Taking(key=key, seen=seen, laid=offer.way.lay(offer.theirs or {}))
    if offer.is_new:
        return Taking(key=key, seen=seen, ready=_ready(here, offer))
    found, both = offer.merged
    unchosen = {one.key: [_("Choose what stands here.")] for one in both if one.key not in chosen}
    if unchosen:
        raise Invalid(unchosen)
    said = offer.way.settled(found, offer.theirs or {}, {one.key: chosen[one.key] for one in both})
    return Taking(key=key, seen=seen, laid=offer.way.lay(said))


def arrival_of(here: Here, offer: Offer) -> str:
    """Say what something new will be here that its title doesn't say; "" where there is nothing to say. Raises NoLongerOffered."""
    if not offer.is_new or offer.is_row:
        return ""
    bundle, _look = _bundle_of(here, offer)
    return " ".join(told for _title, told in bundle.arrivals(offer.part, _start_in(here)))


def _start_in(here: Here) -> Start:
    today = local(now(), here.space.zone).date()
    return Start(at=now(), today=today, first_day=today)


def _ready(here: Here, offer: Offer) -> Ready:
    bundle, look = _bundle_of(here, offer)
    return make_ready(bundle, slug=here.space.slug, known=places_of(here, look).items)


def _bundle_of(here: Here, offer: Offer) -> tuple[Bundle, Look]:
    """Return what comes along with something new, and the showcase that offers it. Raises NoLongerOffered."""
    look = upstream_for(here)
    if look is None:
        raise NoLongerOffered
    bundle = gather(look.space, [offer.part.name], site=whole(""), only=[offer.source_id])
    items = bundle.rows.get(ITEM, ())
    if not items:
        raise NoLongerOffered
    return one_of(bundle, items[0]), look


def take(here: Here, taking: Taking) -> Item | None:
    """Take what the original offers, as it was looked at. Returns the item, None where it is none.

    Raises Missing, Denied, RuleBroken, ChangedMeanwhile, Invalid.
    """
    here, offer = _held(here, taking.key)
    if offer.seen != taking.seen:
        raise ChangedMeanwhile
    item, before = offer.item, None
    if offer.own_id is not None:
        before = _follow(here, taking, offer)
    elif offer.is_row:
        _add_row(here, taking, offer)
    else:
        item = _add(here, taking, offer)
    _answer(here, offer, is_taken=True, item=item, before=before)
    if offer.is_row:
        record("took part of original", actor=here.actor, space=here.space, name=offer.title)
    else:
        record("took from original", actor=here.actor, space=here.space, item=item)
    return item


def _add(here: Here, taking: Taking, offer: Offer) -> Item:
    """Write what is new there into the copy."""
    if taking.ready is None or taking.ready.bundle.digest != offer.digest:
        raise ChangedMeanwhile
    keys = write_rows(taking.ready, here.space, _start_in(here))
    note_items(taking.ready, keys)
    return db.session.get_one(Item, keys[ITEM][offer.source_id])


def _add_row(here: Here, taking: Taking, offer: Offer) -> None:
    """Make a section, a tag, an entry that is new there, as its room does."""
    of = offer.way.follower
    if of is None or of.add is None:
        raise Missing
    own_id = of.add(here, taking.laid)
    row = _row_of(here, offer)
    row.own_key, row.base, row.mark, row.at = named_by_key(of, own_id), offer.theirs, offer.mark, now()
    db.session.flush()


def _row_of(here: Here, offer: Offer) -> LineageRow:
    """Return what is remembered of something that is no item, held; from now on, if nothing was."""
    row = lock(LineageRow, (here.space.id, offer.key))
    if row is None:
        kind = offer.way.follower.table if offer.way.follower else ""
        row = LineageRow(space_id=here.space.id, origin_key=offer.key, kind=kind)
        db.session.add(row)
    return row


def _remembered(here: Here, offer: Offer) -> LineageItem | LineageRow:
    row = _row_of(here, offer) if offer.is_row else lock(LineageItem, offer.own_id or 0)
    if row is None:
        raise Missing
    return row


def _follow(here: Here, taking: Taking, offer: Offer) -> dict[str, Any]:
    """Put the change in force here, and return what taking it back needs."""
    own_id, row = offer.own_id or 0, _remembered(here, offer)
    before: dict[str, Any] = {
        "said": offer.ours,
        "base": row.base,
        "mark": row.mark,
        "at": row.at.isoformat() if row.at else None,
    }
    if isinstance(row, LineageItem):
        before["version"], row.version = row.version, offer.version
    offer.way.take(here, own_id, taking.laid, _reason(offer))
    row.base, row.mark, row.at = offer.theirs, offer.mark, now()
    db.session.flush()
    return before | {"after": offer.way.stands([own_id])[own_id]}


def _reason(offer: Offer) -> str:
    reason = next((why.reason for why in offer.whys if why.reason), "")
    return (_("From the original: %(reason)s", reason=reason) if reason else _("From the original"))[:REASON_LENGTH]


def decline(here: Here, key: str, *, seen: str) -> None:
    """Leave it as it is here. It isn't offered again until the original changes it once more. Raises as `take` does."""
    here, offer = _held(here, key)
    if offer.seen != seen:
        raise ChangedMeanwhile
    if offer.is_row or offer.own_id is not None:
        _remembered(here, offer).mark = offer.mark
    _answer(here, offer, is_taken=False, item=offer.item, before=None)
    record("declined from original", actor=here.actor, space=here.space, item=offer.item)


def _held(here: Here, key: str) -> tuple[Here, Offer]:
    """Hold the copy, the original and the thing there, and look at it anew."""
    here = hold(here, Can.CHANGE_SPACE)
    lineage = db.session.get(Lineage, here.space.id)
    if lineage is None or lineage.origin_id is None:
        raise Missing
    lock(Space, lineage.origin_id)
    source_id = db.session.scalar(select(THERE.id).where(THERE.uuid == key, THERE.space_id == lineage.origin_id))
    if source_id is not None:
        lock(Item, source_id)
    db.session.expire_all()
    return here, offer_at(here, key)


def _answer(here: Here, offer: Offer, *, is_taken: bool, item: Item | None, before: dict[str, Any] | None) -> None:
    db.session.add(
        UpstreamAnswer(
            space_id=here.space.id,
            origin_uuid=offer.key,
            version=_next_version(here, offer),
            item_id=item and item.id,
            is_taken=is_taken,
            by_id=here.actor.id,
            at=now(),
            before=before,
        )
    )
    db.session.flush()


def _next_version(here: Here, offer: Offer) -> int:
    """Return what an answer is about: the original's version, or a number more than the last answer's where it has none."""
    if offer.mark is None:
        return offer.version
    latest = latest_answer(here, offer.key)
    return latest.version + 1 if latest else 1


def latest_answer(here: Here, key: str) -> UpstreamAnswer | None:
    """Return what was answered last to a thing."""
    return db.session.scalar(
        select(UpstreamAnswer)
        .where(UpstreamAnswer.space_id == here.space.id, UpstreamAnswer.origin_uuid == key)
        .order_by(UpstreamAnswer.version.desc())
        .limit(1)
    )
