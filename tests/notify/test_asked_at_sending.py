"""What mail says is asked anew when it is sent: who may not see a thing any more isn't told what it is called (A3)."""

from flask import Flask

from forum.content.letters import for_mail
from forum.content.models import Post, PostState, WatchLevel
from forum.content.order.events import HeldPostDecided, PostHidden
from forum.content.order.models import PostWait, WaitOutcome, WaitWhy
from forum.content.order.tellers import tell_decided, tell_hidden
from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.time import now
from forum.home.notifications import MOST_UNREAD, told_to
from forum.meetups.day.events import ActionsLeft
from forum.meetups.day.tellers import tell_left
from forum.meetups.polls.events import DatePollOpened
from forum.meetups.polls.tellers import members, tell_opened
from forum.notify import heads_up
from forum.people.models import Person
from forum.spaces.models import Audience, Item
from forum.threads.actions import watching
from forum.threads.events import PostsMoved
from forum.threads.tellers.moved import tell_moved
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.threads.test_merging import merge


def becomes_secret(item_id: int) -> None:
    """Let an item be for organisers only, under another title."""
    with transaction():
        item = db.session.get_one(Item, item_id)
        item.audience, item.title = Audience.ORGANISERS, "Secret title"


def says(mail: Mail | None) -> str:
    """Return all that a message says."""
    assert mail is not None
    return f"{mail.subject} {mail.text} {mail.html}"


def test_whose_post_is_hidden_or_refused_is_told_no_title_they_can_not_see(app: Flask, cast: Cast) -> None:
    """Seen to fail with the title as it is."""
    with app.test_request_context("/"):
        thread = factories.make_thread(cast.champions, author=cast.colleague)
        post = factories.make_post(thread, author=cast.champion)
        with transaction():
            one = db.session.get_one(Post, post.id)
            one.state, one.gone_at, one.gone_by_id = PostState.HIDDEN, now(), cast.organiser.id
            wait = PostWait(post_id=one.id, why=list(WaitWhy)[-1], since=now())
            db.session.add(wait)
        becomes_secret(thread.id)
        to = Recipient(person_id=cast.champion.id)
        fact = {"actor_id": cast.organiser.id, "item_id": thread.id, "post_id": post.id, "wait_id": wait.id}
        hidden = says(tell_hidden(PostHidden(**fact), to))
        assert f"Your post in {cast.champions.name} is hidden for now" in hidden
        assert "Secret title" not in hidden
        with transaction():
            wait.decided_at, wait.decided_by_id = now(), cast.organiser.id
            wait.outcome, wait.answer = WaitOutcome.DECLINED, "No."
        assert "Secret title" not in says(tell_decided(HeldPostDecided(**fact), to))


def test_whose_posts_were_moved_is_told_no_title_of_a_thread_they_can_not_see(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        first = factories.make_thread(cast.champions, author=cast.champion, title="Bins", posts=2)
        other = factories.make_thread(cast.champions, author=cast.colleague, title="Boxes")
        move = merge(cast.organiser, first, other)
        to = Recipient(person_id=cast.champion.id)
        fact = PostsMoved(actor_id=cast.organiser.id, item_id=other.id, move_id=move.id)
        assert "from “Bins” to “Boxes”" in says(tell_moved(fact, to))
        becomes_secret(first.id)
        said = says(tell_moved(fact, to))
        assert "moved posts to “Boxes”" in said
        assert "Secret title" not in said


def test_only_who_still_looks_after_the_space_hears_of_actions_that_nobody_has_and_may_see_the_meetup(
    app: Flask, cast: Cast
) -> None:
    with app.test_request_context("/"):
        seen, secret = (factories.make_meetup(cast.champions, by=cast.organiser) for _meetup in range(2))
        dates = [factories.meetups.dates_of(series)[0] for series in (secret, seen)]
        ids = [
            factories.make_action(date, by=cast.organiser, holder=None, words=words).id
            for date, words in zip(dates, ("Secret words", "Open words"), strict=True)
        ]
        fact = ActionsLeft(space_id=cast.champions.id, actions=tuple(ids))
        assert tell_left(fact, Recipient(person_id=cast.champion.id)) is None, "a champion looks after nothing"
        assert "Open words" in says(tell_left(fact, Recipient(person_id=cast.organiser.id)))


def test_who_turned_a_space_off_is_not_asked_by_mail_when_they_can(app: Flask, cast: Cast) -> None:
    """A12: as its footer promises. Seen to fail when it is asked only as the poll is opened."""
    with app.test_request_context("/"):
        poll = factories.make_date_poll(cast.champions, by=cast.organiser)
        fact, to = DatePollOpened(actor_id=cast.organiser.id, item_id=poll.id), Recipient(person_id=cast.champion.id)
        assert to in list(members(fact))
        assert tell_opened(fact, to) is not None
        with transaction():
            watching.watch_space(standing(cast.champion), WatchLevel.OFF)
        assert tell_opened(fact, to) is None


def test_only_links_lead_to_the_site_in_mail_and_code_stays_as_it_was_written(app: Flask) -> None:
    page = "https://baton.example.org/s/web/threads/7q2m/#p1"
    code = '<pre><code>&lt;a href="/bins"&gt; src="/x" href="#p2"\n</code></pre>'
    with app.test_request_context("/"):
        assert for_mail(code, page=page) == code
        linked = for_mail('<p><a class="mention" href="/people/priya">@Priya</a> <a href="#p2">2</a></p>', page=page)
    assert 'href="https://' in linked
    assert 'href="https://baton.example.org/s/web/threads/7q2m/#p2"' in linked


def test_more_than_a_page_of_heads_ups_says_that_there_are_more(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        item = factories.make_thread(cast.champions, author=cast.colleague)
        with transaction():
            for number in range(MOST_UNREAD + 1):
                heads_up.tell([cast.champion.id], item_id=item.id, kind="minutes", key=f"{number}", path="/x", number=1)
        told = told_to(db.session.get_one(Person, cast.champion.id))
    assert (len(told.unread), told.has_more) == (MOST_UNREAD, True)
