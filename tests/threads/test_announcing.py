"""Announcements: all members are told once, and the thread stands out until a day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from forum.content import removing, watching
from forum.content.models import Post, WatchLevel
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.events import Recipient
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.notify.models import MailRhythm
from forum.notify.rhythm import choose
from forum.people.models import Person
from forum.spaces.models import Membership
from forum.threads import actions, queries
from forum.threads.actions import announcing, changing, pinning
from forum.threads.actions.announcing import Terms
from forum.threads.events import AnnouncementMade
from forum.threads.models import Announcement, Section, Thread
from forum.threads.queries import Crowd
from forum.threads.tellers.announced import all_members, told_of_announcement
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, hidden_value, said, standing
from tests.people.mailbox import mailed
from tests.threads.test_pinning import titles

AsPerson = Callable[[Person], Browserless]
NEW = "/s/champions/threads/new"
LIST = "/s/champions/threads/"
WEEK = timedelta(days=7)
FORM = {
    "kind": "announcement", "section": "questions", "title": "The depot moves", "body": "On *Monday*.", "draft_version": "0",
}  # fmt: skip


def made(
    cast: Cast, *, by: Person | None = None, title: str = "The depot moves", once: str | None = None, **terms: object
) -> Thread:
    here = standing(by or cast.organiser)
    section = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).first()
    assert section is not None
    with transaction():
        return actions.start(
            here,
            title=title,
            section=section,
            text=said("On Monday."),
            is_question=False,
            terms=Terms(**terms),  # type: ignore[arg-type]
            once=once,
        )


def names(app: Flask) -> list[str]:
    return sorted(mail.to.partition("@")[0] for mail in mailed(app))


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_all_members_are_told_but_who_turned_the_space_off_and_who_announces(app: Flask, cast: Cast) -> None:
    """Whatever else they watch; exactly as many as the form says. Nobody outside, nobody who left, no account out of use."""
    with transaction():
        watching.choose_for_space(cast.colleague, cast.champions, WatchLevel.OFF)
        watching.choose_for_space(cast.reader, cast.champions, WatchLevel.MINE)
    told = queries.how_many_told(standing(cast.organiser), mails_demo=False)
    made(cast, until=now() + WEEK)
    assert names(app) == ["carla.champion", "rita.reader", "stella.steward"]
    assert told == Crowd(people=3, by_mail=3)
    mail = mailed(app)[0]
    assert mail.subject == "The depot moves (announcement in Champions)"
    assert "Oscar Organiser announces in Champions" in mail.text
    assert "On Monday." in mail.text
    assert "You get this because you are a member of Champions: announcements go to all members" in mail.text


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_the_form_counts_as_the_teller_tells_and_no_mail_means_no_mail(app: Flask, cast: Cast) -> None:
    """Who wants no mail about posts is told in the app only; the numbers and the teller's lists are one query's."""
    with transaction():
        choose(db.session.get_one(Person, cast.reader.id), rhythm=MailRhythm.NEVER, hour=8, weekday=0)
        choose(db.session.get_one(Person, cast.colleague.id), rhythm=MailRhythm.WEEKLY, hour=8, weekday=0)
        db.session.get_one(Person, cast.champion.id).mail_paused_at = now()
    told = queries.how_many_told(standing(cast.organiser), mails_demo=False)
    assert (told, told.in_app_only) == (Crowd(people=4, by_mail=3, back=1), 1)
    thread = made(cast)
    post = db.session.scalars(select(Post.id).where(Post.item_id == thread.id)).one()
    fact = AnnouncementMade(actor_id=cast.organiser.id, item_id=thread.id, post_id=post)
    mailed_to, in_app = [*all_members(fact)], [*told_of_announcement(fact)]
    assert (len(in_app), len(mailed_to)) == (told.people, told.by_mail)
    assert cast.reader.id not in {one.person_id for one in mailed_to}
    teller = next(one for one in app.extensions["baton"].tellers if one.fact is AnnouncementMade)
    assert teller.compose(fact, Recipient(person_id=cast.reader.id)) is None, (
        "who chose so after the press has no mail, either"
    )
    assert teller.compose(fact, Recipient(person_id=cast.colleague.id)) is not None


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_nobody_is_told_who_may_not_see_it_when_it_is_sent(app: Flask, cast: Cast) -> None:
    """A3, A5: who left or turned the space off meanwhile; and nobody what is removed or over.

    Seen to fail without `is_told`, without the post's state and without the end in `tell_announced`.
    """
    thread = made(cast, until=now() + WEEK)
    with transaction():
        watching.choose_for_space(cast.colleague, cast.champions, WatchLevel.OFF)
        mine = select(Membership).where(Membership.person_id == cast.reader.id)
        db.session.scalars(mine).one().ended_at = now()
    teller = next(one for one in app.extensions["baton"].tellers if one.fact is AnnouncementMade)
    row = db.session.scalars(select(FactRow).where(FactRow.kind == "announcement made")).one()
    fact = teller.fact(actor_id=row.actor_id, item_id=row.item_id, **row.payload)

    def tells(person: Person) -> bool:
        return teller.compose(fact, Recipient(person_id=person.id)) is not None

    assert tells(cast.champion)
    assert not tells(cast.colleague)
    assert not tells(cast.reader)
    with time_machine.travel(now() + 2 * WEEK):
        assert not tells(cast.champion)
    post = db.session.scalars(select(Post).where(Post.item_id == thread.id)).one()
    with transaction():
        removing.remove(standing(cast.organiser), post)
    assert not tells(cast.champion)


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_a_second_press_announces_nothing_again(app: Flask, cast: Cast) -> None:
    first, again = made(cast, once="a" * 32), made(cast, once="a" * 32)
    assert first.id == again.id
    assert db.session.scalar(select(func.count()).select_from(FactRow).where(FactRow.kind == "announcement made")) == 1
    assert db.session.scalar(select(func.count()).select_from(FactRow).where(FactRow.kind == "thread started")) == 0


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_only_organisers_announce_or_change_one(cast: Cast) -> None:
    """A1: seen to fail without `require` in `announcing`, and without the power in `stand_out` and `end`."""
    for person in (cast.champion, cast.reader, cast.outsider):
        with pytest.raises(Denied):
            made(cast, by=person)
    thread = made(cast)
    for person in (cast.champion, cast.reader):
        with pytest.raises(Denied), transaction():
            announcing.stand_out(standing(person), thread, until=now() + WEEK)
        with pytest.raises(Denied), transaction():
            announcing.end(standing(person), thread)


def test_a_member_is_offered_no_announcement_and_sends_none(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A1, A2: what the form doesn't offer isn't taken."""
    carla = as_person(cast.champion)
    html = carla.get(f"{NEW}?kind=announcement").text
    assert "announcement" not in html.lower()
    assert carla.send(NEW, **FORM).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(Announcement)) is None


