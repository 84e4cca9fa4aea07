"""One story: its head in one query, and what teams said of it in another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select
from sqlalchemy.orm import aliased

from forum.content.models import Draft, Post, PostState, ReadMark, Watch, WatchLevel, WatchReason, WatchSpace
from forum.content.order.holding import holds_viewer
from forum.content.order.queries import has_own_held
from forum.content.reading import first_told, my_mark, reader
from forum.content.watching import effective_level
from forum.core.db import db
from forum.core.errors import Missing
from forum.core.time import now, today
from forum.people.models import Department, Person
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.queries import viewing, visible_items, visible_to_viewer
from forum.spaces.queries.visible import VIEWER
from forum.stories.models import Choice, CoAuthor, Result, Same, Saved, Story, Try
from forum.stories.parts import FIXED, shown, steps_of


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a story's page says. `duty` is the title of the duty that holds the fix."""

    item: Item
    story: Story
    post: Post
    author: Person | None
    department: str | None
    holder: Person | None
    holder_department: str | None
    duty: str | None
    duty_ref: str | None
    verifier: str | None
    channel: str | None
    area: str | None
    cause: str | None
    read_to: int
    first_told: int | None
    draft_body: str
    draft_reply_to: int | None
    draft_version: int
    draft_at: datetime | None
    level: WatchLevel
    chosen_level: WatchLevel | None
    space_level: WatchLevel | None
    watch_reason: WatchReason | None
    has_own_held: bool
    holds_viewer: bool

    @property
    def parts(self) -> dict[str, Markup]:
        """What was told, part by part."""
        return shown(self.post.html)

    @property
    def steps(self) -> list[str]:
        """The steps of the fix."""
        return steps_of(self.parts.get(FIXED, ""))

    @property
    def answer(self) -> None:
        """A story has no accepted answer: what fixed it stands above."""
        return

    def is_lapsed(self, space: Space) -> bool:
        """Whether nobody has said for too long that the fix still works (E6)."""
        return self.story.due_on is not None and self.story.due_on < today(space.zone)


