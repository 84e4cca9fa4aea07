"""One playbook: who keeps it, its stories, its versions, what is proposed, and how it was run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import aliased

from forum.content.models import Watch, WatchLevel
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Department, Person
from forum.playbooks.access import Opened
from forum.playbooks.credits import by_whom, named
from forum.playbooks.models import Cite, Edition, Note, Outcome, Playbook, Proposal, Run, Stage, Step, Tick
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries import visible_items
from forum.stories.models import Story

FEW = 10
MOST_NOTES = 30


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Who keeps a playbook true, who wrote it, and who looked at it last."""

    author: Person | None
    holder: Person | None
    holder_department: str | None
    duty: str | None
    duty_ref: str | None
    verifier: str | None
    editor: str | None
    proposer: str | None
    is_watched: bool


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A run in a list."""

    ref: str
    person: str | None
    team: str | None
    purpose: str
    is_shared: bool
    is_mine: bool
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    result: str
    done: int
    steps: int


@dataclass(frozen=True, kw_only=True)
class Differed:
    """What differed at a step in a run. Nobody is named where the run isn't shared."""

    step_key: str
    words: str
    who: str | None
    team: str | None
    purpose: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a playbook in its history. The story and its ref are None for who may not see it."""

    edition: Edition
    editor: str | None
    proposer: str | None
    story: str | None
    story_ref: str | None


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A proposed change in a list."""

    proposal: Proposal
    proposer: str | None


def kept_by(here: Here, opened: Opened) -> Kept:
    """Return who has to do with a playbook. One query."""
    author, holder, verifier, editor, proposer = (aliased(Person) for _one in range(5))
    theirs, duty = aliased(Department), aliased(Item)
    row = db.session.execute(
        select(
            author, holder, theirs.name, duty.title, duty.ref, verifier.name, editor.name, proposer.name,
            func.coalesce(Watch.level, WatchLevel.OFF) == WatchLevel.EVERYTHING,
        )
        .select_from(Playbook)
        .join(Item, Item.id == Playbook.id)
        .outerjoin(author, author.id == Item.author_id)
        .outerjoin(holder, holder.id == Playbook.holder_id)
        .outerjoin(theirs, theirs.id == holder.department_id)
        .outerjoin(duty, duty.id == Playbook.duty_id)
        .outerjoin(verifier, verifier.id == Playbook.verified_by_id)
        .outerjoin(editor, editor.id == opened.edition.editor_id)
        .outerjoin(proposer, proposer.id == opened.edition.proposer_id)
        .outerjoin(Watch, and_(Watch.item_id == Item.id, Watch.person_id == here.actor.id))
        .where(Playbook.id == opened.playbook.id)
    ).one()  # fmt: skip
    values: dict[str, Any] = dict(zip(Kept.__dataclass_fields__, row, strict=True))
    values["proposer"] = named(values["proposer"], opened.edition.credit)
    return Kept(**values)


def cited_by(here: Here, playbook_id: int) -> Sequence[Item]:
    """Return the stories that a playbook comes from, as far as the reader may see them: a withdrawn one is none (E5)."""
    query = (
        select(Item)
        .join(Cite, Cite.story_id == Item.id)
        .where(Cite.playbook_id == playbook_id, visible_items(here.actor, now()))
        .order_by(Cite.day, Item.id)
    )
    return db.session.scalars(query).all()


def stories_to_cite(here: Here, *, first: Collection[int] = (), most: int = 100) -> list[tuple[int, str]]:
    """Return the stories of a space that the reader sees, by key and title: those in `first` at the top, then the latest."""
    query = (
        select(Item.id, Item.title)
        .join(Story, Story.id == Item.id)
        .where(Item.space_id == here.space.id, visible_items(here.actor, now()))
        .order_by(Item.id.in_(first).desc(), Item.created_at.desc(), Item.id.desc())
    )
    return [(key, title) for key, title in db.session.execute(query.limit(most))]


def counts_of(playbook_id: int) -> tuple[int, int, int]:
    """Return how often a playbook was run, in how many teams, and in how many of those runs it worked."""
    query = select(
        func.count(), func.count(Run.department_id.distinct()), func.count().filter(Run.outcome == Outcome.WORKED)
    ).where(Run.playbook_id == playbook_id)
    row = db.session.execute(query).one()
    return row[0], row[1], row[2]


def runs_of(here: Here, playbook_id: int, *, before: int = 0, most: int = FEW) -> tuple[list[Ran], int]:
    """Return the runs of a playbook that the member may look at, those that aren't finished first, and how many there are."""
    if not here.is_member:
        return [], 0
    is_seen = and_(Run.playbook_id == playbook_id, or_(Run.is_shared, Run.person_id == here.actor.id))
    done = (
        select(func.count())
        .select_from(Tick)
        .join(Step, Step.key == Tick.step_key)
        .where(Tick.run_id == Run.id, Tick.is_done, Step.edition_id == Run.edition_id)
        .correlate(Run)
    )
    steps = select(func.count()).select_from(Step).where(Step.edition_id == Run.edition_id).correlate(Run)
    rows = db.session.execute(
        select(Run, Person.name, Department.name, done.scalar_subquery(), steps.scalar_subquery())
        .outerjoin(Person, Person.id == Run.person_id)
        .outerjoin(Department, Department.id == Run.department_id)
        .where(is_seen)
        .order_by(Run.finished_at.is_not(None), Run.changed_at.desc(), Run.id.desc())
        .limit(most)
        .offset(before)
    )
    found = [
        Ran(
            ref=run.ref, person=person, team=team, purpose=run.purpose, is_shared=run.is_shared,
            is_mine=run.person_id == here.actor.id, started_at=run.started_at, finished_at=run.finished_at,
            outcome=run.outcome, result=run.result, done=many, steps=of,
        )
        for run, person, team, many, of in rows
    ]  # fmt: skip
    return found, db.session.scalar(select(func.count()).select_from(Run).where(is_seen)) or 0


