"""One story: its head in one query, and what teams said of it in another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, and_, bindparam, case, select
from sqlalchemy.orm import aliased

from forum.content.heads import Talk, talk_columns, with_talk
from forum.content.models import Post, PostState
from forum.content.reading import reader
from forum.core.db import db
from forum.core.errors import Missing
from forum.core.prepared import prepared
from forum.core.time import now, today
from forum.people.models import Department, Person
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.queries import viewing, visible_items, visible_to_viewer
from forum.spaces.queries.sharing import is_shared_here, may_enter, may_know
from forum.stories.access import PUBLISHED
from forum.stories.models import Choice, CoAuthor, Result, Same, Saved, Story, Try
from forum.stories.parts import FIXED, shown, steps_of


@dataclass(frozen=True, kw_only=True)
class Head(Talk):
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

    @property
    def parts(self) -> dict[str, Markup]:
        """What was told, part by part."""
        return shown(self.post.html)

    @property
    def steps(self) -> list[str]:
        """The steps of the fix."""
        return steps_of(self.parts.get(FIXED, ""))

    def is_lapsed(self, space: Space) -> bool:
        """Whether nobody has said for too long that the fix still works (E6)."""
        return self.story.due_on is not None and self.story.due_on < today(space.zone)


def head_of(here: Here, ref: str, *, place: str, is_shared: bool = False) -> Head:
    """Load a story with the draft at `place`. Loading and authorising are one step: raises Missing.

    With `is_shared` it is one of another space that is shared with this one.
    """
    values = {**reader(here), **viewing(here.actor, now()), "ref": ref, "place": place}
    row = db.session.execute(_head(is_shared), values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    return Head(**dict(zip(Head.__dataclass_fields__, row, strict=True)))


@prepared
def _head(is_shared: bool) -> Select[*tuple[Any, ...]]:  # noqa: FBT001  # built once for each
    author, holder, verifier, duty = aliased(Person), aliased(Person), aliased(Person), aliased(Item)
    his, theirs = aliased(Department), aliased(Department)
    channel, area, cause = aliased(Choice), aliased(Choice), aliased(Choice)
    query = (
        select(
            *talk_columns(),
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
        )
        .select_from(Item)
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
    )
    return with_talk(query).where(
        Item.ref == bindparam("ref"),
        *_stands(is_shared),
        visible_to_viewer(),
    )


def _stands(is_shared: bool) -> tuple[ColumnElement[bool], ...]:  # noqa: FBT001  # of `_head`
    if is_shared:
        return (is_shared_here(), *PUBLISHED)
    return (Item.space_id == bindparam("space_id"), Post.state.in_((PostState.PUBLISHED, PostState.HELD)))


@dataclass(frozen=True, kw_only=True)
class Home:
    """The space in which a shared story stands. None: the reader may not know its name, or not look into it (A3)."""

    name: str | None
    slug: str | None


def home_of(here: Here, item: Item) -> Home:
    """Return what the reader may know of the space in which a story stands."""
    query = select(case((may_know(Space), Space.name)), case((may_enter(Space), Space.slug)))
    name, slug = db.session.execute(query.where(Space.id == item.space_id), viewing(here.actor, now())).one()
    return Home(name=name, slug=slug)


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
    is_elsewhere: bool
    """It is read in another space than its own: there the teams are named, and nobody who speaks for them (A3)."""

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
    is_elsewhere = db.session.get_one(Item, story.id).space_id != here.space.id
    return Use(
        is_elsewhere=is_elsewhere,
        tried=[
            Said(
                team=name,
                who=None if is_elsewhere else who,
                day=row.day,
                words=row.because,
                result=row.result,
                is_mine=row.department_id == team,
            )
            for row, name, who in _rows(Try, story.id)
        ],
        same=[
            Said(
                team=name,
                who=None if is_elsewhere else who,
                day=row.day,
                words=row.variant,
                is_mine=row.department_id == team,
            )
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
    """Return what a story came from, if the reader may see it (A3)."""
    if story.source_id is None:
        return None
    return db.session.scalar(select(Item).where(Item.id == story.source_id, visible_items(here.actor, now())))


def source_at(here: Here, ref: str) -> Item | None:
    """Return the item at `ref` in this space, if the person sees it, published, and whatever room it is of."""
    where = Item.ref == ref, Item.space_id == here.space.id, Item.state == ItemState.PUBLISHED
    return (
        db.session.scalar(select(Item).where(*where, visible_items(here.actor, now()))) if ref.isprintable() else None
    )


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
