"""What a copy made better goes back to the original, where it is a proposal; its senders are told what became of it (F6).

What goes where nothing is offered, who may send, and what changed meanwhile were seen to fail with their checks taken away.
"""

import pytest
from sqlalchemy import select

from forum.clone.models import Lineage, Showcase
from forum.clone.upstream import sending
from forum.clone.upstream.answering import ChangedMeanwhile, NoLongerOffered
from forum.clone.upstream.offers import offers_for
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.core.outbox import FactRow
from forum.playbooks.access import content_of
from forum.playbooks.actions import proposing
from forum.playbooks.actions.sending import sent_from
from forum.playbooks.events import SentBackDecided
from forum.playbooks.growing import GROWER
from forum.playbooks.models import Edition, Proposal, Stage
from forum.playbooks.queries.lists import waiting_for
from forum.playbooks.queries.one import versions_of
from forum.playbooks.tellers import senders, tell_sent_back
from forum.spaces.copied import Chosen
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Item, Space
from tests import factories
from tests.cast import Cast
from tests.clone.steps import copy, show
from tests.clone.test_upstream import STEPS, edit, made, playbook_in, says, source, stands, take

__all__ = ["made", "source"]
pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]
BETTER = ("Charge it", "Sign in as you", "Print")


def send(
    here: Here, space: Space, *, names_space: bool = True, named: bool = False, once: str | None = "a" * 32
) -> None:
    """Look at it, and send it."""
    item, _playbook = playbook_in(space)
    seen = sending.improvement_of(here, item.ref).seen
    laid = sending.ready_to_send(here, item.ref, seen=seen)
    with transaction():
        sending.send(
            here, item.ref, laid, seen=seen, reason="Two of us were locked out.", names_space=names_space, named=named, once=once
        )  # fmt: skip


def proposal_of(space: Space) -> Proposal:
    item, _playbook = playbook_in(space)
    return db.session.scalars(
        select(Proposal).where(Proposal.playbook_id == item.id).execution_options(populate_existing=True)
    ).one()


def test_what_a_copy_leaves_out_of_its_own_showcase_goes_back_all_the_same(
    cast: Cast, source: Space, made: Space
) -> None:
    """F6: what others may take from the copy has nothing to do with what its original is sent."""
    edit(cast.outsider, made, *BETTER)
    item, _playbook = playbook_in(made)
    show(cast.outsider, made)
    with transaction():
        db.session.get_one(Showcase, made.id).left_out = [item.ref]
    send(stands(cast, made), made)
    assert proposal_of(source).stage is Stage.OPEN


def test_it_is_a_proposal_there_named_as_the_space(cast: Cast, source: Space, made: Space) -> None:
    """F6: the original's keepers decide; the space has the credit, and no person. A second press is one proposal."""
    edit(cast.outsider, made, *BETTER)
    for _press in range(2):
        send(stands(cast, made), made)
    proposal = proposal_of(source)
    assert (proposal.stage, proposal.proposer_id, proposal.credit) == (Stage.OPEN, None, made.name)
    assert db.session.get_one(Edition, proposal.edition_id).editor_id is None
    assert says(source) == list(STEPS)
    assert [(one.proposer, one.reason) for one in waiting_for(here_for(cast.organiser, source.slug))] == [
        (made.name, "Two of us were locked out.")
    ]
    with transaction():
        proposing.accept(here_for(cast.organiser, source.slug), proposal.id)
    assert says(source) == list(BETTER)
    told = versions_of(here_for(cast.champion, source.slug), proposal.playbook_id)[0]
    assert (told.proposer, told.edition.reason) == (made.name, "Two of us were locked out.")


def test_who_wants_to_be_named_is_and_a_space_that_does_not_is_not(cast: Cast, source: Space, made: Space) -> None:
    edit(cast.outsider, made, *BETTER)
    send(stands(cast, made), made, names_space=False, named=True)
    assert [one.proposer for one in waiting_for(here_for(cast.organiser, source.slug))] == [
        f"{cast.outsider.name}, Another space"
    ]


