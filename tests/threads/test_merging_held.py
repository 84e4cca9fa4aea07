"""Merging and splitting a thread in which replies wait for an organiser, or were declined: they have no number (A5)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content.models import Post, PostState
from forum.content.moving.models import MovedPost, PostMove
from forum.content.naming import text_for
from forum.content.order import approving
from forum.content.order.deciding import AlreadyDecided
from forum.content.order.queries import cases, own_held_in
from forum.core.db import db, transaction
from forum.people.models import Person
from forum.spaces.feature import kind_of
from forum.spaces.models import Item, LogEntry
from forum.threads import actions, addresses
from forum.threads.actions import merging, splitting
from forum.threads.actions.splitting import Chosen
from forum.threads.models import Thread
from forum.threads.queries import head_of
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, hidden_value, item_of, standing

AsPerson = Callable[[Person], Browserless]
WHY = "Both ask the same."


def urls(ref: str) -> str:
    return addresses.posts_url("champions", ref)


def merge(person: Person, thread: Thread, into: Thread) -> PostMove:
    here = standing(person)
    with transaction():
        return merging.merge(here, thread, into=into, reason=WHY, posts_url=urls)


def move_into(person: Person, thread: Thread, into: Thread, *numbers: int) -> None:
    here, chosen = standing(person), Chosen(numbers=frozenset(numbers))
    with transaction():
        splitting.move_into(here, thread, chosen, into=into, reason=WHY, posts_url=urls)


def now_is(post: Post) -> Post:
    return db.session.get_one(Post, post.id, populate_existing=True)


def held_reply(cast: Cast, thread: Thread, text: str, *, to: int) -> Post:
    """Have Carla answer a post, and wait for an organiser."""
    where = urls(item_of(thread).ref)
    rendered = text_for(cast.champions, text, author=cast.champion, item_id=thread.id, posts_url=where)
    here = standing(cast.champion)
    with transaction():
        return actions.reply(here, thread, text=rendered, in_reply_to=to)


def decide(cast: Cast, post: Post, *, declined: bool = False) -> Post:
    """Let Oscar approve a post, or decline it."""
    here, kind = standing(cast.organiser), kind_of(db.session.get_one(Item, now_is(post).item_id))
    with transaction():
        if declined:
            approving.decline(here, post.id, reason="No.", kind=kind)
        else:
            approving.approve(here, post.id, version=1, item_version=1, kind=kind)
    return now_is(post)


@pytest.fixture
def two(context: None, cast: Cast) -> tuple[Thread, Thread]:
    """Colin's questions of three posts and of two: the first is to be merged into the second. What Carla writes is held."""
    first = factories.make_thread(cast.champions, author=cast.colleague, title="Blue bin?", posts=3)
    second = factories.make_thread(cast.champions, author=cast.colleague, title="Bins?", posts=2)
    factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
    return first, second


@pytest.mark.both_databases
def test_a_held_reply_waits_on_in_the_other_thread(two: tuple[Thread, Thread], cast: Cast) -> None:
    """A5: it has no number there either, answers and quotes the same post, counts nowhere, and is approved there. B1.

    Seen to fail (IntegrityError) when posts without a number take part in the numbering; and without `more` in `renumber_texts`.
    """
    first, second = two
    held = held_reply(cast, first, "> [post 2]\n> So.\n\nReally?", to=3)
    move = merge(cast.organiser, first, second)
    waiting = now_is(held)
    assert (waiting.item_id, waiting.has_number, waiting.state) == (second.id, False, PostState.HELD)
    assert (waiting.in_reply_to, waiting.source) == (5, "> [post 4]\n> So.\n\nReally?")
    assert f"{urls(item_of(second).ref)}4" in waiting.html
    assert (move.posts, item_of(second).last_number) == (3, 5)
    assert db.session.scalars(select(LogEntry.details).where(LogEntry.verb == "merged thread")).one()["posts"] == "3"
    assert held.id not in db.session.scalars(select(MovedPost.post_id)).all()
    assert [case.item.id for case in cases(standing(cast.organiser))] == [second.id]
    assert [one.post_id for one in own_held_in(item_of(second), cast.champion)] == [held.id]
    assert head_of(standing(cast.reader), item_of(second).ref, place="").replies == 4
    approved = decide(cast, held)
    assert (approved.item_id, approved.number, approved.in_reply_to) == (second.id, 6, 5)
    assert head_of(standing(cast.reader), item_of(second).ref, place="").replies == 5


