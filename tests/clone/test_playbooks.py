"""Copied playbooks: the version in force and no other, ready to run in the new space and in a file (F1, F2, F5)."""

import io
import zipfile

import pytest
from sqlalchemy import select

from forum.clone.gathering import gather
from forum.core.db import db, transaction
from forum.playbooks.access import playbook_for
from forum.playbooks.actions.running import start
from forum.playbooks.models import Cite, Edition, Playbook, Proposal, Step
from forum.playbooks.queries.lists import Show, playbooks
from forum.spaces.guard import here_for
from forum.spaces.models import Audience, Item, ItemState, Space
from tests import factories
from tests.cast import Cast
from tests.clone.steps import agree, copy, show
from tests.clone.test_template import content, from_file, packed

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]
CANARY = "canary"


@pytest.fixture
def source(cast: Cast) -> Space:
    """Give Champions a playbook with a past and a future, and others that aren't for everybody."""
    space = cast.champions
    told, untold = (factories.make_story(space, author=cast.champion, title=title) for title in ("Told", "Untold"))
    playbook = factories.make_playbook(
        space, author=cast.champion, title="New tablet", steps=(f"{CANARY} before",), stories=(told, untold)
    )
    factories.make_edition(
        playbook, by=cast.champion, number=2, title="New tablet", when="It is new.", reason=f"{CANARY} why",
        steps=("Charge it", "Sign in"), warning="Not in the rain", proof="It is on",
    )  # fmt: skip
    with transaction():
        db.session.get_one(Playbook, playbook.id).version = 2
    factories.make_proposal(playbook, by=cast.colleague, steps=(f"{CANARY} proposed",), reason=f"{CANARY} because")
    factories.make_run(playbook, by=cast.champion, purpose=f"{CANARY} run", notes={0: f"{CANARY} note"})
    factories.make_playbook(space, author=cast.organiser, title=f"{CANARY} organisers", audience=Audience.ORGANISERS)
    factories.make_playbook(space, author=cast.champion, title=f"{CANARY} gone", state=ItemState.WITHDRAWN)
    agree(cast.steward, space, told)
    show(cast.steward, space)
    return space


def stands(space: Space, cast: Cast) -> None:
    """Check that the one playbook of a new space is listed, says what was in force, belongs to nobody and can be run."""
    here = here_for(cast.outsider, space.slug)
    listed, _page, total = playbooks(here, Show.EVERYTHING)
    assert [(one.title, one.when, one.steps, one.holder) for one in listed] == [("New tablet", "It is new.", 2, None)]
    assert total == 1
    opened = playbook_for(here, listed[0].ref)
    edition = opened.edition
    assert (edition.number, edition.editor_id, edition.reason, edition.proposer_id) == (1, None, "", None)
    assert (opened.playbook.version, opened.playbook.verified_on, opened.playbook.due_on) == (1, None, None)
    steps = db.session.scalars(select(Step).where(Step.edition_id == edition.id).order_by(Step.place)).all()
    assert [(step.source, step.warning, step.proof) for step in steps] == [
        ("Charge it", "Not in the rain", "It is on"),
        ("Sign in", "", ""),
    ]
    assert "<p>Charge it</p>" in steps[0].html
    with transaction():
        assert start(here, opened.playbook.id).edition_id == edition.id


def test_a_copy_has_the_version_in_force_and_it_can_be_run(cast: Cast, source: Space) -> None:
    """F1: no word of a proposal, of a version from before or of a run. Seen to fail when all editions come along."""
    made = copy(cast.outsider, source)
    stands(made, cast)
    new = select(Item.id).where(Item.space_id == made.id)
    editions = db.session.scalars(select(Edition).where(Edition.playbook_id.in_(new))).all()
    steps = db.session.scalars(select(Step).where(Step.edition_id.in_([one.id for one in editions]))).all()
    assert CANARY not in " ".join([*(f"{one.title} {one.reason}" for one in editions), *(one.source for one in steps)])
    assert len(editions) == 1
    assert db.session.scalar(select(Proposal.id).where(Proposal.playbook_id.in_(new))) is None
    cited = db.session.execute(
        select(Item.title, Item.space_id, Cite.by_id)
        .join(Cite, Cite.story_id == Item.id)
        .where(Cite.playbook_id.in_(new))
    ).all()
    assert [tuple(one) for one in cited] == [("Told", made.id, None)]


def test_a_file_has_no_other_word_and_makes_the_same_space_again(cast: Cast, source: Space) -> None:
    """F5: an installation takes in its own file. Seen to fail when all editions come along."""
    data = packed(source)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert not [name for name in opened.namelist() if CANARY in opened.read(name).decode()]
    made = from_file(cast.outsider, data)
    stands(made, cast)
    tables = ("playbook", "playbook_edition", "playbook_step")
    before, after = (content(gather(one, ["playbooks"], site="")) for one in (source, made))
    assert [len(after[name]) for name in tables] == [len(before[name]) for name in tables] == [1, 1, 2]
    assert [row["source"] for row in after["playbook_step"]] == ["Charge it", "Sign in"]
