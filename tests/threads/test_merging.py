"""Merging a thread into another one of its space."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content import drafts
from forum.content.models import (
    Attachment,
    Bookmark,
    Draft,
    Post,
    PostRevision,
    PostState,
    Reaction,
    ReadMark,
    Watch,
    WatchLevel,
    WatchReason,
)
from forum.content.moving.models import MovedPost, PostMove
from forum.content.naming import text_for
from forum.content.reading import read_up_to
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemState, LogEntry
from forum.threads import actions, addresses
from forum.threads.actions import merging, watching
from forum.threads.events import PostsMoved
from forum.threads.models import Pin, Thread, ThreadSummary, ThreadTag
from forum.threads.queries import head_of, listed
from forum.threads.tellers.moved import authors_of, tell_moved
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, item_of, said, standing

WHY = "Both ask the same."


def urls(ref: str) -> str:
    return addresses.posts_url("champions", ref)


def merge(person: Person, thread: Thread, into: Thread, *, reason: str = WHY) -> PostMove:
    """Merge in a transaction of its own."""
    here = standing(person)
    with transaction():
        return merging.merge(here, thread, into=into, reason=reason, posts_url=urls)


def posts_of(thread: Thread) -> list[tuple[int, str]]:
    """Return the numbers and texts of a thread's posts."""
    rows = db.session.execute(select(Post.number, Post.source).where(Post.item_id == thread.id).order_by(Post.number))
    return [(number, source) for number, source in rows]


def post(thread: Thread, number: int) -> Post:
    return db.session.scalars(
        select(Post).where(Post.item_id == thread.id, Post.number == number).execution_options(populate_existing=True)
    ).one()


def thread_of(thread: Thread) -> Thread:
    return db.session.get_one(Thread, thread.id, populate_existing=True)


@pytest.fixture
def two(context: None, cast: Cast) -> tuple[Thread, Thread]:
    """Carla's question with replies by Colin, and Colin's with one by Stella: the first is to be merged into the second."""
    first = factories.make_thread(cast.champions, author=cast.champion, title="Blue bin?", texts=["Who empties it?"])
    factories.make_post(first, author=cast.colleague, text="The depot.")
    factories.make_post(first, author=cast.steward, text="On Fridays.")
    second = factories.make_thread(cast.champions, author=cast.colleague, title="Bins?", texts=["Which bins?"])
    factories.make_post(second, author=cast.steward, text="All of them.")
    return first, second


@pytest.mark.both_databases
def test_posts_get_numbers_after_the_last_and_the_others_keep_theirs(two: tuple[Thread, Thread], cast: Cast) -> None:
    """B1, B2."""
    first, second = two
    factories.make_post(first, author=cast.colleague, text="Held.", state=PostState.HELD)
    factories.make_post(first, author=cast.colleague, text="Gone.", state=PostState.REMOVED)
    move = merge(cast.organiser, first, second)
    expected = ["Which bins?", "All of them.", "Who empties it?", "The depot.", "On Fridays.", "Held.", "Gone."]
    assert posts_of(second) == list(enumerate(expected, start=1))
    assert posts_of(first) == []
    assert item_of(second).last_number == 7
    assert [post(second, number).state for number in (6, 7)] == [PostState.HELD, PostState.REMOVED]
    assert (move.posts, move.first_number, move.is_whole) == (4, 3, True)
    assert item_of(first).state is ItemState.WITHDRAWN
    assert [one.title for one in listed(standing(cast.champion))] == ["Bins?"]
    with transaction():
        assert actions.reply(standing(cast.champion), second, text=said("And now?")).number == 8
    assert head_of(standing(cast.champion), item_of(second).ref, place="").replies == 5


@pytest.mark.both_databases
def test_replies_and_quotes_mean_the_same_posts(two: tuple[Thread, Thread], cast: Cast) -> None:
    """Also what a post said before it was edited."""
    first, second = two
    typed = "> [post 2]\n> The depot.\n\nAre you sure?\n\n```\n> [post 2]\n```"
    text = text_for(cast.champions, typed, author=cast.champion, item_id=first.id, posts_url=urls(item_of(first).ref))
    with transaction():
        made = actions.reply(standing(cast.champion), first, text=text, in_reply_to=2)
    factories.make_revision(made, text="> [post 2]\n\nSure?", editor=cast.champion)
    merge(cast.organiser, first, second)
    moved = post(second, 6)
    assert moved.in_reply_to == 4
    assert moved.source == typed.replace("[post 2]", "[post 4]", 1)
    assert f'<a href="{urls(item_of(second).ref)}4">Colin Colleague in post 4</a>' in moved.html
    before = db.session.scalars(select(PostRevision.source).where(PostRevision.post_id == moved.id)).one()
    assert before == "> [post 4]\n\nSure?"


