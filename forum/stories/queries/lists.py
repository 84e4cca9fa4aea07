"""Stories in a row: by symptom, by list, those that worked, and so on. The same number of queries for one and for thirty."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from markupsafe import Markup
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostState, ReadMark
from forum.content.reading import is_unread, my_mark, reader
from forum.core.db import db
from forum.core.markup import plain
from forum.core.paging import Page, page
from forum.core.prepared import prepared
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.models import Engagement, Mode
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.sharing import has_copy_here, is_shared_here, may_know
from forum.stories.access import PUBLISHED
from forum.stories.models import KIND, Choice, ListName, Result, Story, StoryKind, Try
from forum.stories.parts import FIXED, shown, steps_of

PAGE = 20
EXCERPT = 180
DUE, WORTH = 0, 1
MOST_DUE, MOST_WORTH = 5, 7


class Show(enum.StrEnum):
    """Which stories a list shows."""

    EVERYTHING = "everything"
    WORKED = "worked"
    VERIFIED = "verified"
    OPEN = "open"
    NEAR = "near misses"
    LAPSED = "lapsed"
    MINE = "mine"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to see. `choices` are keys of entries of the space's lists."""

    show: Show = Show.EVERYTHING
    choices: Mapping[ListName, int] = field(default_factory=dict)
    mode: Mode | None = None
    engagement: Engagement | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but `show` was chosen."""
        return bool(self.choices or self.mode or self.engagement)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A story as a list shows it."""

    ref: str
    title: str
    html: str
    kind: StoryKind
    is_lasting: bool | None
    is_unnamed: bool
    is_inherited: bool
    author: str | None
    created_at: datetime
    verified_on: date | None
    due_on: date | None
    worked: int
    tried: int
    is_held: bool
    is_waiting: bool
    is_new: bool
    is_shared: bool
    """Whether it stands in another space; `home` is how that is called, None when the reader may not know."""
    home: str | None
    channel: str | None = None
    area: str | None = None
    cause: str | None = None

    @property
    def parts(self) -> Mapping[str, Markup]:
        """What was told, part by part."""
        return shown(self.html)

    @cached_property
    def steps(self) -> Sequence[str]:
        """The steps of what fixed it; none where it has no list."""
        return steps_of(shown(self.html).get(FIXED, ""))

    @property
    def fix(self) -> str:
        """The first step of what fixed it, or its beginning, in one line."""
        words = self.steps[0] if self.steps else " ".join(plain(shown(self.html).get(FIXED, "")).split())
        return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rsplit(' ', 1)[0]} …"

    def is_lapsed(self, this: date) -> bool:
        """Whether nobody has said for too long that it still works."""
        return self.due_on is not None and self.due_on < this


def stories(here: Here, wish: Wish, *, page_wish: str | None = None) -> tuple[list[Listed], Page, int]:
    """Return a page of the stories that the reader may see, the page, and how many there are in all (E5). Two queries."""
    values = {**reader(here), **viewing(here.actor, now())}
    where = _narrowed(here, wish)
    total = db.session.scalar(select(func.count()).select_from(_base().where(*where).subquery()), values) or 0
    shown_page = page(page_wish, total=total, size=PAGE)
    query = _columns().where(*where).order_by(*_order(wish)).limit(PAGE).offset(shown_page.before)
    return _listed(db.session.execute(query, values).all()), shown_page, total


def to_show(here: Here, wish: Wish, refs: Sequence[str] = (), *, most: int = PAGE) -> list[Listed]:
    """Return what a page for a meeting shows: the stories of some refs, in their order, else what a list has. Published ones only."""
    values = {**reader(here), **viewing(here.actor, now())}
    query = _columns().where(*PUBLISHED)
    if refs:
        rows = _listed(db.session.execute(query.where(Item.ref.in_(refs)), values).all())
        return sorted(rows, key=lambda one: refs.index(one.ref))
    query = query.where(*_narrowed(here, wish)).order_by(*_order(wish)).limit(most)
    return _listed(db.session.execute(query, values).all())


def for_today(here: Here) -> tuple[list[Listed], Listed | None]:
    """Return the stories that the reader keeps and that are due, and one worth reading: another one each day. One query.

    What is due waits for a press; worth reading is one of those that worked somewhere or are new.
    """
    this = today(here.space.zone)
    values = {**reader(here), **viewing(here.actor, now()), "keeper_id": here.actor.id, "this_day": this}
    rows = db.session.execute(_for_today(), values).all()
    due = _listed([row[1:] for row in rows if row[0] == DUE])
    worth = _listed([row[1:] for row in rows if row[0] == WORTH])
    return due, worth[this.toordinal() % len(worth)] if worth else None