def what_differed(here: Here, playbook_id: int, *, is_keeper: bool) -> list[Differed]:
    """Return what was noted in runs, the latest first: members read the shared ones, who keeps it those that were given, too."""
    if not here.is_member:
        return []
    is_given = or_(Run.is_shared, Run.gives_notes if is_keeper else false())
    rows = db.session.execute(
        select(Note, Run.is_shared, Run.purpose, Person.name, Department.name)
        .join(Run, Run.id == Note.run_id)
        .outerjoin(Person, Person.id == Note.person_id)
        .outerjoin(Department, Department.id == Run.department_id)
        .where(Run.playbook_id == playbook_id, is_given)
        .order_by(Note.at.desc(), Note.id.desc())
        .limit(MOST_NOTES)
    )
    return [
        Differed(
            step_key=row.step_key,
            words=row.words,
            who=who if is_shared else None,
            team=team if is_shared else None,
            purpose=purpose if is_shared else "",
            at=row.at,
        )
        for row, is_shared, purpose, who, team in rows
    ]


def open_proposals(here: Here, playbook_id: int, *, is_keeper: bool) -> list[Proposed]:
    """Return what waits for an answer: all of it for who decides, their own for everybody else."""
    query = (
        select(Proposal, by_whom(Person, Proposal))
        .outerjoin(Person, Person.id == Proposal.proposer_id)
        .where(Proposal.playbook_id == playbook_id, Proposal.stage == Stage.OPEN)
        .order_by(Proposal.made_at, Proposal.id)
    )
    if not is_keeper:
        query = query.where(Proposal.proposer_id == here.actor.id)
    rows = db.session.execute(query) if here.is_member else ()
    return [Proposed(proposal=proposal, proposer=name) for proposal, name in rows]


def versions_of(here: Here, playbook_id: int) -> list[Version]:
    """Return the versions of a playbook, the latest first, each with the story that caused it if the reader may see that."""
    editor, proposer, story = aliased(Person), aliased(Person), aliased(Item)
    seen = select(Item.id).where(Item.id == story.id, visible_items(here.actor, now())).correlate(story)
    rows = db.session.execute(
        select(Edition, editor.name, by_whom(proposer, Edition), story.title, story.ref)
        .outerjoin(editor, editor.id == Edition.editor_id)
        .outerjoin(proposer, proposer.id == Edition.proposer_id)
        .outerjoin(story, and_(story.id == Edition.story_id, seen.exists()))
        .where(Edition.playbook_id == playbook_id, Edition.number.is_not(None))
        .order_by(Edition.number.desc())
    )
    return [
        Version(edition=edition, editor=who, proposer=whose, story=title, story_ref=ref)
        for edition, who, whose, title, ref in rows
    ]


def steps_of_all(editions: Collection[int]) -> Mapping[int, list[Step]]:
    """Return the steps of several editions, by their keys, in order. One query."""
    found: dict[int, list[Step]] = {key: [] for key in editions}
    query = select(Step).where(Step.edition_id.in_(editions)).order_by(Step.edition_id, Step.place)
    for step in db.session.scalars(query):
        found[step.edition_id].append(step)
    return found


@dataclass(frozen=True, kw_only=True)
class Ticked:
    """What was said of a step in a run."""

    is_done: bool
    who: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A note at a step."""

    words: str
    who: str | None
    is_mine: bool
    at: datetime


def ticks_of(run: Run) -> dict[str, Ticked]:
    """Return what was said of the steps of a run, by their keys."""
    rows = db.session.execute(
        select(Tick, Person.name).outerjoin(Person, Person.id == Tick.by_id).where(Tick.run_id == run.id)
    )
    return {tick.step_key: Ticked(is_done=tick.is_done, who=who, at=tick.at) for tick, who in rows}


def notes_of(here: Here, run: Run) -> dict[str, list[Noted]]:
    """Return what was noted at the steps of a run, by their keys."""
    found: dict[str, list[Noted]] = {}
    rows = db.session.execute(
        select(Note, Person.name)
        .outerjoin(Person, Person.id == Note.person_id)
        .where(Note.run_id == run.id)
        .order_by(Note.at, Note.id)
    )
    for note, who in rows:
        one = Noted(words=note.words, who=who, is_mine=note.person_id == here.actor.id, at=note.at)
        found.setdefault(note.step_key, []).append(one)
    return found
