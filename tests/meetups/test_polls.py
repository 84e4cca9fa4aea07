"""Date polls: what is answered, what is lost and what isn't, which day is fairest, and one meetup of each (C8)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import Recipient, restore
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.meetups.actions import turning_up
from forum.meetups.models import Answer, Mode, Occurrence, Series
from forum.meetups.polls import actions, deciding
from forum.meetups.polls.actions import Asked, Proposed
from forum.meetups.polls.events import DatePollDecided
from forum.meetups.polls.fairness import Tally, fairest
from forum.meetups.polls.models import DateOption, DatePoll, DateVote, Vote
from forum.meetups.polls.queries import away_though_they_can, whole_of
from forum.meetups.polls.tellers import tell_decided
from forum.meetups.polls.upkeep import ask_once_more
from forum.meetups.polls.words import option_words
from forum.meetups.recurrence import Rhythm
from forum.roster.models import Seen
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, standing
from tests.meetups.poll_steps import LONDON, answers_to, days_ahead, days_of, decide, opened, said_by, say
from tests.meetups.test_turning_up import crowd

both = pytest.mark.both_databases


@both
def test_a_new_day_is_not_answered_and_one_taken_away_takes_only_its_answers(app: Flask, cast: Cast) -> None:
    """C8: seen to fail when adding a day answers it, and when taking one away deletes the poll's answers."""
    with app.app_context():
        poll = opened(cast.organiser)
        first, second, third = days_of(poll)
        say(cast.champion, poll, {first.id: Vote.YES, second.id: Vote.NO, third.id: Vote.IF_NEED_BE})
        say(cast.reader, poll, {second.id: Vote.YES})
        with transaction():
            actions.add_option(standing(cast.organiser), poll.id, days_ahead(6, time(10)))
            actions.add_option(standing(cast.organiser), poll.id, days_ahead(6, time(10)))
        assert len(days_of(poll)) == 4
        new = days_of(poll)[-1]
        assert not [key for key in said_by(poll) if key[0] == new.id]
        assert whole_of(standing(cast.champion), db.session.get_one(DatePoll, poll.id)).mine_waits
        with transaction():
            actions.remove_option(standing(cast.organiser), poll.id, second.id)
        assert said_by(poll) == {
            (first.id, cast.champion.id): Vote.YES,
            (third.id, cast.champion.id): Vote.IF_NEED_BE,
        }


@both
def test_an_answer_to_a_day_taken_away_says_so_and_keeps_the_rest(app: Flask, cast: Cast) -> None:
    """C8: so does one to a day of another poll; what was answered before and isn't sent stays."""
    with app.app_context():
        poll, other = opened(cast.organiser), opened(cast.organiser, title="Another")
        first, second, third = days_of(poll)
        strange = days_of(other)[0]
        say(cast.champion, poll, {third.id: Vote.NO})
        with transaction():
            actions.remove_option(standing(cast.organiser), poll.id, second.id)
        assert say(cast.champion, poll, {first.id: Vote.YES, second.id: Vote.YES, strange.id: Vote.YES}) == 2
        assert said_by(poll) == {(first.id, cast.champion.id): Vote.YES, (third.id, cast.champion.id): Vote.NO}
        assert said_by(other) == {}


@both
def test_two_who_decide_at_once_make_one_meetup(app: Flask, cast: Cast) -> None:
    """C8: on the same day or another one; what comes later gives back the first. Answers arrive before it, or are refused.

    Seen to fail with `decided_at` not asked: then both settle it. The name in calendars, one a poll, keeps a second meetup out.
    """
    with app.app_context():
        poll = opened(cast.organiser)
        first, second, _third = days_of(poll)
        say(cast.champion, poll, {first.id: Vote.YES, second.id: Vote.NO})
    works: list[Callable[[], int | None]] = [
        partial(decide, by, poll, one) for one in (first, second) for by in (cast.organiser, cast.steward)
    ]
    works += [lambda: say(cast.reader, poll, {first.id: Vote.YES, second.id: Vote.YES})]
    *made, late = at_once(app, works, workers=5)
    with app.app_context():
        assert len(set(made)) == 1
        assert isinstance(made[0], int)
        assert db.session.scalar(select(func.count()).select_from(Series)) == 1
        kept = db.session.get_one(DatePoll, poll.id)
        assert kept.occurrence_id == made[0]
        assert [one.is_chosen for one in days_of(poll)].count(True) == 1
        assert late == 0 or isinstance(late, RuleBroken)
        assert (cast.reader.id in answers_to(made[0])) == (late == 0)
        facts = select(func.count()).select_from(FactRow).where(FactRow.kind == "date poll decided")
        assert db.session.scalar(facts) == 1


