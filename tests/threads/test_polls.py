"""Polls: made with a thread or later, voted in by members, secret, ended by a day or by hand."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.events import Recipient
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.log import record
from forum.spaces.models import LogEntry, Membership, Space
from forum.threads.models import Thread
from forum.threads.polls import actions
from forum.threads.polls.actions import PollChanged, PollIsOver, PollWords
from forum.threads.polls.events import PollEnded
from forum.threads.polls.models import Poll, PollOption, PollVote, Results
from forum.threads.polls.queries import poll_shown
from forum.threads.polls.tellers import tell_ended, whose_poll
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, at_once, standing

AsPerson = Callable[[Person], Browserless]
WORDS = PollWords(question="Which day suits you?", options=("Monday", "Tuesday", "Friday"))
STARTED = {
    "kind": "talk",
    "section": "questions",
    "title": "When do we meet?",
    "body": "Say when.",
    "draft_version": "0",
}
A_POLL = {"poll_question": "Which day?", "poll_options": "Monday\nFriday", "poll_most": "1", "poll_results": "always"}


@pytest.fixture
def thread(app: Flask, cast: Cast) -> Thread:
    """Give a conversation of Carla's."""
    with app.app_context():
        return factories.make_thread(cast.champions, author=cast.champion, title="When?", is_question=False)


def make(app: Flask, thread: Thread, person: Person, words: PollWords = WORDS) -> Poll:
    """Have somebody give the thread a poll."""
    with app.test_request_context("/"), transaction():
        return actions.save(standing(person), thread, words)


def vote(app: Flask, thread: Thread, person: Person, *places: int, version: int = 1) -> None:
    with app.test_request_context("/"), transaction():
        actions.vote(standing(person), thread, places, version=version)


def problems_in(html: str) -> int:
    return html.partition("data-problems")[2].partition("</div>")[0].count("<li>")


def votes(app: Flask) -> list[tuple[int, int]]:
    with app.app_context():
        rows = db.session.execute(
            select(PollVote.person_id, PollVote.place).order_by(PollVote.person_id, PollVote.place)
        )
        return [(person_id, place) for person_id, place in rows]


