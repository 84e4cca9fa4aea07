"""What was undone and done again is told once, in its last words: each fact bears the version of what it tells."""

import pytest

from forum.core.db import db, transaction
from forum.core.events import restore
from forum.core.mail import Mail
from forum.core.outbox import FactRow
from forum.meetups.actions import turning_up
from forum.meetups.day.actions import agenda, follow_up
from forum.meetups.day.actions.agenda import Proposal
from forum.meetups.feature import feature
from forum.meetups.models import Answer, Mode
from forum.meetups.polls import actions
from forum.meetups.polls.models import Vote
from forum.meetups.recurrence import Rhythm
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.meetups.poll_steps import days_of, opened, say
from tests.meetups.test_turning_up import come

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]
BY_KIND = {teller.fact.kind(): teller for teller in feature.tellers}


def mails(kind: str, to: str | None) -> list[Mail]:
    """Return what the facts of a kind would mail now to an address, oldest first; each was announced twice at the least."""
    teller, found = BY_KIND[kind], []
    rows = db.session.scalars(db.select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id)).all()
    assert len(rows) > 1
    for row in rows:
        fact = restore(row, {kind: teller.fact})
        found += [teller.compose(fact, recipient) for recipient in teller.recipients(fact)]
    return [mail for mail in found if mail is not None and mail.to == to]


def test_a_seat_given_up_and_taken_again_is_told_once(cast: Cast) -> None:
    """Seen to fail without the version of the answer in the fact."""
    (one,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser))
    for answer in (Answer.GOING, Answer.NO, Answer.GOING):
        come(cast.champion, one, answer=answer)
    assert len(mails("seat taken", cast.champion.email)) == 1


def test_who_says_anew_how_they_always_come_is_told_once(cast: Cast) -> None:
    """Seen to fail without the version of what they said in the fact, and when that is what they said and not when."""
    series = factories.make_meetup(
        cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, link="https://meet.example/1"
    )
    for mode in (Mode.ROOM, Mode.ONLINE, Mode.ROOM):
        with transaction():
            turning_up.come_always(standing(cast.champion), series.id, mode=mode)
    assert len(mails("standing rsvp made", cast.champion.email)) == 1


def test_a_poll_that_goes_on_asks_once_and_one_called_off_again_is_off_once(cast: Cast) -> None:
    """Seen to fail without the version of the question, and without when it was called off, in the facts."""
    poll = opened(cast.organiser)
    say(cast.colleague, poll, {days_of(poll)[0].id: Vote.YES})
    for press in range(2):
        with transaction():
            actions.cancel(standing(cast.organiser), poll.id, reason=f"Off {press}.")
        if press == 0:
            with transaction():
                actions.reopen(standing(cast.organiser), poll.id)
    (off,) = mails("date poll cancelled", cast.colleague.email)
    assert "Off 1." in off.text
    assert mails("date poll opened", cast.champion.email) == []
    with transaction():
        actions.reopen(standing(cast.organiser), poll.id)
    assert len(mails("date poll opened", cast.champion.email)) == 1


def test_what_is_taken_off_an_agenda_again_and_settled_again_is_told_once(cast: Cast) -> None:
    """Seen to fail without when it was taken out, and without the version of the action, in the facts."""
    (one,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser))
    with transaction():
        row = agenda.propose(standing(cast.champion), one.series_id, one.id, Proposal(title="Forms"))
    for press in range(2):
        with transaction():
            agenda.take_out(standing(cast.organiser), one.series_id, one.id, row.id, reason=f"Reason {press}.")
        if press == 0:
            with transaction():
                agenda.put_back(standing(cast.organiser), one.series_id, one.id, row.id)
    (off,) = mails("agenda item taken out", cast.champion.email)
    assert "Reason 1." in off.text
    factories.let_begin(one)
    action = factories.make_action(one, by=cast.organiser, holder=cast.champion)
    with transaction():
        follow_up.finish(standing(cast.organiser), action)
        follow_up.reopen(standing(cast.organiser), action)
        follow_up.drop(standing(cast.organiser), action, reason="Not needed.")
    (settled,) = mails("action settled", cast.champion.email)
    assert "Dropped" in settled.subject
