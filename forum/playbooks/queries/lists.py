"""Playbooks in lists: of a space, of a story, those that wait for somebody. Each costs the same for one and for thirty."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.paging import Page, page
from forum.core.prepared import prepared
from forum.core.time import now, today
from forum.people.models import Person
from forum.playbooks.credits import by_whom
from forum.playbooks.models import KIND, Cite, Edition, Playbook, Proposal, Run, Stage, Step, Tick
from forum.roster.queries.book import who_hold
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer

PAGE = 20
FEW = 5


class Show(enum.StrEnum):
    """Which playbooks."""

    EVERYTHING = "everything"
    MINE = "mine"
    LAPSED = "lapsed"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A playbook in a list. `teams` is how many departments ran it."""

    id: int
    ref: str
    title: str
    when: str
    holder: str | None
    verified_on: date | None
    due_on: date | None
    steps: int
    runs: int
    teams: int
    is_for_organisers: bool

    def is_lapsed(self, this: date) -> bool:
        """Whether nobody has said for too long that it still holds."""
        return self.due_on is not None and self.due_on < this


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A run that isn't finished: which playbook, for what, and how far it is."""

    ref: str
    title: str
    purpose: str
    changed_at: datetime
    done: int
    steps: int


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A proposed change that waits for an answer."""

    ref: str
    title: str
    proposer: str | None
    reason: str
    made_at: datetime


def playbooks(here: Here, show: Show, *, page_wish: str | None = None) -> tuple[list[Listed], Page, int]:
    """Return a page of the playbooks that the reader may see, the page, and how many there are in all. Two queries."""
    values = _values(here)
    where = _narrowed(here, show)
    total = db.session.scalar(select(func.count()).select_from(_base().where(*where).subquery()), values) or 0
    shown = page(page_wish, total=total, size=PAGE)
    query = _columns().where(*where).order_by(func.lower(Item.title), Item.id).limit(PAGE).offset(shown.before)
    return _listed(query, values), shown, total


def of_story(here: Here, story_id: int) -> list[Listed]:
    """Return the playbooks that cite a story, as far as the reader may see them (A3)."""
    query = _columns().join(Cite, Cite.playbook_id == Item.id).where(Cite.story_id == bindparam("story_id"))
    return _listed(query.order_by(Item.id).limit(FEW), {**_values(here), "story_id": story_id})


def due_of(here: Here) -> list[Listed]:
    """Return the playbooks that the reader keeps and that are due."""
    due = and_(Playbook.holder_id == here.actor.id, Playbook.due_on <= today(here.space.zone))
    return _listed(_columns().where(due).order_by(Playbook.due_on, Item.id).limit(FEW), _values(here))


def begun_by(here: Here) -> list[Begun]:
    """Return the runs that the reader has begun here and not finished, of playbooks that they still see."""
    done = _done().where(Step.edition_id == Run.edition_id).correlate(Run).scalar_subquery()
    steps = select(func.count()).select_from(Step).where(Step.edition_id == Run.edition_id).correlate(Run)
    rows = db.session.execute(
        select(Run.ref, Item.title, Run.purpose, Run.changed_at, done, steps.scalar_subquery())
        .join(Item, Item.id == Run.playbook_id)
        .where(
            Item.space_id == bindparam("space_id"),
            Run.person_id == here.actor.id,
            Run.finished_at.is_(None),
            visible_to_viewer(),
        )
        .order_by(Run.changed_at.desc(), Run.id.desc())
        .limit(FEW),
        _values(here),
    )
    return [Begun(**dict(zip(Begun.__dataclass_fields__, row, strict=True))) for row in rows]


def waiting_for(here: Here) -> list[Waiting]:
    """Return the proposed changes that the reader decides: organisers all, others those of what they hold themselves."""
    if not here.may(Can.WRITE_PLAYBOOK):
        return []
    proposer = aliased(Person)
    rows = db.session.execute(
        select(Proposal.ref, Item.title, by_whom(proposer, Proposal), Proposal.reason, Proposal.made_at, Playbook)
        .join(Item, Item.id == Proposal.playbook_id)
        .join(Playbook, Playbook.id == Item.id)
        .outerjoin(proposer, proposer.id == Proposal.proposer_id)
        .where(
            Item.space_id == bindparam("space_id"),
            Proposal.stage == Stage.OPEN,
            Proposal.proposer_id.is_distinct_from(here.actor.id),
            visible_to_viewer(),
            or_(
                Playbook.duty_id.is_not(None),
                Playbook.holder_id == here.actor.id,
                literal(here.may(Can.KEEP_PLAYBOOKS)),
            ),
        )
        .order_by(Proposal.made_at, Proposal.id),
        _values(here),
    ).all()
    decides = here.may(Can.KEEP_PLAYBOOKS)
    duties = {row[5].duty_id for row in rows if row[5].duty_id is not None}
    held = {key: one.person_id for key, one in who_hold(duties, now()).items()} if duties and not decides else {}
    return [
        Waiting(ref=row[0], title=row[1], proposer=row[2], reason=row[3], made_at=row[4])
        for row in rows
        if decides or here.actor.id in {row[5].holder_id, held.get(row[5].duty_id or 0)}
    ][:FEW]


def withdrawn(here: Here) -> Sequence[Item]:
    """Return the withdrawn playbooks that the member may put back: who keeps all of them, and who wrote one."""
    if not here.may(Can.WRITE_PLAYBOOK):
        return []
    query = select(Item).where(Item.kind == KIND, Item.space_id == here.space.id, Item.state == ItemState.WITHDRAWN)
    if not here.may(Can.KEEP_PLAYBOOKS):
        query = query.where(Item.author_id == here.actor.id)
    return db.session.scalars(query.order_by(Item.id.desc()).limit(FEW)).all()


def _values(here: Here) -> dict[str, object]:
    return {**viewing(here.actor, now()), "space_id": here.space.id}


def _listed(query: Select[Any], values: dict[str, object]) -> list[Listed]:
    rows: Sequence[Any] = db.session.execute(query, values).all()
    return [Listed(**dict(zip(Listed.__dataclass_fields__, row, strict=True))) for row in rows]


def _narrowed(here: Here, show: Show) -> list[ColumnElement[bool]]:
    if show is Show.MINE:
        return [or_(Item.author_id == here.actor.id, Playbook.holder_id == here.actor.id)]
    return [Playbook.due_on < today(here.space.zone)] if show is Show.LAPSED else []


@prepared
def _done() -> Select[int]:
    """Count the ticks of a run upon the steps of its edition."""
    return (
        select(func.count())
        .select_from(Tick)
        .join(Step, Step.key == Tick.step_key)
        .where(Tick.run_id == Run.id, Tick.is_done)
    )


@prepared
def _base() -> Select[int]:
    return (
        select(Item.id)
        .join(Playbook, Playbook.id == Item.id)
        .join(Edition, and_(Edition.playbook_id == Item.id, Edition.number == Playbook.version))
        .where(Item.kind == KIND, Item.space_id == bindparam("space_id"), visible_to_viewer())
    )


@prepared
def _columns() -> Select[*tuple[Any, ...]]:
    holder = aliased(Person)
    steps = select(func.count()).select_from(Step).where(Step.edition_id == Edition.id).correlate(Edition)
    runs = select(func.count()).select_from(Run).where(Run.playbook_id == Item.id).correlate(Item)
    teams = select(func.count(Run.department_id.distinct())).where(Run.playbook_id == Item.id).correlate(Item)
    return (
        _base()
        .with_only_columns(
            Item.id,
            Item.ref,
            Item.title,
            Edition.when_used,
            holder.name,
            Playbook.verified_on,
            Playbook.due_on,
            steps.scalar_subquery(),
            runs.scalar_subquery(),
            teams.scalar_subquery(),
            Item.audience != Audience.SPACE,
        )
        .outerjoin(holder, holder.id == Playbook.holder_id)
    )
