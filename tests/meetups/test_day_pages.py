"""The day of a meetup and after, as those who lead it and those who come see it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.time import now, today
from forum.meetups.day.models import Action, ActionState, AgendaItem, Attendance, Decision, Minutes, MinutesVersion
from forum.meetups.models import Occurrence
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import hidden_value

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/meetups/"
REF = "shwandtell"


def begun(cast: Cast, *, rhythm: Rhythm = Rhythm.ONCE, ended: bool = True, **others: object) -> Occurrence:
    """Make a meetup whose first date has begun, and is over unless something else is said."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=rhythm, ref=REF, **others)  # type: ignore[arg-type]
    return factories.let_begin(factories.dates_of(series)[0], ended=ended)


@pytest.mark.both_databases
def test_members_propose_and_who_leads_puts_the_agenda_in_order(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Without script, by presses. What a thread is called stands there with a link; a reader only reads."""
    with app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, ref=REF)
        one, other = factories.dates_of(series)[:2]
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Nine fields", ref="ninefie000")
    page = f"{HOME}{REF}/{one.id}/"
    carla, oscar, rita = as_person(cast.champion), as_person(cast.organiser), as_person(cast.reader)
    sent = {"title": "What went wrong", "minutes": "10", "note": "Be kind.", "once": "1" * 32}
    assert [carla.send(f"{page}agenda", **sent).status_code for _time in range(2)] == [303, 303]
    carried = {"title": "", "minutes": "", "note": "", "carried": f"http://x/s/champions/threads/{'ninefie000'}/#p1"}
    assert carla.send(f"{page}agenda", **carried).status_code == 303
    assert rita.send(f"{page}agenda", **sent).status_code == 403
    html = carla.get(page).get_data(as_text=True)
    for words in ("What went wrong", "Be kind.", "Carla Champion, 10 minutes", "Nine fields", "/threads/ninefie000/"):
        assert words in html, words
    assert html.index("What went wrong") < html.index("Nine fields")
    with app.app_context():
        first, second = db.session.scalars(db.select(AgendaItem).order_by(AgendaItem.place))
        assert db.session.scalar(db.select(db.func.count()).select_from(AgendaItem)) == 2
    assert carla.send(f"{page}agenda/{second.id}/move", up="1").status_code == 403
    assert oscar.send(f"{page}agenda/{second.id}/move", up="1").status_code == 303
    html = oscar.get(page).get_data(as_text=True)
    assert html.index("Nine fields") < html.index("What went wrong")
    assert oscar.send(f"{page}agenda/{first.id}/take-out", reason="").status_code == 422
    assert oscar.send(f"{page}agenda/{first.id}/take-out", reason="We had it last week.").status_code == 303
    assert "What went wrong" not in oscar.get(page).get_data(as_text=True)
    assert "We had it last week." in oscar.get("/s/champions/log").get_data(as_text=True)
    assert oscar.send(f"{page}agenda/{first.id}/put-back").status_code == 303
    assert oscar.send(f"{page}agenda/{first.id}/put-off").location == f"{HOME}{REF}/{other.id}/#agenda"
    assert "What went wrong" in carla.get(f"{HOME}{REF}/{other.id}/").get_data(as_text=True)
    assert carla.send(f"{page}agenda/{second.id}/take-out").status_code == 303
    assert carla.send(f"{HOME}{REF}/{other.id}/agenda/{second.id}/put-back").status_code == 404
    assert thread.id


def test_what_can_not_stand_on_an_agenda_comes_back_with_everything_typed(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """422, a reason, nothing lost; an address of something that not every member sees is as good as none (A3)."""
    with app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, ref=REF)
        (one,) = factories.dates_of(series)
    carla, page = as_person(cast.champion), f"{HOME}{REF}/{one.id}/"
    wrong = {
        "Say what it is about": {"title": ""},
        "Keep it under 200": {"title": "x" * 201},
        "Between 1 and 480": {"minutes": "0"},
        "leads to nothing": {"carried": "/s/champions/threads/zzzzzzzzzz/"},
    }
    for problem, values in wrong.items():
        answer = carla.send(f"{page}agenda", **{"title": "A form", "note": "The blue one", **values})
        html = answer.get_data(as_text=True)
        assert (answer.status_code, problem in html, "The blue one" in html) == (422, True, True), problem
    with app.app_context():
        factories.let_begin(one, ended=True)
    answer = carla.send(f"{page}agenda", title="Too late")
    assert answer.status_code == 409
    assert "This meetup is over" in answer.get_data(as_text=True)


def test_a_thread_is_put_on_the_next_agenda_from_its_page(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """One press and a choice of dates."""
    with app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, ref=REF)
        one = factories.dates_of(series)[0]
        factories.make_thread(cast.champions, author=cast.champion, title="Nine fields", ref="ninefie000")
    carla = as_person(cast.champion)
    link = f"{HOME}put-on/ninefie000"
    assert link in carla.get("/s/champions/threads/ninefie000/").get_data(as_text=True)
    html = carla.get(link).get_data(as_text=True)
    assert 'value="Nine fields"' in html
    assert carla.send(link, date="0", title="Nine fields").status_code == 422
    assert carla.send(link, date=str(one.id), title="Nine fields").location == f"{HOME}{REF}/{one.id}/#agenda"
    assert "/threads/ninefie000/" in carla.get(f"{HOME}{REF}/{one.id}/").get_data(as_text=True)


@pytest.mark.both_databases
def test_people_say_that_they_were_there_and_who_leads_keeps_the_list(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """What somebody says of themselves while the list is open stays. It can be taken as a table."""
    with app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, ref=REF)
        (one,) = factories.dates_of(series)
        factories.make_rsvp(one, cast.champion)
    page = f"{HOME}{REF}/{one.id}/"
    carla, colin, oscar = as_person(cast.champion), as_person(cast.colleague), as_person(cast.organiser)
    assert carla.send(f"{page}there", there="1").status_code == 409
    with app.app_context():
        factories.let_begin(one, ended=True)
    assert carla.get(f"{page}attendance").status_code == 403
    html = oscar.get(f"{page}attendance").get_data(as_text=True)
    assert html.index("Carla Champion") < html.index("Somebody else came") < html.index("Colin Colleague")
    assert colin.send(f"{page}there", there="1").status_code == 303
    assert oscar.send(f"{page}attendance", there=[str(cast.champion.id), "x"], before=[]).status_code == 303
    html = oscar.get(page).get_data(as_text=True)
    assert "2 were there" in html
    table = oscar.get(f"{page}attendance.csv").get_data(as_text=True)
    assert "Carla Champion,Libraries,the list" in table
    assert "Colin Colleague,,themselves" in table
    assert oscar.send(f"{page}attendance", before=[str(cast.champion.id)]).status_code == 303
    assert colin.send(f"{page}there", there="0").status_code == 303
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Attendance)) == 0


@pytest.mark.both_databases
def test_minutes_are_drafted_shared_published_and_changed(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A5: until they are published only who leads the meetup reads them; what they said before they were is nobody else's."""
    with app.app_context():
        one = begun(cast)
    page = f"{HOME}{REF}/{one.id}/"
    oscar, carla = as_person(cast.organiser), as_person(cast.champion)
    assert carla.get(f"{page}minutes").status_code == 403
    kept = oscar.send(f"{page}minutes", body="A draft of **mine**", base="0", draft_version="0", keep="1")
    assert kept.status_code == 303
    html = oscar.get(f"{page}minutes").get_data(as_text=True)
    assert "A draft of **mine**" in html
    version = hidden_value(html, "draft_version")
    assert oscar.send(f"{page}minutes", body="", base="0").status_code == 422
    shared = {"body": "A secret **plan**", "base": "0", "draft_version": version, "share": "1"}
    assert oscar.send(f"{page}minutes", **shared).status_code == 303
    assert "<strong>plan</strong>" in oscar.get(page).get_data(as_text=True)
    assert "plan" not in carla.get(page).get_data(as_text=True)
    assert carla.get(f"{page}minutes/history").status_code == 404
    assert oscar.send(f"{page}decisions", decided="We keep nine fields.").status_code == 303
    assert "nine fields" not in carla.get(page).get_data(as_text=True)
    assert "nine fields" not in carla.get(f"{HOME}decisions").get_data(as_text=True)
    for _time in range(2):
        assert oscar.send(f"{page}minutes", body="What was *said*", base="1", draft_version="9").status_code == 303
    html = carla.get(page).get_data(as_text=True)
    assert "<em>said</em>" in html
    assert "We keep nine fields." in html
    assert "We keep nine fields." in carla.get(f"{HOME}decisions").get_data(as_text=True)
    assert oscar.send(f"{page}minutes", body="What was *heard*", base="2").status_code == 303
    for file in (f"{page}meetup.ics", f"{HOME}{REF}/series.ics"):
        text = carla.get(file).get_data(as_text=True)
        assert "BEGIN:VEVENT" in text
        assert not any(words in text for words in ("heard", "nine fields"))
    past = f"{HOME}?show=past&q="
    for words, expected in (
        ("nine FIELDS", True),
        ("heard", True),
        ("secret", False),
        ("%", False),
        ("Show and", True),
    ):
        assert (REF in carla.get(f"{past}{words}").get_data(as_text=True)) == expected, words
    history = carla.get(f"{page}minutes/history").get_data(as_text=True)
    assert "heard" in history
    assert "<del>" in history
    assert "secret" not in history
    assert "secret" in oscar.get(f"{page}minutes/history").get_data(as_text=True)
    with app.app_context():
        minutes = db.session.get_one(Minutes, one.id)
        assert (minutes.version, minutes.first_seen) == (3, 2)
        decision = db.session.scalars(db.select(Decision)).one()
    assert oscar.send(f"{page}decisions/{decision.id}/take-back").status_code == 303
    assert "nine fields" not in carla.get(f"{HOME}decisions").get_data(as_text=True)
    assert oscar.send(f"{page}decisions/{decision.id}/take-back?back=1").status_code == 303
    assert "nine fields" in carla.get(f"{HOME}decisions").get_data(as_text=True)


def test_two_who_write_minutes_at_once_lose_nothing(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The second sees both texts, and what they send next replaces the first, which stays in the history; their draft is kept."""
    with app.app_context():
        one = begun(cast, host_id=cast.champion.id)
    page = f"{HOME}{REF}/{one.id}/"
    oscar, carla = as_person(cast.organiser), as_person(cast.champion)
    assert oscar.send(f"{page}minutes", body="By Oscar", base="0").status_code == 303
    answer = carla.send(f"{page}minutes", body="By Carla", base="0", draft_version="0")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "By Oscar" in html
    assert "By Carla" in html
    assert "Somebody else saved these minutes" in html
    again = carla.get(f"{page}minutes").get_data(as_text=True)
    assert "By Carla" in again
    sent = {"base": hidden_value(html, "base"), "draft_version": hidden_value(html, "draft_version")}
    assert carla.send(f"{page}minutes", body="By Oscar and Carla", **sent).status_code == 303
    with app.app_context():
        texts = db.session.scalars(db.select(MinutesVersion.source).order_by(MinutesVersion.version)).all()
        assert texts == ["By Oscar", "By Oscar and Carla"]
    assert "You have a draft" not in carla.get(page).get_data(as_text=True)
    saved = carla.send(f"{page}minutes/draft", body="Later", base="1", version="9")
    assert saved.status_code in {200, 409}


@pytest.mark.both_databases
def test_an_action_comes_back_until_it_is_done(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """It stands on the next agenda of the series, in the list of the space, and as a table; handed on, dropped, opened again."""
    with app.app_context():
        one = begun(cast, rhythm=Rhythm.WEEKLY)
        following = db.session.scalars(
            db.select(Occurrence).where(Occurrence.starts_at > now()).order_by(Occurrence.starts_at)
        ).all()
    page, later = f"{HOME}{REF}/{one.id}/", f"{HOME}{REF}/{following[0].id}/"
    oscar, carla, colin = as_person(cast.organiser), as_person(cast.champion), as_person(cast.colleague)
    day = today("Europe/London") + timedelta(days=3)
    sent = {"todo": "=Book room 2", "holder": str(cast.champion.id), "due_on": day.isoformat(), "once": "2" * 32}
    assert carla.send(f"{page}actions", **sent).status_code == 403
    for wrong in ({"todo": ""}, {"due_on": "2020-01-01"}, {"holder": str(cast.outsider.id)}, {"holder": "x"}):
        assert oscar.send(f"{page}actions", **{**sent, **wrong}).status_code == 422, wrong
    assert [oscar.send(f"{page}actions", **sent).status_code for _time in range(2)] == [303, 303]
    with app.app_context():
        (action,) = db.session.scalars(db.select(Action))
    url = f"{HOME}actions/{action.ref}"
    assert "Book room 2" in carla.get(later).get_data(as_text=True)
    assert "Book room 2" not in carla.get(f"{HOME}{REF}/{following[1].id}/").get_data(as_text=True)
    assert "Book room 2" in carla.get(f"{HOME}actions?show=mine").get_data(as_text=True)
    assert "Book room 2" in carla.get("/s/champions/").get_data(as_text=True)
    assert "Book room 2" not in colin.get(f"{HOME}actions?show=mine").get_data(as_text=True)
    assert "'=Book room 2,Carla Champion" in colin.get(f"{HOME}actions.csv").get_data(as_text=True)
    assert colin.send(f"{url}/done").status_code == 403
    assert carla.send(f"{url}/hand-on", holder=str(cast.colleague.id), due_on="").status_code == 303
    assert carla.send(f"{url}/done").status_code == 403
    assert colin.send(f"{url}/drop", reason="").status_code == 422
    assert colin.send(f"{url}/done").status_code == 303
    assert "Book room 2" not in carla.get(later).get_data(as_text=True)
    assert "Book room 2" in carla.get(f"{HOME}actions?show=settled").get_data(as_text=True)
    assert colin.send(f"{url}/open-again").status_code == 303
    assert oscar.send(f"{url}/drop", reason="The room is gone.").status_code == 303
    assert "The room is gone." in carla.get(url).get_data(as_text=True)
    assert oscar.send(f"{url}/open-again").status_code == 303
    assert oscar.send(f"{url}/hand-on", holder="", due_on="").status_code == 303
    assert carla.send(f"{url}/take").status_code == 303
    assert colin.send(f"{url}/take").status_code == 409
    with app.app_context():
        held = db.session.get_one(Action, action.id)
        assert (held.holder_id, held.state) == (cast.champion.id, ActionState.OPEN)
    assert carla.get(f"/s/night-desk/meetups/actions/{action.ref}").status_code == 404


def test_a_date_with_something_on_its_agenda_is_kept_when_the_rule_changes(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Dates that nobody answered are thrown away with their rule; one with a proposal is cancelled, and says why."""
    with app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, ref=REF)
        first, second = factories.dates_of(series)[:2]
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    assert carla.send(f"{HOME}{REF}/{second.id}/agenda", title="Forms").status_code == 303
    html = oscar.get(f"{HOME}{REF}/change").get_data(as_text=True)
    fields = dict(re.findall(r'<input[^>]*name="(day|time|ends|title|place)"[^>]*value="([^"]*)"', html))
    fields |= {
        "rhythm": "weekly",
        "every": "2",
        "zone": "Europe/London",
        "first": str(first.id),
        "count": "",
        "until": "",
    }
    assert oscar.send(f"{HOME}{REF}/change", **fields).status_code == 303
    assert "The meetup has other dates now." in carla.get(f"{HOME}{REF}/{second.id}/").get_data(as_text=True)
    with app.app_context(), transaction():
        assert db.session.get(Occurrence, second.id) is not None