@both
def test_the_database_keeps_a_second_choice_and_a_second_answer_out(app: Flask, cast: Cast) -> None:
    """C8: whatever the code does."""
    with app.app_context():
        poll = opened(cast.organiser)
        first, *_others = days_of(poll)
        say(cast.champion, poll, {first.id: Vote.YES})
        both_days, votes = update(DateOption).where(DateOption.poll_id == poll.id), insert(DateVote)
        again = {"option_id": first.id, "person_id": cast.champion.id, "answer": Vote.NO, "at": now()}
        for wrong in (both_days.values(is_chosen=True), votes.values(**again)):
            with pytest.raises(IntegrityError), transaction():
                db.session.execute(wrong)


@both
def test_what_was_answered_becomes_seats_in_the_order_of_the_answers(app: Flask, cast: Cast) -> None:
    """C7, C8: yes is a seat or a place in the line, if need be is maybe, no is no; who said nothing or left is not there."""
    with app.app_context():
        early, late, third, gone = crowd(cast, 4)
        poll = opened(cast.organiser)
        day = days_of(poll)[1]
        for person in (early, late, third, gone):
            say(person, poll, {day.id: Vote.YES})
        say(cast.champion, poll, {day.id: Vote.IF_NEED_BE})
        say(cast.reader, poll, {day.id: Vote.NO})
        with transaction():
            db.session.scalars(select(Membership).where(Membership.person_id == gone.id)).one().ended_at = now()
        key = decide(cast.organiser, poll, day, seats=2)
        assert answers_to(key) == {
            early.id: ("going", 1),
            late.id: ("going", 2),
            third.id: ("waiting", None),
            cast.champion.id: ("maybe", None),
            cast.reader.id: ("no", None),
        }
        with pytest.raises(RuleBroken):
            say(cast.champion, poll, {day.id: Vote.NO})


@both
def test_a_poll_moves_one_date_of_a_series(app: Flask, cast: Cast) -> None:
    """C2, C8: the others stay; who had a seat and can keeps it, who can't gives it up, and a day without a time keeps the clock."""
    with app.app_context():
        start = days_ahead(10).start.replace(hour=9, minute=30)
        series = factories.make_meetup(cast.champions, by=cast.organiser, start=start, rhythm=Rhythm.WEEKLY, seats=1)
        one, following = factories.dates_of(series)[:2]
        with transaction():
            turning_up.say(standing(cast.champion), series.id, one.id, answer=Answer.GOING, mode=Mode.ROOM)
        with transaction():
            asked = Asked(title="Show and tell", zone=one.zone, minutes=60)
            poll, _item = actions.open_poll(
                standing(cast.organiser), asked, [days_ahead(11), days_ahead(12)], moves=one
            )
        day = days_of(poll)[1]
        say(cast.champion, poll, {day.id: Vote.NO})
        say(cast.reader, poll, {day.id: Vote.YES})
        for _time in range(2):
            with transaction():
                came = deciding.move(standing(cast.organiser), poll.id, day.id)
            assert came is not None
            assert came.id == one.id
        moved = db.session.get_one(Occurrence, one.id)
        assert (moved.local_start, moved.moves) == (day.local_start.replace(hour=9, minute=30), 1)
        assert db.session.get_one(Occurrence, following.id).moves == 0
        assert answers_to(one.id) == {cast.champion.id: ("no", None), cast.reader.id: ("going", 1)}


def test_a_day_without_a_time_is_that_day_everywhere(app: Flask, cast: Cast) -> None:
    """C8: and a time is told on the clock of who reads it."""
    with app.app_context():
        poll = opened(cast.organiser, days_ahead(3), days_ahead(3, time(10)), days_ahead(4))
        whole, timed, _other = days_of(poll)
        kept = db.session.get_one(DatePoll, poll.id)
        assert (whole.local_start.time(), whole.has_time) == (time(), False)
        assert {option_words(whole, kept, zone) for zone in ("Pacific/Auckland", LONDON, "America/Los_Angeles")} == {
            option_words(whole, kept, LONDON)
        }
        assert option_words(timed, kept, "Asia/Kolkata") != option_words(timed, kept, LONDON)


