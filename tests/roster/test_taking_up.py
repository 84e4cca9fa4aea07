"""Somebody's part in a duty is ended after a page that says what follows, and taken back within the hour (D7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.outbox import DeliveryState
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions import appointing, duties, taking_up
from forum.roster.actions.appointing import open_of
from forum.roster.models import CoverRequest, CoverState, Duty, Holding, Place
from forum.roster.queries import who_holds
from forum.roster.queries.ending import what_ends
from forum.spaces.actions.membership import add_member, end_membership
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.meetups.test_endings import sent
from tests.roster.test_covering import as_it_is, week
from tests.roster.test_mails import mails
from tests.roster.test_seats import seat
from tests.roster.test_succession import given, told

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")


def covered(cast: Cast) -> tuple[Duty, Holding, CoverRequest]:
    """Let Carla hold a duty, be away next week, and Colin cover."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="Inbox", holder=cast.champion)
    absence = factories.make_absence(cast.champion, week(cast, starts=7))
    request = factories.make_cover_request(
        duty, away=cast.champion, span=absence.span, taken_by=cast.colleague, absence=absence
    )
    held = open_of(duty.id, Place.HOLDER)
    assert held is not None
    return duty, held, request


def end(who: Person, holding: Holding) -> None:
    with transaction():
        appointing.give_up(standing(who), holding)


def take_up(who: Person, holding: Holding, **more: object) -> bool:
    with transaction():
        return taking_up.take_up(standing(who), holding, **more)  # type: ignore[arg-type]


@inside
@pytest.mark.both_databases
def test_a_part_that_was_ended_by_mistake_is_as_before_with_its_cover(app: Flask, cast: Cast) -> None:
    """Nobody hears of what nobody was told; twice is once."""
    duty, holding, request = covered(cast)
    end(cast.organiser, holding)
    assert who_holds(duty.id, now()).owner_id is None
    assert as_it_is(request).state is CoverState.ENDED
    sent(app, DeliveryState.DUE)
    for _press in range(2):
        assert take_up(cast.organiser, holding)
    assert who_holds(duty.id, now()).person_id == cast.champion.id
    assert as_it_is(request).state is CoverState.ACCEPTED
    mailed = mails(app)
    for kind in ("duty left", "duty taken up", "cover over", "cover goes on"):
        assert mailed[kind] == [], kind


@inside
def test_who_was_told_of_the_end_is_told_that_all_is_as_before(app: Flask, cast: Cast) -> None:
    _duty, holding, _request = covered(cast)
    end(cast.organiser, holding)
    sent(app, DeliveryState.SENT)
    take_up(cast.organiser, holding)
    mailed = mails(app)
    assert [mail.subject for mail in mailed["duty taken up"]] == ["“Inbox” goes on"]
    assert "Not all covers" not in mailed["duty taken up"][0].text
    assert [mail.subject for mail in mailed["cover goes on"]] == ["You cover “Inbox” after all"]


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["late", "another", "gone", "ended", "new", "was to end"])
def test_what_has_changed_since_stays_as_it_is(cast: Cast, how: str) -> None:
    """Seen to fail without each of the questions."""
    duty, holding, _request = covered(cast)
    here = standing(cast.organiser)
    if how == "was to end":
        with transaction():
            appointing.give_up(here, holding, until=today(cast.champions.zone) + timedelta(days=3))
    end(cast.organiser, holding)
    with transaction():
        if how == "another":
            appointing.offer(here, duty, cast.organiser)
        elif how in {"gone", "new"}:
            end_membership(standing(cast.steward), cast.champion)
        elif how == "ended":
            duties.end(here, duty, on=today(cast.champions.zone))
    if how == "new":
        with transaction():
            add_member(cast.champions, cast.champion, actor=cast.steward)
    late = {"at": now() + timedelta(minutes=61)} if how == "late" else {}
    with pytest.raises(RuleBroken):
        take_up(cast.organiser, holding, **late)
    assert db.session.get_one(Holding, holding.id, populate_existing=True).until_day is not None