@pytest.mark.both_databases
def test_a_held_reply_follows_what_it_answers_that_went_ahead(two: tuple[Thread, Thread], cast: Cast) -> None:
    """Post 3 was split off before the rest came; then all of it goes on into a third thread."""
    first, second = two
    third = factories.make_thread(cast.champions, author=cast.colleague)
    held = held_reply(cast, first, "Really?", to=3)
    move_into(cast.organiser, first, second, 3)
    assert now_is(held).item_id == first.id
    merge(cast.organiser, first, second)
    assert (now_is(held).item_id, now_is(held).in_reply_to) == (second.id, 3)
    merge(cast.organiser, second, third)
    assert (now_is(held).item_id, now_is(held).in_reply_to) == (third.id, 4)
    assert decide(cast, held).number == 7


@pytest.mark.both_databases
def test_a_declined_reply_stops_no_merge_and_is_counted_nowhere(two: tuple[Thread, Thread], cast: Cast) -> None:
    """It is removed and never had a number. Seen to fail with `_note` counting whatever is removed."""
    first, second = two
    declined = decide(cast, held_reply(cast, first, "Rude.", to=1), declined=True)
    move = merge(cast.organiser, first, second)
    assert (move.posts, item_of(second).last_number) == (3, 5)
    assert (now_is(declined).item_id, now_is(declined).has_number) == (second.id, False)
    with pytest.raises(AlreadyDecided):
        decide(cast, declined)


@pytest.mark.both_databases
def test_a_split_leaves_what_is_held_where_it_is(two: tuple[Thread, Thread], cast: Cast) -> None:
    """Also when all from a number on go."""
    first, second = two
    held = held_reply(cast, first, "Really?", to=2)
    here, chosen = standing(cast.organiser), Chosen(all_from=2)
    with transaction():
        splitting.move_into(here, first, chosen, into=second, reason=WHY, posts_url=urls)
    assert (now_is(held).item_id, now_is(held).has_number, now_is(held).state) == (first.id, False, PostState.HELD)
    assert decide(cast, held).number == 4


@pytest.mark.both_databases
def test_a_second_press_of_a_reply_that_waits_leads_to_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Sent before the merge and once more after it. Seen to fail ("/posts/None") with the number alone in the address."""
    with app.app_context():
        first = factories.make_thread(cast.champions, author=cast.colleague, title="Blue bin?", posts=3)
        second = factories.make_thread(cast.champions, author=cast.colleague, title="Bins?", posts=19)
        factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
        ref = item_of(first).ref
    before, after = address(app, first), address(app, second)
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    once = {"body": "Sent twice.", "once": "c" * 32, "draft_version": "0"}
    sent = carla.send(before, **once)
    assert "#held-" in sent.location
    anchor = sent.location.partition("#")[2]
    again = carla.send(before, **once)
    assert again.location == sent.location
    seen = hidden_value(oscar.send(f"{before}merge", into=after, reason=WHY).get_data(as_text=True), "seen")
    assert oscar.send(f"{before}merge", into=after, reason=WHY, seen=seen, merge="1").status_code == 303
    token = {"csrf_token": hidden_value(carla.get(after).get_data(as_text=True), "csrf_token")}
    led = carla.post(before, data={**token, **once}, follow_redirects=False)
    assert (led.status_code, led.location) == (308, f"{after}?moved_from={ref}")
    assert carla.post(led.location, data={**token, **once}).location == f"{after}?page=2#{anchor}"
    assert f'id="{anchor}"' in carla.get(f"{after}?page=2").get_data(as_text=True)
    with app.test_request_context("/"):
        [post] = db.session.scalars(select(Post).where(Post.source == "Sent twice.")).all()
        decide(cast, post, declined=True)
    assert carla.post(led.location, data={**token, **once}).location == f"{after}?page=2#{anchor}"
