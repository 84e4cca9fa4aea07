"""Posts that are held for approval: seen by nobody else, published as if written then, and the races about them (A5)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content import bookmarks, drafts, reading
from forum.content.access import post_for
from forum.content.actions import Overtaken
from forum.content.events import PostWritten
from forum.content.letters import Told, message_id, references
from forum.content.models import Post, PostMention, PostState, Watch
from forum.content.order import approving, deciding, members, tellers
from forum.content.order.deciding import AlreadyDecided
from forum.content.order.events import HeldPostDecided, MemberHeld, PostHeld
from forum.content.order.holding import is_held_now
from forum.content.order.models import PostWait, WaitOutcome, WaitWhy
from forum.content.order.queries import cases, own_held_in
from forum.content.queries import posts_between
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import Recipient
from forum.core.markup import Rendered
from forum.core.notices import Reason
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.feature import kind_of
from forum.spaces.models import Item, ItemState, LogAudience, LogEntry, Membership, Space
from forum.spaces.parts import ItemKind
from forum.threads import actions, queries
from forum.threads.access import IsClosed
from forum.threads.addresses import reply_place, start_place
from forum.threads.events import ThreadStarted
from forum.threads.models import Section, Thread
from forum.threads.queries import head_of, listed, unread_threads
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, item_of, said, standing

NAMING = '<p>Ask <a class="mention" href="/people/rita.reader">@Rita Reader</a>.</p>'


@pytest.fixture
def thread(context: None, cast: Cast) -> Thread:
    """A question of Colin's, which everybody has read; what Carla writes is held."""
    made = factories.make_thread(cast.champions, author=cast.colleague)
    factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
    for person in (cast.champion, cast.colleague, cast.reader, cast.organiser):
        with transaction():
            reading.read_up_to(person, item_of(made), 1)
    return made


def reply(person: Person, thread: Thread, *, text: Rendered | None = None, once: str | None = None) -> Post:
    here = standing(person)
    with transaction():
        return actions.reply(here, thread, text=text or said("Rude words."), once=once)


def start(person: Person, *, title: str = "A new question") -> Thread:
    here = standing(person)
    section = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).first()
    assert section is not None
    with transaction():
        return actions.start(here, title=title, section=section, text=said("Who knows?"), is_question=True)


def kind(thread: Thread) -> ItemKind:
    return kind_of(item_of(thread))


def approve(person: Person, thread: Thread, post_id: int, *, version: int = 1, item_version: int = 1) -> Post:
    here = standing(person)
    with transaction():
        return approving.approve(here, post_id, version=version, item_version=item_version, kind=kind(thread))


def decline(person: Person, thread: Thread, post_id: int, *, reason: str = "Say it kindly.") -> None:
    here = standing(person)
    with transaction():
        approving.decline(here, post_id, reason=reason, kind=kind(thread))


def withdraw(person: Person, thread: Thread, post_id: int) -> None:
    here = standing(person)
    with transaction():
        approving.withdraw(here, post_id, kind=kind(thread))


def first_of(thread: Thread) -> Post:
    return db.session.scalars(
        select(Post).where(Post.item_id == thread.id).order_by(Post.id).execution_options(populate_existing=True)
    ).first()  # type: ignore[return-value]


def facts() -> list[str]:
    return [row.kind for row in db.session.scalars(select(FactRow).order_by(FactRow.id))]


def wait_of(post_id: int) -> PostWait:
    query = select(PostWait).where(PostWait.post_id == post_id).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


