"""What rooms beside the duties leave in a kit: meetups hosted, questions, second administrators, addresses of feeds (D7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.content.models import Watch, WatchLevel
from forum.core.db import db, transaction
from forum.core.errors import Missing, RuleBroken
from forum.core.halves import Span
from forum.core.time import local, today
from forum.meetups.models import Series
from forum.meetups.recurrence import Rhythm
from forum.notify.feeds import actions as feeds
from forum.notify.feeds.models import FeedLink
from forum.people.models import Person
from forum.roster.actions import accounts, handing, leaving_kit, vacating
from forum.roster.actions.passing import coming_of
from forum.roster.calendars.feeds import MINE
from forum.roster.models import Account, DutyKind, Holding, Leaving, LeavingState
from forum.roster.queries.leaving import kit_of, vacant_in
from forum.spaces.actions import end_membership
from forum.spaces.feature import obligations_of, stand_ins
from forum.spaces.models import Audience, Item, Role
from forum.spaces.queries import membership_of
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import queries, standing
from tests.roster.test_leaving import after, ahead, asked, filed, held, states

AsPerson = Callable[[Person], Browserless]


def coming(person: Person) -> Leaving:
    found = coming_of(person.id)
    assert found is not None
    return found


def hosted(cast: Cast, host: Person) -> int:
    return int(
        factories.make_meetup(
            cast.champions, by=cast.organiser, title="Clinic", rhythm=Rhythm.WEEKLY, host_id=host.id
        ).id
    )


def seconded(cast: Cast, second: Person, *, title: str = "Our page") -> int:
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, holder=cast.organiser, title=title, kind=DutyKind.ACCOUNT
    )
    with transaction():
        accounts.describe(standing(cast.organiser), duty, accounts.AccountWords(platform="Facebook", second=second))
    return duty.id


def followed(person: Person) -> str:
    with transaction():
        return feeds.make(person, MINE, "").link.uuid


def offered(cast: Cast, kind: str, key: str, taker: Person) -> int:
    with transaction():
        return leaving_kit.offer(standing(cast.champion), cast.champion, kind, key, taker).id


def taken(taker: Person, left_id: int) -> None:
    with transaction():
        leaving_kit.answer(standing(taker), left_id, accepts=True)


@pytest.mark.both_databases
def test_what_is_taken_counts_on_who_took_it(app: Flask, cast: Cast) -> None:
    """D7: meetups, questions and second administrators are offered like duties, and are the taker's in that moment."""
    with app.test_request_context("/"):
        meetup, account = hosted(cast, cast.champion), seconded(cast, cast.champion)
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Who knows?", is_question=True).id
        filed(cast.champion)
        assert states(cast.champion).keys() == {"Clinic", "Our page", "Who knows?"}
        left = {
            kind: offered(cast, kind, str(key), cast.colleague)
            for kind, key in (("meetup", meetup), ("second", account), ("thread", thread))
        }
        assert db.session.get_one(Series, meetup).host_id == cast.champion.id
        for left_id in left.values():
            taken(cast.colleague, left_id)
        assert db.session.get_one(Series, meetup).host_id == cast.colleague.id
        assert db.session.get_one(Account, account).second_id == cast.colleague.id
        watch = db.session.scalars(db.select(Watch).where(Watch.person_id == cast.colleague.id)).one()
        assert (watch.item_id, watch.level) == (thread, WatchLevel.EVERYTHING)
        assert set(states(cast.champion).values()) == {LeavingState.ACCEPTED}
        assert {one.kind for one in obligations_of(cast.colleague)} == {"meetup", "second"}


@pytest.mark.both_databases
def test_what_was_limited_since_is_nobodys_to_take_who_does_not_see_it(app: Flask, cast: Cast) -> None:
    """A3: asked again when they agree. Seen to fail without `sees` in `answer`. No can be said."""
    with app.test_request_context("/"):
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Who knows?", is_question=True).id
        filed(cast.champion)
        left_id = offered(cast, "thread", str(thread), cast.colleague)
        with transaction():
            db.session.get_one(Item, thread).audience = Audience.ORGANISERS
        with pytest.raises(Missing):
            taken(cast.colleague, left_id)
        assert db.session.scalars(db.select(Watch).where(Watch.person_id == cast.colleague.id)).all() == []
        with transaction():
            leaving_kit.answer(standing(cast.colleague), left_id, accepts=False)
        assert states(cast.champion) == {"Who knows?": LeavingState.OPEN}


@pytest.mark.both_databases
def test_what_nobody_took_is_vacant_and_nothing_stays_open_to_who_left(app: Flask, cast: Cast) -> None:
    """D7: a meetup has no host, the register says one administrator, the address of a feed leads nowhere."""
    with app.test_request_context("/"):
        meetup, account, feed = hosted(cast, cast.champion), seconded(cast, cast.champion), followed(cast.champion)
        filed(cast.champion)
        kit = kit_of(coming(cast.champion), cast.champion, cast.champion)
        assert {line.label for line in kit.lines} >= {"Meetup to host", "Second administrator", "Address of a feed"}
        seen = kit_of(coming(cast.champion), cast.champion, cast.organiser, cast.champions)
        assert "feed" not in {line.kind for line in seen.lines}
        at = after(ahead())
        assert vacating.end_due(at=at) == 1
        assert states(cast.champion) == {
            "Clinic": LeavingState.VACANT,
            "Our page": LeavingState.VACANT,
            "My duties and covers": LeavingState.CLOSED,
        }
        assert db.session.scalar(db.select(FeedLink.id).where(FeedLink.uuid == feed)) is None
        with transaction():
            end_membership(standing(cast.steward), cast.champion)
        assert db.session.get_one(Series, meetup, populate_existing=True).host_id is None
        assert (
            db.session.get_one(Account, account).second_id == cast.champion.id
        )  # the register says "only one" of who left


