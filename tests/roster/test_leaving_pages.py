"""The pages of leaving and handing over."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from forum.core.db import db
from forum.core.time import today
from forum.people.models import Person
from forum.people.passwords import hash_password
from forum.roster.actions import handing
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast

PASSWORD = "lamp-otter-vinyl"
AsPerson = Callable[[Person], Browserless]


def test_a_last_day_is_set_things_are_offered_and_taken_on_pages(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """D7, and D8's refusal of a password with everything typed still there."""
    with app.app_context():
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        factories.make_thread(cast.champions, author=cast.champion, title="Who knows?", is_question=True)
        key = str(duty.id)
    carla, colin = as_person(cast.champion), as_person(cast.colleague)
    assert "Pass on what counts on you" in carla.get("/me/leaving/").text
    assert carla.send("/me/leaving/", last_day="").status_code == 422
    past = today("Europe/London") - timedelta(days=1)
    assert carla.send("/me/leaving/", last_day=past.isoformat()).status_code == 422
    day = today("Europe/London") + timedelta(days=20)
    for _press in range(2):
        assert carla.send("/me/leaving/", last_day=day.isoformat()).status_code == 303
    page = carla.get("/me/leaving/").text
    assert "Inbox" in page
    assert "Who knows?" in page
    ask = {"space": "champions", "kind": "duty", "key": key}
    assert carla.send("/me/leaving/settle", **ask).status_code == 409
    assert carla.send("/me/leaving/settle", **ask, person="rita.reader").status_code == 409
    assert (
        carla.send("/me/leaving/settle", **{**ask, "space": "night-desk"}, person="colin.colleague").status_code == 404
    )
    assert carla.send("/me/leaving/settle", **ask, person="colin.colleague").status_code == 303
    assert "Colin Colleague is asked" in carla.get("/me/leaving/").text
    asked = colin.get("/s/champions/roster/leaving").text
    found = re.search(r'action="(/s/champions/roster/handovers/\w+/answer)"', asked)
    assert found is not None
    answer = found[1]
    handover = answer.removesuffix("/answer")
    assert "Take it over" in colin.get(handover).text
    line = re.search(r"/lines/(\d+)/ask", colin.get(handover).text)
    assert line is not None
    refused = colin.send(f"{handover}/lines/{line[1]}/ask", question="Is the password: hunter22?")
    assert refused.status_code == 422
    assert "vault" in refused.text
    assert "hunter22" in refused.text
    assert colin.send(f"{handover}/lines/{line[1]}/ask", question="Where is it?").status_code == 303
    question = re.search(r"/questions/(\d+)/answer", carla.get(handover).text)
    assert question is not None
    assert carla.send(f"{handover}/questions/{question[1]}/answer", text="On the shelf.").status_code == 303
    assert carla.send(answer, answer="yes").status_code == 404
    assert colin.send(answer, answer="yes").status_code == 303
    assert "Colin Colleague takes it over" in carla.get("/me/leaving/").text
    page = colin.get(handover).text
    assert "On the shelf." in page
    assert "Accepted unfinished" in page
    organiser = as_person(cast.organiser)
    kept = organiser.get("/s/champions/roster/leaving").text
    assert "1 still open" in kept
    assert "Colin Colleague takes it over" in organiser.get("/s/champions/roster/leaving/carla.champion").text
    assert carla.send("/me/leaving/take-back").status_code == 303
    assert "Pass on what counts on you" in carla.get("/me/leaving/").text


def test_a_draft_is_only_for_who_writes_it_and_the_passport_says_what_was(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        duty = factories.make_duty(
            cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.colleague, title="Inbox"
        )
        ref, duty_id = db.session.get_one(Item, duty.id).ref, duty.id
    carla, colin = as_person(cast.champion), as_person(cast.colleague)
    path, day = f"/s/champions/roster/duties/{ref}", today("Europe/London")
    assert colin.send(f"{path}/handover", person="oscar.organiser", day=day.isoformat()).status_code == 403
    assert carla.send(f"{path}/handover", person="", day=day.isoformat()).status_code == 422
    made = carla.send(f"{path}/handover", person="oscar.organiser", day=day.isoformat())
    assert made.status_code == 303
    assert colin.get(made.location).status_code == 404
    refused = carla.send(f"{made.location}/lines", lines="The password is hunter22", offer="yes")
    assert refused.status_code == 422
    assert "hunter22" in refused.text
    assert carla.send(f"{made.location}/lines", lines="Log in\nMeet", offer="yes").status_code == 303
    assert colin.get(made.location).status_code == 200
    assert carla.send(f"{path}/rehearse", day=day.isoformat()).status_code == 303
    note = re.search(r'action="([^"]*/note)"', colin.get(f"{path}/passport").text)
    assert note is not None
    assert carla.send(note[1], missing="Keys").status_code == 404
    assert colin.send(note[1], missing="").status_code == 422
    assert colin.send(note[1], missing="The keys").status_code == 303
    assert "The keys" in as_person(cast.organiser).get(made.location).text
    assert as_person(cast.organiser).send(f"{made.location}/answer", answer="no", reason="Too much.").status_code == 303
    assert "Too much." in carla.get(made.location).text
    with app.app_context():
        assert handing.open_of(duty_id) is None
    passport = carla.get(f"{path}/passport").text
    assert "Carla Champion" in passport
    assert "The keys" in passport


def test_an_unlocked_desk_is_not_enough_to_set_ones_last_day(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The account closes on it: as closing it, it asks for the password. Seen to fail without `owns`."""
    with app.app_context():
        factories.set_password(cast.champion, secret_hash=hash_password(PASSWORD))
    carla, day = as_person(cast.champion), today("Europe/London").isoformat()
    assert 'name="old_password"' in carla.get("/me/leaving/").text
    assert carla.send("/me/leaving/", last_day=day).status_code == 422
    wrong = carla.send("/me/leaving/", last_day=day, old_password="something else entirely")
    assert (wrong.status_code, "That isn’t your password" in wrong.text) == (422, True)
    assert f'value="{day}"' in wrong.text
    assert carla.send("/me/leaving/", last_day=day, old_password=PASSWORD).status_code == 303


def test_who_is_the_only_steward_reads_so_before_they_set_a_last_day(cast: Cast, as_person: AsPerson) -> None:
    """A4: and is led to where they name another, there and where the account is closed. Seen to fail while it was said afterwards."""
    for path in ("/me/leaving/", "/me/close"):
        page = as_person(cast.insider).get(path).text
        assert "You are the only steward of Night desk." in page
        assert '<a href="/s/night-desk/members">Make somebody else a steward first</a>, or it will have none.' in page
        assert "only steward" not in as_person(cast.champion).get(path).text