@pytest.mark.both_databases
def test_a_thread_is_started_with_a_poll_and_others_vote_with_one_press(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Without script: the press of an option is the vote; the page says how many of how many voted, and no name."""
    started = as_person(cast.champion).send("/s/champions/threads/new", **STARTED, **A_POLL)
    assert started.status_code == 303
    colin = as_person(cast.colleague)
    html = colin.get(started.location).get_data(as_text=True)
    assert "Which day?" in html
    assert "0 of 5 members have voted." in html
    answer = colin.send(f"{started.location}poll/vote", option="2", version="1")
    assert (answer.status_code, answer.location) == (303, f"{started.location}#poll")
    html = as_person(cast.organiser).get(started.location).get_data(as_text=True)
    poll = html[html.index('id="poll"') : html.index("</section>", html.index('id="poll"'))]
    assert "1 of 5 members have voted." in poll
    assert "1 vote</span>" in poll.replace(" · 100%", "")
    assert "Colin" not in poll
    assert "Votes are secret" in poll


def test_a_form_with_half_a_poll_comes_back_unfolded(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """422, with everything that was typed, and no thread."""
    wrong = {
        "Say what people vote on": {"poll_question": "", "poll_options": "A\nB"},
        "Give 2 to 10 options": {"poll_question": "Which?", "poll_options": "A"},
        "say the same": {"poll_question": "Which?", "poll_options": "A\na"},
        "under 100": {"poll_question": "Which?", "poll_options": f"A\n{'b' * 101}"},
        "Between 1 and 2": {"poll_question": "Which?", "poll_options": "A\nB", "poll_most": "3"},
        "That day has passed": {"poll_question": "Which?", "poll_options": "A\nB", "poll_until": "2020-01-01"},
        "too far away": {"poll_question": "Which?", "poll_options": "A\nB", "poll_until": "9999-12-31"},
    }
    carla = as_person(cast.champion)
    for problem, fields in wrong.items():
        answer = carla.send("/s/champions/threads/new", **STARTED, **fields)
        html = answer.get_data(as_text=True)
        assert (answer.status_code, problem in html) == (422, True), problem
        assert re.search(r'<details class="more" open>\s*<summary[^>]*>.{0,200}Add a poll', html, re.DOTALL), problem
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Thread)) == 0


def test_saving_a_draft_without_script_keeps_what_was_written_of_a_poll(cast: Cast, as_person: AsPerson) -> None:
    """B5: the draft holds the text, the address the rest."""
    carla = as_person(cast.champion)
    answer = carla.send("/s/champions/threads/new", **STARTED, **A_POLL, poll_until="2030-05-06", keep="1")
    html = carla.get(answer.location).get_data(as_text=True)
    assert "Monday\nFriday</textarea>" in html
    assert 'value="Which day?"' in html
    assert 'value="2030-05-06"' in html
    assert carla.get("/s/champions/threads/new?poll_most=x&poll_until=x&poll_results=x").status_code == 200


@pytest.mark.both_databases
def test_only_the_author_and_organisers_make_correct_and_close_a_poll(app: Flask, cast: Cast, thread: Thread) -> None:
    """A1. Seen to fail without each `allow` in `polls.actions`."""
    for person in (cast.colleague, cast.reader, cast.outsider):
        with pytest.raises(Denied):
            make(app, thread, person)
    make(app, thread, cast.organiser)
    with app.test_request_context("/"):
        for person in (cast.colleague, cast.reader, cast.outsider):
            for act in (actions.close, actions.remove):
                with pytest.raises(Denied), transaction():
                    act(standing(person), thread)
        with transaction():
            actions.close(standing(cast.champion), thread)
        entries = db.session.scalars(select(LogEntry.verb).order_by(LogEntry.id)).all()
    assert list(entries) == ["added poll", "closed poll"]


@pytest.mark.both_databases
def test_members_vote_readers_too_and_nobody_else(app: Flask, cast: Cast, thread: Thread) -> None:
    """A1. Seen to fail for the outsider, who may look into an open space, without the power in `polls.actions.vote`."""
    make(app, thread, cast.champion)
    for person in (cast.reader, cast.champion, cast.steward):
        vote(app, thread, person, 1)
    with pytest.raises(Denied):
        vote(app, thread, cast.outsider, 1)
    assert len(votes(app)) == 3


@pytest.mark.both_databases
def test_a_poll_is_corrected_until_the_first_vote(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """After it 409 with the reason and what was typed. Seen to fail without `_require_untouched`."""
    make(app, thread, cast.champion)
    carla, url = as_person(cast.champion), address(app, thread)
    assert carla.send(f"{url}poll/edit", **A_POLL).status_code == 303
    vote(app, thread, cast.colleague, 1, version=2)
    answer = carla.send(f"{url}poll/edit", **{**A_POLL, "poll_options": "Sunday\nNever"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Somebody has voted already" in html
    assert "Sunday\nNever</textarea>" in html
    assert carla.send(f"{url}poll/edit", **A_POLL).status_code == 303  # the same words: a second press
    assert carla.send(f"{url}poll/remove").status_code == 409
    assert "Monday" in carla.get(url).get_data(as_text=True)


@pytest.mark.both_databases
def test_a_vote_on_words_that_were_changed_meanwhile_is_not_counted(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    """The page with the new words, and what was chosen. Seen to fail without the look at `version`."""
    make(app, thread, cast.champion)
    make(app, thread, cast.champion, PollWords(question="Which?", options=("Never", "Tuesday")))
    answer = as_person(cast.colleague).send(f"{address(app, thread)}poll/vote", option="1", version="1")
    assert answer.status_code == 409
    assert "was changed after you opened" in answer.get_data(as_text=True)
    assert votes(app) == []


@pytest.mark.both_databases
def test_a_vote_that_comes_after_the_end_is_shown_and_not_counted(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    """409, the reason, and the choice. Seen to fail without `has_ended` in `vote`."""
    make(app, thread, cast.champion)
    with app.test_request_context("/"), transaction():
        actions.close(standing(cast.champion), thread)
    answer = as_person(cast.colleague).send(f"{address(app, thread)}poll/vote", option="3", version="1")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "before your vote arrived" in html
    assert "You had chosen: Friday" in html
    assert votes(app) == []


def test_a_poll_ends_with_its_last_day_in_the_zone_of_the_space(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    """The last second of that day there, whoever looks from wherever."""
    with app.app_context(), transaction():
        db.session.get_one(Space, cast.champions.id).zone = "America/New_York"
    url = address(app, thread)
    assert as_person(cast.champion).send(f"{url}poll/edit", **A_POLL, poll_until="2099-07-01").status_code == 303
    with app.app_context():
        poll = db.session.scalars(select(Poll)).one()
        assert poll.ends_at == datetime(2099, 7, 2, 3, 59, 59, tzinfo=UTC)
        assert not poll.has_ended(poll.ends_at - timedelta(seconds=1))
        assert poll.has_ended(poll.ends_at)
    assert 'The last day is <time datetime="2099-07-01"' in as_person(cast.colleague).get(url).get_data(as_text=True)


@pytest.mark.both_databases
def test_counts_are_seen_when_the_poll_says_so(app: Flask, cast: Cast, thread: Thread) -> None:
    """A3: always; by who has voted; or by nobody before the end. Seen to fail without `may_know` in `poll_shown`."""
    seen: dict[Results, list[bool]] = {}
    for results in Results:
        words = PollWords(question="Which?", options=("A", "B"), results=results)
        with app.app_context():
            other = factories.make_thread(cast.champions, author=cast.champion)
        make(app, other, cast.champion, words)
        vote(app, other, cast.colleague, 1)
        with app.test_request_context("/"):
            seen[results] = [
                all(option.votes is not None for option in shown.options)
                for person in (cast.colleague, cast.champion, cast.outsider)
                if (shown := poll_shown(other.id, person))
            ]
            with transaction():
                actions.close(standing(cast.champion), other)
            shown = poll_shown(other.id, cast.outsider)
            assert shown is not None
            assert [option.votes for option in shown.options] == [1, 0]
    assert seen == {
        Results.ALWAYS: [True, True, True],
        Results.AFTER_VOTING: [True, False, False],
        Results.AT_THE_END: [False, False, False],
    }


@pytest.mark.both_databases
def test_a_vote_is_changed_and_taken_back_until_the_end(app: Flask, cast: Cast, thread: Thread) -> None:
    """What was chosen before gives way; with several choices no more than the most."""
    make(app, thread, cast.champion, PollWords(question="Which?", options=("A", "B", "C"), most=2))
    vote(app, thread, cast.colleague, 1, 2)
    vote(app, thread, cast.colleague, 3)
    assert votes(app) == [(cast.colleague.id, 3)]
    with pytest.raises(Invalid, match="Choose 2 at the most"):
        vote(app, thread, cast.colleague, 1, 2, 3)
    for odd in (0, 4, -1):
        with pytest.raises(Invalid):
            vote(app, thread, cast.colleague, odd)
    vote(app, thread, cast.colleague)
    assert votes(app) == []


@pytest.mark.both_databases
def test_the_database_keeps_a_second_vote_and_a_second_poll_out(app: Flask, cast: Cast, thread: Thread) -> None:
    """One slot for each choice that the poll allows; one poll for each thread. Whatever code forgets."""
    poll = make(app, thread, cast.champion)
    vote(app, thread, cast.colleague, 1)
    mine = {"poll_id": poll.id, "person_id": cast.colleague.id, "at": now()}
    odd = [
        PollVote(**mine, slot=1, most=1, place=2),
        PollVote(**mine, slot=2, most=1, place=2),
        PollVote(**mine, slot=2, most=2, place=2),
        PollVote(**{**mine, "person_id": cast.reader.id}, slot=1, most=1, place=9),
        Poll(thread_id=thread.id, question="Again?", most=1, made_by_id=cast.champion.id, made_at=now()),
        PollOption(poll_id=poll.id, place=11, words="One more"),
    ]
    for row in odd:
        with app.app_context(), pytest.raises(IntegrityError), transaction():
            db.session.add(row)


@pytest.mark.both_databases
def test_of_two_votes_of_one_person_at_once_one_stands(app: Flask, cast: Cast, thread: Thread) -> None:
    """Two tabs: both presses are answered well. On PostgreSQL seen to fail (a broken key) without the lock in `hold_item`."""
    make(app, thread, cast.champion)

    def votes_for(place: int) -> Callable[[], None]:
        def work() -> None:
            with transaction():
                actions.vote(standing(cast.colleague), thread, [place], version=1)

        return work

    results = at_once(app, [votes_for(1 + number % 3) for number in range(10)])
    assert results == [None] * 10
    assert len(votes(app)) == 1


@pytest.mark.both_databases
def test_a_vote_that_waits_for_a_close_is_refused_by_it(
    app: Flask, cast: Cast, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vote arrives while the poll is being closed. On PostgreSQL seen to fail (it counts) without the lock in `hold_item`."""
    make(app, thread, cast.champion)
    holds, arrived = Event(), Event()

    def slow_record(*args: object, **values: object) -> object:
        holds.set()
        arrived.wait(0.7)
        return record(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "record", slow_record)

    def closes() -> None:
        with transaction():
            actions.close(standing(cast.champion), thread)

    def votes_late() -> None:
        assert holds.wait(5)
        with transaction():
            actions.vote(standing(cast.colleague), thread, [1], version=1)

    closed, late = at_once(app, [closes, votes_late], workers=2)
    assert closed is None
    assert isinstance(late, PollIsOver)
    assert votes(app) == []


@pytest.mark.both_databases
def test_who_made_a_poll_and_who_started_the_thread_hear_of_its_end_once(
    app: Flask, cast: Cast, thread: Thread
) -> None:
    """At its last day, if that still is its end; nobody hears of what they closed themselves. No name of a voter is in it."""
    ends = now() + timedelta(days=2)
    make(app, thread, cast.organiser, PollWords(question="Which?", options=("A", "B"), ends_at=ends))
    later = PollWords(question="Which?", options=("A", "B"), ends_at=ends + timedelta(days=1))
    make(app, thread, cast.organiser, later)
    vote(app, thread, cast.colleague, 2, version=2)
    with app.test_request_context("/"):
        facts = db.session.scalars(select(FactRow).where(FactRow.kind == "poll ended").order_by(FactRow.id)).all()
        assert [fact.due_at for fact in facts] == [ends, later.ends_at]
        early, due = (PollEnded(item_id=fact.item_id, **fact.payload) for fact in facts)
        assert list(whose_poll(early)) == []
        assert set(whose_poll(due)) == {Recipient(person_id=cast.champion.id), Recipient(person_id=cast.organiser.id)}
        mail = tell_ended(due, Recipient(person_id=cast.champion.id))
        assert mail is not None
        assert "B: 1 vote, 100%" in mail.text
        assert "1 person voted." in mail.text
        assert "Colin" not in mail.text + mail.html
        with transaction():
            actions.close(standing(cast.champion), thread)
        assert list(whose_poll(due)) == []
        closed = db.session.scalars(select(FactRow).where(FactRow.actor_id == cast.champion.id)).all()[-1]
        by_hand = PollEnded(actor_id=closed.actor_id, item_id=closed.item_id, **closed.payload)
        assert list(whose_poll(by_hand)) == [Recipient(person_id=cast.organiser.id)]


@pytest.mark.both_databases
def test_a_poll_goes_with_its_post(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """A5: below a first post that was removed nothing is shown, and no vote counts."""
    make(app, thread, cast.champion)
    url = address(app, thread)
    assert as_person(cast.organiser).send(f"{url}posts/1/remove", reason="Not here.").status_code == 303
    colin = as_person(cast.colleague)
    assert "Which day suits you?" not in colin.get(url).get_data(as_text=True)
    assert colin.get(f"{url}poll").status_code == 404
    assert colin.send(f"{url}poll/vote", option="1", version="1").status_code == 404
    assert votes(app) == []


@pytest.mark.both_databases
def test_who_was_removed_votes_no_more(app: Flask, cast: Cast, thread: Thread) -> None:
    """A1, inside the write: asked again under the lock."""
    make(app, thread, cast.champion)
    with app.test_request_context("/"):
        here = standing(cast.colleague)
        with transaction():
            membership = db.session.scalars(select(Membership).where(Membership.person_id == cast.colleague.id)).one()
            membership.ended_at = now()
        with pytest.raises(Denied), transaction():
            actions.vote(here, thread, [1], version=1)


def test_odd_votes_are_kindly_refused(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """Never a 500: 422 for nothing and for what isn't there, 409 for a page of another version."""
    make(app, thread, cast.champion)
    colin, url = as_person(cast.colleague), address(app, thread)
    odd = [
        ({}, 422),
        ({"option": ""}, 422),
        ({"option": "x"}, 422),
        ({"option": "9" * 40}, 422),
        ({"option": "0"}, 422),
    ]
    for fields, status in odd:
        assert colin.send(f"{url}poll/vote", version="1", **fields).status_code == status, fields
    assert colin.send(f"{url}poll/vote", option="1").status_code == 409
    assert colin.send(f"{url}poll/vote", version="1", option=["1", "2"]).status_code == 422
    with pytest.raises((PollChanged, RuleBroken)):
        vote(app, thread, cast.colleague, 1, version=7)


@pytest.mark.parametrize("until", ["2020-01-01", "9999-12-31"])
def test_all_that_is_wrong_with_a_poll_and_its_thread_is_said_at_once(
    app: Flask, as_person: AsPerson, cast: Cast, thread: Thread, until: str
) -> None:
    """Fields, and rules that are asked after them; on the page of a poll by itself, too."""
    carla = as_person(cast.champion)
    wrong = {**A_POLL, "poll_question": "", "poll_options": "A\na", "poll_until": until}
    html = carla.send("/s/champions/threads/new", **{**STARTED, "title": "", **wrong}).get_data(as_text=True)
    for said in ("Give it a title", "Say what people vote on.", "Two of the options say the same."):
        assert said in html
    assert ("That day has passed" in html) is (until < "2100")
    assert problems_in(html) == 4
    html = carla.send(f"{address(app, thread)}poll/edit", **{**wrong, "poll_until": "2020-01-01"}).get_data(
        as_text=True
    )
    assert "That day has passed" in html
    assert problems_in(html) == 3