@inside
def test_only_who_ended_it_takes_it_back(cast: Cast) -> None:
    """D7. Seen to fail without asking the log: who had it took it again."""
    _duty, holding, _request = covered(cast)
    with pytest.raises(Denied):
        take_up(cast.colleague, holding)
    end(cast.organiser, holding)
    for who in (cast.champion, cast.steward):
        with pytest.raises(Missing):
            take_up(who, holding)
    with pytest.raises(Denied):
        take_up(cast.colleague, holding)
    own = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague)
    mine = open_of(own.id, Place.HOLDER)
    assert mine is not None
    end(cast.colleague, mine)
    assert take_up(cast.colleague, mine)


@inside
@pytest.mark.parametrize(
    "state, subjects",
    [
        (DeliveryState.DUE, []),
        (DeliveryState.SENT, ["Carla Champion stays the digital champion of Libraries"]),
    ],
)
def test_a_sponsor_hears_of_the_undo_only_when_they_heard_of_the_end(
    app: Flask, cast: Cast, state: DeliveryState, subjects: list[str]
) -> None:
    """Seen to fail without what was heard at an address: it was asked of people only."""
    duty = seat(cast, cast.champion)
    given(cast, duty)
    held = open_of(duty.id, Place.HOLDER)
    assert held is not None
    end(cast.organiser, held)
    assert "boss" in what_ends(held, cast.champions).sponsor.casefold()
    sent(app, state)
    take_up(cast.organiser, held)
    assert [mail.subject for mail in told(app, "seat changed")] == subjects


@inside
def test_a_duty_that_goes_on_after_all_has_its_covers_again(cast: Cast) -> None:
    """Before: they had to be asked for anew."""
    duty, _holding, request = covered(cast)
    with transaction():
        duties.end(standing(cast.organiser), duty, on=today(cast.champions.zone))
    assert as_it_is(request).state is CoverState.ENDED
    with transaction():
        assert duties.take_up_again(standing(cast.organiser), duty)
    assert as_it_is(request).state is CoverState.ACCEPTED


def test_a_page_says_what_follows_before_the_press_and_undo_after_it(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Before: one press on the duty's page ended it at once."""
    with app.app_context():
        duty, holding, request = covered(cast)
        ref, key, request_id = db.session.get_one(Item, duty.id).ref, holding.id, request.id
    client, path = as_person(cast.organiser), f"/s/champions/roster/holdings/{key}"
    page = client.get(f"/s/champions/roster/duties/{ref}").text
    assert f'action="{path}/end"' not in page
    assert f'href="{path}/end"' in page
    before = client.get(f"{path}/end").text
    for words in (
        "is vacant from today on",
        "Carla Champion: it isn’t theirs any more",
        "Colin Colleague covers, and needn’t any more",
    ):
        assert words in before
    assert as_person(cast.colleague).get(f"{path}/end").status_code == 403
    after = client.get(client.send(f"{path}/end").location).text
    assert f'action="{path}/take-up"' in after
    assert "all is as before" in client.get(client.send(f"{path}/take-up").location).text
    with app.app_context():
        assert db.session.get_one(CoverRequest, request_id).state is CoverState.ACCEPTED
    assert client.get(f"{path}/end").status_code == 200
    client.send(f"{path}/end")
    assert client.get(f"{path}/end").status_code == 303  # it has ended


@inside
@pytest.mark.both_databases
def test_an_end_that_was_undone_isnt_undone_again_when_something_else_ended_the_part(cast: Cast) -> None:
    """D7: a successor accepted from a later day, which the log tells of them. Seen to fail: the part had no end any more."""
    duty, holding, _request = covered(cast)
    end(cast.organiser, holding)
    take_up(cast.organiser, holding)
    with transaction():
        day = today(cast.champions.zone) + timedelta(days=3)
        successor = appointing.offer(standing(cast.organiser), duty, cast.colleague, from_day=day)
    with transaction():
        appointing.accept(standing(cast.colleague), successor)
    end(cast.colleague, successor)
    with pytest.raises(Missing):
        take_up(cast.organiser, holding)
    assert db.session.get_one(Holding, holding.id, populate_existing=True).until_day is not None