def test_the_senders_read_what_became_of_it(cast: Cast, source: Space, made: Space) -> None:
    """The stewards of the copy are told; nobody of the original's space is named to them."""
    edit(cast.outsider, made, *BETTER)
    send(stands(cast, made), made)
    with transaction():
        proposing.decline(here_for(cast.organiser, source.slug), proposal_of(source).id, reason="We share one account.")
    (one,) = sent_from(made.id)
    assert (one.title, one.words, one.answer, one.is_open) == (
        "New tablet", "Declined", "We share one account.", False
    )  # fmt: skip
    fact = db.session.scalars(select(FactRow).where(FactRow.kind == "sent back decided")).one()
    assert fact.item_id == playbook_in(made)[0].id
    decided = SentBackDecided(item_id=fact.item_id, proposal_id=proposal_of(source).id)
    (recipient,) = senders(decided)
    assert recipient.person_id == cast.outsider.id
    mail = tell_sent_back(decided, recipient)
    assert mail is not None
    assert "We share one account." in mail.text
    assert not [name for name in ("Champions", cast.organiser.name) if name in mail.text + mail.subject]


def test_it_can_be_taken_back_while_nobody_decided(cast: Cast, source: Space, made: Space) -> None:
    edit(cast.outsider, made, *BETTER)
    here = stands(cast, made)
    send(here, made)
    ref = proposal_of(source).ref
    with pytest.raises(Missing), transaction():
        sending.recall(here_for(cast.steward, source.slug), ref)
    for is_back in (True, False):
        with transaction():
            assert sending.recall(here, ref) is is_back
    assert proposal_of(source).stage is Stage.WITHDRAWN


def test_links_lead_into_the_original_or_say_that_they_dont(cast: Cast, source: Space, made: Space) -> None:
    """F3: nothing that goes back leads into the copy, which may be private."""
    mine = factories.make_story(made, author=cast.outsider, title="Ours alone")
    ref, own = db.session.get_one(Item, mine.id).ref, playbook_in(made)[0].ref
    linked = f"[Read](/s/{made.slug}/stories/{ref}/), [this](/s/{made.slug}/playbooks/{own}/)"
    edit(cast.outsider, made, linked, "Sign in", "Print")
    send(stands(cast, made), made)
    edition = db.session.get_one(Edition, proposal_of(source).edition_id)
    there = playbook_in(source)[0].ref
    assert content_of(edition).steps[0].text == (
        f"Read (in another space), [this](/s/{source.slug}/playbooks/{there}/)"
    )


def test_nothing_goes_where_nothing_is_offered_or_nothing_changed(cast: Cast, source: Space, made: Space) -> None:
    """A3: a closed original takes nothing, and shows nothing. Seen to fail without the look at the showcase."""
    here, (item, _playbook) = stands(cast, made), playbook_in(made)
    found = sending.improvement_of(here, item.ref)
    assert found.change.is_nothing
    with pytest.raises(ChangedMeanwhile):
        sending.ready_to_send(here, item.ref, seen=found.seen)
    edit(cast.outsider, made, *BETTER)
    seen = sending.improvement_of(here, item.ref).seen
    laid = sending.ready_to_send(here, item.ref, seen=seen)
    show(cast.steward, source, is_open=False)
    with pytest.raises(NoLongerOffered):
        sending.improvement_of(here, item.ref)
    with pytest.raises(NoLongerOffered), transaction():
        sending.send(here, item.ref, laid, seen=seen, reason="So.", names_space=True, named=False, once=None)
    assert db.session.scalar(select(Proposal.id)) is None


def test_what_the_original_changed_meanwhile_is_looked_at_first(cast: Cast, source: Space, made: Space) -> None:
    edit(cast.outsider, made, *BETTER)
    here, (item, _playbook) = stands(cast, made), playbook_in(made)
    seen = sending.improvement_of(here, item.ref).seen
    laid = sending.ready_to_send(here, item.ref, seen=seen)
    edit(cast.organiser, source, "Charge it", "Sign in", "Print two")
    with pytest.raises(ChangedMeanwhile), transaction():
        sending.send(here, item.ref, laid, seen=seen, reason="So.", names_space=True, named=False, once=None)
    send(here, made)
    edition = db.session.get_one(Edition, proposal_of(source).edition_id)
    assert [step.text for step in content_of(edition).steps] == ["Charge it", "Sign in as you", "Print two"]


def test_only_stewards_send_and_with_a_reason(cast: Cast, source: Space, made: Space) -> None:
    edit(cast.outsider, made, *BETTER)
    here, (item, _playbook) = stands(cast, made), playbook_in(made)
    seen = sending.improvement_of(here, item.ref).seen
    laid = sending.ready_to_send(here, item.ref, seen=seen)
    member = factories.make_person(name="Member There")
    factories.make_membership(made, member)
    with pytest.raises(Denied), transaction():
        sending.send(
            here_for(member, made.slug), item.ref, laid, seen=seen, reason="So.", names_space=True, named=False, once=None
        )  # fmt: skip
    with pytest.raises(Invalid), transaction():
        sending.send(here, item.ref, laid, seen=seen, reason="", names_space=True, named=False, once=None)


