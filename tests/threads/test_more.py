"""Reactions, the page of one post, and the gap, as pages."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.people.models import Person
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]


@pytest.mark.both_databases
def test_a_press_says_it_and_the_next_one_takes_it_back(cast: Cast, as_person: AsPerson, url: str) -> None:
    carla, colin = as_person(cast.champion), as_person(cast.colleague)
    answer = carla.send(f"{url}react", give="thanks 2")
    assert (answer.status_code, answer.location) == (303, f"{url}#p2")
    page = carla.get(url).get_data(as_text=True)
    assert 'name="take" value="thanks 2" aria-pressed="true">Thanks <b>1</b>' in page
    assert 'name="give" value="thanks 3" aria-pressed="false">Thanks<span' in page
    assert '<span class="react">Thanks <b>1</b>' in colin.get(url).get_data(as_text=True)
    assert carla.send(f"{url}react", take="thanks 2").status_code == 303
    assert "Thanks <b>" not in carla.get(url).get_data(as_text=True)


def test_a_script_is_told_how_many_said_what(cast: Cast, as_person: AsPerson, url: str) -> None:
    carla = as_person(cast.champion)
    carla.environ_base["HTTP_X_REQUESTED_WITH"] = "fetch"
    answer = carla.send(f"{url}react", give="worked 2")
    assert answer.get_json() == {"worked": {"people": 1, "mine": True}}
    assert carla.send(f"{url}react", take="worked 2").get_json() == {}


@pytest.mark.parametrize(
    "wish", ["", "thanks", "2", "love 2", "thanks two", "thanks -1", "thanks 99", "thanks 99999999999"]
)
def test_a_press_that_no_page_offers_is_not_found(cast: Cast, as_person: AsPerson, url: str, wish: str) -> None:
    assert as_person(cast.champion).send(f"{url}react", give=wish).status_code == 404


def test_a_question_is_answered_same_here_and_a_reply_thanked(cast: Cast, as_person: AsPerson, url: str) -> None:
    """One press stands at hand; who may not press sees what was said, and no press."""
    colin = as_person(cast.colleague).get(url).get_data(as_text=True)
    assert 'value="same here 1"' in colin
    assert 'value="thanks 3"' in colin
    assert 'value="thanks 1"' not in colin
    assert 'value="thanks 2"' not in colin
    reader = as_person(cast.reader).get(url).get_data(as_text=True)
    assert 'value="same here 1"' in reader
    assert 'value="thanks' not in reader
    assert 'form="react"' not in as_person(cast.outsider).get(url).get_data(as_text=True)


def test_the_page_of_one_post_says_who_said_what_and_what_can_be_done(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    as_person(cast.steward).send(f"{url}react", give="thanks 2")
    carla = as_person(cast.champion).get(f"{url}posts/2/more").get_data(as_text=True)
    assert "Stella Steward" in carla
    for kind in ("thanks", "same here", "worked", "did not work"):
        assert f'name="give" value="{kind} 2"' in carla
    assert "Quote it in a reply" in carla
    assert "Edit it" not in carla
    assert "Remove post 2" not in carla
    oscar = as_person(cast.organiser).get(f"{url}posts/2/more").get_data(as_text=True)
    assert "Edit it" in oscar
    assert 'name="reason"' in oscar
    colin = as_person(cast.colleague).get(f"{url}posts/2/more").get_data(as_text=True)
    assert 'name="reason"' not in colin
    assert "Remove post 2" in colin
    assert 'name="give"' not in colin
    visitor = as_person(cast.outsider).get(f"{url}posts/2/more").get_data(as_text=True)
    assert "Quote it" not in visitor
    assert "Stella Steward" in visitor


@pytest.mark.both_databases
def test_a_post_is_removed_and_put_back(cast: Cast, as_person: AsPerson, url: str) -> None:
    colin = as_person(cast.colleague)
    answer = colin.send(f"{url}posts/2/remove")
    assert (answer.status_code, answer.location) == (303, f"{url}#p2")
    page = colin.get(url).get_data(as_text=True)
    assert f'action="{url}posts/2/put-back"' in page
    assert "Removed by its author" in page
    assert "The depot." not in page
    reader = as_person(cast.reader).get(url).get_data(as_text=True)
    assert "Removed by its author" in reader
    assert "Put it back" not in reader
    assert colin.send(f"{url}posts/2/remove").status_code == 303
    assert colin.get(f"{url}posts/2/more").status_code == 404
    assert colin.get(f"{url}posts/2").status_code == 303
    assert colin.send(f"{url}posts/2/put-back").status_code == 303
    assert "The depot." in colin.get(url).get_data(as_text=True)
    assert colin.send(f"{url}posts/2/put-back").status_code == 404


def test_an_organiser_says_why_and_it_stands_in_the_gap(cast: Cast, as_person: AsPerson, url: str) -> None:
    oscar = as_person(cast.organiser)
    asked = oscar.send(f"{url}posts/2/remove", reason=" ")
    assert asked.status_code == 422
    assert "Say why." in asked.get_data(as_text=True)
    long = oscar.send(f"{url}posts/2/remove", reason="x" * 501)
    assert long.status_code == 422
    assert "x" * 501 in long.get_data(as_text=True)
    oscar.send(f"{url}posts/2/remove", reason="A phone number stood in it.")
    page = as_person(cast.colleague).get(url).get_data(as_text=True)
    assert "Removed by Oscar Organiser" in page
    assert "A phone number stood in it." in page
    assert "Put it back" not in page


def test_a_question_whose_answer_was_removed_is_not_answered(
    app: Flask, cast: Cast, as_person: AsPerson, url: str, question: Thread
) -> None:
    """Until it is put back: the acceptance is remembered."""
    with app.app_context():
        factories.make_accepted(question, number=2, by=cast.champion)
    listing = "/s/champions/threads/"
    colin = as_person(cast.colleague)
    assert "Answered" in colin.get(listing).get_data(as_text=True)
    colin.send(f"{url}posts/2/remove")
    assert "Answered" not in colin.get(listing).get_data(as_text=True)
    assert "Answered" not in colin.get(url).get_data(as_text=True)
    colin.send(f"{url}posts/2/put-back")
    assert "Answered by Colin Colleague" in colin.get(url).get_data(as_text=True)


def test_a_quote_stays_when_what_it_quotes_is_removed(cast: Cast, as_person: AsPerson, url: str) -> None:
    """The words are the quoting post's own by now; the link leads to the gap."""
    carla = as_person(cast.champion)
    body = "> [post 2]\n>\n> The depot.\n\nWhich one?"
    assert carla.send(url, body=body, once="1" * 32).status_code == 303
    as_person(cast.colleague).send(f"{url}posts/2/remove")
    page = carla.get(url).get_data(as_text=True)
    assert "<p>The depot.</p>" in page
    assert "Colin Colleague in post 2" in page
