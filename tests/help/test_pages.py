"""Pages of help, as those who ask, are on duty and look after it see them, without script."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask

from forum.content.feeds.entries import newest
from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.time import now
from forum.help.actions import closing, taking
from forum.help.models import Case, CaseState
from forum.help.tellers import answer_url
from forum.people.models import Person
from forum.roster.tellers.common import Reader
from forum.search.finding import alike, search
from forum.search.keeping import settle
from forum.search.language import read_text
from forum.spaces.models import Audience, Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.help.steps import asked_by, friday, on_duty, ref_of, worker_looks
from tests.help.test_mails import mails
from tests.stories.test_pages import telling

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/help/"


def asking(**others: str) -> dict[str, str]:
    """Return a form that goes through."""
    return {
        "title": "The home page is blank", "body": "All white.", "affects": "Everybody", "tried": "", "audience": "space",
        "until_day": "", "until_time": "", "once": "1" * 32, "drill": "", **others,
    }  # fmt: skip


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined,no-any-return]


@pytest.mark.both_databases
def test_it_says_whom_it_will_reach_and_after_the_press_whom_it_reached(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        on_duty(cast, cast.colleague, deputy=cast.organiser)
    carla = as_person(cast.champion)
    assert "I need help now" in text(carla.get("/s/champions/"))
    assert "I need help now" not in text(as_person(cast.reader).get("/s/champions/"))
    page = text(carla.get(f"{HOME}new"))
    for words in ("At once:</b> On duty: Colin Colleague", "The deputy: Oscar Organiser", "After 30 minutes"):
        assert words in page, words
    answers = [carla.send(f"{HOME}new", **asking()) for _time in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert "Colin Colleague is asked" in text(carla.get(answers[0].location))
    today = text(as_person(cast.colleague).get("/s/champions/"))
    assert "Somebody needs help now." in today
    assert "I’ve got this" in today
    assert "One thing waits for you." in today
    own = text(carla.get("/s/champions/"))
    assert "Help now" in own
    assert "Somebody needs help now." not in own, "it is her own call; seen to fail without the look at that"
    taken = as_person(cast.colleague).send(f"{answers[0].location}take")
    assert taken.status_code == 303
    page = text(carla.get(answers[0].location))
    assert "Colin Colleague has got this" in page
    again = as_person(cast.organiser).send(f"{answers[0].location}take")
    assert again.status_code == 409
    assert "Colin Colleague has got this, since" in text(again)


@pytest.mark.both_databases
def test_one_sentence_is_enough(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The first post says the sentence then, so that it is found and mailed; the page says it once, and who asked can say more."""
    carla = as_person(cast.champion)
    form = text(carla.get(f"{HOME}new"))
    assert 'What happened? <span class="meta">(optional)</span>' in form
    sent = carla.send(f"{HOME}new", **asking(body=" \n", affects="", title="  The quokka bites "))
    assert sent.status_code == 303
    page = text(carla.get(sent.location))
    assert "The quokka bites</h1>" in page
    assert "What happened</h2>" not in page
    assert "Say more of what happened" in page
    assert "Say more of what happened" not in text(as_person(cast.colleague).get(sent.location))
    with app.app_context():
        case = db.session.scalars(db.select(Case)).one()
        assert db.session.scalars(db.select(Post.source).where(Post.item_id == case.id)).one() == "The quokka bites"
    nothing = carla.send(f"{HOME}new", **asking(body="", title=" ", once="2" * 32))
    assert nothing.status_code == 422
    assert "Say in one sentence what is wrong." in text(nothing)
    assert text(nothing).count('aria-invalid="true"') == 1


