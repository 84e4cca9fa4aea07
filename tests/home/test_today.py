"""What Today says first: to visitors, to who is new, and while a space is new."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.halves import Span, half_at
from forum.core.time import now
from forum.people.models import Person
from forum.roster.models import DutyKind, Place, Seen
from forum.roster.queries import who_holds
from forum.spaces import room
from forum.spaces.actions import make
from forum.spaces.models import Role
from forum.spaces.queries import visible
from forum.strategy.models import Strategy
from tests import factories
from tests.cast import Browserless, Cast
from tests.spaces.conftest import Counting, counting  # noqa: F401  # a fixture

AsPerson = Callable[[Person], Browserless]
MOST, MOST_WITH_ALL = 18, 30  # statements of Today, and of one for which each room has something
UP_TO_DATE = "You are up to date. Nothing waits for you."


def lede_of(client: Browserless, slug: str = "champions") -> str:
    """Return the sentence under the day, with its links as words."""
    html = client.get(f"/s/{slug}/").text
    return re.sub(r"<[^>]+>", "", html.split('<p class="lede">')[1].split("</p>")[0])


def test_a_visitor_learns_what_they_see_and_where_it_is_explained(cast: Cast, as_person: AsPerson) -> None:
    said = lede_of(as_person(cast.outsider))
    assert said == "You can read everything here. Start with what this space is for."


@pytest.mark.both_databases
def test_who_is_new_is_led_to_their_profile_and_then_to_how_it_works(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """For two weeks, and only when nothing else is to be said."""
    with app.app_context():
        nell = factories.make_person(name="Nell Newcomer")
        factories.make_membership(cast.champions, nell, joined_at=now())
    client = as_person(nell)
    assert lede_of(client) == "Welcome. Tell colleagues what they can ask you about, so that they find you."
    change(app, nell, about="Accessible PDFs")
    assert lede_of(client).startswith("Welcome. Tell colleagues"), "there are departments, and hers is not known"
    change(app, nell, department_id=cast.libraries.id)
    assert lede_of(client) == "Welcome. Start with how it works here."


def test_who_has_been_here_a_while_is_up_to_date(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        nell = factories.make_person(name="Nell Newcomer")
        factories.make_membership(cast.champions, nell, joined_at=now() - timedelta(days=15))
    assert lede_of(as_person(nell)) == UP_TO_DATE


def test_what_waits_goes_before_a_welcome(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        nell = factories.make_person(name="Nell Newcomer")
        factories.make_membership(cast.champions, nell, joined_at=now() - timedelta(hours=1))
        factories.make_thread(cast.champions, author=cast.champion, title="New", at=now())
    assert lede_of(as_person(nell)) == "1 thread has something new for you."


@pytest.mark.parametrize("is_new", [True, False])
def test_a_space_says_once_that_nobody_else_is_here(
    cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch, *, is_new: bool
) -> None:
    """New, or left by everybody else."""
    monkeypatch.setattr(room, "NEW", timedelta(days=365 * 20 if is_new else 0))
    insider = as_person(cast.insider)
    page = insider.get("/s/night-desk/").text
    told = "Your space is new, and nobody else is here yet." if is_new else "Nobody else is in this space now."
    assert lede_of(insider, "night-desk") == told
    assert page.lower().count("nobody else is") == 1
    assert "Invite two or three colleagues" in page
    assert "Ask the first question" in page
    assert UP_TO_DATE not in page


def test_who_looks_after_the_installation_is_led_to_its_departments(
    app: Flask, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a new space, while there are none; nobody else is asked to."""
    with app.app_context():
        ada, sam = factories.make_person(name="Ada Admin", is_admin=True), factories.make_person(name="Sam Steward")
        with transaction():
            parks = make(ada, name="Parks")
        for person in (sam, factories.make_person()):
            factories.make_membership(parks, person, role=Role.STEWARD)

    def is_asked(person: Person) -> bool:
        return 'href="/admin/departments"' in as_person(person).get("/s/parks/").text.partition("<main")[2]

    assert is_asked(ada)
    assert not is_asked(sam)
    monkeypatch.setattr(room, "NEW", timedelta(0))
    assert not is_asked(ada), "an installation may do without"
    monkeypatch.undo()
    with app.app_context():
        factories.make_department(name="Libraries")
    assert not is_asked(ada)


