"""What a space shows of itself: set by its stewards, with the agreement of who wrote it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select

from forum.clone.access import asked_for, choosable_for
from forum.clone.events import ConsentAsked
from forum.clone.models import Consent, Showcase, ShowcaseItem
from forum.clone.queries import writers_of
from forum.clone.rooms import house, kind_part
from forum.clone.tokens import showcase_token
from forum.core.db import db
from forum.core.errors import RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.secrets import hashed, new_nonce
from forum.core.time import now
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a showcase is to be. `how` was rendered before."""

    is_open: bool
    offers_copy: bool
    shows_numbers: bool
    parts: Collection[str]
    how: Rendered | None
    was_along: Collection[str] = ()
    """Addresses of the single things that came along when the steward looked,"""
    along: Collection[str] = ()
    """and of those that are to. Only what differs is changed: what another steward left out meanwhile stays left out."""


def showcase_of(here: Here) -> Showcase:
    """Return the space's showcase; one that was never saved is closed, and offers what is usual."""
    found = db.session.get(Showcase, here.space.id, populate_existing=True)
    return found or Showcase(
        space_id=here.space.id,
        is_open=False,
        offers_copy=True,
        shows_numbers=True,
        parts=[part.name for part in house().parts if part.is_usual],
        left_out=[],
        how_source="",
        how_html="",
        how_renderer=0,
        version=0,
        changed_at=now(),
    )


def describe(here: Here, wish: Wish) -> Showcase:
    """Set what a showcase shows. Raises Missing, Denied."""
    here = hold(here, Can.CHANGE_SPACE)
    showcase = _held(here)
    was_open, before = showcase.is_open, _marks(showcase)
    known = [part.name for part in house().parts]
    showcase.is_open, showcase.offers_copy, showcase.shows_numbers = wish.is_open, wish.offers_copy, wish.shows_numbers
    showcase.parts = [name for name in known if name in wish.parts]
    was, along = set(wish.was_along), set(wish.along)
    showcase.left_out = sorted((set(showcase.left_out) | (was - along)) - (along - was))
    showcase.how_source = wish.how.source if wish.how else ""
    showcase.how_html = wish.how.html if wish.how else ""
    showcase.how_renderer = wish.how.renderer if wish.how else 0
    if before != _marks(showcase):
        _count(showcase, here)
        verb = (
            "changed showcase" if was_open == wish.is_open else "opened showcase" if wish.is_open else "closed showcase"
        )
        record(verb, actor=here.actor, space=here.space)
    return showcase


def choose(here: Here, ref: str) -> Item:
    """Choose a story or a thread; who wrote it is asked, but the one who chooses. Raises Missing, Denied, RuleBroken."""
    here = hold(here, Can.CHANGE_SPACE)
    item = choosable_for(here, ref)
    part = kind_part(item.id)
    if part is None:
        raise RuleBroken(_("Only stories and threads can be chosen."))
    writers, has_unknown = writers_of(item.id, part.posts)
    writers |= {one for room in house().rooms if room.cloner.also_wrote for one in room.cloner.also_wrote(item.id)}
    if has_unknown or not writers:
        raise RuleBroken(_("Somebody wrote in it who can’t be asked any more, or gave no name. So it stays here."))
    at = now()
    if db.session.get(ShowcaseItem, item.id) is None:
        db.session.add(ShowcaseItem(item_id=item.id, space_id=here.space.id, chosen_by_id=here.actor.id, chosen_at=at))
        _count(_held(here), here)
        record("chose for showcase", actor=here.actor, space=here.space, item=item)
    asked = set(db.session.scalars(select(Consent.person_id).where(Consent.item_id == item.id)))
    for person_id in sorted(writers - asked):
        mine = person_id == here.actor.id
        db.session.add(
            Consent(
                item_id=item.id,
                person_id=person_id,
                asked_at=at,
                answered_at=at if mine else None,
                agreed=True if mine else None,
            )
        )
        if not mine:
            announce(ConsentAsked(actor_id=here.actor.id, item_id=item.id, person_id=person_id))
    db.session.flush()
    return item


def drop(here: Here, ref: str) -> Item:
    """Show an item no longer. Twice is once. Raises Missing, Denied."""
    here = hold(here, Can.CHANGE_SPACE)
    item = choosable_for(here, ref)
    if db.session.get(ShowcaseItem, item.id) is not None:
        db.session.execute(delete(ShowcaseItem).where(ShowcaseItem.item_id == item.id))
        db.session.execute(delete(Consent).where(Consent.item_id == item.id))
        _count(_held(here), here)
        record("took from showcase", actor=here.actor, space=here.space, item=item)
    return item


def answer(here: Here, ref: str, *, agrees: bool) -> Item:
    """Say whether others may read what one wrote; it can be changed later. Raises Missing for who wasn't asked."""
    here = hold(here)
    item, consent = asked_for(here, ref)
    consent.agreed, consent.answered_at = agrees, now()
    return item


def make_link(here: Here) -> str:
    """Make a private link to the showcase, in place of one there was. Raises Missing, Denied."""
    here = hold(here, Can.CHANGE_SPACE)
    showcase = _held(here)
    showcase.nonce = new_nonce()
    token = showcase_token(showcase.nonce)
    showcase.token_hash = hashed(token)
    record("made showcase link", actor=here.actor, space=here.space)
    return token


def end_link(here: Here) -> None:
    """Let the private link open nothing any more. Twice is once. Raises Missing, Denied."""
    here = hold(here, Can.CHANGE_SPACE)
    showcase = _held(here)
    if showcase.nonce is not None:
        showcase.nonce = showcase.token_hash = None
        record("ended showcase link", actor=here.actor, space=here.space)


def _held(here: Here) -> Showcase:
    showcase = showcase_of(here)
    db.session.add(showcase)
    return showcase


def _count(showcase: Showcase, here: Here) -> None:
    showcase.version += 1
    showcase.changed_at, showcase.changed_by_id = now(), here.actor.id
    db.session.flush()


def _marks(showcase: Showcase) -> tuple[object, ...]:
    return (
        showcase.is_open,
        showcase.offers_copy,
        showcase.shows_numbers,
        tuple(showcase.parts),
        tuple(showcase.left_out),
        showcase.how_source,
    )
