"""The members' page says what they hold and who is away; organisers take the list along."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.meetups.models import Series
from forum.people.models import Person
from forum.roster.models import Place, Seen
from forum.spaces.models import Audience, Item, Role
from forum.stories.models import Story
from tests import factories
from tests.cast import Browserless, Cast
from tests.spaces.conftest import Counting

AsPerson = Callable[[Person], Browserless]
MEMBERS = "/s/champions/members"


def row_of(page: str, name: str) -> str:
    rows = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr>")
    return next(row for row in rows if f"<b>{name}</b>" in row)


@pytest.mark.both_databases
def test_what_members_hold_stands_beside_their_names(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """D1: as holder, in turn, or as deputy, the meetups they host, the fixes they keep; for members only (A3)."""
    with app.test_request_context("/"):
        factories.make_duty(
            cast.champions, by=cast.organiser, title="The bins page", holder=cast.champion, deputy=cast.colleague
        )
        turns = factories.make_duty(cast.champions, by=cast.organiser, title="First response")
        factories.make_turns(turns, [cast.champion, cast.organiser])
        meetup = factories.make_meetup(cast.champions, by=cast.champion, title="Show and tell")
        story = factories.make_story(cast.champions, author=cast.colleague, title="The map went blank")
        with transaction():
            db.session.get_one(Story, story.id).holder_id = cast.colleague.id
            db.session.get_one(Series, meetup.id).host_id = cast.champion.id
    page = as_person(cast.reader).get(MEMBERS).text
    hers, his = row_of(page, "Carla Champion"), row_of(page, "Colin Colleague")
    for said in (">The bins page</a>", ">First response</a> (in turn)", ">Show and tell</a> (host)"):
        assert said in hers
    assert ">The bins page</a> (deputy)" in his
    assert ">The map went blank</a> (keeps it true)" in his
    assert "Holds" not in as_person(cast.outsider).get(MEMBERS).text


@pytest.mark.both_databases
def test_members_are_found_by_what_stands_beside_their_names(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Their department and what they hold, as far as one may see it (A3). Seen to fail while only names were looked through."""
    with app.test_request_context("/"):
        factories.make_duty(cast.champions, by=cast.organiser, title="Facebook inbox", holder=cast.champion)
        hushed = factories.make_duty(cast.champions, by=cast.organiser, title="Hush", holder=cast.colleague)
        with transaction():
            db.session.get_one(Item, hushed.id).audience = Audience.ORGANISERS
    for who, asked, found in (
        (cast.reader, "facebook", {"Carla Champion"}),
        (cast.reader, "INBOX carla", {"Carla Champion"}),
        (cast.reader, "librar", {"Carla Champion", "Stella Steward"}),
        (cast.reader, "hush", set()),
        (cast.organiser, "hush", {"Colin Colleague"}),
        (cast.outsider, "facebook", set()),
    ):
        page = as_person(who).get(f"{MEMBERS}?q={asked}").text
        names = set(re.findall(r"<b>([A-Z]\w+ [A-Z]\w+)</b>", page.partition("<tbody>")[2].partition("</tbody>")[0]))
        assert names == found, (who.name, asked)


