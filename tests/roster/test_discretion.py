"""What the roster doesn't tell: who is away for organisers only, what others may not see, passwords, erased names (D6, D8)."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.halves import Span, begins, ends
from forum.core.time import now, today
from forum.mydata.erasing import erase
from forum.people.models import Person, PersonState
from forum.roster import secrets
from forum.roster.actions import absences, duties, handing, leaving, requesting, turns, warning
from forum.roster.actions.duty_words import DutyWords, checked
from forum.roster.actions.passing import coming_of
from forum.roster.briefing import brief
from forum.roster.models import Duty, DutyKind, HandoverItem, Seen
from forum.roster.queries import book_of
from forum.roster.queries.accounts import is_ours
from forum.roster.queries.away import away_in
from forum.roster.queries.balance import balance_of
from forum.roster.queries.calendar import entries_of_space
from forum.roster.queries.leaving import kit_of, leavings_in
from forum.roster.queries.standing import stand_ins
from forum.roster.tokens import answer_token
from forum.spaces.actions import end_membership
from forum.spaces.feature import obligations_of
from forum.spaces.models import Audience, Item, Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import queries, standing
from tests.roster.test_accounts import page_of_ours
from tests.roster.test_covering import as_it_is, asked, take, week
from tests.roster.test_leaving import ahead

AsPerson = Callable[[Person], Browserless]
PATHS = ("/", "/weeks", "/cover", "/duties/snow", "/cover/req", "/duties/snow/passport")
SECRETS = (
    "The password is “hunter22!!”",
    "Password hunter22!!",
    "Passwords: hunter22!!",
    "passwd: hunter22!!",
    "pw: hunter22!!",
    "pass: hunter22!!",
    "Passwort: hunter22",
    "password (FB): hunter22",
    "Cyfrinair: hunter22!",
    "PIN 4711",
    "login: bob / hunter22!!",
)
HARMLESS = (
    "The password is in the vault of the web team",
    "Pass: the road is closed",
    "Reset the password with the help desk",
    "Pin it to the board",
    "Log in, look, answer",
)


def test_who_is_away_for_organisers_only_is_told_to_organisers_only(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D6: on no page of the roster, in no list, no feed; seen to fail without the look at who may know."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, ref="snow")
        factories.make_absence(cast.champion, days=5, seen=Seen.ORGANISERS)
        factories.make_cover_request(duty, away=cast.champion, span=week(cast, days=1), ref="req")
        ids = [cast.champion.id]
        assert stand_ins(standing(cast.colleague), ids) == {}
        assert away_in(standing(cast.colleague)) == []
        assert stand_ins(standing(cast.organiser), ids).keys() == {cast.champion.id}
        assert [one.person.id for one in away_in(standing(cast.organiser))] == ids
        assert not any(one.owner for one in entries_of_space(cast.colleague, cast.champions.uuid))
        assert any(one.owner for one in entries_of_space(cast.organiser, cast.champions.uuid))
    told = {}
    for person in (cast.colleague, cast.organiser):
        for path in PATHS:
            text = as_person(person).get(f"/s/champions/roster{path}").text
            flat = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
            told[person.name, path] = bool(re.search(r"Carla[^.]{0,40} away|for Carla", flat))
    assert not any(told[cast.colleague.name, path] for path in PATHS), told
    assert told[cast.organiser.name, "/weeks"]


@pytest.mark.usefixtures("context")
def test_beside_a_name_stands_only_who_covers_and_whom_the_reader_may_know(cast: Cast) -> None:
    """D1, A3."""
    _duty, _absence, request = asked(cast)
    take(cast.colleague, request)
    with transaction():
        db.session.get_one(Person, cast.colleague.id).state = PersonState.SUSPENDED
    assert "Colin" not in stand_ins(standing(cast.organiser), [cast.champion.id])[cast.champion.id].sentence
    hidden = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser, audience=Audience.ORGANISERS)
    factories.make_absence(cast.organiser, days=5)
    factories.make_cover_request(hidden, away=cast.organiser, span=week(cast), taken_by=cast.steward)
    assert "Stella" not in stand_ins(standing(cast.reader), [cast.organiser.id])[cast.organiser.id].sentence


def test_a_link_to_answer_tells_nothing_more_when_it_is_over(app: Flask, cast: Cast) -> None:
    """A3: to who was removed nothing; of what somebody else covers no name and no day; after a month nothing at all."""
    with app.test_request_context("/"):
        _duty, absence, request = asked(cast)
        with transaction():
            requesting.ask_also(standing(cast.champion), request, [cast.colleague, cast.steward])
        links = [f"/cover/{answer_token(request.ref, one.id)}" for one in (cast.colleague, cast.steward)]
    client = app.test_client()
    assert client.get(links[0]).status_code == 200
    with app.test_request_context("/"):
        with transaction():
            end_membership(standing(cast.organiser), cast.colleague)
        take(cast.organiser, as_it_is(request))
        with transaction():
            absences.come_back(cast.champion, absence)
    assert client.get(links[0]).status_code == 404
    over = client.get(links[1])
    assert over.status_code == 200
    assert "Carla" not in over.text
    with time_machine.travel(now() + timedelta(days=60), tick=False):
        assert client.get(links[1]).status_code == 404


def test_no_text_keeps_what_looks_like_a_password() -> None:
    """D8."""
    assert [text for text in SECRETS if not secrets.looks_like_secret(text)] == []
    assert [text for text in HARMLESS if secrets.looks_like_secret(text)] == []


def test_notes_of_cover_and_links_hold_no_password(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """D8: with everything typed still there."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, ref="snow")
        absence = factories.make_absence(cast.champion)
        with pytest.raises(Invalid, match="vault"), transaction():
            requesting.ask(standing(cast.champion), duty, absence.span, away=cast.champion, note="Password: hunter22!!")
        links = [("Router", "https://admin:hunter22@router.example.org/")]
        words = DutyWords(title="x", first_day=today("UTC"), links=links)
        with pytest.raises(Invalid):
            checked(words)
    form = {"cover-person": "", "cover-note": "Password: hunter22!!"}
    refused = as_person(cast.champion).send("/s/champions/roster/duties/snow/ask-cover", **form)
    assert refused.status_code == 422
    assert "hunter22" in refused.text