@pytest.mark.both_databases
def test_a_held_reply_is_nowhere_but_with_its_author_and_the_organisers(thread: Thread, cast: Cast) -> None:
    """A5: not on the page, unread, counted, last in its thread, named, watched or announced; no number is used up.

    Seen to fail when `why_held_now` always gave None.
    """
    before = (item_of(thread).last_number, item_of(thread).last_at, item_of(thread).last_by_id)
    text = Rendered(
        source="Ask @rita.reader.", html=NAMING, renderer=1, mentioned=frozenset({"rita.reader"}), quoted=frozenset()
    )
    post = reply(cast.champion, thread, text=text)
    assert post.state is PostState.HELD
    assert not post.number
    item = item_of(thread)
    assert (item.last_number, item.last_at, item.last_by_id) == before
    assert len(posts_between(thread.id, after=0, size=20)) == 1
    for person in (cast.colleague, cast.reader, cast.organiser, cast.champion):
        [row] = listed(standing(person))
        assert (row.replies, row.new, row.is_unanswered) == (0, 0, True)
        assert unread_threads(standing(person)) == 0
        assert bool(own_held_in(item, person)) == (person is cast.champion)
    assert not db.session.scalars(select(PostMention)).all()
    watching = select(Watch).where(Watch.person_id.in_((cast.champion.id, cast.reader.id)))
    assert not db.session.scalars(watching).all()
    assert facts() == [PostHeld.kind()]
    [case] = cases(standing(cast.organiser))
    assert (case.why, case.is_held) == (WaitWhy.MEMBER, True)
    with pytest.raises(Missing):
        post_for(item, 2)


@pytest.mark.both_databases
def test_a_held_thread_is_nowhere_but_with_its_author(thread: Thread, cast: Cast) -> None:
    """A5: not in lists, not counted, not opened, no title anywhere; its author sees it, and replies to it wait until it is there."""
    made = start(cast.champion)
    item = item_of(made)
    assert item.state is ItemState.HELD
    for person in (cast.colleague, cast.reader, cast.organiser):
        assert "A new question" not in [row.title for row in listed(standing(person))]
        with pytest.raises(Missing):
            head_of(standing(person), item.ref, place="")
    [mine] = [row for row in listed(standing(cast.champion)) if row.title == "A new question"]
    assert mine.is_held
    assert head_of(standing(cast.champion), item.ref, place="").has_own_held
    assert [section.threads for section in queries.counted_sections(standing(cast.colleague))] == [1]
    assert ThreadStarted.kind() not in facts()
    with pytest.raises(IsClosed, match="waits for an organiser"):
        reply(cast.champion, made)


@pytest.mark.both_databases
def test_approved_it_is_new_to_everybody_however_far_they_have_read(thread: Thread, cast: Cast) -> None:
    """A5, B3: it takes its number and its time then; facts are announced, mentions and watches begin.

    Seen to fail when it kept the time at which it was written.
    """
    text = Rendered(
        source="Ask @rita.reader.", html=NAMING, renderer=1, mentioned=frozenset({"rita.reader"}), quoted=frozenset()
    )
    post_id = reply(cast.champion, thread, text=text).id
    factories.make_post(thread, author=cast.steward)
    with transaction():
        reading.read_up_to(cast.reader, item_of(thread), 2)
        reading.read_everything(cast.colleague, cast.champions, until=now())
    post = approve(cast.organiser, thread, post_id)
    assert (post.number, post.state, post.edited_at) == (3, PostState.PUBLISHED, None)
    item = item_of(thread)
    assert (item.last_number, item.last_at, item.last_by_id) == (3, post.created_at, cast.champion.id)
    for person in (cast.colleague, cast.reader):
        assert unread_threads(standing(person)) == 1
        assert head_of(standing(person), item.ref, place="").first_unread == 3
    assert db.session.scalars(select(PostMention.person_id)).all() == [cast.reader.id]
    watching = set(db.session.scalars(select(Watch.person_id)))
    assert {cast.champion.id, cast.reader.id} <= watching
    [row] = [row for row in db.session.scalars(select(FactRow)) if row.kind == PostWritten.kind()]
    assert (row.actor_id, row.payload) == (cast.champion.id, {"post_id": post_id, "number": 3, "quoted": []})
    assert not cases(standing(cast.organiser))


