"""What the original changed is offered to its copy, taken or left singly, and never happens by itself (F6).

The tests about what nobody may see, who answers, and what changed between look and press were seen to fail without their checks.
"""

import pytest
from sqlalchemy import select

from forum.clone.access import showcase_at
from forum.clone.actions import copying, showing
from forum.clone.models import LineageItem
from forum.clone.queries import grown_from
from forum.clone.upstream import answering, following, undoing
from forum.clone.upstream.answering import ChangedMeanwhile, NoLongerOffered
from forum.clone.upstream.causes import causes_of
from forum.clone.upstream.offering import Offer
from forum.clone.upstream.offers import offers_for
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.notify.models import HeadsUp
from forum.people.models import Person
from forum.playbooks.access import content_of, edition_of, playbook_for
from forum.playbooks.actions import change, keeping
from forum.playbooks.content import Content, StepText
from forum.playbooks.models import Edition, Playbook
from forum.playbooks.writing import laid_out
from forum.spaces.actions.making import archive
from forum.spaces.copied import Chosen
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Item, ItemState, Role, Space, Visibility
from tests import factories
from tests.cast import Cast
from tests.clone.steps import agree, begin, copy, every_part, make, show

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]
STEPS = ("Charge it", "Sign in", "Print")


@pytest.fixture
def source(cast: Cast) -> Space:
    """Give Champions a playbook and a showcase."""
    factories.make_playbook(cast.champions, author=cast.champion, title="New tablet", when="It is new.", steps=STEPS)
    show(cast.steward, cast.champions)
    return cast.champions


@pytest.fixture
def made(cast: Cast, source: Space) -> Space:
    """Make the outsider's copy of it."""
    return copy(cast.outsider, source)


def playbook_in(space: Space, title: str = "New tablet") -> tuple[Item, Playbook]:
    item = db.session.scalars(
        select(Item).where(Item.space_id == space.id, Item.kind == "playbook", Item.title == title)
    ).one()
    return item, db.session.get_one(Playbook, item.id)


def says(space: Space) -> list[str]:
    """Return the steps that the space's playbook says."""
    _item, playbook = playbook_in(space)
    db.session.refresh(playbook)
    return [step.text for step in content_of(edition_of(playbook.id, playbook.version)).steps]


def edit(actor: Person, space: Space, *steps: str, reason: str = "The menu moved.") -> None:
    """Put another version in force: steps by their places, "" for one that is taken out."""
    item, playbook = playbook_in(space)
    db.session.refresh(playbook)
    before = content_of(edition_of(playbook.id, playbook.version))
    keys = [step.key for step in before.steps]
    texts = [
        StepText(text=text, key=keys[place] if place < len(keys) else "") for place, text in enumerate(steps) if text
    ]
    laid = laid_out(Content(title=before.title, when=before.when, steps=texts))
    with transaction():
        change(here_for(actor, space.slug), item.id, laid, version=playbook.version, reason=reason)


def stands(cast: Cast, made: Space) -> Here:
    return here_for(cast.outsider, made.slug)


def number(here: Here, offer: Offer) -> int:
    """Return the number of the latest answer about something."""
    answer = answering.latest_answer(here, offer.key)
    assert answer is not None
    return answer.version


def only_offer(here: Here) -> Offer:
    (offer,) = offers_for(here)
    return offer


def take(here: Here, offer: Offer, **chosen: Chosen) -> Item:
    taking = answering.ready_to_take(here, offer.key, seen=offer.seen, chosen=chosen)
    with transaction():
        item = answering.take(here, taking)
    assert item is not None
    return item


def test_nothing_is_offered_while_nothing_changed(cast: Cast, made: Space) -> None:
    assert offers_for(stands(cast, made)) == []