@pytest.mark.usefixtures("context")
def test_an_erased_account_leaves_the_turns_of_others_and_no_name_in_drafts(cast: Cast) -> None:
    """A15, D7: their turn is nobody's, and the others keep theirs."""
    duty = factories.make_duty(cast.champions, by=cast.organiser)
    factories.make_turns(duty, [cast.champion, cast.colleague, cast.organiser])
    inbox = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.colleague)
    with transaction():
        handing.start(standing(cast.champion), inbox, cast.organiser, day=today("Europe/London"))

    def owners() -> list[int | None]:
        db.session.expire_all()
        day = today("Europe/London")
        facts = book_of(Duty.id == duty.id, day - timedelta(days=1), day + timedelta(days=70)).duties[duty.id]
        return [facts.owner_on(day + timedelta(weeks=number)) for number in range(9)]

    before = owners()
    with transaction():
        erase(db.session.get_one(Person, cast.colleague.id))
    assert owners() == [None if one == cast.colleague.id else one for one in before]
    assert not [one for one in db.session.scalars(select(HandoverItem.words)) if "Colin" in one]


@pytest.mark.usefixtures("context")
def test_another_account_on_the_same_host_is_not_ours(cast: Cast) -> None:
    """The query, the page after # and capital letters name accounts where hosts say so; what only follows readers doesn't."""
    for kept, other in (
        ("https://www.youtube.com/playlist?list=PLours", "https://www.youtube.com/playlist?list=PLevil"),
        ("https://www.youtube.com/channel/UCabcDEF", "https://www.youtube.com/channel/UCABCdef"),
        ("https://forum.example.org/?board=council", "https://forum.example.org/?board=evil"),
        ("https://social.example.org/#/council", "https://social.example.org/#/evil"),
    ):
        with transaction():
            db.session.get_one(Item, page_of_ours(cast, address=kept).id)
        assert is_ours([cast.champions.id], kept + ("&si=abc" if "?" in kept else "")).is_ours, kept
        assert not is_ours([cast.champions.id], other).is_ours, other


@pytest.mark.usefixtures("context")
def test_a_kit_shows_organisers_what_they_may_see_at_one_cost(app: Flask, cast: Cast) -> None:
    """A3; and the page of who leaves costs for ten what it costs for one."""
    factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
    secret = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Secret")
    with transaction():
        leaving.file_own(cast.champion, last_day=ahead())
        db.session.get_one(Item, secret.id).audience = Audience.NAMED
    found = coming_of(cast.champion.id)
    assert found is not None
    assert {line.title for line in kit_of(found, cast.champion, cast.organiser, cast.champions).lines} == {"Inbox"}
    here = standing(cast.organiser)
    with queries(app) as one:
        leavings_in(here)
    for number in range(5):
        person = factories.make_person(name=f"Leaver {number}")
        factories.make_membership(cast.champions, person)
        factories.make_duty(cast.champions, by=cast.organiser, holder=person)
        with transaction():
            leaving.file_own(person, last_day=ahead())
    here = standing(cast.organiser)
    with queries(app) as six:
        kits = leavings_in(here)
    assert len(kits) == 6
    assert all(len(kit.lines) == 1 for kit in kits)
    assert len(six) == len(one), [sent.statement for sent in six]