@pytest.mark.both_databases
def test_an_approved_thread_begins_when_it_is_approved(thread: Thread, cast: Cast) -> None:
    """A5: also for those who have marked everything as read since it was written."""
    made = start(cast.champion)
    with transaction():
        reading.read_everything(cast.reader, cast.champions, until=now())
    approve(cast.organiser, made, first_of(made).id)
    item = item_of(made)
    assert item.state is ItemState.PUBLISHED
    assert item.created_at == item.last_at == first_of(made).created_at
    assert unread_threads(standing(cast.reader)) == 1
    [row] = [row for row in db.session.scalars(select(FactRow)) if row.kind == ThreadStarted.kind()]
    assert row.actor_id == cast.champion.id


def test_approval_is_not_stopped_by_what_its_author_may_not_do_any_more(thread: Thread, cast: Cast) -> None:
    """A5: its author is held, has left the space, and the thread is closed."""
    post_id = reply(cast.champion, thread).id
    with transaction():
        db.session.get_one(Thread, thread.id, populate_existing=True).closed_at = now()
        db.session.get_one(Thread, thread.id).close_reason = "Settled."
        mine = select(Membership).where(Membership.person_id == cast.champion.id)
        db.session.scalars(mine).one().ended_at = now()
    assert approve(cast.organiser, thread, post_id).number == 2


def test_what_was_changed_since_is_read_once_more(thread: Thread, cast: Cast) -> None:
    post_id = reply(cast.champion, thread).id
    here = standing(cast.champion)
    with transaction():
        approving.change(here, post_id, text=said("Worse words."), version=1)
    with pytest.raises(Overtaken):
        approve(cast.organiser, thread, post_id, version=1)
    with pytest.raises(Overtaken), transaction():
        approving.change(here, post_id, text=said("Other words."), version=1)
    post = approve(cast.organiser, thread, post_id, version=2)
    assert (post.source, post.version) == ("Worse words.", 1)


@pytest.mark.both_databases
def test_declined_it_is_a_draft_again_and_its_author_hears_why(thread: Thread, cast: Cast) -> None:
    post_id = reply(cast.champion, thread).id
    with pytest.raises(Invalid):
        decline(cast.organiser, thread, post_id, reason="")
    decline(cast.organiser, thread, post_id)
    assert drafts.draft_at(cast.champion, reply_place(item_of(thread).ref)).body == "Rude words."
    assert not own_held_in(item_of(thread), cast.champion)
    assert item_of(thread).last_number == 1
    wait = wait_of(post_id)
    fact = HeldPostDecided(actor_id=cast.organiser.id, item_id=thread.id, post_id=post_id, wait_id=wait.id)
    assert list(tellers.author_of(fact)) == [Recipient(person_id=cast.champion.id)]
    mail = tellers.tell_decided(fact, Recipient(person_id=cast.champion.id))
    assert mail is not None
    assert "Say it kindly." in mail.text
    assert "Rude words." in mail.text
    [entry] = db.session.scalars(select(LogEntry)).all()
    assert (entry.verb, entry.audience, entry.item_id) == ("declined post", LogAudience.ORGANISERS, None)


def test_a_declined_thread_is_gone_and_its_text_a_draft_but_never_over_another(thread: Thread, cast: Cast) -> None:
    """B5."""
    place = start_place(cast.champions)
    first, second = start(cast.champion), start(cast.champion, title="Another")
    decline(cast.organiser, first, first_of(first).id)
    kept = drafts.draft_at(cast.champion, place)
    assert (kept.title, kept.body) == ("A new question", "Who knows?")
    withdraw(cast.champion, second, first_of(second).id)
    assert drafts.draft_at(cast.champion, place).title == "A new question"
    assert "Another" not in [row.title for row in listed(standing(cast.champion))]


