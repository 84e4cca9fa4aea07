"""The rules of playbooks: versions, what is proposed, runs, keeping true, withdrawing (A2, A3, A5, E5, E6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, BrokenBarrierError
from types import ModuleType
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import Recipient
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.playbooks.access import may_keep, playbook_for, proposal_for, run_for, steps_of
from forum.playbooks.actions import MovedOn, change, keeping, proposing, running, write
from forum.playbooks.actions.proposing import Stale, accept, decline, take_back
from forum.playbooks.events import ChangeProposed, PlaybookChanged, PlaybookDue, ProposalDecided
from forum.playbooks.models import Edition, Note, Outcome, Playbook, Proposal, Run, Stage, Tick
from forum.playbooks.obligations import obligations_of
from forum.playbooks.queries.lists import Show, begun_by, of_story, playbooks, waiting_for
from forum.playbooks.queries.one import cited_by, counts_of, runs_of, versions_of, what_differed
from forum.playbooks.tellers import deciders, followers, proposer, tell_changed, tell_decided, tell_due, tell_proposed
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, standing
from tests.factories.playbooks import key_of
from tests.playbooks.steps import laid, proposed_by, texts_of, written_by

pytestmark = pytest.mark.both_databases
PATIENCE = 0.7  # seconds in which the other one would come by, if nothing held them up


def kinds(item_id: int) -> list[str]:
    """Return what was announced of an item."""
    return list(db.session.scalars(select(FactRow.kind).where(FactRow.item_id == item_id).order_by(FactRow.id)))


def ref_of(playbook: Playbook) -> str:
    return db.session.get_one(Item, playbook.id).ref


def begun(person: Person, playbook: Playbook, *, is_shared: bool = False, once: str | None = None) -> Run:
    with transaction():
        return running.start(standing(person), playbook.id, purpose="The map", is_shared=is_shared, once=once)


def ticked(run: Run) -> dict[str, bool]:
    rows = db.session.scalars(select(Tick).where(Tick.run_id == run.id).execution_options(populate_existing=True))
    return {tick.step_key: tick.is_done for tick in rows}


@pytest.mark.usefixtures("context")
def test_its_keeper_and_organisers_change_it_and_every_version_stays(cast: Cast) -> None:
    """Two presses publish once; what says the same makes no version; another member proposes instead."""
    text = laid("Open the settings", "Set version 3.4")
    with transaction():
        items = [write(standing(cast.champion), text, once="1" * 32) for _press in range(2)]
    assert items[0].id == items[1].id
    playbook = db.session.get_one(Playbook, items[0].id)
    for person, version in ((cast.champion, 1), (cast.organiser, 2)):
        with transaction():
            number = change(
                standing(person), playbook.id, laid("Open", f"Set {person.name}"), version=version, reason="It moved."
            )
        assert number == version + 1
    with transaction():
        assert (
            change(standing(cast.organiser), playbook.id, laid("Open", "Set Oscar Organiser"), version=1, reason="")
            == 3
        )
    with pytest.raises(MovedOn), transaction():
        change(standing(cast.champion), playbook.id, laid("x"), version=1, reason="Mine")
    with pytest.raises(Invalid), transaction():
        change(standing(cast.champion), playbook.id, laid("x"), version=3, reason="")
    for person in (cast.colleague, cast.reader):
        with pytest.raises(Denied), transaction():
            change(standing(person), playbook.id, laid("x"), version=3, reason="Mine")
    with pytest.raises(Missing), transaction():
        change(standing(cast.insider, "night-desk"), playbook.id, laid("x"), version=3, reason="Mine")
    assert [one.edition.number for one in versions_of(standing(cast.reader), playbook.id)] == [3, 2, 1]
    assert texts_of(playbook, 1) == ["Open the settings", "Set version 3.4"]
    assert kinds(playbook.id).count("playbook changed") == 2


def test_six_who_save_the_same_change_at_once_make_one_version(app: Flask, cast: Cast) -> None:
    """Seen to fail without the locks in `hold_playbook`: on PostgreSQL the key of the version stops the others with an error."""
    with app.test_request_context("/"):
        playbook_id = written_by(cast.champion).id
        text = laid("Open", "Set version 3.5")

    def save(person: Person) -> int:
        with transaction():
            return change(standing(person), playbook_id, text, version=1, reason="It moved.")

    results = at_once(app, [partial(save, one) for one in (cast.champion, cast.organiser, cast.steward) * 2], workers=6)
    assert results == [2] * 6  # the others found that it says so already
    with app.app_context():
        assert len(db.session.scalars(select(Edition)).all()) == 2


@pytest.mark.usefixtures("context")
def test_a_change_is_proposed_accepted_and_names_its_proposer_and_its_story(cast: Cast) -> None:
    """Whoever keeps it decides and is told; the proposer hears; the story stands with the version, and is cited."""
    playbook = written_by(cast.champion)
    story = factories.make_story(cast.champions, author=cast.colleague, title="It broke again")
    text = laid("Open the settings", "Set version 3.5")
    terms: dict[str, Any] = {"base": 1, "reason": "It moved.", "story_id": story.id, "once": "2" * 32}
    with transaction():
        first, proposal = (proposing.propose(standing(cast.colleague), playbook.id, text, **terms) for _press in "12")
    assert first.id == proposal.id
    assert len(db.session.scalars(select(Proposal)).all()) == 1
    fact = ChangeProposed(actor_id=cast.colleague.id, item_id=playbook.id, proposal_id=proposal.id)
    assert [one.person_id for one in deciders(fact)] == [cast.champion.id]
    assert tell_proposed(fact, Recipient(person_id=cast.champion.id)) is not None
    assert [one.ref for one in waiting_for(standing(cast.champion))] == [proposal.ref]
    assert waiting_for(standing(cast.colleague)) == []
    for person in (cast.colleague, cast.reader, cast.outsider):
        with pytest.raises((Denied, Missing)), transaction():
            accept(standing(person), proposal.id)
    with transaction():
        assert [accept(standing(cast.champion), proposal.id) for _press in range(2)] == [2, 2]
    assert texts_of(playbook, 2) == ["Open the settings", "Set version 3.5"]
    last = versions_of(standing(cast.reader), playbook.id)[0]
    assert (last.proposer, last.story, last.edition.reason) == ("Colin Colleague", "It broke again", "It moved.")
    assert [one.id for one in cited_by(standing(cast.reader), playbook.id)] == [story.id]
    assert tell_proposed(fact, Recipient(person_id=cast.champion.id)) is None  # it is decided
    decided = ProposalDecided(actor_id=cast.champion.id, item_id=playbook.id, proposal_id=proposal.id)
    assert [one.person_id for one in proposer(decided)] == [cast.colleague.id]
    assert tell_decided(decided, Recipient(person_id=cast.colleague.id)) is not None
    with pytest.raises(RuleBroken), transaction():
        decline(standing(cast.champion), proposal.id, reason="No.")


@pytest.mark.usefixtures("context")
def test_of_two_proposals_for_one_version_the_second_never_writes_over_the_first(cast: Cast) -> None:
    """It is taken over in the editor, upon the version in force. Seen to fail without `Stale`: the first change was gone."""
    playbook = written_by(cast.champion)
    first = proposed_by(cast.colleague, playbook, "Open the NEW settings", "Set version 3.4")
    second = proposed_by(cast.organiser, playbook, "Open the settings", "Set version 3.5")
    with transaction():
        accept(standing(cast.champion), first.id)
    with pytest.raises(Stale), transaction():
        accept(standing(cast.champion), second.id)
    with pytest.raises(MovedOn), transaction():
        accept(standing(cast.champion), second.id, laid=laid("x"), version=1)
    with transaction():
        taken = laid("Open the NEW settings", "Set version 3.5")
        assert accept(standing(cast.champion), second.id, laid=taken, version=2) == 3
    assert texts_of(playbook, 3) == ["Open the NEW settings", "Set version 3.5"]
    assert versions_of(standing(cast.reader), playbook.id)[0].proposer == "Oscar Organiser"


@pytest.mark.usefixtures("context")
def test_who_proposed_it_takes_it_back_and_who_declines_says_why(cast: Cast) -> None:
    playbook = written_by(cast.champion)
    one, other = (proposed_by(cast.colleague, playbook, words) for words in ("a", "b"))
    with transaction():
        take_back(standing(cast.colleague), one.id)
        take_back(standing(cast.colleague), one.id)
    with pytest.raises(RuleBroken, match="withdrawn"), transaction():
        accept(standing(cast.champion), one.id)
    with pytest.raises(Missing), transaction():
        take_back(standing(cast.organiser), other.id)
    with pytest.raises(Invalid), transaction():
        decline(standing(cast.champion), other.id, reason="")
    with transaction():
        decline(standing(cast.champion), other.id, reason="Ours is older.")
    assert db.session.get_one(Proposal, other.id).answer == "Ours is older."
    with pytest.raises(RuleBroken, match="declined"), transaction():
        take_back(standing(cast.colleague), other.id)
    for person in (cast.reader, cast.outsider):
        with pytest.raises(Missing):
            proposal_for(standing(person), other.ref)
    for words in ("Open the settings", "Open the settings\n"):
        with pytest.raises(Invalid):
            proposed_by(cast.colleague, playbook, words, "Set version 3.4")
    with pytest.raises(Invalid):
        proposed_by(cast.colleague, playbook, "c", reason="")
    with pytest.raises(Denied):
        proposed_by(cast.reader, playbook, "c")
    for number in range(proposing.MOST_OPEN):
        proposed_by(cast.colleague, playbook, f"more {number}")
    with pytest.raises(Invalid):
        proposed_by(cast.colleague, playbook, "too many")


def slow(patch: pytest.MonkeyPatch, module: ModuleType) -> None:
    """Make whoever has looked wait until another has looked too, or can't."""
    barrier = Barrier(2)

    def waited() -> datetime:
        try:
            barrier.wait(PATIENCE)
        except BrokenBarrierError:
            barrier.reset()
        return now()

    patch.setattr(module, "now", waited)


