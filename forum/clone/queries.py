"""Reads of showcases, of copies that are being made, and of where a space came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.orm import aliased

from forum.clone.archive.models import Restore, Stage
from forum.clone.models import CloneJob, Consent, Lineage, Showcase, ShowcaseItem
from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.leased import WorkState
from forum.core.lineage import Posts
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemState, Membership, Space, Visibility
from forum.spaces.queries import belongs

MOST_RESTORES = 30


def coming_posts(posts: Posts) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on `Post` of what comes along with an item."""
    return (
        Post.state == PostState.PUBLISHED,
        Post.number.is_not(None),
        Post.number == 1 if posts is Posts.FIRST else true(),
    )


def offered_items(space_id: int, posts: Posts) -> Select[int]:
    """Return a query of the items of a space that were chosen, and that everybody agreed to who wrote what comes along now.

    Who has written there since then is asked first; what nobody known wrote nobody can agree to. What was hidden at its beginning
    tells nothing any more.
    """
    begun = exists().where(Post.item_id == Item.id, Post.number == 1, Post.state == PostState.PUBLISHED)
    agreed = exists().where(
        Consent.item_id == Post.item_id, Consent.person_id == Post.author_id, Consent.agreed.is_(True)
    )
    unsettled = exists().where(Post.item_id == Item.id, *coming_posts(posts), ~agreed)
    refused = exists().where(Consent.item_id == Item.id, or_(Consent.agreed.is_(None), Consent.agreed.is_(False)))
    return (
        select(Item.id)
        .join(ShowcaseItem, ShowcaseItem.item_id == Item.id)
        .where(ShowcaseItem.space_id == space_id, Item.space_id == space_id, *_for_all(), begun, ~unsettled, ~refused)
    )


def _for_all() -> tuple[ColumnElement[bool], ...]:
    return Item.state == ItemState.PUBLISHED, Item.audience == Audience.SPACE


def writers_of(item_id: int, posts: Posts) -> tuple[set[int], bool]:
    """Return who wrote what comes along with an item, and whether somebody did whom nobody knows (any more)."""
    found = set(db.session.scalars(select(Post.author_id).where(Post.item_id == item_id, *coming_posts(posts))))
    return {one for one in found if one is not None}, None in found


@dataclass(frozen=True)
class Chosen:
    """An item that stewards chose, with who still has to say and who said no."""

    item: Item
    waits: list[str] = field(default_factory=list)
    declined: list[str] = field(default_factory=list)


def chosen_of(space_id: int) -> list[Chosen]:
    """Return what stewards of a space chose that every member may see now."""
    rows = db.session.execute(
        select(Item, Person.name, Consent.agreed)
        .join(ShowcaseItem, ShowcaseItem.item_id == Item.id)
        .outerjoin(Consent, Consent.item_id == Item.id)
        .outerjoin(Person, Person.id == Consent.person_id)
        .where(ShowcaseItem.space_id == space_id, Item.space_id == space_id, *_for_all())
        .order_by(Item.kind, Item.title, Item.id, Person.name)
    )
    found: dict[int, Chosen] = {}
    for item, name, agreed in rows:
        one = found.setdefault(item.id, Chosen(item))
        if name and agreed is None:
            one.waits.append(name)
        if agreed is False:
            one.declined.append(name)
    return list(found.values())


@dataclass(frozen=True)
class Asked:
    """An item of which somebody is asked whether others may read it."""

    item: Item
    slug: str


def asked_of(person: Person, space: Space) -> list[Asked]:
    """Return what somebody is asked to let others read, and hasn't said."""
    rows = db.session.scalars(
        select(Item)
        .join(Consent, Consent.item_id == Item.id)
        .join(ShowcaseItem, ShowcaseItem.item_id == Item.id)
        .where(Item.space_id == space.id, Consent.person_id == person.id, Consent.agreed.is_(None), *_for_all())
        .order_by(Consent.asked_at, Item.id)
    )
    return [Asked(item, space.slug) for item in rows]


@dataclass(frozen=True)
class Shown:
    """A showcase in the list of those that one may look at."""

    space: Space
    showcase: Showcase


def open_showcases(actor: Person) -> list[Shown]:
    """Return the showcases that everybody of the installation may look at."""
    del actor
    rows = db.session.execute(
        select(Space, Showcase)
        .join(Showcase, Showcase.space_id == Space.id)
        .where(Showcase.is_open, Space.archived_at.is_(None))
        .order_by(Space.name, Space.id)
    )
    return [Shown(*row) for row in rows]


def begun_by(actor: Person) -> Sequence[tuple[CloneJob, str]]:
    """Return the copies that somebody began and hasn't made, the latest first, with the name of the space; "" for those of none."""
    mine = select(CloneJob, Space.name).outerjoin(Space, Space.id == CloneJob.source_id)
    mine = mine.where(CloneJob.maker_id == actor.id, CloneJob.target_id.is_(None))
    return [(job, name or "") for job, name in db.session.execute(mine.order_by(CloneJob.begun_at.desc(), CloneJob.id))]


def may_be_known(reader: Person, space: type[Space]) -> ColumnElement[bool]:
    """Return the condition on `space` that the reader may know of it: open, theirs, or shown to everybody here (A3)."""
    return or_(
        space.visibility == Visibility.OPEN,
        exists().where(belongs(reader), Membership.space_id == space.id),
        exists().where(Showcase.space_id == space.id, Showcase.is_open, space.archived_at.is_(None)),
    )


@dataclass(frozen=True)
class GrownFrom:
    """Where a space came from, as far as the reader may know (F6): `slug` is "" when they may not see it.

    `version` is of the showcase as it stood; None: a starter or a template file, which doesn't change.
    """

    at: datetime
    version: int | None
    name: str
    slug: str


def grown_from(space_id: int, reader: Person) -> GrownFrom | None:
    """Return where a space came from; None for one that began on its own. It names no space that the reader may not see."""
    origin = aliased(Space)
    seen = may_be_known(reader, origin)
    row = db.session.execute(
        select(Lineage, origin.name, origin.slug)
        .outerjoin(origin, (origin.id == Lineage.origin_id) & seen)
        .where(Lineage.space_id == space_id)
    ).one_or_none()
    if row is None:
        return None
    lineage, name, slug = row
    return GrownFrom(lineage.at, lineage.of_showcase, name or lineage.origin_name, slug or "")


def restores_of(actor: Person) -> Sequence[Restore]:
    """Return the archives that somebody restores or restored, the latest first."""
    mine = select(Restore).where(
        Restore.person_id == actor.id,
        Restore.state != WorkState.CANCELLED,
        or_(Restore.stage != Stage.UNDO, Restore.state == WorkState.FAILED),
    )
    return db.session.scalars(mine.order_by(Restore.asked_at.desc(), Restore.id.desc()).limit(MOST_RESTORES)).all()


def restore_at(actor: Person, key: str) -> Restore | None:
    """Return an archive that somebody restores, by its key; None for another person's."""
    return db.session.scalar(select(Restore).where(Restore.uuid == key, Restore.person_id == actor.id))
