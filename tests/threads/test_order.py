"""Flags, the page on which organisers decide, and held posts, as pages."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content.models import Post
from forum.core.db import db
from forum.people.models import Person
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, queries

AsPerson = Callable[[Person], Browserless]
ORDER = "/s/champions/order"
RUDE = "Rude words."


def page(client: Browserless, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def post_id(app: Flask, thread: Thread, number: int) -> int:
    with app.app_context():
        return db.session.scalars(select(Post.id).where(Post.item_id == thread.id, Post.number == number)).one()


def decide(client: Browserless, key: int, decision: str, *, reason: str = "", upto: int = 2**31 - 1) -> int:
    form = {f"p{key}-reason": reason, f"p{key}-upto": str(upto), f"p{key}-version": "1"}
    return client.send(f"{ORDER}/{key}", decision=decision, **form).status_code


@pytest.mark.both_databases
def test_a_post_is_flagged_and_an_organiser_leaves_it(
    app: Flask, cast: Cast, as_person: AsPerson, url: str, question: Thread
) -> None:
    rita, oscar = as_person(cast.reader), as_person(cast.organiser)
    assert "Flag it" in page(rita, f"{url}posts/2/more")
    assert "Flag it" not in page(as_person(cast.colleague), f"{url}posts/2/more")
    answer = rita.send(f"{url}posts/2/flag", reason="unkind", note="To Carla.")
    assert (answer.status_code, answer.location) == (303, f"{url}#p2")
    assert "You flagged it." in page(rita, f"{url}posts/2/more")
    assert "To Carla." in page(rita, f"{url}posts/2/flag")
    shown = page(oscar, ORDER)
    assert "Rita Reader" in shown
    assert "It is unkind" in shown
    assert re.search(r'Order <span class="count">1', shown)
    assert "Order</a>" not in page(as_person(cast.champion), url)
    assert decide(oscar, post_id(app, question, 2), "leave") == 303
    stella = as_person(cast.steward)
    decide(stella, post_id(app, question, 2), "leave")
    assert "Oscar Organiser decided this a moment before you" in page(stella, ORDER)
    assert "Nothing waits." in page(stella, ORDER)


def test_bad_input_keeps_what_was_typed(
    cast: Cast, as_person: AsPerson, url: str, app: Flask, question: Thread
) -> None:
    rita, oscar = as_person(cast.reader), as_person(cast.organiser)
    for form in ({"reason": "love", "note": "Kept."}, {"reason": "something else", "note": ""}, {"note": "x" * 501}):
        answer = rita.send(f"{url}posts/2/flag", **form)
        assert answer.status_code == 422
        assert form["note"] in answer.get_data(as_text=True)
    rita.send(f"{url}posts/2/flag", reason="unkind", note="")
    key = post_id(app, question, 2)
    assert decide(oscar, key, "hide") == 422
    assert decide(oscar, key, "remove", reason="x" * 501) == 422
    assert decide(oscar, key, "burn", reason="Why.") == 404
    assert decide(oscar, 999_999, "leave") == 404
    assert oscar.send(f"{url}posts/2/hide", **{"hide-reason": " "}).status_code == 422
    for until in ("", "yesterday", "2020-01-01", "2999-01-01"):
        answer = oscar.send("/s/champions/members/carla.champion/hold", until=until, reason="Kept.")
        assert answer.status_code == 422
        assert "Kept." in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_a_hidden_post_is_a_gap_for_everybody(
    cast: Cast, as_person: AsPerson, url: str, app: Flask, question: Thread
) -> None:
    """A5."""
    oscar, colin = as_person(cast.organiser), as_person(cast.colleague)
    assert oscar.send(f"{url}posts/2/hide", **{"hide-reason": "A number stands in it."}).status_code == 303
    for client in (oscar, colin, as_person(cast.outsider)):
        shown = page(client, url)
        assert "Hidden while the organisers look at it" in shown
        assert "The depot." not in shown
        assert ("Decide about it" in shown) == (client is oscar)
        assert client.get(f"{url}posts/2/more").status_code == 404
        assert client.get(f"{url}posts/2/history").status_code == 404
    assert colin.get(f"{url}posts/2/quote").status_code == 404
    assert "The depot." in page(oscar, ORDER)
    assert decide(oscar, post_id(app, question, 2), "put back") == 303
    assert "The depot." in page(colin, url)


@pytest.mark.both_databases
def test_a_held_reply_is_seen_by_its_author_until_it_is_approved(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """A5."""
    with app.app_context():
        factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
    carla, colin, oscar = as_person(cast.champion), as_person(cast.colleague), as_person(cast.organiser)
    assert "An organiser looks at what you write here" in page(carla, url)
    answer = carla.send(url, body=RUDE, once="1" * 32)
    key = int(answer.location.rpartition("-")[2])
    assert answer.location == f"{url}#held-{key}"
    mine = page(carla, url)
    assert RUDE in mine
    assert "Waiting for an organiser" in mine
    for client in (colin, as_person(cast.reader)):
        assert RUDE not in page(client, url)
        assert RUDE not in page(client, "/s/champions/")
        assert client.get(f"/s/champions/held/{key}").status_code == 404
    assert colin.get(f"{url}news?after=3").get_json() == {"count": 0}
    assert RUDE in page(oscar, ORDER)
    assert carla.send(f"/s/champions/held/{key}", body="Kind words.", version="1").status_code == 303
    assert decide(oscar, key, "approve") == 303
    assert "Kind words." not in page(colin, url)
    form = {f"p{key}-reason": "", f"p{key}-upto": "0", f"p{key}-version": "2"}
    assert oscar.send(f"{ORDER}/{key}", decision="approve", **form).status_code == 303
    assert "Kind words." in page(colin, url)
    assert "Waiting for an organiser" not in page(carla, url)


@pytest.mark.both_databases
def test_a_held_thread_is_declined_and_its_text_is_a_draft(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A5: its title is on no page of anybody else's."""
    stella, carla = as_person(cast.steward), as_person(cast.champion)
    assert stella.send(f"{ORDER}/newcomers", wanted="yes").status_code == 303
    form = {"kind": "question", "section": "questions", "title": "Cheap pills", "body": RUDE, "once": "2" * 32}
    answer = carla.send("/s/champions/threads/new", **form, draft_version="0")
    assert answer.status_code == 303
    shown = page(carla, answer.location)
    assert RUDE in shown
    assert "Waiting for an organiser" in page(carla, "/s/champions/threads/")
    for who in (cast.colleague, cast.reader, cast.outsider):
        for path in ("/s/champions/threads/", "/s/champions/threads/?show=unanswered"):
            assert "Cheap pills" not in page(as_person(who), path)
        assert as_person(who).get(answer.location).status_code == 404
    found = re.search(r"/held/(\d+)", shown)
    assert found is not None
    assert decide(stella, int(found[1]), "decline", reason="An advert.") == 303
    assert carla.get(answer.location).status_code == 404
    assert "Cheap pills" in page(carla, "/s/champions/threads/new")