@pytest.mark.both_databases
def test_what_hangs_on_posts_goes_along(two: tuple[Thread, Thread], cast: Cast) -> None:
    """Reactions, bookmarks, files and mentions hang on the post and not on its number."""
    first, second = two
    held = post(first, 2)
    factories.make_reaction(held, by=cast.champion)
    factories.make_bookmark(cast.champion, held, note="Depot")
    factories.make_mention(held, cast.reader)
    factories.make_attachment(cast.champions, by=cast.colleague, to=held)
    merge(cast.organiser, first, second)
    assert post(second, 4).id == held.id
    for table in (Reaction, Bookmark, Attachment):
        assert db.session.scalars(select(table.post_id)).all() == [held.id]


@pytest.mark.both_databases
def test_the_answer_of_the_thread_that_stays_holds(two: tuple[Thread, Thread], cast: Cast) -> None:
    """If it has none, the other's comes along; a conversation has none."""
    first, second = two
    factories.make_accepted(first, number=3, by=cast.champion)
    factories.make_accepted(second, number=2, by=cast.colleague)
    merge(cast.organiser, first, second)
    assert thread_of(second).accepted_number == 2
    assert thread_of(first).accepted_number is None
    third = factories.make_thread(cast.champions, author=cast.champion)
    merge(cast.organiser, second, third)
    assert (thread_of(third).accepted_number, thread_of(third).accepted_by_id) == (3, cast.colleague.id)
    talk = factories.make_thread(cast.champions, author=cast.champion, is_question=False)
    merge(cast.organiser, third, talk)
    assert thread_of(talk).accepted_number is None


@pytest.mark.both_databases
def test_watches_are_united(two: tuple[Thread, Thread], cast: Cast) -> None:
    """B4: chosen before automatic, the fuller of two that were chosen, the stronger of two reasons."""
    first, second = two
    with transaction():
        for person, own, other in (
            (cast.champion, WatchLevel.OFF, None),
            (cast.steward, WatchLevel.MINE, WatchLevel.EVERYTHING),
            (cast.organiser, WatchLevel.EVERYTHING, WatchLevel.OFF),
            (cast.reader, None, WatchLevel.OFF),
        ):
            watching.watch(standing(person), first, own)
            watching.watch(standing(person), second, other)
        rows = (
            (cast.champion, second, WatchReason.REPLIED),
            (cast.colleague, first, WatchReason.REPLIED),
            (cast.colleague, second, WatchReason.MENTIONED),
            (cast.reader, first, WatchReason.STARTED),
        )
        for person, thread, reason in rows:
            level = WatchLevel.MINE if reason is WatchReason.MENTIONED else WatchLevel.EVERYTHING
            db.session.add(
                Watch(person_id=person.id, item_id=thread.id, level=level, reason=reason, is_chosen=False, since=now())
            )
    merge(cast.organiser, first, second)
    found = {
        row.person_id: (row.level, row.reason, row.is_chosen)
        for row in db.session.scalars(select(Watch).where(Watch.item_id == second.id))
    }
    assert found == {
        cast.champion.id: (WatchLevel.OFF, WatchReason.REPLIED, True),
        cast.steward.id: (WatchLevel.EVERYTHING, None, True),
        cast.organiser.id: (WatchLevel.EVERYTHING, None, True),
        cast.colleague.id: (WatchLevel.EVERYTHING, WatchReason.REPLIED, False),
        cast.reader.id: (WatchLevel.OFF, WatchReason.REPLIED, True),
    }


@pytest.mark.both_databases
def test_who_has_read_both_has_read_all_and_nobody_loses_what_is_unread(two: tuple[Thread, Thread], cast: Cast) -> None:
    """B3: marks only grow. The rule for who has read only one of the two stands in `marks_follow`."""
    first, second = two
    with transaction():
        for person, own, other in (
            (cast.organiser, 3, 2),
            (cast.champion, 2, 2),
            (cast.reader, 3, 1),
            (cast.steward, 3, 1),  # post 2 is their own
            (cast.colleague, 0, 2),
        ):
            for thread, number in ((first, own), (second, other)):
                if number:
                    read_up_to(person, item_of(thread), number)
    merge(cast.organiser, first, second)
    marks = {
        row.person_id: row.last_number
        for row in db.session.scalars(select(ReadMark).where(ReadMark.item_id == second.id))
    }
    assert marks == {
        cast.organiser.id: 5,
        cast.champion.id: 4,
        cast.reader.id: 1,
        cast.steward.id: 5,
        cast.colleague.id: 2,
    }