@pytest.mark.usefixtures("context")
def test_who_is_sent_away_leaves_the_meetups_that_they_host_vacant(cast: Cast) -> None:
    """D7: the roster notes what is left before the meetup lets its host go."""
    meetup = hosted(cast, cast.champion)
    with transaction():
        end_membership(standing(cast.steward), cast.champion)
    assert states(cast.champion) == {"Clinic": LeavingState.VACANT}
    assert db.session.get_one(Series, meetup, populate_existing=True).host_id is None
    assert [one.title for one in vacant_in(standing(cast.organiser))] == ["Clinic"]
    with transaction():
        db.session.get_one(Series, meetup).host_id = cast.organiser.id
    assert vacant_in(standing(cast.organiser)) == []


@pytest.mark.usefixtures("context")
def test_what_is_ones_own_is_ended_and_not_offered_and_the_first_administrator_is_no_second(cast: Cast) -> None:
    feed, account = followed(cast.champion), seconded(cast, cast.champion)
    filed(cast.champion)
    with pytest.raises(Missing), transaction():
        leaving_kit.offer(standing(cast.champion), cast.champion, "feed", feed, cast.colleague)
    for _press in range(2):
        with transaction():
            leaving_kit.close_own(cast.champion, "feed", feed)
    assert db.session.scalar(db.select(FeedLink.id)) is None
    with pytest.raises(Missing), transaction():
        leaving_kit.close_own(cast.champion, "second", str(account))
    left_id = offered(cast, "second", str(account), cast.organiser)
    with pytest.raises(RuleBroken, match="first administrator"):
        taken(cast.organiser, left_id)
    with transaction():
        leaving_kit.close(standing(cast.champion), cast.champion, "second", str(account))
    assert db.session.get_one(Account, account).second_id is None


def test_a_feed_is_ended_on_ones_own_page(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        feed = followed(cast.champion)
        filed(cast.champion)
    carla = as_person(cast.champion)
    assert "End it now" in carla.get("/me/leaving/").text
    sent = carla.send("/me/leaving/settle", space="", kind="feed", key=feed, close="yes")
    assert sent.status_code == 303
    assert "End it now" not in carla.get("/me/leaving/").text
    assert as_person(cast.colleague).send("/me/leaving/settle", space="", kind="feed", key=feed).status_code == 404


def test_a_meetup_without_its_host_breaks_and_leads_to_choosing_another(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.test_request_context("/"):
        meetup = hosted(cast, cast.champion)
        (one, *_more) = factories.dates_of(db.session.get_one(Series, meetup))
        day = local(one.starts_at, cast.champions.zone).date()
        found = obligations_of(cast.champion, Span.of_days(day, day))
        assert [(line.kind, line.ask_label) for line in found] == [("meetup", "Choose another host")]
        next_day = Span.of_days(day + timedelta(days=1), day + timedelta(days=1))
        assert obligations_of(cast.champion, next_day) == []
        ask_url, ref = found[0].ask_url, db.session.get_one(Item, meetup).ref
    assert f"/{ref}/" in ask_url
    assert as_person(cast.champion).get(ask_url).status_code == 200


@pytest.mark.both_databases
def test_beside_the_name_of_who_left_stands_whom_to_ask_now_at_no_more_cost(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D7: with the duty, while it is the successor's; to members only, and never of a hidden duty."""
    with app.test_request_context("/"):
        inbox, secret = held(cast, title="Inbox"), held(cast, title="Secret")
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Who knows?")
        factories.make_post(thread, author=cast.champion)
        ref = db.session.get_one(Item, thread.id).ref
        filed(cast.champion)
        for duty in (inbox, secret):
            handover = asked(cast, duty, cast.colleague)
            with transaction():
                handing.accept(standing(cast.colleague), handover)
        with transaction():
            db.session.get_one(Item, secret.id).audience = Audience.ORGANISERS
        assert stand_ins(standing(cast.reader), [cast.champion.id]) == {}
        with transaction():
            end_membership(standing(cast.steward), cast.champion)
            for holding in db.session.scalars(db.select(Holding).where(Holding.person_id == cast.colleague.id)):
                holding.from_day = today("Europe/London")
        here = standing(cast.reader)
        with queries(app) as sent:
            found = stand_ins(here, [cast.champion.id, cast.colleague.id])
        assert {key: one.sentence for key, one in found.items()} == {
            cast.champion.id: "left; now ask Colin Colleague (Inbox)"
        }
        assert len(sent) == 1
    page = as_person(cast.reader).get(f"/s/champions/threads/{ref}/").text
    assert "left; now ask Colin Colleague (Inbox)" in page


def test_before_a_last_day_is_set_the_kit_can_be_read_from_where_people_stand(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D7, A3: one's own page, the organiser's; from the member's page, the profile and administration, for keepers only."""
    with app.test_request_context("/"):
        held(cast, title="Inbox")
        factories.make_membership(cast.champions, cast.admin)
        with transaction():
            membership_of(cast.champions, cast.admin).role = Role.ORGANISER  # type: ignore[union-attr]
    kit = "/s/champions/roster/leaving/carla.champion"
    organiser, colin = as_person(cast.organiser), as_person(cast.colleague)
    assert "What you would leave" in as_person(cast.champion).get("/me/leaving/").text
    assert "Inbox" in organiser.get(kit).text
    for path in ("/s/champions/members/carla.champion", "/people/carla.champion"):
        assert kit in organiser.get(path).text, path
    assert kit not in colin.get("/people/carla.champion").text
    assert kit in as_person(cast.admin).get("/admin/people/carla.champion").text