def head_of(here: Here, ref: str, *, place: str) -> Head:
    """Load a story with the draft at `place`. Loading and authorising are one step: raises Missing."""
    values = {**reader(here), **viewing(here.actor, now()), "ref": ref, "place": place}
    row = db.session.execute(_head(), values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    return Head(**dict(zip(Head.__dataclass_fields__, row, strict=True)))


@cache
def _head() -> Select[*tuple[Any, ...]]:
    author, holder, verifier, duty = aliased(Person), aliased(Person), aliased(Person), aliased(Item)
    his, theirs = aliased(Department), aliased(Department)
    channel, area, cause = aliased(Choice), aliased(Choice), aliased(Choice)
    return (
        select(
            Item,
            Story,
            Post,
            author,
            his.name,
            holder,
            theirs.name,
            duty.title,
            duty.ref,
            verifier.name,
            channel.name,
            area.name,
            cause.name,
            func.coalesce(ReadMark.last_number, 0),
            first_told(),
            func.coalesce(Draft.body, ""),
            Draft.in_reply_to,
            func.coalesce(Draft.version, 0),
            Draft.saved_at,
            effective_level(VIEWER),
            case((Watch.is_chosen, Watch.level)),
            WatchSpace.level,
            Watch.reason,
            has_own_held(),
            holds_viewer(),
        )
        .join(Story, Story.id == Item.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .outerjoin(author, author.id == Item.author_id)
        .outerjoin(his, his.id == author.department_id)
        .outerjoin(holder, holder.id == Story.holder_id)
        .outerjoin(theirs, theirs.id == holder.department_id)
        .outerjoin(duty, duty.id == Story.duty_id)
        .outerjoin(verifier, verifier.id == Story.verified_by_id)
        .outerjoin(channel, channel.id == Story.channel_id)
        .outerjoin(area, area.id == Story.area_id)
        .outerjoin(cause, cause.id == Story.cause_id)
        .outerjoin(ReadMark, my_mark())
        .outerjoin(Watch, and_(Watch.item_id == Item.id, Watch.person_id == VIEWER))
        .outerjoin(WatchSpace, and_(WatchSpace.space_id == Item.space_id, WatchSpace.person_id == VIEWER))
        .outerjoin(Draft, and_(Draft.person_id == VIEWER, Draft.place == bindparam("place")))
        .where(
            Item.ref == bindparam("ref"),
            Item.space_id == bindparam("space_id"),
            Post.state.in_((PostState.PUBLISHED, PostState.HELD)),
            visible_to_viewer(),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a team said: of the fix, or that the same happened there."""

    team: str
    who: str | None
    day: date
    words: str
    result: Result | None = None
    is_mine: bool = False


@dataclass(frozen=True, kw_only=True)
class Use:
    """How a story was used: by teams, and by whom it saved."""

    tried: Sequence[Said]
    same: Sequence[Said]
    saved: Sequence[Said]

    def count(self, result: Result) -> int:
        """Return in how many teams the fix had this result."""
        return sum(one.result is result for one in self.tried)

    @property
    def worked(self) -> int:
        """In how many teams it worked."""
        return self.count(Result.WORKED)

    @property
    def pips(self) -> list[str]:
        """A sign for each team: on, half or off, those where it worked first."""
        signs = {Result.WORKED: "on", Result.PARTLY: "half", Result.FAILED: "off"}
        return [signs[result] for result in Result for one in self.tried if one.result is result]


def use_of(here: Here, story: Story) -> Use:
    """Return what teams said of a story, the latest first. Three queries, however many did."""
    team = here.actor.department_id
    return Use(
        tried=[
            Said(
                team=name, who=who, day=row.day, words=row.because, result=row.result, is_mine=row.department_id == team
            )
            for row, name, who in _rows(Try, story.id)
        ],
        same=[
            Said(team=name, who=who, day=row.day, words=row.variant, is_mine=row.department_id == team)
            for row, name, who in _rows(Same, story.id)
        ],
        saved=[
            Said(team=name or "", who=who, day=row.day, words=row.words, is_mine=row.person_id == here.actor.id)
            for row, name, who in db.session.execute(
                select(Saved, Department.name, Person.name)
                .join(Person, Person.id == Saved.person_id)
                .outerjoin(Department, Department.id == Person.department_id)
                .where(Saved.story_id == story.id)
                .order_by(Saved.day.desc(), Saved.person_id)
            )
        ],
    )


def _rows(table: type[Try] | type[Same], story_id: int) -> Any:  # noqa: ANN401  # rows of one of both
    return db.session.execute(
        select(table, Department.name, Person.name)
        .join(Department, Department.id == table.department_id)
        .outerjoin(Person, Person.id == table.person_id)
        .where(table.story_id == story_id)
        .order_by(table.day.desc(), Department.name)
    )


def authors_of(story: Story) -> Sequence[tuple[Person, str | None]]:
    """Return who tells a story with its author, with their departments."""
    rows = db.session.execute(
        select(Person, Department.name)
        .join(CoAuthor, CoAuthor.person_id == Person.id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(CoAuthor.story_id == story.id)
        .order_by(Person.name, Person.id)
    )
    return [(person, department) for person, department in rows]


def source_of(here: Here, story: Story) -> Item | None:
    """Return the thread that a story came from, if the reader may see it (A3)."""
    if story.source_id is None:
        return None
    return db.session.scalar(select(Item).where(Item.id == story.source_id, visible_items(here.actor, now())))


def told_from() -> ColumnElement[str | None]:
    """Return the ref and title of the first story that was told from an item, a space between: a column beside `Item`.

    Only of one that all members of its space may see (A3).
    """
    told, post = aliased(Item), aliased(Post)
    query = (
        select(told.ref + " " + told.title)
        .join(Story, Story.id == told.id)
        .join(post, and_(post.item_id == told.id, post.number == 1))
        .where(
            Story.source_id == Item.id,
            told.space_id == Item.space_id,
            told.state == ItemState.PUBLISHED,
            told.audience == Audience.SPACE,
            post.state == PostState.PUBLISHED,
        )
        .order_by(told.id)
        .limit(1)
    )
    return query.correlate(Item).scalar_subquery()