def test_the_fairest_day_is_for_most_and_among_near_equals_for_who_missed_the_last(app: Flask) -> None:
    """C8: with few people only equals are near; nobody's votes suggest nothing."""
    del app

    def tally(key: int, yes: set[int], perhaps: set[int] = frozenset()) -> Tally:  # type: ignore[assignment]
        start = datetime(2031, 1, key, tzinfo=UTC)
        return Tally(key=key, start=start, yes=frozenset(yes), if_need_be=frozenset(perhaps))

    ten = set(range(1, 11))
    assert fairest([tally(1, set())], missed=[]) is None
    found = fairest([tally(1, ten), tally(2, ten - {1, 2} | {99}), tally(3, {99})], missed=[99])
    assert found is not None
    assert (found.key, found.again, found.is_for_turn) == (2, 1, True)
    found = fairest([tally(1, ten), tally(2, ten - {1, 2})], missed=[])
    assert found is not None
    assert (found.key, found.is_for_turn) == (1, False)
    found = fairest([tally(1, {1, 2, 3}), tally(2, {1, 99})], missed=[99])
    assert found is not None
    assert found.key == 1, "of three people one is not nearly all"
    found = fairest([tally(1, {1, 2}), tally(2, {1, 99})], missed=[99])
    assert found is not None
    assert found.key == 2
    found = fairest([tally(1, {1}, {2}), tally(2, {1, 2})], missed=[])
    assert found is not None
    assert found.key == 2, "a yes is better than if need be"


def test_who_said_no_last_time_is_looked_up(app: Flask, cast: Cast) -> None:
    """C8: of the latest meetup of the space that took place."""
    with app.app_context():
        before = (now() - timedelta(days=2)).replace(tzinfo=None, microsecond=0)
        (last,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser, start=before))
        factories.make_rsvp(last, cast.reader, status=Answer.NO)
        poll = opened(cast.organiser)
        first, second, _third = days_of(poll)
        say(cast.champion, poll, {first.id: Vote.YES})
        say(cast.reader, poll, {second.id: Vote.YES})
        whole = whole_of(standing(cast.organiser), db.session.get_one(DatePoll, poll.id))
        assert whole.suggestion is not None
        assert (whole.suggestion.key, whole.suggestion.again) == (second.id, 1)


def test_who_is_away_stands_beside_the_day_as_far_as_one_may_know(app: Flask, cast: Cast) -> None:
    """D6: an absence that only organisers see is nobody else's."""
    with app.app_context():
        poll = opened(cast.organiser, days_ahead(3), days_ahead(4, time(10)))
        factories.make_absence(cast.champion, starts=3, days=1)
        factories.make_absence(cast.colleague, starts=3, days=2, seen=Seen.ORGANISERS)
        kept = db.session.get_one(DatePoll, poll.id)
        seen = {
            person: [[one.name for one in day.away] for day in whole_of(standing(person), kept).options]
            for person in (cast.reader, cast.organiser)
        }
        assert seen[cast.reader] == [[cast.champion.name], []]
        assert seen[cast.organiser] == [
            sorted([cast.champion.name, cast.colleague.name], key=str.lower),
            [cast.colleague.name],
        ]


def test_only_organisers_keep_polls_and_only_members_answer(app: Flask, cast: Cast) -> None:
    """A2: seen to fail without the powers; another space's poll is not there."""
    with app.app_context():
        poll = opened(cast.organiser)
        first = days_of(poll)[0]
        with pytest.raises(Denied):
            opened(cast.champion)
        wrongs: tuple[Callable[[Here], object], ...] = (
            lambda here: actions.add_option(here, poll.id, days_ahead(9)),
            lambda here: actions.remove_option(here, poll.id, first.id),
            lambda here: actions.cancel(here, poll.id, reason="No."),
            lambda here: actions.remind(here, poll.id),
            lambda here: deciding.move(here, poll.id, first.id),
        )
        for wrong in wrongs:
            with pytest.raises(Denied), transaction():
                wrong(standing(cast.champion))
        with pytest.raises(Denied):
            say(cast.outsider, poll, {first.id: Vote.YES})
        elsewhere = factories.make_space(name="Elsewhere")
        factories.make_membership(elsewhere, cast.champion)
        with pytest.raises(Missing), transaction():
            actions.answer(standing(cast.champion, elsewhere.slug), poll.id, {first.id: Vote.YES})


