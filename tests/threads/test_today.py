"""What threads say on Today: a sentence, what is new, what waits for this person."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from forum.content.models import PostState
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, ItemState
from forum.threads.addresses import reply_place, start_place
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, item_of

AsPerson = Callable[[Person], Browserless]
TODAY = "/s/champions/"
TUESDAY = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def words_of(client: Browserless) -> str:
    """Return what Today says, in one line."""
    html = client.get(TODAY).get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main")[1].split("</main>")[0]).split())


def test_with_nothing_new_nothing_is_drawn(cast: Cast, as_person: AsPerson) -> None:
    """Empty parts aren't drawn; the sentence says so."""
    said = words_of(as_person(cast.colleague))
    assert "You are up to date" in said
    assert "New since" not in said
    assert "Waiting for you" not in said


@pytest.mark.both_databases
def test_what_is_new_is_told_with_the_day_it_is_new_since(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Since the last visit; when something unread is older than that, since then: the day is never a lie."""
    with time_machine.travel(TUESDAY - timedelta(days=4), tick=False):
        with app.app_context():
            read = factories.make_thread(
                cast.champions, author=cast.champion, title="Read", at=now() - timedelta(days=3)
            )
        as_person(cast.colleague).get(address(app, read))
    with time_machine.travel(TUESDAY, tick=False):
        with app.app_context():
            factories.make_post(read, author=cast.champion)
        said = words_of(as_person(cast.colleague))
        assert "1 thread has something new for you." in said
        assert "New since Friday" in said
        with app.app_context():
            factories.make_thread(cast.champions, author=cast.champion, title="Missed", at=now() - timedelta(days=5))
        said = words_of(as_person(cast.colleague))
        assert "2 threads have something new for you." in said
        assert "New since Thursday" in said
        assert "New since you joined" in words_of(as_person(cast.organiser))


@pytest.mark.both_databases
def test_questions_in_ones_patch_wait_for_somebody_who_can_answer(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The same department, not one's own, nobody has answered; readers and visitors are asked nothing."""
    with app.app_context():
        mine = factories.make_thread(
            cast.champions, author=cast.champion, title="Shared login?", at=now() - timedelta(days=2)
        )
        factories.make_thread(cast.champions, author=cast.colleague, title="Elsewhere")
    said = words_of(as_person(cast.steward))
    assert "One thing waits for you." in said
    assert "“Shared login?” A question in Libraries, your patch. No answer for 2 days. Answer" in said
    assert "“Elsewhere”" not in said
    assert "waits for you" not in words_of(as_person(cast.champion))
    assert "Waiting for you" not in words_of(as_person(cast.reader))
    with app.app_context():
        factories.make_post(mine, author=cast.colleague)
    assert "waits for you" not in words_of(as_person(cast.steward))


@pytest.mark.both_databases
def test_answers_wait_until_one_is_accepted(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Asked once, by the last reply of somebody else, while none is accepted."""
    with app.app_context():
        mine = factories.make_thread(cast.champions, author=cast.champion, title="Which bin?")
        factories.make_post(mine, author=cast.colleague)
    carla = as_person(cast.champion)
    assert "“Which bin?” Colin Colleague replied to your question. Did that solve it?" in words_of(carla)
    with app.app_context():
        factories.make_accepted(mine, number=2, by=cast.champion)
    assert "Which bin?” Colin" not in words_of(carla)


@pytest.mark.both_databases
def test_all_that_waits_is_counted_and_led_to_with_ones_own_questions_first(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Planted defects: the length of what is listed for what waits, or a constant; one's own questions last, and pushed out."""
    with app.app_context():
        for number in range(9):
            factories.make_thread(cast.champions, author=cast.champion, title=f"Patch {number}")
        mine = factories.make_thread(cast.champions, author=cast.steward, title="My own", at=now() - timedelta(days=9))
        factories.make_post(mine, author=cast.colleague)
    stella = as_person(cast.steward)
    said = words_of(stella)
    assert "10 things wait for you." in said
    assert said.index("“My own” Colin Colleague replied") < said.index("“Patch 8”")
    assert said.count("your patch. No answer") == 5
    assert "4 more questions wait in your patch" in said
    assert 'href="/s/champions/threads/?show=unanswered">4 more' in stella.get(TODAY).get_data(as_text=True)
    with app.app_context():
        for number in range(6):
            asked = factories.make_thread(cast.champions, author=cast.steward, title=f"Mine {number}")
            factories.make_post(asked, author=cast.colleague)
    said = words_of(stella)
    assert "16 things wait for you." in said
    assert "1 more question of yours has a reply" in said
    assert "9 more questions wait in your patch" in said


@pytest.mark.both_databases
def test_an_unread_post_that_names_somebody_waits_for_them(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """For readers as well; until it is read; never what is held, hidden, removed or for others (A3, A5)."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Bins", posts=22)
        post = factories.make_post(thread, author=cast.steward)
        for person in (cast.reader, cast.colleague):
            factories.make_mention(post, person)
        for state in (PostState.HELD, PostState.HIDDEN, PostState.REMOVED):
            factories.make_mention(factories.make_post(thread, author=cast.steward, state=state), cast.reader)
        for kept in ({"state": ItemState.HIDDEN}, {"audience": Audience.ORGANISERS}):
            unseen = factories.make_thread(cast.champions, author=cast.organiser, title="Unseen", **kept)
            factories.make_mention(factories.make_post(unseen, author=cast.organiser), cast.reader)
        elsewhere = factories.make_thread(cast.night_desk, author=cast.insider, title="Elsewhere")
        factories.make_mention(factories.make_post(elsewhere, author=cast.insider), cast.reader)
    rita, url = as_person(cast.reader), address(app, thread)
    said = words_of(rita)
    assert "One thing waits for you." in said
    assert "“Bins” Stella Steward mentioned you in post 23. Read post 23 in “Bins”" in said
    assert f'href="{url}?page=2#p23"' in rita.get(TODAY).get_data(as_text=True)
    assert "mentioned you" in words_of(as_person(cast.colleague))
    assert "mentioned you" not in words_of(as_person(cast.organiser))
    assert "mentioned you" not in words_of(as_person(cast.outsider))
    rita.get(f"{url}?page=2")
    assert "mentioned you" not in words_of(rita)


def test_more_mentions_than_fit_are_counted_and_led_to(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        for _number in range(7):
            thread = factories.make_thread(cast.champions, author=cast.champion)
            factories.make_mention(factories.make_post(thread, author=cast.champion), cast.reader)
    said = words_of(as_person(cast.reader))
    assert "7 things wait for you." in said
    assert said.count("mentioned you in post 2") == 6
    assert "1 more unread post mentions you" in said


@pytest.mark.both_databases
def test_what_one_has_begun_stands_in_the_rail(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Drafts of this space, of threads that can be seen; to nobody else, and gone when they are sent."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Bins", posts=21)
        hidden = factories.make_thread(cast.champions, author=cast.champion, title="Unseen", state=ItemState.HIDDEN)
        elsewhere = factories.make_thread(cast.night_desk, author=cast.insider, title="Elsewhere")
        for one in (thread, hidden, elsewhere):
            factories.make_draft(cast.colleague, place=reply_place(item_of(one).ref), body="Begun")
        factories.make_draft(cast.colleague, place=start_place(cast.champions), body="Begun", title="A new idea")
        factories.make_draft(cast.colleague, place=start_place(cast.night_desk), body="Begun", title="Elsewhere")
        factories.make_draft(cast.champion, place=start_place(cast.champions), body="Begun")
        url = f"/s/champions/threads/{item_of(thread).ref}/"
    colin = as_person(cast.colleague)
    said = words_of(colin)
    assert "You have begun" in said
    assert "A reply in “Bins”" in said
    assert "A thread, “A new idea”" in said
    assert "Elsewhere" not in said
    assert "Unseen" not in said
    html = colin.get(TODAY).get_data(as_text=True)
    assert f'href="{url}?page=2#reply">Go on writing' in html
    assert 'href="/s/champions/threads/new">Go on writing' in html
    assert "A thread without a title yet" in words_of(as_person(cast.champion))
    for person in (cast.reader, cast.organiser, cast.outsider):
        assert "You have begun" not in words_of(as_person(person))
    colin.send(url, body="Begun", draft_version="1")
    assert "A reply in “Bins”" not in words_of(colin)


def test_what_cannot_be_seen_waits_for_nobody(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3, A5: neither counted nor named."""
    with app.app_context():
        hidden = factories.make_thread(cast.champions, author=cast.champion, title="Gone", posts=1)
        factories.make_thread(cast.night_desk, author=cast.insider, title="Night")
        with transaction():
            item_of(hidden).state = ItemState.HIDDEN
            db.session.flush()
    for person in (cast.steward, cast.colleague, cast.outsider):
        said = words_of(as_person(person))
        assert "Gone" not in said
        assert "Night" not in said
        assert "One thing waits" not in said
        assert "something new" not in said