def test_the_form_says_how_many_are_told_and_keeps_what_was_typed(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """422 for a day that has passed, with everything; then it is announced, until the end of the day, and takes no replies."""
    oscar = as_person(cast.organiser)
    html = oscar.get(f"{NEW}?kind=announcement").text
    assert "4 people will be told: 4 by mail." in html
    in_two_weeks = today("Europe/London") + timedelta(days=14)
    assert f'value="{in_two_weeks.isoformat()}"' in html
    once = hidden_value(html, "once")
    wrong = oscar.send(NEW, **FORM, until="2020-01-01", closed="y", once=once)
    assert wrong.status_code == 422
    assert "That day has passed" in wrong.text
    assert "On *Monday*." in wrong.text
    assert 'value="2020-01-01"' in wrong.text
    assert oscar.send(NEW, **FORM, until="9999-01-01").status_code == 422
    sent = oscar.send(NEW, **FORM, until=in_two_weeks.isoformat(), closed="y", once=once)
    assert sent.status_code == 303
    page = as_person(cast.champion).get(sent.headers["Location"]).text
    assert "Announcement</span>" in page
    assert "It is an announcement, and takes no replies." in page
    assert as_person(cast.champion).send(sent.headers["Location"], body="But why?").status_code == 409
    assert "announced “The depot moves” to all members" in oscar.get("/s/champions/log").text


def test_an_announcement_stands_above_what_is_pinned_until_its_day(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """On the first page of everything and of its section; afterwards it is one of the others, and stays an announcement."""
    with app.test_request_context("/"):
        long_ago = now() - timedelta(days=9)
        others = [
            factories.make_thread(cast.champions, author=cast.champion, title=f"T{n}", at=long_ago + timedelta(hours=n))
            for n in range(3)
        ]
        made(cast, until=now() + WEEK, title="Announced")
        made(cast, title="For good")
        with transaction():
            pinning.pin(standing(cast.organiser), others[0])
    carla = as_person(cast.champion)
    html = carla.get(LIST).text
    assert titles(html) == ["For good", "Announced", "T0", "T2", "T1"]
    assert html.count("Announcement</span>") == 2
    assert titles(carla.get(f"{LIST}?section=questions").text) == ["For good", "Announced", "T0", "T2", "T1"]
    with app.test_request_context("/"), time_machine.travel(now() + 2 * WEEK):
        shown = queries.listed(standing(cast.champion), pinned_first=True)
        assert [(one.title, one.is_announced) for one in shown[:2]] == [("For good", True), ("T0", False)]
        assert [one.title for one in queries.announced(standing(cast.champion), most=3)] == ["For good"]


def test_today_shows_it_once(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        thread = made(cast, until=now() + WEEK)
    carla = as_person(cast.champion)
    html = carla.get("/s/champions/").text
    assert html.count(">The depot moves</a>") == 1
    assert "<h2>Announced</h2>" in html
    assert "On Monday." in html
    assert carla.get(address(app, thread)).status_code == 200
    assert "The depot moves" in carla.get("/s/champions/").text


def test_an_organiser_lets_it_stand_out_longer_or_no_longer(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Nobody is mailed of that. It doesn't become a question."""
    with app.test_request_context("/"):
        thread = made(cast, until=now() + WEEK)
        plain = factories.make_thread(cast.champions, author=cast.champion)
    oscar, url = as_person(cast.organiser), address(app, thread)
    day = today("Europe/London") + timedelta(days=30)
    assert oscar.send(f"{url}announced", **{"announced-until": day.isoformat()}).status_code == 303
    assert f'value="{day.isoformat()}"' in oscar.get(f"{url}organise").text
    wrong = oscar.send(f"{url}announced", **{"announced-until": "2020-01-01"})
    assert wrong.status_code == 422
    assert "That day has passed" in wrong.text
    for _press in range(2):
        assert oscar.send(f"{url}announced", end="yes").status_code == 303
    assert "It stood out until" in oscar.get(f"{url}organise").text
    assert oscar.send(f"{address(app, plain)}announced", **{"announced-until": ""}).status_code == 409
    with app.test_request_context("/"):
        assert db.session.scalar(select(func.count()).select_from(FactRow)) == 1
        with pytest.raises(RuleBroken, match="stays one"), transaction():
            changing.change(standing(cast.organiser), thread, title="The depot moves", is_question=True)
        with pytest.raises(Invalid), transaction():
            announcing.stand_out(standing(cast.organiser), thread, until=now())
