"""What is mailed about handing over and leaving, and what isn't any more when it is settled (A3)."""

import pytest

from forum.core.db import db, transaction
from forum.core.events import restore
from forum.core.mail import Mail
from forum.core.outbox import FactRow
from forum.notify.models import HeadsUp
from forum.people.models import Person
from forum.roster.actions import handing, leaving, leaving_kit, questioning, rehearsing, vacating
from forum.roster.actions.asking_for_all import offer_all
from forum.roster.models import Handover, HandoverItem
from forum.roster.tellers import TELLERS
from forum.spaces.actions import end_membership
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.roster.test_leaving import after, ahead, asked, filed, held


def mails(kind: str) -> list[Mail]:
    """Return what is mailed now for the facts of a kind."""
    kinds = {teller.fact.kind(): teller for teller in TELLERS}
    rows = db.session.scalars(db.select(FactRow).where(FactRow.kind == kind))
    found = []
    for row in rows:
        teller = kinds[kind]
        fact = restore(row, {kind: teller.fact})
        written = [teller.compose(fact, one) for one in teller.recipients(fact)]
        found += [mail for mail in written if mail is not None]
    return found


@pytest.mark.usefixtures("context")
def test_each_is_told_what_concerns_them_and_nothing_that_is_settled(cast: Cast) -> None:
    duty = held(cast, title="Inbox", deputy=cast.steward)
    held(cast, title="Banner")
    thread = factories.make_thread(cast.champions, author=cast.champion, title="Who knows?", is_question=True)
    with transaction():
        rehearsal = rehearsing.ask(standing(cast.champion), duty, day=ahead(0))
    assert [mail.to for mail in mails("rehearsal asked")] == [cast.steward.email]
    with transaction():
        rehearsing.note(standing(cast.steward), rehearsal, "The keys")
    assert "The keys" in mails("rehearsal noted")[0].text
    filed(cast.champion)
    handover = asked(cast, duty, cast.colleague)
    assert [mail.to for mail in mails("handover offered")] == [cast.colleague.email]
    line = db.session.scalars(db.select(HandoverItem)).first()
    assert line is not None
    with transaction():
        question = questioning.ask(standing(cast.colleague), line, "Where?")
    assert [mail.to for mail in mails("line asked")] == [cast.champion.email]
    with transaction():
        questioning.answer(standing(cast.champion), question, "There.")
        left = leaving_kit.offer(standing(cast.champion), cast.champion, "thread", str(thread.id), cast.colleague)
    assert mails("line asked") == []
    assert "There." in mails("line answered")[0].text
    assert [mail.to for mail in mails("leaving offered")] == [cast.colleague.email]
    with transaction():
        handing.accept(standing(cast.colleague), handover)
        leaving_kit.answer(standing(cast.colleague), left.id, accepts=True)
    assert mails("handover offered") == mails("leaving offered") == []
    assert [mail.to for mail in mails("handover answered")] == [cast.champion.email]
    assert [mail.to for mail in mails("leaving answered")] == [cast.champion.email]
    filed(cast.champion, ahead(4))
    assert [mail.to for mail in mails("handover moved")] == [cast.colleague.email]
    vacating.end_due(at=after(ahead(4)))
    told = mails("left vacant")
    assert {mail.to for mail in told} == {cast.organiser.email, cast.steward.email}
    assert "Banner" in told[0].text
    assert "Inbox" not in told[0].text
    with transaction():
        end_membership(standing(cast.steward), db.session.get_one(Person, cast.organiser.id))
    assert {mail.to for mail in mails("left vacant")} == {cast.steward.email}


@pytest.mark.usefixtures("context")
def test_whoever_is_sent_away_is_told_of_their_last_day(cast: Cast) -> None:
    with transaction():
        leaving.file_for(standing(cast.organiser), cast.champion, last_day=ahead())
    (mail,) = mails("leaving filed")
    assert mail.to == cast.champion.email
    with transaction():
        leaving.take_back_for(standing(cast.organiser), cast.champion)
    assert "You stay" in mails("leaving filed")[0].subject


@pytest.mark.usefixtures("context")
def test_who_asks_themself_hears_nothing_of_it(cast: Cast) -> None:
    """Of one thing, or of all; neither by mail nor by the bell. Seen to fail, each."""
    held(cast, title="Inbox")
    thread = factories.make_thread(cast.champions, author=cast.champion, title="Who knows?", is_question=True)
    filed(cast.champion)
    with transaction():
        leaving_kit.offer(standing(cast.organiser), cast.champion, "thread", str(thread.id), cast.organiser)
    with transaction():
        offer_all(standing(cast.organiser), cast.champion, cast.organiser)
    assert mails("leaving offered") == []
    assert list(db.session.scalars(db.select(HeadsUp.kind).where(HeadsUp.person_id == cast.organiser.id))) == []


@pytest.mark.usefixtures("context")
def test_who_is_asked_for_all_has_one_message_that_lists_it(cast: Cast) -> None:
    """What is settled by then isn't in it; one that is left over is told as one. Seen to fail with a message for each."""
    for title in ("Inbox", "Banner"):
        held(cast, title=title)
    thread = factories.make_thread(cast.champions, author=cast.champion, title="Who knows?", is_question=True)
    filed(cast.champion)
    with transaction():
        offer_all(standing(cast.champion), cast.champion, cast.colleague)
    assert mails("handover offered") == []
    (mail,) = mails("leaving offered")
    assert mail.subject == "Would you take 3 things from Carla Champion?"
    assert all(said in mail.text for said in ("Inbox", "Banner", "Who knows? (", "/s/champions/roster/leaving"))
    with transaction():
        leaving_kit.close(standing(cast.champion), cast.champion, "thread", str(thread.id))
    (mail,) = mails("leaving offered")
    assert mail.subject == "Would you take 2 things from Carla Champion?"
    with transaction():
        for handover in db.session.scalars(db.select(Handover).order_by(Handover.id).limit(1)):
            handing.accept(standing(cast.colleague), handover)
    (mail,) = mails("leaving offered")
    assert mail.subject.startswith("Would you take “")
    with transaction():
        end_membership(standing(cast.steward), db.session.get_one(Person, cast.colleague.id))
    assert mails("leaving offered") == []