def test_a_change_is_offered_with_its_reason_and_taken(cast: Cast, source: Space, made: Space) -> None:
    """F6: unchanged here, offer. It becomes a version of the copy; the original's words are its new base."""
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    here = stands(cast, made)
    offer = only_offer(here)
    assert (offer.title, offer.is_new, offer.is_changed_here) == ("New tablet", False, False)
    assert [why.reason for why in offer.whys] == ["The menu moved."]
    assert says(made) == list(STEPS)
    item = take(here, offer)
    assert says(made) == ["Charge it", "Sign in twice", "Print"]
    edition = db.session.scalars(select(Edition).where(Edition.playbook_id == item.id, Edition.number == 2)).one()
    assert (edition.reason, edition.editor_id) == ("From the original: The menu moved.", cast.outsider.id)
    assert offers_for(here) == []
    edit(cast.organiser, source, "Charge it", "Sign in thrice", "Print", reason="Again.")
    offer = only_offer(here)
    assert [why.reason for why in offer.whys] == ["Again."]
    assert not offer.is_changed_here


def test_a_reason_calls_nobody_in_the_copy(cast: Cast, source: Space, made: Space) -> None:
    """F3, F6: as texts don't. It is read in the offer, and kept in the copy's history."""
    who = cast.champion
    edit(
        cast.organiser, source, "Charge it", "Sign in twice", "Print", reason=f"@{who.handle} and @{who.name} said so."
    )
    offer = only_offer(stands(cast, made))
    assert [why.reason for why in offer.whys] == ["a colleague and a colleague said so."]
    item = take(stands(cast, made), offer)
    edition = db.session.scalars(select(Edition).where(Edition.playbook_id == item.id, Edition.number == 2)).one()
    assert edition.reason == "From the original: a colleague and a colleague said so."


def test_what_is_archived_is_known_to_its_members_only(cast: Cast, source: Space, made: Space) -> None:
    """A3, F6: a showcase that nobody can open any more shows its private space to nobody."""
    with transaction():
        db.session.get_one(Space, source.id).visibility = Visibility.PRIVATE
    known = grown_from(made.id, cast.outsider)
    close(cast, source, "archived")
    hidden = grown_from(made.id, cast.outsider)
    assert known is not None
    assert hidden is not None
    assert (known.slug, hidden.name, hidden.slug) == (source.slug, "", "")


def test_what_was_changed_elsewhere_here_stays(cast: Cast, source: Space, made: Space) -> None:
    """F6: never overwritten: another step that was changed here stays as it is."""
    edit(cast.outsider, made, "Charge it well", "Sign in", "Print")
    edit(cast.organiser, source, "Charge it", "Sign in", "Print two", "Switch it off")
    here = stands(cast, made)
    offer = only_offer(here)
    assert offer.is_changed_here
    assert offer.merged[1] == []
    take(here, offer)
    assert says(made) == ["Charge it well", "Sign in", "Print two", "Switch it off"]


def test_where_both_changed_it_somebody_chooses(cast: Cast, source: Space, made: Space) -> None:
    """F6: both are shown, and without a choice nothing is put in force. Seen to fail with ours as a default."""
    edit(cast.outsider, made, "Charge it well", "Sign in as you", "", "")
    edit(cast.organiser, source, "Charge it fully", "Sign in as me", "Print two")
    here = stands(cast, made)
    offer = only_offer(here)
    first, second, third = offer.merged[1]
    assert [(text.ours, text.theirs) for text in first.texts] == [("Charge it well", "Charge it fully")]
    assert third.is_gone_here
    with pytest.raises(Invalid) as refused:
        take(here, offer, **{first.key: Chosen(side="theirs")})
    assert set(refused.value.errors) == {second.key, third.key}
    assert says(made) == ["Charge it well", "Sign in as you"]
    take(
        here,
        offer,
        **{
            first.key: Chosen(side="theirs"),
            second.key: Chosen(side="own", own={"text": "Sign in as us"}),
            third.key: Chosen(side="theirs"),
        },
    )
    assert says(made) == ["Charge it fully", "Sign in as us", "Print two"]
    assert offers_for(here) == []