@prepared
def _for_today() -> CompoundSelect[*tuple[Any, ...]]:
    is_due = and_(
        Story.holder_id == bindparam("keeper_id", type_=Integer), Story.due_on <= bindparam("this_day", type_=Date)
    )
    due = _columns().where(is_due).order_by(Story.due_on, Item.id).limit(MOST_DUE)
    worth = _columns().where(Story.is_lasting.is_not(False))
    worth = worth.order_by(_worked().desc(), Item.created_at.desc(), Item.id).limit(MOST_WORTH)
    parts = [(DUE, due.subquery("due")), (WORTH, worth.subquery("worth"))]
    return union_all(*(select(literal(what, type_=Integer), *part.c) for what, part in parts))


def choices_of(here: Here, *, with_retired: bool = False) -> dict[ListName, list[Choice]]:
    """Return the lists of a space, in order."""
    query = select(Choice).where(Choice.space_id == here.space.id).order_by(Choice.position, Choice.id)
    if not with_retired:
        query = query.where(Choice.retired_at.is_(None))
    found: dict[ListName, list[Choice]] = {which: [] for which in ListName}
    for choice in db.session.scalars(query):
        found[choice.list].append(choice)
    return found


def _listed(rows: Sequence[Any]) -> list[Listed]:
    return [Listed(**dict(zip(Listed.__dataclass_fields__, row, strict=True))) for row in rows]


@prepared
def _worked() -> ColumnElement[int]:
    return _counted(Try.result == Result.WORKED)


@prepared
def _tried() -> ColumnElement[int]:
    return _counted()


def _counted(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).select_from(Try).where(Try.story_id == Item.id, *conditions)
    return counted.correlate(Item).scalar_subquery()


@prepared
def _base() -> Select[int]:
    return (
        select(Item.id)
        .join(Story, Story.id == Item.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .where(
            Item.kind == KIND,
            or_(
                and_(Item.space_id == bindparam("space_id"), Post.state.in_((PostState.PUBLISHED, PostState.HELD))),
                and_(is_shared_here(), ~has_copy_here(), *PUBLISHED),
            ),
            visible_to_viewer(),
        )
    )


@prepared
def _columns() -> Select[*tuple[Any, ...]]:
    author, home = aliased(Person), aliased(Space)
    channel, area, cause = aliased(Choice), aliased(Choice), aliased(Choice)
    return (
        _base()
        .with_only_columns(
            Item.ref,
            Item.title,
            Post.html,
            Story.kind,
            Story.is_lasting,
            Story.key_hash.is_not(None),
            Item.inherited.is_not(None),
            author.name,
            Item.created_at,
            Story.verified_on,
            Story.due_on,
            _worked(),
            _tried(),
            Post.state == PostState.HELD,
            Item.state == ItemState.DRAFT,
            and_(Item.space_id == bindparam("space_id"), case((is_unread(), True), else_=False)),
            Item.space_id != bindparam("space_id"),
            case((may_know(home), home.name)),
            channel.name,
            area.name,
            cause.name,
        )
        .join(home, home.id == Item.space_id)
        .outerjoin(ReadMark, my_mark())
        .outerjoin(author, author.id == Item.author_id)
        .outerjoin(channel, channel.id == Story.channel_id)
        .outerjoin(area, area.id == Story.area_id)
        .outerjoin(cause, cause.id == Story.cause_id)
    )


def _narrowed(here: Here, wish: Wish) -> list[ColumnElement[bool]]:
    this = today(here.space.zone)
    by_show: dict[Show, ColumnElement[bool]] = {
        Show.WORKED: and_(_tried() > 0, _worked() * 2 > _tried()),
        Show.VERIFIED: and_(Story.verified_on.is_not(None), or_(Story.due_on.is_(None), Story.due_on >= this)),
        Show.OPEN: Story.is_lasting.is_(False),
        Show.NEAR: Story.kind == StoryKind.NEAR_MISS,
        Show.LAPSED: Story.due_on < this,
        Show.MINE: or_(Item.author_id == here.actor.id, Story.holder_id == here.actor.id),
    }
    found = [by_show[wish.show]] if wish.show in by_show else []
    found += [getattr(Story, f"{which.value}_id") == key for which, key in wish.choices.items()]
    found += [Story.mode == wish.mode] if wish.mode else []
    return found + ([Story.engagement == wish.engagement] if wish.engagement else [])


def _order(wish: Wish) -> tuple[Any, ...]:
    first = {
        Show.WORKED: (_worked().desc(),),
        Show.VERIFIED: (Story.verified_on.desc(),),
        Show.LAPSED: (Story.due_on,),
    }.get(wish.show, ())
    return (*first, Item.created_at.desc(), Item.id.desc())
