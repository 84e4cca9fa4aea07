"""Calls for help: one with all that its page says, and lists of them. The same number of queries for one and for thirty."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.content.heads import Talk, talk_columns, with_talk
from forum.content.models import Post, PostState, ReadMark
from forum.content.reading import is_unread, my_mark, reader
from forum.core.db import db
from forum.core.errors import Missing
from forum.core.paging import Page as Pages
from forum.core.paging import page
from forum.core.prepared import prepared
from forum.core.time import now
from forum.help.models import GAVE_BACK, Case, CaseState, Page, Step
from forum.people.models import Department, Person
from forum.spaces.feature import made_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.visible import VIEWER

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Head(Talk):
    """What a case's page says. `made_of_it` is the story that was told of it, if any."""

    item: Item
    case: Case
    post: Post
    author: Person | None
    department: str | None
    holder: Person | None
    holder_department: str | None
    offered_to: Person | None
    closed_by: str | None
    is_asked: bool
    made_of_it: str | None
    helped: str | None


def head_of(here: Here, ref: str, *, place: str) -> Head:
    """Load a case with the draft at `place`. Loading and authorising are one step: raises Missing."""
    values = {**reader(here), **viewing(here.actor, now()), "ref": ref, "place": place}
    row = db.session.execute(_head(), values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    return Head(**dict(zip(Head.__dataclass_fields__, row, strict=True)))


@prepared
def _head() -> Select[*tuple[Any, ...]]:
    author, holder, offered, closer = aliased(Person), aliased(Person), aliased(Person), aliased(Person)
    his, theirs, helped = aliased(Department), aliased(Department), aliased(Post)
    says = and_(helped.item_id == Item.id, helped.number == Case.helped_number, helped.state == PostState.PUBLISHED)
    query = (
        select(
            *talk_columns(),
            Item,
            Case,
            Post,
            author,
            his.name,
            holder,
            theirs.name,
            offered,
            closer.name,
            case((_is_asked(), True), else_=False),
            made_of(),
            helped.html,
        )
        .select_from(Item)
        .join(Case, Case.id == Item.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .outerjoin(author, author.id == Item.author_id)
        .outerjoin(his, his.id == author.department_id)
        .outerjoin(holder, holder.id == Case.holder_id)
        .outerjoin(theirs, theirs.id == holder.department_id)
        .outerjoin(offered, offered.id == Case.offered_to_id)
        .outerjoin(closer, closer.id == Case.closed_by_id)
        .outerjoin(helped, says)
    )
    return with_talk(query).where(Item.ref == bindparam("ref"), Item.space_id == bindparam("space_id"), *_shown())


def _is_asked() -> ColumnElement[bool]:
    return (
        exists()
        .where(Page.case_id == Case.id, Page.round == Case.round, Page.person_id == VIEWER, Page.step != GAVE_BACK)
        .correlate(Case)
    )


def _shown() -> tuple[ColumnElement[bool], ...]:
    return (Item.state == ItemState.PUBLISHED, Post.state == PostState.PUBLISHED, visible_to_viewer())


@dataclass(frozen=True, kw_only=True)
class Went:
    """A step of the present round: when it was, and who was asked."""

    step: int
    at: datetime
    names: Sequence[str]


def way_of(one: Case) -> list[Went]:
    """Return how far a case has come in its present round, step by step. Two queries."""
    steps = db.session.scalars(
        select(Step).where(Step.case_id == one.id, Step.round == one.round).order_by(Step.at, Step.step)
    ).all()
    asked: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(Page.step, Person.name)
        .join(Person, Person.id == Page.person_id)
        .where(Page.case_id == one.id, Page.round == one.round, Page.step != GAVE_BACK)
        .order_by(Page.at, Person.name)
    )
    for step, name in rows:
        asked.setdefault(step, []).append(name)
    return [Went(step=one.step, at=one.at, names=asked.get(one.step, [])) for one in steps]


@dataclass(kw_only=True)
class Before:
    """A round before the present one: since when who was asked, and who had it until when, if anybody gave it back or lost it."""

    number: int
    at: datetime | None = None
    names: list[str] = field(default_factory=list)
    had: str | None = None
    until: datetime | None = None


def rounds_before(one: Case) -> list[Before]:
    """Return the rounds in which a case was asked round before, the latest first. One query, and none in the first round."""
    found = {number: Before(number=number) for number in range(one.round - 1, 0, -1)}
    if not found:
        return []
    rows = db.session.execute(
        select(Page.round, Page.step, Page.at, Person.name)
        .join(Person, Person.id == Page.person_id)
        .where(Page.case_id == one.id, or_(Page.round < one.round, Page.step == GAVE_BACK))
        .order_by(Page.at, Person.name)
    )
    for number, step, at, name in rows:
        if step == GAVE_BACK:  # it stands in the round that began then, so that they aren't asked again
            found[number - 1].had, found[number - 1].until = name, at
        else:
            found[number].at = found[number].at or at
            found[number].names.append(name)
    return list(found.values())


class Show(enum.StrEnum):
    """Which cases a list shows."""

    OPEN = "open"
    MINE = "mine"
    CLOSED = "closed"
    DRILLS = "drills"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A case as a list shows it."""

    ref: str
    title: str
    state: CaseState
    is_drill: bool
    created_at: datetime
    until: datetime | None
    author: str | None
    holder: str | None
    taken_at: datetime | None
    closed_at: datetime | None
    helped: bool
    is_asked: bool
    is_mine: bool
    is_own: bool
    is_new: bool


def cases(here: Here, show: Show, *, page_wish: str | None = None) -> tuple[list[Listed], Pages, int]:
    """Return a page of the cases that the reader may see, open ones first, the page, and how many there are. Two queries."""
    values = {**reader(here), **viewing(here.actor, now())}
    where = _narrowed(here, show)
    total = db.session.scalar(select(func.count()).select_from(_base().where(*where).subquery()), values) or 0
    shown_page = page(page_wish, total=total, size=PAGE)
    order = (Case.state != CaseState.OPEN, Case.state != CaseState.TAKEN, Item.created_at.desc(), Item.id.desc())
    query = _columns().where(*where).order_by(*order).limit(PAGE).offset(shown_page.before)
    return _listed(query, values), shown_page, total


def waiting_for(here: Here, *, most: int) -> list[Listed]:
    """Return the cases that aren't over and concern the reader: they are asked, have it, asked for it, or look after the space."""
    values = {**reader(here), **viewing(here.actor, now())}
    mine = or_(Case.holder_id == VIEWER, Case.offered_to_id == VIEWER, Item.author_id == VIEWER)
    concerns = or_(mine, and_(Case.state == CaseState.OPEN, _is_asked()))
    if here.is_keeper:
        concerns = or_(concerns, and_(Case.state == CaseState.OPEN, Case.is_drill.is_(False)))
    query = _columns().where(Case.state != CaseState.CLOSED, concerns)
    return _listed(query.order_by(Case.state != CaseState.OPEN, Item.created_at, Item.id).limit(most), values)


def _listed(query: Select[*tuple[Any, ...]], values: dict[str, object]) -> list[Listed]:
    rows = db.session.execute(query, values).all()
    return [Listed(**dict(zip(Listed.__dataclass_fields__, row, strict=True))) for row in rows]


def _narrowed(here: Here, show: Show) -> list[ColumnElement[bool]]:
    me = here.actor.id
    in_earnest = Case.is_drill.is_(False)
    by_show: dict[Show, list[ColumnElement[bool]]] = {
        Show.OPEN: [Case.state != CaseState.CLOSED, in_earnest],
        Show.MINE: [or_(Item.author_id == me, Case.holder_id == me, Case.offered_to_id == me), in_earnest],
        Show.CLOSED: [Case.state == CaseState.CLOSED, in_earnest],
        Show.DRILLS: [Case.is_drill.is_(True)],
    }
    return by_show[show]


@prepared
def _base() -> Select[int]:
    return (
        select(Item.id)
        .join(Case, Case.id == Item.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .where(Item.space_id == bindparam("space_id"), *_shown())
    )


@prepared
def _columns() -> Select[*tuple[Any, ...]]:
    author, holder = aliased(Person), aliased(Person)
    return (
        _base()
        .with_only_columns(
            Item.ref,
            Item.title,
            Case.state,
            Case.is_drill,
            Item.created_at,
            Case.until,
            author.name,
            holder.name,
            Case.taken_at,
            Case.closed_at,
            Case.helped_number.is_not(None),
            case((_is_asked(), True), else_=False),
            case((Case.holder_id == VIEWER, True), else_=False),
            case((Item.author_id == VIEWER, True), else_=False),
            case((is_unread(), True), else_=False),
        )
        .outerjoin(ReadMark, my_mark())
        .outerjoin(author, author.id == Item.author_id)
        .outerjoin(holder, holder.id == Case.holder_id)
    )
