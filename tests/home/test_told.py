"""What somebody was told, by themselves: each post and each message, the way it took, and what became of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from forum.content.models import Post, PostState
from forum.core.db import db, transaction
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.time import now
from forum.home.ledger import PAGE, Place, own_ledger
from forum.notify.models import MailRhythm, Notification
from forum.notify.rhythm import choose
from forum.people.models import Person
from forum.spaces.models import Membership
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import queries

AsPerson = Callable[[Person], Browserless]


def tell(cast: Cast, number: int) -> list[int]:
    """Tell Carla of posts, each a minute after the one before; return the posts."""
    thread = factories.make_thread(cast.champions, author=cast.colleague, title="Bin texts")
    posts = [factories.make_post(thread, author=cast.colleague).id for _post in range(number)]
    at = now() - timedelta(days=1)
    with transaction():
        rows = [
            {"person_id": cast.champion.id, "post_id": post, "reason": "watching", "at": at + timedelta(minutes=place)}
            for place, post in enumerate(posts)
        ]
        if rows:
            db.session.execute(insert(Notification), rows)
    return posts


def with_message(post: int, *, state: DeliveryState, person: Person, **more: object) -> None:
    """Let a message tell of a post."""
    fact = FactRow(kind="post written", payload={"post_id": post}, at=now(), due_at=now(), expanded_at=now())
    db.session.add(fact)
    db.session.flush()
    db.session.add(
        Delivery(fact_id=fact.id, person_id=person.id, state=state, due_at=now(), message_id=f"<{post}@t>", **more)
    )
    mine = Notification.person_id == person.id, Notification.post_id == post
    db.session.execute(update(Notification).where(*mine).values(fact_id=fact.id))


@pytest.mark.both_databases
def test_each_way_and_each_reason_has_its_words(app: Flask, context: None, cast: Cast, as_person: AsPerson) -> None:
    """A3: of what they may not see any more, only that they were told something. Seen to fail without `may_see`."""
    mailed, waiting, back, failed, seen, gone, _digest = tell(cast, 7)
    carla = cast.champion
    with transaction():
        with_message(mailed, state=DeliveryState.SENT, person=carla, sent_at=now())
        with_message(waiting, state=DeliveryState.DUE, person=carla)
        with_message(
            back, state=DeliveryState.SENT, person=carla, bounced_at=now(), bounce_reason="No such person here"
        )
        with_message(failed, state=DeliveryState.FAILED, person=carla, error="It broke")
        db.session.execute(update(Notification).where(Notification.post_id == mailed).values(mailed_at=now()))
        db.session.execute(update(Notification).where(Notification.post_id == seen).values(read_at=now()))
        db.session.get_one(Post, gone).state = PostState.HIDDEN
        choose(db.session.get_one(Person, carla.id), rhythm=MailRhythm.DAILY, hour=8, weekday=0)
    factories.make_failed_delivery(carla, why="550 no such person")
    factories.make_failed_delivery(cast.reader)
    page = as_person(carla).get("/me/told").data.decode()
    for words in (
        "By mail",
        "Mail waits",
        "No such person here",
        "It broke",
        "you had read it before",
        "your next digest",
    ):
        assert words in page, words
    assert page.count("Bin texts") == 6
    assert page.count("A post that you can’t see any more") == 1
    assert page.count("550 no such person") == 1
    with transaction():
        mine = Membership.person_id == carla.id, Membership.space_id == cast.champions.id
        db.session.execute(update(Membership).where(*mine).values(ended_at=now()))
    after = as_person(carla).get("/me/told").data.decode()
    assert "Bin texts" not in after
    assert after.count("A post that you can’t see any more") == 7
    with app.test_request_context("/"):
        assert own_ledger(db.session.get_one(Person, cast.outsider.id), mails_demo=True) == ([], "")


@pytest.mark.both_databases
def test_five_hundred_cost_what_five_cost_and_every_line_stands_on_one_page(
    app: Flask, context: None, cast: Cast
) -> None:
    """Lines of one instant aren't lost between pages."""
    person = cast.champion
    tell(cast, 5)
    with app.test_request_context("/"), queries(app) as few:
        own_ledger(person, mails_demo=True)
    tell(cast, 120)
    with transaction():
        db.session.execute(update(Notification).values(at=now()))
        fact = FactRow(kind="link made", payload={}, at=now(), due_at=now(), expanded_at=now())
        facts = [FactRow(kind="link made", payload={}, at=fact.at, due_at=fact.at) for _more in range(30)]
        db.session.add_all(facts)
        db.session.flush()
        db.session.add_all(
            Delivery(
                fact_id=one.id, person_id=person.id, state=DeliveryState.SENT, due_at=now(), message_id=f"<f{one.id}@t>"
            )
            for one in facts
        )
    places, before = [], ""
    with app.test_request_context("/"):
        for _page in range(10):
            with queries(app) as many:
                lines, before = own_ledger(person, mails_demo=True, before=before)
            assert len(many) == len(few) == 2
            places += [line.place for line in lines]
            if not before:
                break
    assert len(places) == len(set(places)) == 155
    assert places == sorted(places, reverse=True)
    assert len(places) > 2 * PAGE


def test_a_place_that_is_none_shows_the_first_page(app: Flask, context: None, cast: Cast, as_person: AsPerson) -> None:
    """422 would help nobody: the address is ours, or made up."""
    tell(cast, 1)
    for words in (
        "x",
        "~",
        "2026-01-01~p",
        "2026-01-01~p9999999999999",
        "0001-01-01T00:00:00+14:00~p1",
        "2026-01-01~z1",
        "%00~m1",
    ):
        answer = as_person(cast.champion).get("/me/told", query_string={"before": words})
        assert answer.status_code == 200
        assert "Bin texts" in answer.data.decode(), words
    place = Place(now(), "m", 5)
    assert Place.read(str(place)) == place


@pytest.mark.both_databases
def test_nobody_sees_what_others_were_told(app: Flask, context: None, cast: Cast, as_person: AsPerson) -> None:
    tell(cast, 2)
    assert "Bin texts" not in as_person(cast.steward).get("/me/told").data.decode()
    assert db.session.scalar(select(Notification.person_id).limit(1)) == cast.champion.id
