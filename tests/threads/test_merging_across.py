"""What else knows of a thread that is merged: who was told of it, mail about it, an announcement, what is asked behind a colleague."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content import stopping
from forum.content.digest import tell_digest
from forum.content.events import PostWritten
from forum.content.letters import tell_posts
from forum.content.models import Post, Watch, WatchLevel, WatchReason
from forum.content.telling import notices_of
from forum.content.watching import begin
from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.events import Recipient
from forum.core.notices import Notice, Reason
from forum.core.time import now
from forum.home.notifications import told_to
from forum.notify.events import DigestDue
from forum.notify.models import MailRhythm
from forum.notify.notices import note_all
from forum.notify.rhythm import choose_rhythm
from forum.people.models import Person
from forum.spaces.models import Item, ItemState
from forum.threads import addresses
from forum.threads.actions import merging, splitting
from forum.threads.actions.splitting import Chosen
from forum.threads.behind.models import Relay
from forum.threads.models import Announcement, Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import item_of, standing
from tests.threads.behind import ask, pass_on

AsPerson = Callable[[Person], Browserless]
ASKED = "/s/champions/threads/asked/"
WHY = "Both ask the same."


def urls(ref: str) -> str:
    return addresses.posts_url("champions", ref)


def merge(person: Person, thread: Thread, into: Thread) -> None:
    here = standing(person)
    with transaction():
        merging.merge(here, db.session.get_one(Thread, thread.id), into=into, reason=WHY, posts_url=urls)


def make(cast: Cast, title: str, *texts: str) -> Thread:
    """Give a question of Colin's."""
    return factories.make_thread(cast.champions, author=cast.colleague, title=title, texts=list(texts))


def url_of(thread: Thread) -> str:
    return addresses.thread_url_of("champions", item_of(thread).ref)


def tell(post: Post) -> PostWritten:
    """Write who is told of a post, and return the fact of which mail tells."""
    with transaction():
        note_all(notices_of(post.id), at=now())
    return PostWritten(actor_id=post.author_id, item_id=post.item_id, post_id=post.id, number=post.number)


def is_told(person: Person, post_id: int) -> bool:
    return person.id in {notice.person_id for notice in notices_of(post_id)}