def test_the_page_of_what_waits_costs_the_same_for_one_case_and_for_ten(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    oscar, costs = as_person(cast.organiser), []
    for _round in range(2):
        with app.app_context():
            for number in range(5):
                thread = factories.make_thread(cast.champions, author=cast.colleague)
                post = factories.make_post(thread, author=cast.champion, text=f"Post {number}.")
                factories.make_flag(post, by=cast.reader)
                factories.make_held(thread, author=cast.champion)
        page(oscar, ORDER)
        with queries(app) as sent:
            page(oscar, ORDER)
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 10


def test_a_thread_costs_its_author_no_more_than_ten_while_something_waits(
    app: Flask, cast: Cast, as_person: AsPerson, question: Thread
) -> None:
    """B2."""
    with app.app_context():
        factories.make_held(question, author=cast.champion)
    carla, url = as_person(cast.champion), address(app, question)
    page(carla, url)
    with queries(app) as sent:
        page(carla, url)
    assert len(sent) <= 10


@pytest.mark.both_databases
def test_a_second_press_of_a_reply_that_was_declined_leads_to_the_end_of_the_thread(
    app: Flask, cast: Cast, as_person: AsPerson, url: str, question: Thread
) -> None:
    """It has no number, now or ever. Seen to fail (500) with a place for held replies only."""
    with app.app_context():
        factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
    carla, once = as_person(cast.champion), {"body": RUDE, "once": "c" * 32, "draft_version": "0"}
    sent = carla.send(url, **once)
    with app.app_context():
        key = db.session.scalars(select(Post.id).where(Post.source == RUDE)).one()
    assert decide(as_person(cast.organiser), key, "decline", reason="No.") == 303
    again = carla.send(url, **once)
    assert (again.status_code, again.location) == (303, sent.location)