@pytest.mark.both_databases
def test_with_nobody_on_duty_it_says_so_before_and_after(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """I1."""
    carla = as_person(cast.champion)
    assert "Nobody is on duty now." in text(carla.get(f"{HOME}new"))
    sent = carla.send(f"{HOME}new", **asking())
    page = text(carla.get(sent.location))
    assert "it went further at once" in page
    assert "Oscar Organiser and Stella Steward are asked." in page
    carla.send(f"{HOME}new", **asking(once="3" * 32, title="Another"))
    assert "There are 2 calls for help now." in text(as_person(cast.organiser).get("/s/champions/"))
    with app.app_context():
        for one in (cast.organiser, cast.steward):
            factories.make_absence(one)
    assert "Nobody can be asked just now." in text(carla.get(f"{HOME}new"))
    sent = carla.send(f"{HOME}new", **asking(once="2" * 32))
    assert "Your call stands here." in text(carla.get(sent.location))


@pytest.mark.both_databases
def test_a_pasted_log_of_200_kb_and_a_time_that_has_passed_are_said_with_all_that_was_typed(
    cast: Cast, as_person: AsPerson
) -> None:
    """Bad input: all problems at once, nothing lost, markup and control characters stay text."""
    carla = as_person(cast.champion)
    log = "<script>alert(1)</script> " + "y" * 200_000
    answer = carla.send(
        f"{HOME}new",
        **asking(body=log, tried="z" * 30_000, title="<b>Blank</b>", until_day="2020-01-01", until_time="10:00"),
    )
    assert answer.status_code == 422
    page = text(answer)
    for words in (
        "200,026 characters",
        "30,000 characters",
        "&lt;b&gt;Blank&lt;/b&gt;",
        "&lt;script&gt;",
        "y" * 200_000,
    ):
        assert words in page, words[:60]
    answer = carla.send(f"{HOME}new", **asking(until_day="2020-01-01", until_time="10:00"))
    assert answer.status_code == 422
    assert "That time has passed." in text(answer)
    answer = carla.send(f"{HOME}new", **asking(body="a\x1b[31m\x07b `<i>`"))
    assert answer.status_code == 303
    page = text(carla.get(answer.location))
    assert "&lt;i&gt;" in page
    assert "\x1b" not in page
    assert carla.send(f"{HOME}new", **asking(until_day="9999-12-31")).status_code == 422


@pytest.mark.both_databases
def test_what_is_for_those_on_duty_is_nowhere_for_others(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A1, A3, E5: page, lists, counts, Today, search, suggestions, the bell."""
    with app.test_request_context("/"):
        olive = factories.make_person(name="Olive Other")
        factories.make_membership(cast.champions, olive)
        on_duty(cast, cast.colleague)
        ref = ref_of(asked_by(cast.champion, title="Quokka gone", audience=Audience.ON_DUTY))
        found = {
            one.name: (
                search(one, read_text("quokka"), at=now()).total,
                len(alike(one, read_text("quokka gone"), at=now())),
            )
            for one in (olive, cast.reader, cast.colleague, cast.organiser, cast.champion)
        }
    assert found == {
        "Olive Other": (0, 0),
        "Rita Reader": (0, 0),
        "Colin Colleague": (1, 1),
        "Oscar Organiser": (1, 1),
        "Carla Champion": (1, 1),
    }
    for one, is_in in ((olive, False), (cast.reader, False), (cast.colleague, True), (cast.organiser, True)):
        browser = as_person(one)
        assert browser.get(f"{HOME}{ref}/").status_code == (200 if is_in else 404)
        for address in (HOME, f"{HOME}?show=mine", "/s/champions/", "/me/notifications"):
            page = text(browser.get(address))
            assert is_in or "Quokka gone" not in page, address
        assert ("Quokka gone" in text(browser.get(HOME))) == is_in
        for what in ("take", "give-back", "hand-on", "close", "sorted", "reopen", "watch", "posts/1/bookmark"):
            assert is_in or browser.send(f"{HOME}{ref}/{what}").status_code in {403, 404}, what


@pytest.mark.both_databases
def test_a_drill_is_marked_everywhere_counted_apart_and_found_nowhere(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """I4: in the feed and in what people are told too. Seen to fail while its title didn’t say so."""
    with app.app_context():
        on_duty(cast, cast.colleague)
    oscar = as_person(cast.organiser)
    assert as_person(cast.champion).get(f"{HOME}new?drill=1").status_code == 403
    assert "A drill goes no further than this." in text(oscar.get(f"{HOME}new?drill=1"))
    sent = oscar.send(f"{HOME}new", **asking(drill="1", title="Quokka drill"))
    for browser in (oscar, as_person(cast.colleague)):
        assert "This is a drill." in text(browser.get(sent.location))
    assert "Quokka drill" not in text(oscar.get(HOME))
    drills = text(oscar.get(f"{HOME}?show=drills"))
    assert "Quokka drill" in drills
    assert "1 drill" in drills
    assert "Drill: help is needed" in text(as_person(factories_colleague(app, cast)).get("/me/notifications"))
    page = text(oscar.get(sent.location))
    assert "Drill: Quokka drill</h1>" in page
    assert "Drill: Drill" not in page
    colin = as_person(cast.colleague)
    assert colin.send(f"{sent.location}take").status_code == 303
    assert colin.send(sent.location, body="All our data is gone.").status_code == 303
    told = text(oscar.get("/me/notifications"))
    assert "Somebody has got this" in told
    assert told.count("Quokka drill") == told.count("Drill: Quokka drill") > 0
    one_line = oscar.send(f"{HOME}new", **asking(drill="1", title="The db is lost", body="", once="8" * 32))
    assert "What happened</h2>" not in text(oscar.get(one_line.location))
    long = oscar.send(f"{HOME}new", **asking(drill="1", title="x" * 200, once="9" * 32))
    assert long.status_code == 422
    assert "Keep it under 193 characters" in text(long)
    with app.test_request_context("/"):
        assert search(cast.colleague, read_text("quokka"), at=now()).total == 0
        feed = newest(cast.reader, Item.space_id == cast.champions.id, at=now())
        assert feed
        assert not [one for one in feed if not one.item.title.startswith("Drill: ")]
    assert "began a drill" in text(oscar.get("/s/champions/log"))
    assert as_person(cast.champion).send(f"{HOME}new", **asking(drill="1", once="3" * 32)).status_code == 403


def factories_colleague(app: Flask, cast: Cast) -> Person:
    """Let the colleague be told of another drill, since the first one's page was seen."""
    with app.test_request_context("/"):
        asked_by(cast.organiser, title="Another drill", is_drill=True)
    return cast.colleague


@pytest.mark.both_databases
def test_closing_fills_in_a_story_and_the_case_points_to_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """I5: a story begins with what happened, whom it affected, what was tried and what helped; and is seen by no more than the case."""
    with app.test_request_context("/"):
        on_duty(cast, cast.colleague)
        case = asked_by(cast.champion, affects="40 parents", tried="A restart", audience=Audience.ON_DUTY)
        ref = ref_of(case)
        with transaction():
            taking.take(standing(cast.colleague), case.id)
    colin = as_person(cast.colleague)
    where = f"{HOME}{ref}/"
    assert colin.send(f"{where}close", **{"close-body": "", "close-once": "4" * 32}).status_code == 422
    closed = colin.send(f"{where}close", **{"close-body": "Turned the cache off.", "close-once": "4" * 32})
    assert closed.status_code == 303
    page = text(colin.get(where))
    assert f"/s/champions/stories/new?from={ref}" in page
    form = text(colin.get(f"/s/champions/stories/new?from={ref}"))
    for words in ("The home page is blank", "All white.", "Turned the cache off.", "40 parents", "A restart"):
        assert words in form, words
    assert 'checked id="audience-1"' in form, "seen to fail when `_prefill` leaves the audience alone"
    assert as_person(cast.reader).get(f"/s/champions/stories/new?from={ref}").status_code in {403, 404}
    told = {
        "kind": "went wrong", "title": "The home page went blank", "saw": "All white.", "fixed": "Turn the cache off.",
        "affected": "40 parents", "unhelpful": "A restart", "audience": "space", "draft_version": "0", "once": "5" * 32,
        "source": ref, "source_number": "2",
    }  # fmt: skip
    sent = colin.send("/s/champions/stories/new", **told)
    assert sent.status_code == 303
    story = text(colin.get(sent.location.partition("#")[0]))
    assert "40 parents" in story
    assert f"/s/champions/help/{ref}/" in story
    assert "The home page went blank" in text(colin.get(where))
    with app.app_context():
        assert db.session.scalars(db.select(Case.state)).one() is CaseState.CLOSED


@pytest.mark.both_databases
def test_a_press_that_comes_late_shows_the_case_again_and_who_has_it(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Two tabs: an offer was accepted, or withdrawn, or the case closed, before the press.

    Nothing changes, and the page says how it stands.
    """
    with app.test_request_context("/"):
        olive = factories.make_person(name="Olive Other")
        factories.make_membership(cast.champions, olive)
        case_id = asked_by(cast.champion).id
        url = f"{HOME}{ref_of(db.session.get_one(Case, case_id))}/"
        with transaction():
            taking.take(standing(cast.colleague), case_id)
            taking.offer(standing(cast.colleague), case_id, person_id=olive.id)
    colin, other, oscar = as_person(cast.colleague), as_person(olive), as_person(cast.organiser)
    assert other.send(f"{url}hand-on/accept").status_code == 303
    late = [(colin, "hand-on/withdraw"), (oscar, "hand-on/withdraw"), (colin, "give-back"), (oscar, "hand-on/accept")]
    for who, what in [*late, (colin, "hand-on/decline"), (as_person(cast.champion), "give-back")]:
        answer = who.send(f"{url}{what}")
        assert answer.status_code == 409, what
        assert "Olive Other has got this, since" in text(answer), what
        assert "The home page is blank</h1>" in text(answer), what
    answer = colin.send(f"{url}hand-on", person=str(cast.organiser.id))
    assert answer.status_code in {409, 422}
    assert other.send(f"{url}hand-on/withdraw").status_code == 303, "who has it is told nothing that they know"
    with app.test_request_context("/"):
        assert db.session.get_one(Case, case_id).holder_id == olive.id
    assert other.send(f"{url}sorted").status_code == 303
    for what in ("give-back", "hand-on/withdraw", "hand-on/accept", "hand-on/decline"):
        answer = other.send(f"{url}{what}")
        assert answer.status_code == 409, what
        assert "This is over" in text(answer), what


@pytest.mark.both_databases
def test_presses_of_a_case_have_a_limit_and_the_case_is_shown_again(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A6: two of them go through, the third is held up with when one can go on; who presses too often wakes nobody at night."""
    baton = app.extensions["baton"]
    app.extensions["baton"] = replace(baton, settings=replace(baton.settings, presses_per_person=2))
    with app.test_request_context("/"):
        url = f"{HOME}{ref_of(asked_by(cast.champion))}/"
    colin = as_person(cast.colleague)
    assert [colin.send(f"{url}{what}").status_code for what in ("take", "give-back")] == [303, 303]
    for what in ("take", "hand-on/withdraw"):
        held = colin.send(f"{url}{what}")
        assert held.status_code == 429, what
        assert "You have pressed 2 times in 10 minutes." in text(held)
        assert "The home page is blank</h1>" in text(held)
        assert int(held.headers["Retry-After"]) > 0
    oscar = as_person(cast.organiser)
    assert oscar.send(f"{url}take").status_code == 303
    answers = [oscar.send(f"{url}hand-on", person=str(cast.colleague.id)) for _time in range(2)]
    assert [one.status_code for one in answers] == [303, 429]
    assert "You have pressed" in text(answers[1])


@pytest.mark.both_databases
def test_what_helped_stands_once_and_earlier_rounds_stay_to_be_read(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Who was asked and had it before is said shortly, to members; a first round has nothing before it."""
    with app.test_request_context("/"):
        on_duty(cast, cast.colleague)
        case_id = asked_by(cast.champion).id
        url = f"{HOME}{ref_of(db.session.get_one(Case, case_id))}/"
    carla, colin, oscar = as_person(cast.champion), as_person(cast.colleague), as_person(cast.organiser)
    assert "Asked before" not in text(carla.get(url))
    assert [colin.send(f"{url}{what}").status_code for what in ("take", "give-back")] == [303, 303]
    page = text(carla.get(url))
    for words in ("Asked before", "Round 1", "Asked: Colin Colleague", "Colin Colleague had it, until"):
        assert words in page, words
    assert oscar.send(f"{url}take").status_code == 303
    assert oscar.send(url, body="On my way.").status_code == 303
    closing_it = {"close-body": "Pulled the platypus plug.", "close-once": "7" * 32}
    assert oscar.send(f"{url}close", **closing_it).status_code == 303
    page = text(carla.get(url))
    assert page.count("platypus plug") == 1
    assert page.count('id="p3"') == 1
    assert page.index("What helped</h2>") < page.index("platypus plug") < page.index("Conversation</h2>")
    assert page.index("Conversation</h2>") < page.index("On my way.")
    assert "Round 1" in page
    assert "Nobody has written yet" not in page


@pytest.mark.both_databases
def test_who_is_alone_in_a_space_is_told_so_and_how_others_come(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """I1, bad input: help asked when nobody at all is on duty, nor anywhere. Seen to fail without `is_alone`."""
    there = f"/s/{cast.night_desk.slug}/help/"
    ingrid = as_person(cast.insider)
    page = text(ingrid.get(f"{there}new"))
    for words in (
        "Nobody else is here yet.",
        "Your call stands here for whoever joins.",
        "Invite somebody",
        "/invitations",
    ):
        assert words in page, words
    assert "no other organiser" not in page
    page = text(ingrid.get(there))
    assert "Nobody else is here yet, so nobody can be asked." in page
    assert "a call goes to the organisers" not in page
    sent = ingrid.send(f"{there}new", **asking())
    assert sent.status_code == 303
    page = text(ingrid.get(sent.location))
    assert "Nobody can be asked so far." in page
    assert "Everybody who can be asked was." not in page
    assert "It is being asked round." not in page
    with app.app_context():
        factories.make_membership(cast.night_desk, cast.colleague)
    page = text(ingrid.get(f"{there}new"))
    assert "Nobody else is here yet." not in page
    assert "Nobody is on duty, no other organiser is here, and nobody who said that they may be asked." in page


@pytest.mark.both_databases
def test_a_drill_without_a_deputy_or_without_anybody_says_what_is_so(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """I4: before the press, while it runs, and when it ends; never that it "went further", nor that the call waits for somebody."""
    oscar = as_person(cast.organiser)
    page = text(oscar.get(f"{HOME}new?drill=1"))
    for words in (
        "Nobody would hear of this drill.",
        "Nobody is on duty just now, and nobody stands in.",
        "Look at the roster",
    ):
        assert words in page, words
    assert "your call stands here" not in page
    sent = oscar.send(f"{HOME}new", **asking(drill="1"))
    page = text(oscar.get(sent.location))
    for words in ("the drill has reached nobody", "so the drill has reached nobody", "The drill ended"):
        assert words in page, words
    assert "It is being asked round." not in page
    with app.app_context():
        on_duty(cast, cast.colleague)
    page = text(oscar.get(f"{HOME}new?drill=1"))
    assert "Nobody stands in as deputy just now: in earnest the organisers would be asked next." in page
    at = friday()
    with time_machine.travel(at, tick=False):
        oscar = as_person(cast.organiser)
        sent = oscar.send(f"{HOME}new", **asking(drill="1", once="2" * 32))
        assert "the deputy is asked, or the drill ends where there is none: at" not in text(oscar.get(HOME))
        page = text(oscar.get(sent.location))
        assert "the deputy is asked, or the drill ends where there is none: at <time" in page
    with app.app_context():
        worker_looks(at + timedelta(minutes=20))
    with time_machine.travel(at + timedelta(minutes=21), tick=False):
        page = text(as_person(cast.organiser).get(sent.location))
    for words in ("the drill goes no further.", "The drill ended", "Nobody stood in."):
        assert words in page, words
    assert "it went further at once" not in page


@pytest.mark.both_databases
def test_who_comes_a_day_late_reads_the_day_too(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Seen to fail while it said the time alone."""
    at = friday()
    with time_machine.travel(at, tick=False), app.test_request_context("/"):
        case = asked_by(cast.champion)
        where = f"{HOME}{ref_of(case)}/"
        with transaction():
            taking.take(standing(cast.colleague), case.id)
    for hours, words in ((1, "since 17:00."), (25, f"since Fri {at.day} {at:%b}")):
        with time_machine.travel(at + timedelta(hours=hours), tick=False):
            answer = as_person(cast.organiser).send(f"{where}take")
        assert answer.status_code == 409
        assert words in text(answer), words


@pytest.mark.both_databases
def test_what_helped_is_kept_though_the_case_was_closed_meanwhile(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """I5: sorted by who asked, while who had it writes what helped: that is what helped. After another one, it is theirs to send.

    Seen to fail while a closed case thanked whoever pressed, and threw their words away.
    """
    with app.test_request_context("/"):
        case_id = asked_by(cast.champion).id
        url = f"{HOME}{ref_of(db.session.get_one(Case, case_id))}/"
        with transaction():
            taking.take(standing(cast.colleague), case_id)
    colin, oscar = as_person(cast.colleague), as_person(cast.organiser)
    assert as_person(cast.champion).send(f"{url}sorted").status_code == 303
    sent = {"close-body": "Purged the wombat cache.", "close-once": "4" * 32}
    assert [colin.send(f"{url}close", **sent).status_code for _time in range(2)] == [303, 303]
    page = text(as_person(cast.champion).get(url))
    assert page.count("wombat cache") == 1
    assert page.index("What helped</h2>") < page.index("wombat cache") < page.index("Conversation</h2>")
    late = oscar.send(f"{url}close", **{"close-body": "Mine was\nanother.", "close-once": "5" * 32})
    assert late.status_code == 409
    assert "It was closed meanwhile" in text(late)
    assert "Mine was\nanother.</textarea>" in text(late), "in the form in which it can be sent"
    with app.app_context():
        assert db.session.get_one(Case, case_id).helped_number == 2
        assert db.session.scalar(db.select(db.func.count()).where(Post.item_id == case_id)) == 2
    assert colin.send(f"{url}close", **sent).status_code == 303, "a press again is the same one"


@pytest.mark.both_databases
def test_calls_have_a_limit_of_their_own_which_threads_and_the_first_day_leave_alone(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A6, I1: who has begun as many threads and stories as go today can still ask for help; past it they read whom to ring.

    Seen to fail while calls were counted as threads.
    """
    baton = app.extensions["baton"]
    app.extensions["baton"] = replace(
        baton, settings=replace(baton.settings, threads_per_person=1, calls_per_person=4, newcomer_percent=25)
    )
    with app.app_context(), transaction():
        db.session.get_one(Person, cast.champion.id).created_at = now()
    carla = as_person(cast.champion)
    threads = [
        carla.send("/s/champions/stories/new", **telling(title=f"Story {number}", once=f"{number:032d}"))
        for number in range(2)
    ]
    assert [one.status_code for one in threads] == [303, 429]
    calls = [carla.send(f"{HOME}new", **asking(title=f"Call {number}", once=f"{number:032d}")) for number in range(5)]
    assert [one.status_code for one in calls] == [303, 303, 303, 303, 429]
    page = text(calls[-1])
    for words in (
        "You have asked for help 4 times in an hour.",
        "your text is kept",
        "If it can’t wait, ring somebody: Stella Steward and Oscar Organiser look after this space.",
    ):
        assert words in page, words
    assert "threads in an hour" not in page
    assert "On the first day" not in page


@pytest.mark.both_databases
def test_who_gives_back_anothers_case_takes_it_only_from_whom_the_page_showed(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """I2: handed on in between, the new holder keeps it. Seen to fail without `holder` in the form."""
    with app.test_request_context("/"):
        case_id = asked_by(cast.champion).id
        url = f"{HOME}{ref_of(db.session.get_one(Case, case_id))}/"
        with transaction():
            taking.take(standing(cast.colleague), case_id)
    oscar = as_person(cast.organiser)
    shown = f'name="holder" value="{cast.colleague.id}"'
    assert shown in text(oscar.get(url))
    with app.test_request_context("/"):
        with transaction():
            taking.offer(standing(cast.colleague), case_id, person_id=cast.steward.id)
        with transaction():
            taking.accept(standing(cast.steward), case_id)
    late = oscar.send(f"{url}give-back", holder=str(cast.colleague.id))
    assert late.status_code == 409
    assert "Stella Steward has got this, since" in text(late)
    assert oscar.send(f"{url}give-back", holder="x").status_code == 409
    assert oscar.send(f"{url}give-back", holder=str(cast.steward.id)).status_code == 303


@pytest.mark.both_databases
def test_what_was_pasted_can_be_taken_out_by_who_asked_and_by_organisers_with_a_reason(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A5: a password in "What was tried" is on no page, and found no more; nobody else changes it; two tabs lose nothing.

    Seen to fail without `require_edit` in the page and in the action: others opened it.
    """
    with app.test_request_context("/"):
        case_id = asked_by(cast.champion, tried="As root, quokka7", affects="All").id
        url = f"{HOME}{ref_of(db.session.get_one(Case, case_id))}/"
    carla, colin, oscar = as_person(cast.champion), as_person(cast.colleague), as_person(cast.organiser)
    assert f"{url}change" in text(carla.get(url)) or 'href="change"' in text(carla.get(url))
    form = text(carla.get(f"{url}change"))
    for words in ("As root, quokka7", 'value="All"', 'value="The home page is blank"'):
        assert words in form, words
    said = {"title": "The home page is empty", "affects": "All parents", "tried": "As root", "version": "1"}
    assert colin.get(f"{url}change").status_code == 403
    assert colin.send(f"{url}change", **said).status_code == 403
    wrong = carla.send(f"{url}change", **{**said, "title": " ", "tried": "kept " * 9})
    assert wrong.status_code == 422
    assert "kept kept" in text(wrong)
    assert [carla.send(f"{url}change", **said).status_code for _time in range(2)] == [303, 303]
    late = carla.send(f"{url}change", **{**said, "tried": "Another tab"})
    assert late.status_code == 409
    for words in ("Another tab</textarea>", "What it says now", "All parents"):
        assert words in text(late), words
    assert oscar.send(f"{url}change", **{**said, "tried": "", "version": "2"}).status_code == 422
    sent = oscar.send(f"{url}change", **{**said, "tried": "", "version": "2"}, reason="A password.")
    assert sent.status_code == 303
    page = text(colin.get(url))
    assert "The home page is empty</h1>" in page
    assert "As root" not in page
    assert "A password." in text(colin.get("/s/champions/log"))
    with app.test_request_context("/"):
        settle()
        db.session.commit()
        assert search(cast.colleague, read_text("quokka7"), at=now()).total == 0
        assert search(cast.colleague, read_text("empty"), at=now()).total == 1
        (mail,) = mails(app, "post changed for author")
        assert (mail.to, "A password." in mail.text) == (cast.champion.email, True)


def test_a_call_that_is_not_over_is_named_before_its_space_is_closed_and_says_afterwards_what_became_of_it(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """On the page that closes, on the call's own, behind the link of its mail, and on Today; a drill and what is over aren't named."""
    with app.test_request_context("/"):
        on_duty(cast, cast.colleague)
        case = asked_by(cast.champion, title="No <b>water</b>")
        asked_by(cast.organiser, title="Fire", is_drill=True)
        over = asked_by(cast.champion, title="No light")
        with transaction():
            closing.sort_out(standing(cast.champion), over.id)
        url = f"{HOME}{ref_of(case)}/"
        to = Reader(cast.colleague, db.session.get_one(Item, case.id), cast.champions)
        link = urlsplit(answer_url(case, to)).path
        assert "Help now: No <b>water</b>" in [mail.subject for mail in mails(app, "help paged")]
    steward, asker = as_person(cast.steward), as_person(cast.champion)
    page = text(steward.get("/s/champions/archive"))
    assert f'The call for help <a href="{url}">“No &lt;b&gt;water&lt;/b&gt;”</a> isn’t over.' in page
    assert "Fire" not in page
    assert "No light" not in page
    assert "It is being asked round." in text(asker.get(url))
    assert steward.send("/s/champions/archive").status_code == 303
    assert "isn’t over" not in text(steward.get("/s/champions/archive"))
    page = text(asker.get(url))
    assert "The space was closed before this was over." in page
    assert "It is being asked round." not in page
    index = text(asker.get(HOME))
    assert "This space is closed: nobody is asked here." in index
    assert "is asked at once" not in index
    assert "On duty now" not in index
    assert "If nobody has it" not in page
    assert "Somebody needs help now." not in text(as_person(cast.colleague).get("/s/champions/"))
    for answer in (app.test_client().get(link), as_person(cast.outsider).send(link)):
        assert "The space was closed before this was over." in text(answer)
        assert "write to Carla Champion yourself" in text(answer)
        assert "has got this</button>" not in text(answer)
    with app.test_request_context("/"):
        assert mails(app, "help paged") == [], "whoever could not take it is not asked"
