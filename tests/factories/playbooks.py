"""Playbooks, their runs, and what is proposed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from forum.core.db import db, transaction
from forum.core.time import now, today
from forum.people.models import Person
from forum.playbooks.models import KIND, Cite, Edition, Note, Outcome, Playbook, Proposal, Run, Stage, Step, Tick
from forum.roster.keeping import A_QUARTER
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.stories.models import Story
from tests.factories.numbers import next_number


def key_of(number: int) -> str:
    """Return the key of the step with this number, in every playbook made here."""
    return f"step0000{number:02}"


def make_playbook(
    space: Space,
    *,
    author: Person,
    title: str | None = None,
    when: str = "",
    steps: Sequence[str] = ("Open the settings", "Set version 3.4"),
    warning: str = "",
    proof: str = "",
    stories: Sequence[Story] = (),
    state: ItemState = ItemState.PUBLISHED,
    audience: Audience = Audience.SPACE,
    ref: str | None = None,
    **others: object,
) -> Playbook:
    """Make a playbook of one version, written a day ago and kept by its author."""
    at = now() - timedelta(days=1)
    with transaction():
        item = Item(
            kind=KIND, space_id=space.id, author_id=author.id, title=title or f"Playbook {next_number()}", state=state,
            audience=audience, created_at=at, last_at=at, last_by_id=author.id,
        )  # fmt: skip
        if ref is not None:
            item.ref = ref
        db.session.add(item)
        db.session.flush()
        values: dict[str, object] = {"holder_id": author.id, "due_on": today(space.zone) + A_QUARTER, **others}
        playbook = Playbook(id=item.id, version=1, **values)
        db.session.add(playbook)
        db.session.flush()
        make_edition(playbook, by=author, title=item.title, when=when, steps=steps, warning=warning, proof=proof, at=at)
        db.session.add_all(
            Cite(playbook_id=item.id, story_id=story.id, by_id=author.id, day=at.date()) for story in stories
        )
    return playbook


def make_edition(
    playbook: Playbook,
    *,
    by: Person,
    steps: Sequence[str],
    title: str = "Changed",
    when: str = "",
    warning: str = "",
    proof: str = "",
    number: int | None = 1,
    reason: str = "",
    at: datetime | None = None,
) -> Edition:
    """Make a version, or without a number what is proposed."""
    with transaction():
        edition = Edition(
            playbook_id=playbook.id, number=number, title=title, when_used=when, made_at=at or now(), editor_id=by.id,
            reason=reason,
        )  # fmt: skip
        db.session.add(edition)
        db.session.flush()
        db.session.add_all(
            Step(
                edition_id=edition.id, key=key_of(place), place=place, source=words, html=f"<p>{words}</p>", renderer=2,
                warning=warning if place == 0 else "", proof=proof if place == 0 else "",
            )
            for place, words in enumerate(steps)
        )  # fmt: skip
    return edition


def make_proposal(
    playbook: Playbook,
    *,
    by: Person,
    steps: Sequence[str] = ("Open the settings", "Set version 3.5"),
    reason: str = "It moved.",
    story: Story | None = None,
    stage: Stage = Stage.OPEN,
    answer: str = "",
    decided_by: Person | None = None,
    ref: str | None = None,
) -> Proposal:
    """Propose a change of the first version."""
    edition = make_edition(playbook, by=by, steps=steps, number=None)
    with transaction():
        proposal = Proposal(
            playbook_id=playbook.id, edition_id=edition.id, base=1, proposer_id=by.id, reason=reason,
            story_id=story.id if story else None, made_at=now(), stage=stage, answer=answer,
            decided_at=None if stage is Stage.OPEN else now(), decided_by_id=decided_by.id if decided_by else None,
        )  # fmt: skip
        if ref is not None:
            proposal.ref = ref
        db.session.add(proposal)
    return proposal


def make_run(
    playbook: Playbook,
    *,
    by: Person,
    purpose: str = "",
    is_shared: bool = False,
    done: Sequence[int] = (),
    notes: Mapping[int, str] | None = None,
    outcome: Outcome | None = None,
    result: str = "",
    gives_notes: bool = False,
    ref: str | None = None,
) -> Run:
    """Run the version in force; `done` and `notes` by the numbers of steps from 0."""
    at = now()
    with transaction():
        edition = db.session.scalars(
            db.select(Edition).where(Edition.playbook_id == playbook.id, Edition.number == playbook.version)
        ).one()
        run = Run(
            playbook_id=playbook.id, edition_id=edition.id, person_id=by.id, department_id=by.department_id, purpose=purpose,
            is_shared=is_shared, gives_notes=gives_notes, started_at=at, changed_at=at, outcome=outcome, result=result,
            finished_at=at if outcome else None,
        )  # fmt: skip
        if ref is not None:
            run.ref = ref
        db.session.add(run)
        db.session.flush()
        db.session.add_all(Tick(run_id=run.id, step_key=key_of(n), is_done=True, by_id=by.id, at=at) for n in done)
        db.session.add_all(
            Note(run_id=run.id, step_key=key_of(n), person_id=by.id, words=words, at=at)
            for n, words in (notes or {}).items()
        )
    return run