def test_what_was_sent_and_taken_comes_back_as_no_conflict(cast: Cast, source: Space, made: Space) -> None:
    """F6: only what is new there is offered, and there is nothing to send. Seen to fail while both sides were told by the first day."""
    here, better = stands(cast, made), ("Charge it", "Sign in as you", "Lock it", "Print")
    edit(cast.outsider, made, *better)
    assert sending.to_send(here) == [playbook_in(made)[0]]
    send(here, made)
    with transaction():
        proposing.accept(here_for(cast.organiser, source.slug), proposal_of(source).id)
    assert (offers_for(here), sending.to_send(here)) == ([], [])
    edit(cast.organiser, source, "Charge it fully", *better[1:])
    (offer,) = offers_for(here)
    change = offer.way.compare(offer.base or {}, offer.theirs or {})
    assert [step.number for step in change.steps if step.is_shown] == [1]
    assert (offer.is_changed_here, offer.is_partly_alike, offer.merged[1]) == (False, True, [])
    assert sending.to_send(here) == []
    assert sending.improvement_of(here, playbook_in(made)[0].ref).is_same is False
    take(here, offer)
    assert says(made) == ["Charge it fully", *better[1:]]
    assert offers_for(here) == []


def test_a_step_of_ours_that_was_taken_there_and_changed_comes_back_once(
    cast: Cast, source: Space, made: Space
) -> None:
    """F6: somebody chooses, and the step stands once. Seen to fail: nobody was asked."""
    here, better = stands(cast, made), ("Charge it", "Sign in", "Lock it", "Print")
    edit(cast.outsider, made, *better)
    send(here, made)
    with transaction():
        proposing.accept(here_for(cast.organiser, source.slug), proposal_of(source).id)
    edit(cast.organiser, source, *better[:3], "Print two")
    (offer,) = offers_for(here)
    (both,) = offer.merged[1]
    assert both.label == "Step 4"
    take(here, offer, **{both.key: Chosen(side="theirs")})
    assert says(made) == [*better[:3], "Print two"]


def test_what_else_was_changed_here_is_still_a_difference(cast: Cast, source: Space, made: Space) -> None:
    """F6: of three changes one was made there, too: a second one clashes, and the third can be sent."""
    here = stands(cast, made)
    edit(cast.outsider, made, "Charge it well", "Sign in as you", "Print three")
    edit(cast.organiser, source, "Charge it well", "Sign in as me", "Print")
    (offer,) = offers_for(here)
    assert [(both.key, both.label) for both in offer.merged[1]] == [(offer.merged[1][0].key, "Step 2")]
    assert offer.is_changed_here
    assert sending.to_send(here) == [playbook_in(made)[0]]


def test_steps_that_both_moved_or_took_out_are_no_difference(cast: Cast, source: Space, made: Space) -> None:
    """F6: the same order, and the same step gone, on both sides: only a new word there is offered."""
    here = stands(cast, made)
    for actor, space, last in ((cast.outsider, made, "Charge it"), (cast.organiser, source, "Charge it twice")):
        said = GROWER.stands([playbook_in(space)[0].id])[playbook_in(space)[0].id]
        one, _two, three = said["steps"]
        laid = GROWER.lay({**said, "steps": [three, {**one, "text": last}]})
        with transaction():
            GROWER.take(here_for(actor, space.slug), playbook_in(space)[0].id, laid, "So.")
    (offer,) = offers_for(here)
    change = offer.way.compare(offer.base or {}, offer.theirs or {})
    assert [(step.kind, step.number, step.is_moved) for step in change.steps if step.is_shown] == [
        ("changed", 2, False)
    ]
    assert not offer.is_changed_here
    take(here, offer)
    assert says(made) == ["Print", "Charge it twice"]


def test_a_copy_of_a_copy_follows_its_own_parent(cast: Cast, source: Space, made: Space) -> None:
    """F6: what the first original changes reaches the grandchild only when the copy between took it."""
    show(cast.outsider, made)
    maker = factories.make_person(name="Third Team")
    grandchild = copy(maker, made)
    edit(cast.organiser, source, *BETTER)
    here: Here = here_for(maker, grandchild.slug)
    assert offers_for(here) == []
    edit(cast.outsider, made, *BETTER)
    assert [one.title for one in offers_for(here)] == ["New tablet"]
    assert db.session.get_one(Lineage, grandchild.id).origin_id == made.id