@pytest.mark.both_databases
def test_tags_pin_parts_and_summary_take_what_is_free(two: tuple[Thread, Thread], cast: Cast) -> None:
    """Five tags at the most, those of the thread that stays first."""
    first, second = two
    tags = [factories.make_tag(cast.champions, name=f"Tag {number}") for number in range(1, 8)]
    later = factories.make_thread(cast.champions, author=cast.champion)
    with transaction():
        for place, tag in enumerate(tags[:4], start=1):
            db.session.add(ThreadTag(thread_id=first.id, place=place, tag_id=tag.id))
        for place, tag in enumerate((tags[0], tags[4], tags[5]), start=1):
            db.session.add(ThreadTag(thread_id=second.id, place=place, tag_id=tag.id))
        tags[1].retired_at = now()
        db.session.add(Pin(space_id=cast.champions.id, place=2, thread_id=first.id, pinned_at=now()))
        db.session.get_one(Thread, later.id).part_of_id = first.id
        db.session.get_one(Thread, second.id).part_of_id = None
        db.session.add(
            ThreadSummary(thread_id=first.id, version=1, post_number=2, as_of=2, author_id=cast.champion.id, at=now())
        )
    merge(cast.organiser, first, second)
    places = select(ThreadTag.place, ThreadTag.tag_id).where(ThreadTag.thread_id == second.id)
    assert {row[0]: row[1] for row in db.session.execute(places)} == {
        1: tags[0].id,
        2: tags[4].id,
        3: tags[5].id,
        4: tags[2].id,
        5: tags[3].id,
    }
    assert db.session.scalars(select(Pin.thread_id)).all() == [second.id]
    assert thread_of(later).part_of_id == second.id
    summary = db.session.scalars(select(ThreadSummary).where(ThreadSummary.thread_id == second.id)).one()
    assert (summary.post_number, summary.as_of) == (4, 4)


@pytest.mark.both_databases
@pytest.mark.parametrize("into_later", [True, False])
def test_a_part_is_merged_into_the_other(context: None, cast: Cast, *, into_later: bool) -> None:
    """Part 2 of three goes into part 1 or part 3: the two that are left are linked, and none with itself."""
    one, two, three = (factories.make_thread(cast.champions, author=cast.champion) for _ in range(3))
    with transaction():
        db.session.get_one(Thread, two.id).part_of_id = one.id
        db.session.get_one(Thread, three.id).part_of_id = two.id
    merge(cast.organiser, two, three if into_later else one)
    assert (thread_of(one).part_of_id, thread_of(three).part_of_id) == (None, one.id)
    assert thread_of(two).part_of_id is None


@pytest.mark.both_databases
def test_drafts_come_along_and_no_tab_writes_over_another(two: tuple[Thread, Thread], cast: Cast) -> None:
    """B5: two texts stand one behind the other, in a version that no tab has seen."""
    first, second = two
    before, after = (addresses.reply_place(item_of(thread).ref) for thread in two)
    with transaction():
        drafts.save(cast.champion, before, version=0, body="> [post 2]\n\nHm", in_reply_to=2)
        drafts.save(cast.colleague, before, version=0, body="From there")
        drafts.save(cast.colleague, after, version=0, body="From here")
    factories.make_attachment(cast.champions, by=cast.champion, place=before)
    merge(cast.organiser, first, second)
    assert db.session.scalars(select(Draft.place).distinct()).all() == [after]
    kept = drafts.draft_at(cast.champion, after)
    assert (kept.body, kept.in_reply_to, kept.version) == ("> [post 4]\n\nHm", 4, 1)
    assert db.session.scalars(select(Attachment.place)).all() == [after]
    kept = drafts.draft_at(cast.colleague, after)
    assert (kept.body, kept.version) == ("From here\n\nFrom there", 2)
    with pytest.raises(drafts.NewerDraft), transaction():
        drafts.save(cast.colleague, after, version=1, body="Typed on")


@pytest.mark.both_databases
def test_who_may_merge_what(two: tuple[Thread, Thread], cast: Cast) -> None:
    """A1, A2. Seen to fail without the power in `merge`, and without each look at the other thread."""
    first, second = two
    for person in (cast.champion, cast.colleague, cast.reader, cast.outsider):
        with pytest.raises(Denied):
            merge(person, first, second)
    elsewhere = factories.make_thread(cast.night_desk, author=cast.insider)
    for into in (first, elsewhere):
        with pytest.raises(Invalid) as refused:
            merge(cast.organiser, first, into)
        assert set(refused.value.errors) == {"into"}
    with pytest.raises(Missing):
        merge(cast.organiser, elsewhere, second)
    with pytest.raises(Invalid) as refused:
        merge(cast.organiser, first, second, reason=" ")
    assert set(refused.value.errors) == {"reason"}
    for audience in (Audience.ORGANISERS, Audience.NAMED):
        for one, other in ((first, second), (second, first)):
            with transaction():
                db.session.get_one(Item, one.id).audience = audience
            with pytest.raises((RuleBroken, Invalid, Missing)):
                merge(cast.organiser, first, second)
            with transaction():
                db.session.get_one(Item, one.id).audience = Audience.SPACE
            assert len(posts_of(other)) in {2, 3}
    assert db.session.scalar(select(MovedPost.post_id)) is None