def test_keeping_ours_is_remembered_as_a_difference(cast: Cast, source: Space, made: Space) -> None:
    """F6: what was left as ours stays ours when the original changes something else later."""
    edit(cast.outsider, made, "Charge it well", "Sign in", "Print")
    edit(cast.organiser, source, "Charge it fully", "Sign in", "Print")
    here = stands(cast, made)
    offer = only_offer(here)
    take(here, offer, **{one.key: Chosen(side="ours") for one in offer.merged[1]})
    assert says(made) == ["Charge it well", "Sign in", "Print"]
    edit(cast.organiser, source, "Charge it fully", "Sign in", "Print two")
    take(here, only_offer(here))
    assert says(made) == ["Charge it well", "Sign in", "Print two"]


def test_a_decline_holds_for_that_version_and_can_be_undone(cast: Cast, source: Space, made: Space) -> None:
    """F6."""
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    here = stands(cast, made)
    offer = only_offer(here)
    with transaction():
        answering.decline(here, offer.key, seen=offer.seen)
    assert offers_for(here) == []
    with transaction():
        assert undoing.undo(here, offer.key, None, number=number(here, offer)) is False
    assert only_offer(here).key == offer.key
    with transaction():
        answering.decline(here, offer.key, seen=offer.seen)
    edit(cast.organiser, source, "Charge it", "Sign in thrice", "Print")
    assert only_offer(here).key == offer.key
    assert says(made) == list(STEPS)


def test_what_was_taken_can_be_taken_back_until_it_is_changed(cast: Cast, source: Space, made: Space) -> None:
    """The version before stands again, as a new one; the offer is there again."""
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    here = stands(cast, made)
    offer = only_offer(here)
    take(here, offer)
    laid = undoing.ready_to_undo(here, offer.key, number=number(here, offer))
    with transaction():
        assert undoing.undo(here, offer.key, laid, number=number(here, offer)) is True
    assert says(made) == list(STEPS)
    assert playbook_in(made)[1].version == 3
    take(here, only_offer(here))
    edit(cast.outsider, made, "Charge it", "Sign in twice", "Print it")
    laid = undoing.ready_to_undo(here, offer.key, number=number(here, offer))
    with pytest.raises(RuleBroken, match="changed here since"), transaction():
        undoing.undo(here, offer.key, laid, number=number(here, offer))
    assert says(made) == ["Charge it", "Sign in twice", "Print it"]


def test_what_is_deleted_here_stays_deleted(cast: Cast, source: Space, made: Space) -> None:
    """F6: a withdrawn copy is offered nothing, and doesn't come back as something new."""
    here, (item, _playbook) = stands(cast, made), playbook_in(made)
    with transaction():
        keeping.withdraw(here, item.id, reason="We don't have tablets.")
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    assert offers_for(here) == []


CLOSED = "the original closes"


def close(cast: Cast, source: Space, how: str) -> None:
    """Let the original offer its playbook no more, in one of the ways there are."""
    here = here_for(cast.steward, source.slug)
    if how == "closed":
        show(cast.steward, source, is_open=False)
    elif how == "part":
        show(cast.steward, source, parts=[name for name in every_part() if name != "playbooks"])
    elif how == "withdrawn":
        with transaction():
            keeping.withdraw(here, playbook_in(source)[0].id, reason="Wrong.")
    elif how == "looked at only":
        wish = showing.Wish(is_open=True, offers_copy=False, shows_numbers=True, parts=every_part(), how=None)
        with transaction():
            showing.describe(here, wish)
    else:
        with transaction():
            archive(here)


@pytest.mark.parametrize("how", ["closed", "part", "withdrawn", "looked at only", "archived"])
def test_what_isnt_offered_any_more_is_seen_by_nobody(cast: Cast, source: Space, made: Space, how: str) -> None:
    """A3, F6: neither listed nor opened nor taken, also when it was looked at before."""
    edit(cast.organiser, source, "Charge it", "Sign in secretly", "Print")
    here = stands(cast, made)
    offer = only_offer(here)
    taking = answering.ready_to_take(here, offer.key, seen=offer.seen, chosen={})
    close(cast, source, how)
    assert offers_for(here) == []
    assert offers_for(here, answered=True) == []
    for act in (
        lambda: answering.offer_at(here, offer.key),
        lambda: answering.take(here, taking),
        lambda: answering.decline(here, offer.key, seen=offer.seen),
    ):
        with pytest.raises(NoLongerOffered), transaction():
            act()
    assert says(made) == list(STEPS)


