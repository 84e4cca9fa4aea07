"""Who may look at a showcase, and who goes on with a copy: loading and authorising are one step."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from forum.clone.models import CloneJob, Consent, Lineage, Origin, Showcase, ShowcaseItem
from forum.core.db import db
from forum.core.errors import Missing, RuleBroken
from forum.core.secrets import hashed
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.queries import membership_of
from forum.web.words import _


@dataclass(frozen=True)
class Look:
    """A space's showcase as somebody looks at it. `via_hash` is of the private link by which they came, if they did."""

    space: Space
    showcase: Showcase
    via_hash: str | None = None


def showcase_for(actor: Person, slug: str) -> Look:
    """Load the showcase of the space at `slug`. Raises Missing unless it is open to everybody here, or `actor` belongs to the space."""
    row = db.session.execute(
        select(Space, Showcase)
        .join(Showcase, Showcase.space_id == Space.id)
        .where(Space.slug == slug, Space.archived_at.is_(None))
    ).one_or_none()
    if row is None or not (row[1].is_open or membership_of(row[0], actor)):
        raise Missing
    return Look(*row)


def showcase_at(token: str) -> Look:
    """Load the showcase that a private link opens. Raises Missing when it opens none (any more)."""
    return _by_hash(hashed(token))


def showcase_of(space_id: int) -> Showcase | None:
    """Return the showcase of a space, for commands: who runs them may read everything."""
    return db.session.get(Showcase, space_id)


def _by_hash(token_hash: str) -> Look:
    row = db.session.execute(
        select(Space, Showcase)
        .join(Showcase, Showcase.space_id == Space.id)
        .where(Showcase.token_hash == token_hash, Space.archived_at.is_(None))
    ).one_or_none()
    if row is None:
        raise Missing
    return Look(*row, token_hash)


def job_for(actor: Person, ref: str) -> CloneJob:
    """Load a copy that `actor` is making. Raises Missing."""
    job = db.session.scalar(select(CloneJob).where(CloneJob.ref == ref)) if ref.isprintable() else None
    if job is None or job.maker_id != actor.id:
        raise Missing
    return job


def source_of(job: CloneJob, actor: Person) -> Look:
    """Load what a copy is made from, as it is open to its maker now (F4). Raises RuleBroken when it isn't any more."""
    if job.origin is not Origin.SPACE:
        raise Missing
    try:
        if job.via_hash is not None:
            look = _by_hash(job.via_hash)
        else:
            look = showcase_for(actor, db.session.get_one(Space, job.source_id).slug)
    except Missing as gone:
        raise RuleBroken(closed()) from gone
    if not look.showcase.offers_copy or look.space.id != job.source_id:
        raise RuleBroken(closed())
    return look


def upstream_for(here: Here) -> Look | None:
    """Load the showcase of the space that this one came from, as far as the person may look at it now (F6, A3).

    None when it offers nothing to take along any more: closed, archived, or only looked at by a link that they never had.
    """
    row = db.session.execute(
        select(Space, Showcase, CloneJob.via_hash)
        .join(Lineage, Lineage.origin_id == Space.id)
        .join(Showcase, Showcase.space_id == Space.id)
        .outerjoin(CloneJob, (CloneJob.target_id == Lineage.space_id) & (CloneJob.maker_id == here.actor.id))
        .where(Lineage.space_id == here.space.id, Space.archived_at.is_(None), Showcase.offers_copy)
    ).one_or_none()
    if row is None:
        return None
    space, showcase, via_hash = row
    by_link = via_hash is not None and via_hash == showcase.token_hash
    return Look(space, showcase) if showcase.is_open or by_link or membership_of(space, here.actor) else None


def closed() -> str:
    """Say that a source isn't offered any more."""
    return _("The space that you began from isn’t offered any more. Nothing was made. What you typed is kept.")


def chosen_for(here: Here, ref: str) -> Item:
    """Load an item that was chosen for the showcase of this space, which every member sees. Raises Missing."""
    query = select(Item).join(ShowcaseItem, ShowcaseItem.item_id == Item.id)
    item = db.session.scalar(query.where(Item.ref == ref, *_seen_in(here))) if ref.isprintable() else None
    if item is None:
        raise Missing
    return item


def choosable_for(here: Here, ref: str) -> Item:
    """Load an item of this space that can be chosen: published, for every member to see. Raises Missing."""
    item = db.session.scalar(select(Item).where(Item.ref == ref, *_seen_in(here))) if ref.isprintable() else None
    if item is None:
        raise Missing
    return item


def _seen_in(here: Here) -> tuple[ColumnElement[bool], ...]:
    return Item.space_id == here.space.id, Item.state == ItemState.PUBLISHED, Item.audience == Audience.SPACE


def asked_for(here: Here, ref: str) -> tuple[Item, Consent]:
    """Load a chosen item about which the person was asked. Raises Missing for everybody else."""
    item = chosen_for(here, ref)
    consent = db.session.get(Consent, (item.id, here.actor.id))
    if consent is None:
        raise Missing
    return item, consent