def test_only_its_author_changes_and_takes_back_and_only_organisers_decide(thread: Thread, cast: Cast) -> None:
    """Seen to fail without the author's check in `_hold_own`."""
    post_id = reply(cast.champion, thread).id
    for person in (cast.colleague, cast.organiser):
        with pytest.raises(Missing):
            withdraw(person, thread, post_id)
        with pytest.raises(Missing):
            approving.own_held(standing(person), post_id)
    for person in (cast.colleague, cast.champion, cast.reader):
        with pytest.raises(Denied):
            approve(person, thread, post_id)
    oscar = standing(cast.organiser)
    with pytest.raises(Missing), transaction():
        deciding.hide(oscar, post_id, reason="Why.")
    withdraw(cast.champion, thread, post_id)
    with pytest.raises(AlreadyDecided, match="Carla Champion took it back"):
        approve(cast.organiser, thread, post_id)
    with pytest.raises(AlreadyDecided):
        approving.own_held(standing(cast.champion), post_id)


@pytest.mark.both_databases
def test_approving_declining_and_taking_back_at_once_one_of_them_happens(app: Flask, cast: Cast) -> None:
    """The item and the post are held, and the open row of what waits is found by one of them only."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.colleague)
        post_id = factories.make_held(thread, author=cast.champion).id
    works: list[Callable[[], object]] = [
        partial(approve, cast.organiser, thread, post_id),
        partial(withdraw, cast.champion, thread, post_id),
        partial(decline, cast.steward, thread, post_id),
    ] * 3
    answers = at_once(app, works, workers=9)
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    assert len(done) == 1
    assert all(isinstance(answer, AlreadyDecided) for answer in answers if isinstance(answer, Exception))
    with app.app_context():
        outcome, post = wait_of(post_id).outcome, db.session.get_one(Post, post_id)
        assert (outcome is WaitOutcome.APPROVED) == (post.state is PostState.PUBLISHED)
        assert item_of(thread).last_number == (2 if post.state is PostState.PUBLISHED else 1)


@pytest.mark.both_databases
def test_a_double_press_is_one_held_post(thread: Thread, cast: Cast) -> None:
    ids = {reply(cast.champion, thread, once="7" * 32).id for _press in range(2)}
    assert len(ids) == 1
    assert len(cases(standing(cast.organiser))) == 1


@pytest.mark.both_databases
def test_newcomers_are_held_until_something_of_theirs_stands_here(context: None, cast: Cast) -> None:
    thread = factories.make_thread(cast.champions, author=cast.organiser)
    with transaction():
        db.session.get_one(Space, cast.champions.id).holds_newcomers = True
    assert [is_held_now(standing(one)) for one in (cast.champion, cast.organiser, cast.steward)] == [True, False, False]
    post = reply(cast.champion, thread)
    assert wait_of(post.id).why is WaitWhy.NEWCOMER
    assert reply(cast.champion, thread, text=said("Twice.")).state is PostState.HELD
    approve(cast.organiser, thread, post.id)
    assert not is_held_now(standing(cast.champion))
    assert is_held_now(standing(cast.colleague))


def test_a_hold_ends_by_itself_and_by_a_press(context: None, cast: Cast) -> None:
    here = standing(cast.organiser)
    until = now() + timedelta(days=2)
    with transaction():
        members.hold_member(here, cast.champion, until=until, reason="To calm down.")
    assert is_held_now(standing(cast.champion))
    fact = _fact_of_member(cast)
    mail = tellers.tell_member(fact, Recipient(person_id=cast.champion.id))
    assert mail is not None
    assert "To calm down." in mail.text
    with transaction():
        assert members.end_hold(here, cast.champion)
        assert not members.end_hold(here, cast.champion)
    assert not is_held_now(standing(cast.champion))
    assert tellers.tell_member(fact, Recipient(person_id=cast.champion.id)) is None
    assert tellers.tell_member(_fact_of_member(cast), Recipient(person_id=cast.champion.id)) is not None
    factories.make_member_hold(cast.champions, cast.colleague, by=cast.organiser, until=now() - timedelta(hours=1))
    assert not is_held_now(standing(cast.colleague))
    assert [entry.audience for entry in db.session.scalars(select(LogEntry))] == [LogAudience.ORGANISERS] * 2


def test_who_may_hold_whom(context: None, cast: Cast) -> None:
    """Seen to fail without the power in `hold_member`."""
    until = now() + timedelta(days=2)

    def hold(by: Person, person: Person, *, reason: str = "Why.") -> None:
        here = standing(by)
        with transaction():
            members.hold_member(here, person, until=until, reason=reason)

    with pytest.raises(Denied):
        hold(cast.champion, cast.colleague)
    with pytest.raises(RuleBroken, match="looks after this space"):
        hold(cast.organiser, cast.steward)
    with pytest.raises(Missing):
        hold(cast.organiser, cast.outsider)
    with pytest.raises(Invalid):
        hold(cast.organiser, cast.colleague, reason="")
    oscar = standing(cast.organiser)
    with pytest.raises(Denied), transaction():
        members.hold_newcomers(oscar, wanted=True)


def _fact_of_member(cast: Cast) -> MemberHeld:
    last = db.session.scalars(select(LogEntry).order_by(LogEntry.id.desc())).first()
    assert last is not None
    return MemberHeld(actor_id=cast.organiser.id, person_id=cast.champion.id, log_id=last.id)


def test_organisers_hear_of_a_held_post_once_and_not_what_it_says(thread: Thread, cast: Cast) -> None:
    """A5: nothing of it is mailed before it is published."""
    post = reply(cast.champion, thread)
    fact = PostHeld(actor_id=cast.champion.id, item_id=thread.id, post_id=post.id, wait_id=wait_of(post.id).id)
    assert {one.person_id for one in tellers.deciders(fact)} == {cast.organiser.id, cast.steward.id}
    mail = tellers.tell_held(fact, Recipient(person_id=cast.organiser.id))
    assert mail is not None
    assert "Rude words." not in mail.text + str(mail.html)
    approve(cast.organiser, thread, post.id)
    assert tellers.tell_held(fact, Recipient(person_id=cast.steward.id)) is None
    told = HeldPostDecided(actor_id=cast.organiser.id, item_id=thread.id, post_id=post.id, wait_id=fact.wait_id)
    mail = tellers.tell_decided(told, Recipient(person_id=cast.champion.id))
    assert mail is not None
    assert "everybody can read it now" in mail.text


def test_a_bookmark_of_a_hidden_post_is_not_listed(thread: Thread, cast: Cast) -> None:
    """A5."""
    post = factories.make_post(thread, author=cast.steward)
    factories.make_bookmark(cast.reader, post)
    here = standing(cast.organiser)
    with transaction():
        deciding.hide(here, post.id, reason="Why.")
    assert bookmarks.how_many(cast.reader) == 0
    assert db.session.get_one(Item, thread.id).last_by_id == cast.colleague.id


@pytest.mark.both_databases
def test_what_has_no_number_is_neither_the_latest_post_nor_the_first(context: None, cast: Cast) -> None:
    """The databases sort NULL differently. Seen to fail without "IS NOT NULL" on PostgreSQL, and without "= 1" on SQLite."""
    thread = factories.make_thread(cast.champions, author=cast.colleague, posts=5)
    for declined in (True, False):
        held = factories.make_held(thread, author=cast.champion)
        if declined:
            here = standing(cast.organiser)
            with transaction():
                approving.decline(here, held.id, reason="No.", kind=kind(thread))
    assert head_of(standing(cast.reader), item_of(thread).ref, place="").latest_number == 5
    first, last = (post_for(item_of(thread), number) for number in (1, 5))
    told = Told(id=last.id, number=5, who="", author="", html="", text="", at=now(), url="", reason=Reason.WATCHING)
    assert references(cast.reader, item_of(thread), told) == [message_id(cast.reader, first.id)]