def test_by_a_private_link_only_its_bearer_follows_and_only_while_it_opens(cast: Cast, source: Space) -> None:
    """A3: another steward of the copy never had the link; and a new link ends what the old one opened."""
    show(cast.steward, source, is_open=False)
    with transaction():
        token = showing.make_link(here_for(cast.steward, source.slug))
    made = make(begin(cast.outsider, source, look=showcase_at(token)), cast.outsider)
    other = factories.make_person(name="Second Steward")
    factories.make_membership(made, other, role=Role.STEWARD)
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    assert len(offers_for(stands(cast, made))) == 1
    assert offers_for(here_for(other, made.slug)) == []
    with transaction():
        showing.make_link(here_for(cast.steward, source.slug))
    assert offers_for(stands(cast, made)) == []


def test_what_changed_between_look_and_press_is_looked_at_again(cast: Cast, source: Space, made: Space) -> None:
    """F6: there or here. Seen to fail without the mark of what was seen."""
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    here = stands(cast, made)
    offer = only_offer(here)
    taking = answering.ready_to_take(here, offer.key, seen=offer.seen, chosen={})
    edit(cast.organiser, source, "Charge it", "Sign in thrice", "Print")
    with pytest.raises(ChangedMeanwhile), transaction():
        answering.take(here, taking)
    offer = only_offer(here)
    taking = answering.ready_to_take(here, offer.key, seen=offer.seen, chosen={})
    edit(cast.outsider, made, "Charge it", "Sign in", "Print here")
    with pytest.raises(ChangedMeanwhile), transaction():
        answering.take(here, taking)
    with pytest.raises(ChangedMeanwhile), transaction():
        answering.decline(here, offer.key, seen=offer.seen)
    assert says(made) == ["Charge it", "Sign in", "Print here"]


def test_only_stewards_answer(cast: Cast, source: Space, made: Space) -> None:
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    offer = only_offer(stands(cast, made))
    organiser = factories.make_person(name="Organiser There")
    factories.make_membership(made, organiser, role=Role.ORGANISER)
    here = here_for(organiser, made.slug)
    with pytest.raises(Denied), transaction():
        answering.decline(here, offer.key, seen=offer.seen)


def test_a_story_that_was_added_there_later_can_be_brought_in(cast: Cast, source: Space, made: Space) -> None:
    """Journey 7: what is new there, with its authors' agreement and nobody's name; once, and for good."""
    story = factories.make_story(source, author=cast.champion, title="The form lost what people typed")
    here = stands(cast, made)
    assert offers_for(here) == []
    agree(cast.steward, source, story)
    offer = only_offer(here)
    assert (offer.title, offer.is_new) == ("The form lost what people typed", True)
    item = take(here, offer)
    assert (item.space_id, item.author_id, item.kind, item.state) == (made.id, None, "story", ItemState.PUBLISHED)
    assert db.session.get_one(LineageItem, item.id).version >= 1
    assert offers_for(here) == []
    item.state = ItemState.WITHDRAWN
    db.session.get_one(Item, story.id).version += 1
    db.session.commit()
    assert offers_for(here) == []


def test_a_story_whose_author_says_no_is_offered_no_more(cast: Cast, source: Space, made: Space) -> None:
    """F4: who wrote it agrees, until they don't. Seen to fail when new things are read without the showcase's choice."""
    story = factories.make_story(source, author=cast.champion, title="The form lost what people typed")
    agree(cast.steward, source, story)
    here = stands(cast, made)
    offer = only_offer(here)
    taking = answering.ready_to_take(here, offer.key, seen=offer.seen, chosen={})
    with transaction():
        showing.answer(here_for(cast.champion, source.slug), db.session.get_one(Item, story.id).ref, agrees=False)
    assert offers_for(here) == []
    with pytest.raises(NoLongerOffered), transaction():
        answering.take(here, taking)