def test_a_proposal_is_accepted_or_withdrawn_and_never_both(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail without `lock(Proposal)` and the locks of `hold_playbook`: both went through on PostgreSQL."""
    with app.test_request_context("/"):
        playbook = written_by(cast.champion)
        proposal_id, playbook_id = proposed_by(cast.colleague, playbook, "a").id, playbook.id

    def press(act: Callable[[Here, int], object], person: Person) -> None:
        with transaction():
            act(standing(person), proposal_id)

    slow(monkeypatch, proposing)
    works = [partial(press, accept, cast.champion), partial(press, take_back, cast.colleague)]
    results = at_once(app, works, workers=2)
    with app.app_context():
        stage = db.session.get_one(Proposal, proposal_id).stage
        version = db.session.get_one(Playbook, playbook_id).version
    assert (stage, version) in {(Stage.ACCEPTED, 2), (Stage.WITHDRAWN, 1)}
    assert sorted(type(one) is RuleBroken for one in results) == [False, True]


@pytest.mark.usefixtures("context")
def test_of_a_step_the_last_press_counts_and_undo_is_a_press(cast: Cast) -> None:
    """Two devices, two people: what is said last stands, with who said it; a second press changes nothing."""
    playbook = written_by(cast.champion)
    runs = [begun(cast.champion, playbook, is_shared=True, once="3" * 32) for _press in range(2)]
    assert runs[0].id == runs[1].id
    run = runs[0]
    keys = ticks_keys(run)
    for person, is_done in (
        (cast.champion, True),
        (cast.colleague, True),
        (cast.colleague, False),
        (cast.organiser, True),
    ):
        with transaction():
            running.tick(standing(person), run.id, key=keys[0], is_done=is_done)
    tick = db.session.get_one(Tick, (run.id, keys[0]))
    assert (tick.is_done, tick.by_id) == (True, cast.organiser.id)
    for person, words in ((cast.champion, "Blue here."), (cast.colleague, "Green."), (cast.champion, "Blue, really.")):
        with transaction():
            running.note(standing(person), run.id, key=keys[0], words=words)
    assert {note.words for note in db.session.scalars(select(Note))} == {"Blue, really.", "Green."}
    with transaction():
        running.note(standing(cast.colleague), run.id, key=keys[0], words=" ")
    assert len(db.session.scalars(select(Note)).all()) == 1
    for person in (cast.reader, cast.outsider):
        with pytest.raises((Denied, Missing)), transaction():
            running.tick(standing(person), run.id, key=keys[1], is_done=True)
    with pytest.raises(Invalid), transaction():
        running.note(standing(cast.champion), run.id, key=keys[0], words="x" * 1001)
    for key in ("nothing", "\0", "x" * 5000):
        with pytest.raises(Missing), transaction():
            running.tick(standing(cast.champion), run.id, key=key, is_done=True)
    assert counts_of(playbook.id) == (1, 1, 0)


def ticks_keys(run: Run) -> list[str]:
    """Return the keys of the steps of the version that a run follows."""
    return [step.key for step in steps_of(run.edition_id)]


def test_two_who_tick_one_step_at_once_leave_one_tick(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen to fail without `lock(Run)`: on PostgreSQL the second ends in an error of the key."""
    with app.test_request_context("/"):
        run = begun(cast.champion, written_by(cast.champion), is_shared=True)
        run_id, key = run.id, ticks_keys(run)[0]

    def press(person: Person) -> None:
        with transaction():
            running.tick(standing(person), run_id, key=key, is_done=True)

    slow(monkeypatch, running)
    assert at_once(app, [partial(press, one) for one in (cast.champion, cast.colleague)], workers=2) == [None] * 2
    with app.app_context():
        assert len(db.session.scalars(select(Tick)).all()) == 1


@pytest.mark.usefixtures("context")
def test_a_run_is_ones_own_until_it_is_shared_and_is_finished_and_opened_again(cast: Cast) -> None:
    """A3: another's own run is not found, whoever asks; what was noted in it is passed on without a name, if its owner says so."""
    playbook = written_by(cast.champion)
    run = begun(cast.colleague, playbook)
    key = ticks_keys(run)[0]
    with transaction():
        running.note(standing(cast.colleague), run.id, key=key, words="It was blue.")
    for person in (cast.champion, cast.organiser, cast.steward, cast.reader):
        with pytest.raises(Missing):
            run_for(standing(person), run.ref)
        assert runs_of(standing(person), playbook.id) == ([], 0)
        with pytest.raises(Missing), transaction():
            running.tick(standing(person), run.id, key=key, is_done=True)
    assert [one.ref for one in begun_by(standing(cast.colleague))] == [run.ref]
    assert what_differed(standing(cast.champion), playbook.id, is_keeper=True) == []
    for _press in range(2):
        with transaction():
            running.finish(standing(cast.colleague), run.id, outcome=Outcome.WORKED, result="It did.", gives_notes=True)
    (told,) = what_differed(standing(cast.champion), playbook.id, is_keeper=True)
    assert (told.words, told.who, told.purpose) == ("It was blue.", None, "")
    assert what_differed(standing(cast.champion), playbook.id, is_keeper=False) == []
    assert counts_of(playbook.id)[2] == 1
    with pytest.raises(RuleBroken, match="finished"), transaction():
        running.tick(standing(cast.colleague), run.id, key=key, is_done=True)
    with transaction():
        running.open_again(standing(cast.colleague), run.id)
        running.share(standing(cast.colleague), run.id, is_shared=True)
    assert run_for(standing(cast.reader), run.ref)[0].id == run.id
    assert what_differed(standing(cast.reader), playbook.id, is_keeper=False)[0].who == "Colin Colleague"
    with pytest.raises(Missing):
        run_for(standing(cast.outsider), run.ref)
    with pytest.raises(Denied), transaction():
        running.share(standing(cast.organiser), run.id, is_shared=False)
    with pytest.raises(Missing), transaction():
        running.drop(standing(cast.organiser), run.id)
    with transaction():
        running.drop(standing(cast.colleague), run.id)
    assert db.session.scalar(select(Note.id)) is None


@pytest.mark.usefixtures("context")
def test_a_run_knows_its_version_and_follows_the_next_when_told_to(cast: Cast) -> None:
    """A step that is taken out while somebody ticks it stays in their run; once it follows, a late press is told so."""
    playbook = factories.make_playbook(cast.champions, author=cast.champion, steps=("one", "two", "three"))
    run = begun(cast.colleague, playbook, is_shared=True)
    with transaction():
        change(standing(cast.champion), playbook.id, laid("one"), version=1, reason="Shorter.")
        running.tick(standing(cast.colleague), run.id, key=key_of(0), is_done=True)
        running.tick(standing(cast.colleague), run.id, key=key_of(1), is_done=True)
    fact = PlaybookChanged(actor_id=cast.champion.id, item_id=playbook.id, number=2)
    assert [one.person_id for one in followers(fact)] == [cast.colleague.id]
    assert tell_changed(fact, Recipient(person_id=cast.colleague.id)) is not None
    with transaction():
        running.follow(standing(cast.organiser), run.id)
    assert ticks_keys(db.session.get_one(Run, run.id)) == [key_of(0)]
    assert ticked(run) == {key_of(0): True, key_of(1): True}
    with pytest.raises(RuleBroken, match="later version"), transaction():
        running.note(standing(cast.colleague), run.id, key=key_of(1), words="Blue.")
    with transaction():
        keeping.watch(standing(cast.colleague), playbook.id, is_told=False)
        keeping.watch(standing(cast.reader), playbook.id, is_told=True)
    assert [one.person_id for one in followers(fact)] == [cast.reader.id]


@pytest.mark.usefixtures("context")
def test_withdrawn_it_is_gone_and_runs_stay_with_who_began_them(cast: Cast) -> None:
    """E5: its steps are shown to nobody; what was noted stays; it comes back as it was."""
    story = factories.make_story(cast.champions, author=cast.champion)
    playbook = factories.make_playbook(cast.champions, author=cast.champion, stories=[story])
    own, shared = begun(cast.colleague, playbook), begun(cast.colleague, playbook, is_shared=True)
    assert [one.id for one in of_story(standing(cast.reader), story.id)] == [playbook.id]
    for person in (cast.colleague, cast.reader):
        with pytest.raises(Denied), transaction():
            keeping.withdraw(standing(person), playbook.id)
    with pytest.raises(Invalid), transaction():
        keeping.withdraw(standing(cast.organiser), playbook.id)
    with transaction():
        keeping.withdraw(standing(cast.organiser), playbook.id, reason="Out of date.")
    assert "playbook withdrawn" in kinds(playbook.id)
    for person in (cast.champion, cast.organiser):
        with pytest.raises(Missing):
            playbook_for(standing(person), ref_of(playbook))
    assert playbooks(standing(cast.organiser), Show.EVERYTHING)[2] == 0
    assert of_story(standing(cast.reader), story.id) == []
    assert begun_by(standing(cast.colleague)) == []
    for run in (own, shared):
        assert run_for(standing(cast.colleague), run.ref)[2] is False
        with pytest.raises(RuleBroken, match="withdrawn"), transaction():
            running.note(standing(cast.colleague), run.id, key=key_of(0), words="Blue.")
    with pytest.raises(Missing):
        run_for(standing(cast.champion), shared.ref)
    with pytest.raises(RuleBroken), transaction():
        keeping.put_back(standing(cast.champion), playbook.id)
    with transaction():
        keeping.put_back(standing(cast.organiser), playbook.id)
        keeping.put_back(standing(cast.organiser), playbook.id)
    assert run_for(standing(cast.colleague), own.ref)[2] is True
    with transaction():
        keeping.withdraw(standing(cast.champion), playbook.id)
        keeping.put_back(standing(cast.champion), playbook.id)
    assert db.session.get_one(Item, playbook.id).state is ItemState.PUBLISHED


@pytest.mark.usefixtures("context")
def test_a_story_that_one_may_not_see_is_cited_for_nobody_else(cast: Cast) -> None:
    """A3, E5: under the reader's rights, and a withdrawn one for nobody. Another space's story is not found."""
    playbook = written_by(cast.champion)
    told = factories.make_story(cast.champions, author=cast.champion)
    secret = factories.make_story(cast.champions, author=cast.organiser, audience=Audience.ORGANISERS)
    night = factories.make_story(cast.night_desk, author=cast.insider)
    with transaction():
        keeping.add_story(standing(cast.champion), playbook.id, story_id=told.id)
        keeping.add_story(standing(cast.champion), playbook.id, story_id=told.id)
        keeping.add_story(standing(cast.organiser), playbook.id, story_id=secret.id)
    for story in (secret, night):
        with pytest.raises(Missing), transaction():
            keeping.add_story(standing(cast.champion), playbook.id, story_id=story.id)
    assert [one.id for one in cited_by(standing(cast.reader), playbook.id)] == [told.id]
    assert {one.id for one in cited_by(standing(cast.organiser), playbook.id)} == {told.id, secret.id}
    with transaction():
        db.session.get_one(Item, told.id).state = ItemState.WITHDRAWN
    assert cited_by(standing(cast.reader), playbook.id) == []
    with pytest.raises(Denied), transaction():
        keeping.drop_story(standing(cast.colleague), playbook.id, story_id=told.id)
    with transaction():
        keeping.drop_story(standing(cast.champion), playbook.id, story_id=told.id)


@pytest.mark.usefixtures("context")
def test_what_is_written_for_organisers_is_theirs_and_its_authors(cast: Cast) -> None:
    """A3."""
    playbook = written_by(cast.champion, audience=Audience.ORGANISERS)
    for person in (cast.champion, cast.organiser):
        assert playbooks(standing(person), Show.EVERYTHING)[2] == 1
    for person in (cast.colleague, cast.reader, cast.outsider):
        assert playbooks(standing(person), Show.EVERYTHING)[2] == 0
        with pytest.raises(Missing):
            playbook_for(standing(person), ref_of(playbook))
    with pytest.raises(Invalid), transaction():
        write(standing(cast.champion), laid("a"), audience=Audience.NAMED)


@pytest.mark.usefixtures("context")
def test_whoever_keeps_it_is_asked_once_and_hands_it_on(cast: Cast) -> None:
    """E6, D7: as stories are kept: once for each day due, to whoever holds it then; it is left with the leaving kit."""
    playbook = written_by(cast.champion)
    assert playbook.due_on is not None
    with time_machine.travel(now() + timedelta(days=93)):
        for _hour in range(3):
            keeping.ask_keepers()
        assert kinds(playbook.id).count("playbook due") == 1
        fact = PlaybookDue(item_id=playbook.id, person_id=cast.champion.id, day=playbook.due_on.isoformat())
        assert tell_due(fact, Recipient(person_id=cast.champion.id)) is not None
        assert playbooks(standing(cast.reader), Show.LAPSED)[2] == 1
        with transaction():
            keeping.verify(standing(cast.colleague), playbook.id)
        assert tell_due(fact, Recipient(person_id=cast.champion.id)) is None
    assert [one.key for one in obligations_of(cast.champion, None)] == [str(playbook.id)]
    with pytest.raises(Denied), transaction():
        keeping.hold_by(standing(cast.colleague), playbook.id, person_id=cast.colleague.id)
    with transaction():
        keeping.hold_by(standing(cast.champion), playbook.id, person_id=cast.colleague.id)
    assert may_keep(standing(cast.colleague), playbook, db.session.get_one(Item, playbook.id))
    assert not may_keep(standing(cast.champion), playbook, db.session.get_one(Item, playbook.id))
    with transaction():
        keeping.pass_to(str(playbook.id), cast.colleague, cast.champion)
    assert list(keeping.kept_again([str(playbook.id), "x"])) == [str(playbook.id)]
    with transaction():
        keeping.let_go(cast.champions, cast.champion, now())
    assert db.session.get_one(Playbook, playbook.id).holder_id is None
    fact_of = ChangeProposed(actor_id=cast.colleague.id, item_id=playbook.id, proposal_id=1)
    assert {one.person_id for one in deciders(fact_of)} == {cast.organiser.id, cast.steward.id}


@pytest.mark.usefixtures("context")
def test_who_waits_for_an_organiser_publishes_no_playbook_and_shares_no_run(cast: Cast) -> None:
    """A5: what they write is seen by nobody else until somebody has looked. They run playbooks for themselves, and may propose."""
    playbook = written_by(cast.champion)
    factories.make_member_hold(cast.champions, cast.colleague, by=cast.organiser)
    with pytest.raises(Denied, match="waits for an organiser"), transaction():
        write(standing(cast.colleague), laid("a"))
    run = begun(cast.colleague, playbook, is_shared=True)
    assert not run.is_shared
    with pytest.raises(Denied), transaction():
        running.share(standing(cast.colleague), run.id, is_shared=True)
    with transaction():
        running.finish(standing(cast.colleague), run.id, outcome=Outcome.FAILED, gives_notes=True)
    assert not db.session.get_one(Run, run.id).gives_notes
    assert proposed_by(cast.colleague, playbook, "b").stage is Stage.OPEN
    assert db.session.scalar(select(db.func.count()).select_from(Edition)) == 2