def test_days_that_can_not_be_are_refused(app: Flask, cast: Cast) -> None:
    """C4: a time that clocks jump over, what is past, one day twice, and more than a page can show."""
    spring = date(now().year + 1, 3, 31)
    spring -= timedelta(days=(spring.weekday() + 1) % 7)
    gap = Proposed(start=datetime.combine(spring, time(1, 30)), has_time=True)
    with app.app_context():
        for days, field in (
            ([days_ahead(3)], "day_1"),
            ([days_ahead(3), days_ahead(3)], "day_1"),
            ([days_ahead(-1), days_ahead(3)], "day_1"),
            ([days_ahead(3), gap], "time_2"),
            ([days_ahead(number) for number in range(3, 16)], "day_1"),
        ):
            with pytest.raises(Invalid) as problem:
                opened(cast.organiser, *days)
            assert set(problem.value.errors) == {field}


@both
def test_who_has_not_answered_is_asked_once_more_a_day_before(app: Flask, cast: Cast) -> None:
    """C9: once, however often the worker looks, and not for a poll that was opened today."""
    with app.app_context():
        day = days_ahead(1).start.date()
        old, new = opened(cast.organiser, answer_by=day), opened(cast.organiser, title="New", answer_by=day)
        with transaction():
            db.session.get_one(Item, old.id).created_at = now() - timedelta(days=3)
        ask_once_more()
        ask_once_more()
        facts = db.session.scalars(select(FactRow).where(FactRow.kind == "date poll needs answers")).all()
        assert [fact.item_id for fact in facts] == [old.id]
        with pytest.raises(RuleBroken), transaction():
            actions.remind(standing(cast.organiser), new.id)


def test_who_is_away_that_day_does_not_count_for_it(app: Flask, cast: Cast) -> None:
    """C8: an absence that was noted after the answer. Seen to fail with everybody counted who had said yes."""
    with app.app_context():
        poll = opened(cast.organiser, days_ahead(3), days_ahead(5))
        first, second = days_of(poll)
        say(cast.champion, poll, {first.id: Vote.YES, second.id: Vote.NO})
        say(cast.colleague, poll, {first.id: Vote.IF_NEED_BE, second.id: Vote.NO})
        say(cast.reader, poll, {first.id: Vote.NO, second.id: Vote.YES})
        for person in (cast.champion, cast.colleague):
            factories.make_absence(person, starts=3, days=1)
        found = whole_of(standing(cast.organiser), db.session.get_one(DatePoll, poll.id)).suggestion
        assert found is not None
        assert found.key == second.id


@both
def test_who_is_away_on_the_day_gets_no_seat_and_reads_why(app: Flask, cast: Cast) -> None:
    """C8: whatever they had said; the page on which it is decided names them, and their mail says so.

    Seen to fail without `away_at`: they have the only seat, and who could come waits.
    """
    with app.test_request_context("/"):
        poll = opened(cast.organiser)
        first = days_of(poll)[0]
        for person, vote in ((cast.champion, Vote.YES), (cast.colleague, Vote.YES), (cast.reader, Vote.NO)):
            say(person, poll, {first.id: vote})
        factories.make_absence(cast.champion, starts=3, seen=Seen.ORGANISERS)
        organiser = standing(cast.organiser)
        found = db.session.get_one(DatePoll, poll.id)
        assert [one.name for one in away_though_they_can(organiser, found, first)] == ["Carla Champion"]
        key = decide(cast.organiser, poll, first, seats=1)
        assert answers_to(key) == {
            cast.champion.id: ("no", None),
            cast.colleague.id: ("going", 1),
            cast.reader.id: ("no", None),
        }
        row = db.session.scalars(select(FactRow).where(FactRow.kind == DatePollDecided.kind())).one()
        fact = restore(row, {row.kind: DatePollDecided})
        assert isinstance(fact, DatePollDecided)
        mails = {
            person.id: tell_decided(fact, Recipient(person_id=person.id)) for person in (cast.champion, cast.reader)
        }
        said = {key: mail.text for key, mail in mails.items() if mail}
        assert "noted as away" in said[cast.champion.id]
        assert "You had said that you can’t" in said[cast.reader.id]