@pytest.mark.usefixtures("context")
def test_nothing_of_an_archived_space_counts_on_anybody_and_deputies_do(cast: Cast) -> None:
    """D7: a deputy is in the kit like a holder."""
    _duty, _absence, request = asked(cast)
    factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.colleague)
    take(cast.colleague, request)
    assert {one.kind for one in obligations_of(cast.colleague)} == {"cover", "deputy"}
    with transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    assert obligations_of(cast.colleague) == []


@pytest.mark.usefixtures("context")
def test_counts_of_cover_are_of_one_year_and_a_brief_is_of_one_absence(cast: Cast) -> None:
    day = today("Europe/London")
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, holder=cast.champion, first_day=day - timedelta(days=600)
    )
    spans = [Span.of_days(day - timedelta(days=first), day - timedelta(days=first - 1)) for first in (500, 6, 4)]
    for span, person in zip(spans, (cast.colleague, cast.colleague, cast.organiser), strict=True):
        factories.make_cover_request(duty, away=cast.champion, span=span, taken_by=person)
    assert balance_of(cast.colleague).given == len(spans[1])
    zone = "Europe/London"
    start, end = begins(spans[1].first, zone=zone), ends(spans[1].last, zone=zone)
    said = [line.sentence for part in brief(cast.champion, start, end) for line in part.lines]
    assert len(said) == 1
    assert "Colin" in said[0]


def test_correcting_a_day_that_an_organiser_set_closes_no_account(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """D7: the mail says "correct it", and no more happens than that."""
    day = ahead(20)
    with app.test_request_context("/"), transaction():
        leaving.file_for(standing(cast.organiser), cast.champion, last_day=day)
    carla = as_person(cast.champion)
    assert "and nothing else" in carla.get("/me/leaving/").text
    assert carla.send("/me/leaving/", last_day=(day + timedelta(days=2)).isoformat()).status_code == 303
    with app.test_request_context("/"):
        found = coming_of(cast.champion.id)
        assert found is not None
        assert (found.space_id, found.last_day) == (cast.champions.id, day + timedelta(days=2))
        assert db.session.get_one(Person, cast.champion.id).closes_at is None


def test_days_have_bounds_and_a_campaign_without_end_breaks_no_page(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D4: what was saved before there were bounds is read, and warned of; what is typed now is refused kindly."""
    far = date(9999, 12, 31)
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser, ref="snow", last_day=far)
        factories.make_duty(cast.champions, by=cast.organiser, ref="old", first_day=date(1, 1, 2))
        warning.warn_all(at=now().replace(hour=12))
        keeper = standing(cast.organiser)
        for name, press in (
            ("on", lambda: duties.end(keeper, duty, on=far)),
            ("from_day", lambda: turns.set_turns(keeper, duty, [cast.champion, cast.steward], weeks=1, from_day=far)),
            ("day", lambda: handing.start(keeper, duty, cast.colleague, day=far)),
        ):
            with pytest.raises(Invalid) as refused, transaction():
                press()
            assert name in refused.value.errors
    client = as_person(cast.organiser)
    for path in ("/", "/roster/", "/roster/weeks", "/roster/duties/snow", "/roster/seats", "/roster/duties/snow/turns"):
        assert client.get(f"/s/champions{path}").status_code == 200, path
    form = {"title": "Snow", "kind": "task", "criticality": "routine", "first_day": today("UTC").isoformat()}
    wrong = client.send("/s/champions/roster/new", **form, last_day=far.isoformat(), once="7" * 32)
    assert wrong.status_code == 422
    assert "within ten years" in wrong.text


def test_what_everybody_is_asked_stands_on_today_for_who_may_take_it(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.test_request_context("/"):
        duty, _absence, _request = asked(cast)
        title = db.session.get_one(Item, duty.id).title
    for person, sees in ((cast.colleague, True), (cast.champion, False), (cast.reader, False)):
        page = as_person(person).get("/s/champions/").text
        assert ("Cover is wanted" in page and title in page) is sees, person.name


def test_nobody_is_offered_for_a_duty_that_they_can_not_see(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: a list that offers them ends in a refusal. Seen to fail when all members are offered."""
    with app.test_request_context("/"):
        for ref, audience in (("open", Audience.SPACE), ("shut", Audience.ORGANISERS)):
            factories.make_duty(cast.champions, by=cast.organiser, kind=DutyKind.ACCOUNT, ref=ref, audience=audience)
    client = as_person(cast.steward)
    for page in ("", "/turns", "/handover", "/account"):
        offered = {
            ref: set(
                re.findall(r'value="([a-z]+\.[a-z]+)"', client.get(f"/s/champions/roster/duties/{ref}{page}").text)
            )
            for ref in ("open", "shut")
        }
        assert offered["shut"] == {"stella.steward", "oscar.organiser"}, page
        assert {"carla.champion", "colin.colleague"} < offered["open"], page