def test_a_playbook_that_is_new_there_comes_with_its_steps(cast: Cast, source: Space, made: Space) -> None:
    factories.make_playbook(source, author=cast.champion, title="Old tablet", steps=("Wipe it",))
    item_there, _playbook = playbook_in(source, "Old tablet")
    item_there.created_at = db.session.get_one(Space, made.id).created_at.replace(year=2099)
    db.session.commit()
    here = stands(cast, made)
    item = take(here, only_offer(here))
    opened = playbook_for(here, item.ref)
    assert [step.text for step in content_of(opened.edition).steps] == ["Wipe it"]
    assert item.origin_uuid == item_there.uuid


def test_stewards_hear_by_the_bell_once_a_week(cast: Cast, source: Space, made: Space) -> None:
    """However often the worker looks; who isn't a steward hears nothing, nor does anybody who doesn't want to."""
    factories.make_membership(made, factories.make_person(name="Member There"))
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    here = stands(cast, made)
    with transaction():
        following.follow(here, is_followed=False)
    following.tell_stewards()
    assert db.session.scalars(select(HeadsUp)).all() == []
    with transaction():
        following.follow(here, is_followed=True)
    for _hour in range(3):
        following.tell_stewards()
    (told,) = db.session.scalars(select(HeadsUp)).all()
    assert (told.person_id, told.number, told.path) == (cast.outsider.id, 1, f"/s/{made.slug}/upstream/")
    assert following.counted(told.number) == "One change upstream"
    close(cast, source, "closed")
    db.session.delete(told)
    db.session.commit()
    following.tell_stewards()
    assert db.session.scalars(select(HeadsUp)).all() == []


def test_the_story_that_caused_it_is_named_only_to_who_may_see_it(cast: Cast, source: Space, made: Space) -> None:
    """E5, A3: not while it is the original's alone; on the showcase it is. Seen to fail without the condition."""
    story = factories.make_story(source, author=cast.champion, title="The tablet went flat")
    edit(cast.organiser, source, "Charge it", "Sign in twice", "Print")
    db.session.get_one(Space, source.id).visibility = Visibility.PRIVATE
    db.session.scalars(select(Edition).where(Edition.number == 2)).one().story_id = story.id
    db.session.commit()
    here = stands(cast, made)
    assert [why.story_id for why in only_offer(here).whys] == [story.id]
    assert causes_of(here, {story.id}) == {}
    agree(cast.steward, source, story)
    assert causes_of(here, {story.id}) == {story.id: ("The tablet went flat", f"/s/{source.slug}/showcase")}
    take(here, next(offer for offer in offers_for(here) if offer.is_new))
    (title, url) = causes_of(here, {story.id})[story.id]
    assert title == "The tablet went flat"
    assert url.startswith(f"/s/{made.slug}/stories/")


def test_what_stayed_behind_isnt_brought_up_by_what_others_agree_to(cast: Cast, source: Space) -> None:
    """F4: a story that its maker left behind isn’t new when another one is agreed to. Seen to fail while any consent counted."""
    before, after = (factories.make_story(source, author=cast.champion, title=title) for title in ("Before", "After"))
    agree(cast.steward, source, before)
    job = begin(cast.outsider, source)
    with transaction():
        copying.take(job, [name for name in every_part() if name != "stories"])
    here = stands(cast, make(job, cast.outsider))
    assert offers_for(here) == []
    agree(cast.steward, source, after)
    assert [one.title for one in offers_for(here)] == ["After"]


def test_every_copy_hears_of_what_another_has_already(cast: Cast, source: Space, made: Space) -> None:
    """A bell for each: what one copy took is still new to the other. Seen to fail while any copy's rows counted."""
    other = copy(factories.make_person(name="Other Maker"), source)
    factories.make_section(source, name="Kit")
    here = stands(cast, made)
    take_row = only_offer(here)
    taking = answering.ready_to_take(here, take_row.key, seen=take_row.seen, chosen={})
    with transaction():
        answering.take(here, taking)
    following.tell_stewards()
    assert [one.path for one in db.session.scalars(select(HeadsUp))] == [f"/s/{other.slug}/upstream/"]