def test_what_one_may_not_see_is_held_by_nobody(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: a duty for organisers, a story of few, and what is over."""
    with app.test_request_context("/"):
        secret = factories.make_duty(cast.champions, by=cast.organiser, title="Hush", holder=cast.champion)
        story = factories.make_story(cast.champions, author=cast.colleague, title="Quiet")
        over = factories.make_duty(cast.champions, by=cast.organiser, title="Last year")
        factories.make_holding(over, cast.champion, place=Place.HOLDER, until_day=over.first_day)
        with transaction():
            db.session.get_one(Item, secret.id).audience = Audience.ORGANISERS
            db.session.get_one(Item, story.id).audience = Audience.ORGANISERS
            db.session.get_one(Story, story.id).holder_id = cast.champion.id
    page = as_person(cast.reader).get(MEMBERS).text
    assert not any(title in page for title in ("Hush", "Quiet", "Last year"))
    page = as_person(cast.organiser).get(MEMBERS).text
    assert "Hush" in page
    assert "Quiet" in page
    assert "Last year" not in page


def test_who_is_away_now_is_found_as_far_as_one_may_know(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: a member who told only organisers isn't found by others; strangers can't ask at all."""
    with app.test_request_context("/"):
        factories.make_absence(cast.champion)
        factories.make_absence(cast.colleague, seen=Seen.ORGANISERS)
        factories.make_absence(cast.steward, starts=3)
    away = f"{MEMBERS}?now=away"
    page = as_person(cast.reader).get(away).text
    assert "1 member found" in page
    assert "away until" in row_of(page, "Carla Champion")
    assert "2 members found" in as_person(cast.organiser).get(away).text
    assert "5 members" in as_person(cast.outsider).get(away).text


def test_organisers_take_the_list_along_as_it_was_narrowed(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A12, A3: what a spreadsheet would run is text; no address is in it; others get nothing."""
    with app.test_request_context("/"):
        factories.make_duty(cast.champions, by=cast.organiser, title="=1+1", holder=cast.champion)
        with transaction():
            db.session.get_one(Person, cast.champion.id).about = "@forms, bins"
    got = as_person(cast.organiser).get(f"{MEMBERS}.csv?q=bins")
    rows = list(csv.DictReader(io.StringIO(got.data.decode("utf-8-sig"))))
    assert [row["Name"] for row in rows] == ["Carla Champion"]
    assert rows[0]["Ask me about"] == "'@forms, bins"
    assert rows[0]["Holds"] == "'=1+1"
    assert "example" not in got.text
    everybody = as_person(cast.steward).get(f"{MEMBERS}.csv").text
    assert "Account out of use" in everybody
    for who in (cast.reader, cast.champion, cast.outsider):
        assert as_person(who).get(f"{MEMBERS}.csv").status_code == 403


def test_a_printed_list_is_one_page_and_the_page_costs_the_same(
    app: Flask, cast: Cast, as_person: AsPerson, counting: Counting
) -> None:
    """For five members or for two hundred with a duty each; and who may not print has pages."""
    with app.test_request_context("/"):
        factories.make_duty(cast.champions, by=cast.organiser, title="The bins page", holder=cast.champion)
        factories.make_absence(cast.champion)
        factories.make_meetup(cast.champions, by=cast.champion)
    client = as_person(cast.organiser)
    client.get(MEMBERS)
    with counting() as few:
        client.get(f"{MEMBERS}?all=1")
    with app.test_request_context("/"):
        for number in range(60):
            person = factories.make_person(name=f"Zoe {number:03d}")
            factories.make_membership(cast.champions, person, role=Role.CHAMPION)
            if number % 4 == 0:
                factories.make_duty(cast.champions, by=cast.organiser, holder=person)
                factories.make_absence(person)
    with counting() as many:
        page = client.get(f"{MEMBERS}?all=1").text
    assert len(few) == len(many), "\n".join(many)
    assert "Zoe 059" in page
    assert "Zoe 059" not in as_person(cast.reader).get(f"{MEMBERS}?all=1").text


@pytest.mark.both_databases
def test_people_are_found_by_what_they_can_be_asked_about(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: names come first; only whom one may see; a word within a word is no topic, and nor are two letters."""
    with app.app_context(), transaction():
        db.session.get_one(Person, cast.colleague.id).about = "Forms people finish.\nCaptions (subtitles), 100%"
        db.session.get_one(Person, cast.insider.id).about = "Captions at night"
        db.session.get_one(Person, cast.former.id).about = "Captions"
    client = as_person(cast.reader)

    def found(words: str) -> bool:
        return "Ask me about: Forms people finish." in client.get("/search", query_string={"q": words}).text

    assert all(found(words) for words in ("captions", "CAPTIONS forms", "colin captions", "subtitles", "100%"))
    assert not any(found(words) for words in ("aptions", "fo", "captions bins", "captions tag:x"))
    page = client.get("/search?q=captions").text
    assert "Ingrid Insider" not in page
    assert "Felix Former" not in page
    assert "Ask me about: Captions at night" not in as_person(cast.outsider).get("/search?q=captions").text