def test_who_is_new_finds_first_steps_also_while_something_waits(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """For two weeks; a reader isn't asked to write, a visitor and who looks after the space aren't new."""
    with app.app_context():
        nell, rose, olga = (factories.make_person(name=name) for name in ("Nell New", "Rose Reader", "Olga Old"))
        factories.make_membership(cast.champions, nell, joined_at=now())
        factories.make_membership(cast.champions, rose, role=Role.READER, joined_at=now())
        factories.make_membership(cast.champions, olga, role=Role.ORGANISER, joined_at=now())
        factories.make_thread(cast.champions, author=cast.champion, title="New", at=now())
    hers = as_person(nell).get("/s/champions/").text
    assert all(said in hers for said in ("Your first steps", "Hello+from+Nell", "Say what colleagues can ask"))
    readers = as_person(rose).get("/s/champions/").text
    assert "Your first steps" in readers
    assert "Say hello" not in readers
    change(app, nell, about="Bins")
    assert "Say what colleagues can ask" not in as_person(nell).get("/s/champions/").text
    for person in (olga, cast.champion, cast.outsider):
        assert "Your first steps" not in as_person(person).get("/s/champions/").text


def test_who_is_new_is_not_shown_what_nobody_asked_them(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Cover that everybody is asked for, and a strategy's review: for who was asked, keeps it, or has been here for two weeks."""
    with app.test_request_context("/"):
        nell = factories.make_person(name="Nell Newcomer")
        factories.make_membership(cast.champions, nell, joined_at=now() - timedelta(days=3))
        day = half_at(now() + timedelta(days=2), zone="Europe/London")
        duty = factories.make_duty(cast.champions, by=cast.organiser, title="Welcome people", holder=cast.champion)
        factories.make_cover_request(duty, away=cast.champion, span=Span(day, day), to_all=True)
        strategy = factories.make_strategy(cast.champions, by=cast.organiser, at=now() - timedelta(days=200))
    settled = as_person(cast.colleague).get("/s/champions/").text
    assert "Cover is wanted" in settled
    assert "The review of the strategy" in lede_of(as_person(cast.colleague))
    hers = as_person(nell).get("/s/champions/").text
    assert "Cover is wanted" not in hers
    assert "Four questions" not in hers
    assert "review" not in lede_of(as_person(nell))
    with app.test_request_context("/"):
        with transaction():
            db.session.get_one(Strategy, strategy.id).holder_id = nell.id
        asked = factories.make_duty(cast.champions, by=cast.organiser, title="Answer mail", holder=cast.champion)
        factories.make_cover_request(asked, away=cast.champion, span=Span(day, day), asked=(nell,))
    hers = as_person(nell).get("/s/champions/").text
    assert "Would you cover?" in hers
    assert "Four questions" in hers


@pytest.mark.both_databases
def test_today_says_who_is_on_duty_and_who_is_away_as_the_one_rule_does(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D1: holder, cover, deputy, nobody. A3: whose absence is for organisers is away to others nowhere."""
    with app.test_request_context("/"):
        duty = factories.make_duty(
            cast.champions, by=cast.organiser, title="Hot water", holder=cast.champion, kind=DutyKind.ON_DUTY
        )

    def rail(person: Person) -> str:
        html = as_person(person).get("/s/champions/").text.partition("<aside")[2]
        return " ".join(re.sub(r"<[^>]+>", " ", html.partition("Who looks after")[0]).split())

    def who() -> str:
        with app.test_request_context("/"):
            held = who_holds(duty.id, now())
            return db.session.get_one(Person, held.person_id).name if held.person_id else "Nobody now"

    assert who() == "Carla Champion"
    assert "Carla Champion Hot water" in rail(cast.reader)
    with app.test_request_context("/"):
        factories.make_absence(cast.champion, seen=Seen.ORGANISERS)
    assert who() in rail(cast.reader)
    assert "Hot water Nobody now" in rail(cast.reader)
    assert "Away now" not in rail(cast.reader)
    assert "Carla Champion away until" in rail(cast.organiser)
    with app.test_request_context("/"):
        factories.make_holding(duty, cast.colleague, place=Place.DEPUTY)
    assert who() == "Colin Colleague"
    assert "Colin Colleague Hot water" in rail(cast.reader)
    with app.test_request_context("/"):
        day = half_at(now(), zone="Europe/London")
        factories.make_cover_request(duty, away=cast.champion, span=Span(day, day), taken_by=cast.steward)
    assert who() == "Stella Steward"
    assert "Stella Steward Hot water Deputy Colin Colleague" in rail(cast.reader)
    assert "Stella Steward covers" in rail(cast.organiser)
    assert "On duty" not in rail(cast.outsider)


def test_an_organiser_reads_the_first_of_each_and_is_led_to_the_rest(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Ten minutes on a phone: three gaps, three who look after the space, without a word that these know of themselves."""
    with app.test_request_context("/"):
        for number in range(5):
            factories.make_duty(cast.champions, by=cast.organiser, title=f"Vacant {number}")
        for number in range(3):
            keeper = factories.make_person(name=f"Kit Keeper {number}", about="Ask me about the roster. Any day.")
            factories.make_membership(cast.champions, keeper, role=Role.ORGANISER)
    said, page = read(as_person(cast.organiser)), as_person(cast.organiser).get("/s/champions/").text
    assert said.count("it is nobody’s.") == 3
    assert "2 more gaps" in said
    assert 'href="/s/champions/roster/weeks#gaps">2 more gaps' in page
    assert "Ask me about the roster." not in said
    assert 'href="/s/champions/about">2 more look after it' in page
    assert "Ask me about the roster." in read(as_person(cast.colleague))


def read(client: Browserless) -> str:
    """Return the words of Today, without its head."""
    html = client.get("/s/champions/").text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_who_is_back_is_greeted_before_all_else(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        factories.make_absence(cast.champion, starts=-6, days=4)
        mention = factories.make_post(
            factories.make_thread(cast.champions, author=cast.colleague), author=cast.colleague
        )
        factories.make_mention(mention, cast.champion)
    said = lede_of(as_person(cast.champion))
    assert said.startswith("Welcome back. Read what happened meanwhile. ")
    assert "waits for you" in said


def test_today_costs_the_same_with_much_in_every_room(
    app: Flask,
    cast: Cast,
    as_person: AsPerson,
    counting: Counting,  # noqa: F811  # a fixture
) -> None:
    """For one space or thirty, one absence or twenty, with somebody on duty: each room asks once for each kind of thing."""
    client = as_person(cast.colleague)

    def fill(number: int) -> None:
        with app.test_request_context("/"):
            for _ in range(number):
                person = factories.make_person()
                factories.make_membership(cast.champions, person)
                factories.make_membership(factories.make_space(), cast.colleague)
                factories.make_duty(cast.champions, by=cast.organiser, holder=person, kind=DutyKind.ON_DUTY)
                factories.make_absence(person)
                factories.make_thread(cast.champions, author=person)
                factories.make_story(cast.champions, author=person)

    costs = []
    for number in (1, 15):
        fill(number)
        client.get("/s/champions/")
        with counting() as sent:
            client.get("/s/champions/")
        costs.append(len(sent))
    assert costs[0] == costs[1] <= MOST, costs


def test_today_costs_the_same_in_one_space_or_thirty_with_ten_threads_or_ten_thousand(
    app: Flask,
    cast: Cast,
    as_person: AsPerson,
    counting: Counting,  # noqa: F811  # a fixture
) -> None:
    client = as_person(cast.colleague)
    costs = []
    for threads, spaces in ((10, 0), (9_990, 29)):
        with app.test_request_context("/"):
            factories.make_crowd(cast.champions, author=cast.champion, number=threads)
            for _number in range(spaces):
                factories.make_membership(factories.make_space(), cast.colleague)
        client.get("/s/champions/")
        with counting() as sent:
            client.get("/s/champions/")
        costs.append(len(sent))
    assert costs[0] == costs[1] <= MOST, costs


def test_today_builds_who_sees_what_once_and_not_for_each_request(
    app: Flask, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Building it took three quarters of Today. Seen to fail with `visible_items` in `polls_in`."""
    with app.test_request_context("/"):
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, kind=DutyKind.ON_DUTY)
        factories.make_absence(cast.organiser)
        factories.make_thread(cast.champions, author=cast.champion)
        factories.make_date_poll(cast.champions, by=cast.organiser)
        factories.make_meetup(cast.champions, by=cast.organiser)
    client = as_person(cast.colleague)
    client.get("/s/champions/")
    built: list[object] = []
    build = visible._visible

    def note(*given: Any) -> Any:  # noqa: ANN401  # what `_visible` takes and gives
        built.append(given)
        return build(*given)

    monkeypatch.setattr(visible, "_visible", note)
    said = client.get("/s/champions/").text
    assert all(words in said for words in ("On duty now", "Away now", "When can you?", "Next meetup"))
    assert built == []


def test_today_asks_rooms_with_nothing_to_say_in_one_statement(
    app: Flask,
    cast: Cast,
    as_person: AsPerson,
    counting: Counting,  # noqa: F811  # a fixture
) -> None:
    """And with something in each it costs the same for one thing as for twelve."""
    client = as_person(cast.colleague)

    def fill(number: int) -> None:
        with app.test_request_context("/"):
            for _ in range(number):
                factories.make_case(cast.champions, author=cast.champion, asked=(cast.colleague,))
                story = factories.make_story(cast.champions, author=cast.champion)
                factories.make_story(cast.champions, author=cast.champion, waits=True)
                factories.make_story_action(story, holder=cast.colleague, by=cast.champion)
                playbook = factories.make_playbook(cast.champions, author=cast.colleague, stories=[story])
                factories.make_run(playbook, by=cast.colleague)

    with app.test_request_context("/"):
        factories.make_strategy(cast.champions, by=cast.organiser)
    costs = []
    for number in (1, 11):
        fill(number)
        said = client.get("/s/champions/").text
        assert "Somebody needs help now" in said or "calls for help now" in said
        with counting() as sent:
            client.get("/s/champions/")
        costs.append(len(sent))
    assert costs[0] == costs[1] <= MOST_WITH_ALL, costs


def change(app: Flask, person: Person, **values: object) -> None:
    with app.app_context(), transaction():
        held = db.session.get_one(Person, person.id)
        for name, value in values.items():
            setattr(held, name, value)


@pytest.mark.both_databases
def test_what_is_said_to_wait_is_counted_and_numbers_are_written_in_one_way(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A date poll waits as everything else does. Seen to fail without its number, and with numbers in words beside figures."""
    client = as_person(cast.champion)
    with app.test_request_context("/"):
        factories.make_date_poll(cast.champions, by=cast.organiser)
    assert lede_of(client) == "One thing waits for you. One poll waits for your answer."
    with app.test_request_context("/"):
        factories.make_date_poll(cast.champions, by=cast.organiser)
    assert lede_of(client) == "2 things wait for you. 2 polls wait for your answer."