@pytest.mark.both_databases
def test_what_people_were_told_of_follows_its_posts(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3, B4: list, bell, mail and digest name the thread in which the posts stand now, and reading there is reading them."""
    with app.test_request_context("/"):
        first, second = make(cast, "Blue bin?", "Who?"), make(cast, "Bins?", "Which?", "All.")
        with transaction():
            begin({cast.champion.id}, first.id, reason=WatchReason.REPLIED, at=now())
        fact = tell(factories.make_post(first, author=cast.steward, text="The depot."))
        old, there = item_of(first).ref, url_of(second)
        merge(cast.organiser, first, second)
        later = tell(factories.make_post(second, author=cast.steward, text="Or the yard."))
        [line] = told_to(cast.champion).unread
        assert (line.title, line.posts, line.number) == ("Bins?", 2, 4)
        assert line.url == f"{there}#p4"
        for one in (fact, later):
            mail = tell_posts(one, Recipient(person_id=cast.champion.id))
            assert mail is not None
            assert mail.subject == "Re: Bins?"
            assert "2 new posts in “Bins?”" in mail.text
            assert "You get this because you have written there." in mail.text
            assert f"{there}#p4" in mail.text
            for text in (mail.text, mail.html, *mail.headers.values()):
                assert old not in text
                assert "Blue bin" not in text
        with transaction():
            choose_rhythm(cast.champion, MailRhythm.DAILY)
        digest = tell_digest(DigestDue(person_id=cast.champion.id, moment=""), Recipient(person_id=cast.champion.id))
        assert digest is not None
        assert f"{there}#p4" in digest.text
        assert "Bins?" in digest.text
        assert old not in digest.text
    carla = as_person(cast.champion)
    assert "Bins?" in carla.get("/me/notifications").get_data(as_text=True)
    assert carla.get(there).status_code == 200
    with app.test_request_context("/"):
        assert told_to(cast.champion).unread == []
        assert tell_posts(fact, Recipient(person_id=cast.champion.id)) is None


@pytest.mark.both_databases
def test_an_old_stop_link_stops_the_conversation_wherever_it_goes_on(app: Flask, cast: Cast) -> None:
    """Through two merges. Seen to fail with the link's own item in `stop_link`, which is withdrawn."""
    with app.test_request_context("/"):
        threads = [make(cast, title, "Which?") for title in ("Blue bin?", "Bins?", "All bins")]
        before, now_there = threads[0].id, threads[2].id
        with transaction():
            begin({cast.champion.id}, threads[0].id, reason=WatchReason.REPLIED, at=now())
        path = re.sub(r"^https?://[^/]*", "", stopping.stop_url(cast.champion, item_of(threads[0])))
        merge(cast.organiser, threads[0], threads[1])
        merge(cast.organiser, threads[1], threads[2])
        post = factories.make_post(threads[2], author=cast.steward, text="New.")
        key = post.id
        assert is_told(cast.champion, key)
    client = app.test_client()
    assert b"All bins" in client.get(path).data
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with app.test_request_context("/"):
        assert not is_told(cast.champion, key)
        assert stopping.is_stopped(cast.champion, db.session.get_one(Item, now_there))
        assert not stopping.is_stopped(cast.champion, db.session.get_one(Item, before))
    assert client.post(path, data={"again": "1"}).status_code == 200
    with app.test_request_context("/"):
        assert is_told(cast.champion, key)


@pytest.mark.both_databases
def test_an_announcement_is_not_merged_away(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """It was made to all members. The other thread can be merged into it, and posts split off. Seen to fail without the look at it."""
    with app.test_request_context("/"):
        first, second = (
            make(cast, "The system is down", "Until noon.", "Thanks.", "Why?"),
            make(cast, "Down?", "Is it?"),
        )
        with transaction():
            db.session.add(Announcement(thread_id=first.id, made_at=now()))
        with pytest.raises(RuleBroken):
            merge(cast.organiser, first, second)
        assert item_of(first).state is ItemState.PUBLISHED
        one, other, keys = url_of(first), url_of(second), (first.id, second.id)
    answer = as_person(cast.organiser).send(f"{one}merge", into=other, reason=WHY)
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "This thread is an announcement, which can’t go along." in html
    assert WHY in html
    with app.test_request_context("/"):
        first, second = (db.session.get_one(Thread, key) for key in keys)
        here, chosen = standing(cast.organiser), Chosen(numbers=frozenset({3}))
        with transaction():
            splitting.move_into(here, first, chosen, into=second, reason=WHY, posts_url=urls)
        merge(cast.organiser, second, first)
        assert db.session.get(Announcement, first.id) is not None
        assert item_of(first).last_number == 5


@pytest.mark.both_databases
def test_what_was_asked_behind_a_colleague_is_found_and_answered_in_the_other_thread(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Its asker watches that, hears of its answers and finds them; what is added goes there; nothing names the asker (A3)."""
    relay = ask(app, cast.champion, cast.organiser)
    first = pass_on(app, cast.organiser, relay)
    with app.test_request_context("/"):
        factories.make_post(first, author=cast.steward, text="Payroll.")
        second = make(cast, "Whom to tell", *(f"So {number}." for number in range(1, 25)))
        merge(cast.steward, first, second)
        answer = factories.make_post(second, author=cast.steward, text="Or the chief.")
        assert (answer.item_id, answer.number) == (second.id, 27)
        notices = notices_of(answer.id)
        assert Notice(person_id=cast.champion.id, post_id=answer.id, reason=Reason.REPLY) in notices
        mail = tell_posts(tell(answer), Recipient(person_id=cast.champion.id))
        assert mail is not None
        assert "Re: Whom to tell" in mail.subject
        watch = db.session.get_one(Watch, (cast.champion.id, second.id))
        assert (watch.level, watch.reason, watch.is_chosen) == (WatchLevel.EVERYTHING, None, True)
        there = url_of(second)
    carla, url = as_person(cast.champion), f"{ASKED}{relay.ref}/"
    html = carla.get(url).get_data(as_text=True)
    assert f'href="{there}?page=2#p25"' in html
    assert "Payroll." in html
    assert "Or the chief." in html
    assert "So 24." not in html
    assert "Your question stands in “Whom to tell” now." in html
    assert "Page 1 of" not in html
    assert "Accept this answer" not in html
    assert carla.send(f"{url}accept", number=27).status_code == 409
    assert carla.send(f"{url}thank", number=27).status_code == 303
    assert "asked/" in carla.get(there).get_data(as_text=True)
    assert "asked/" + relay.ref not in as_person(cast.colleague).get(there).get_data(as_text=True)


@pytest.mark.both_databases
def test_what_waits_to_be_added_to_a_question_quotes_the_same_posts_after_a_merge(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Seen to fail without `carry_additions`: "[post 2]" was another post by then."""
    relay = ask(app, cast.champion, cast.organiser)
    first = pass_on(app, cast.organiser, relay)
    with app.test_request_context("/"):
        factories.make_post(first, author=cast.steward, text="Payroll.")
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    words = "> [post 2]\n> Payroll.\n\nNo."
    sent = carla.send(f"{ASKED}{relay.ref}/add", body=words, through="oscar.organiser", once="b" * 32)
    assert sent.status_code == 303
    with app.test_request_context("/"):
        second = make(cast, "Whom to tell", "Whom?", "The chief.", "Me.")
        merge(cast.steward, first, second)
        there = urls(item_of(second).ref)
        added = db.session.scalars(select(Relay).where(Relay.about_id == relay.id)).one()
        assert added.source == words.replace("2", "5")
        assert f'<a href="{there}5">Stella Steward in post 5</a>' in added.html
        path = f"{ASKED}{added.ref}/pass"
        words = added.source
    assert oscar.send(path, body=words).status_code == 303
    html = oscar.get(there.removesuffix("posts/")).get_data(as_text=True)
    assert f'<a href="{there}5">Stella Steward in post 5</a>' in html
    assert f'{there}2">' not in html.split('id="p6"')[1]