@pytest.mark.both_databases
def test_authors_are_told_once_and_the_log_tells(two: tuple[Thread, Thread], cast: Cast) -> None:
    """A5: nobody is told of what is held or removed; A3: nor who can't see it any more."""
    first, second = two
    factories.make_post(first, author=cast.colleague, text="Twice.")
    factories.make_post(first, author=cast.reader, text="Held.", state=PostState.HELD)
    move = merge(cast.steward, first, second)
    fact = PostsMoved(actor_id=cast.steward.id, item_id=second.id, move_id=move.id)
    recipients = {one.person_id: one for one in authors_of(fact)}
    assert set(recipients) == {cast.champion.id, cast.colleague.id}
    mail = tell_moved(fact, recipients[cast.colleague.id])
    assert mail is not None
    assert mail.subject == "Your posts stand in “Bins?” now"
    assert WHY in mail.text
    assert "2 of them are yours" in mail.text
    assert f"/threads/{item_of(second).ref}/posts/4" in mail.text
    line = db.session.scalars(select(LogEntry).where(LogEntry.verb == "merged thread")).one()
    assert (line.item_id, line.reason, line.details) == (second.id, WHY, {"before": "Blue bin?", "posts": "4"})
    with transaction():
        db.session.get_one(Item, second.id).state = ItemState.HIDDEN
    assert tell_moved(fact, recipients[cast.colleague.id]) is None


@pytest.mark.both_databases
def test_an_old_number_leads_on_through_every_move(two: tuple[Thread, Thread], cast: Cast) -> None:
    """B2: the table names the post, so nothing has to be followed."""
    first, second = two
    third = factories.make_thread(cast.champions, author=cast.champion)
    wanted = post(first, 2).id
    merge(cast.organiser, first, second)
    merge(cast.organiser, second, third)
    found = db.session.scalars(select(MovedPost.post_id).where(MovedPost.item_id == first.id, MovedPost.number == 2))
    assert found.one() == wanted == post(third, 5).id


@pytest.mark.both_databases
def test_two_merges_that_cross(app: Flask, two: tuple[Thread, Thread], cast: Cast) -> None:
    """One wins, the other finds its thread gone; no post is lost. The space is held, and both items in the order of their ids."""
    first, second = two
    works = [partial(merge, cast.organiser, first, second), partial(merge, cast.steward, second, first)]
    results = at_once(app, works, workers=2)
    assert sum(isinstance(one, PostMove) for one in results) == 1, results
    assert sum(isinstance(one, (Missing, Invalid)) for one in results) == 1, results
    everything = [number for thread in two for number, _source in posts_of(thread)]
    assert everything == [1, 2, 3, 4, 5]


Work = Callable[[], object]


@pytest.mark.both_databases
def test_replies_during_a_merge_are_not_lost(app: Flask, two: tuple[Thread, Thread], cast: Cast) -> None:
    """B1: each comes before the merge and goes along, or is refused whole. Seen to fail without the lock in `hold_item`."""
    first, second = two

    def reply(number: int) -> int:
        with transaction():
            return actions.reply(standing(cast.colleague), first, text=said(f"Reply {number}")).number

    works: list[Work] = [partial(reply, number) for number in range(12)]
    works.insert(6, partial(merge, cast.organiser, first, second))
    results = at_once(app, works, workers=13)
    taken = {f"Reply {number}" for number, one in enumerate([*results[:6], *results[7:]]) if isinstance(one, int)}
    assert all(isinstance(one, (int, PostMove, Missing)) for one in results), results
    stored = posts_of(second)
    assert [number for number, _source in stored] == list(range(1, 6 + len(taken)))
    assert {source for _number, source in stored if source.startswith("Reply")} == taken
    assert posts_of(first) == []


@pytest.mark.both_databases
def test_an_answer_is_accepted_during_a_merge(app: Flask, two: tuple[Thread, Thread], cast: Cast) -> None:
    """It comes first and goes along, or is refused: never is another post accepted."""
    first, second = two

    def accept() -> None:
        with transaction():
            actions.accept(standing(cast.champion), first, number=2)

    results = at_once(app, [accept, partial(merge, cast.organiser, first, second)], workers=2)
    assert thread_of(second).accepted_number == (None if isinstance(results[0], Missing) else 4), results
