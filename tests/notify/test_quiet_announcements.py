"""Announcements that somebody has in the app only: stopped by the link in one of them, for one space, and taken back."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from forum.content.ledger import How, ledger_of
from forum.content.models import Post
from forum.core.db import db, transaction
from forum.notify import quiet
from forum.notify.models import MailRhythm, Notification, QuietSpace
from forum.notify.rhythm import choose
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Role
from forum.threads import actions, queries
from forum.threads.actions.announcing import Terms
from forum.threads.models import Section, Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import said, standing
from tests.notify.outbox import Refusing, settle
from tests.notify.test_posts_by_mail import SITE, body, later, reply, to
from tests.support.server import make_app

AsPerson = Callable[[Person], Browserless]
TUESDAY = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def app(settings: object) -> Iterator[Flask]:
    """Give the app as it is, which mails to a server on this machine."""
    yield from make_app(settings)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stand at a Tuesday morning, so that no day off holds mail back."""
    with time_machine.travel(TUESDAY, tick=True) as traveller:
        yield traveller


def announced(app: Flask, cast: Cast, *, title: str = "The depot moves", naming: tuple[str, ...] = ()) -> Thread:
    """Announce something in the space of the cast."""
    with app.test_request_context("/"):
        here = standing(cast.organiser)
        section = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).first()
        assert section is not None
        words = "On Monday, " + ", ".join(f"@{name}" for name in naming)
        with transaction():
            return actions.start(
                here, title=title, section=section, text=said(words, naming=naming), is_question=False, terms=Terms()
            )


def notified(app: Flask, person: Person) -> int:
    """Count what somebody is told in the app."""
    with app.app_context():
        mine = select(func.count()).select_from(Notification).where(Notification.person_id == person.id)
        return db.session.scalar(mine) or 0


@pytest.mark.both_databases
def test_one_press_stops_the_announcements_of_a_space_by_mail_and_nothing_else(
    app: Flask, clock: time_machine.Traveller, post: Refusing, worker: Worker, cast: Cast, as_person: AsPerson
) -> None:
    """RFC 8058, without signing in: in the app they still show, who is named has mail, and the settings page takes it back.

    Seen to fail without `is_quiet` in `is_mailed`, and without `is_hushed` in `letters._new_to` and in the digest.
    """
    announced(app, cast)
    later(worker, clock)
    [first] = to(post)
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.sub(r"\s", "", str(first["List-Unsubscribe"])).strip("<>")
    assert link in body(first).replace("\n", "")
    assert link in body(first, "html")
    assert "If you set the space to" not in body(first)
    path, client = link.removeprefix(SITE), app.test_client()
    assert b"No announcements of Champions by mail" in client.get(path).data
    with app.app_context():
        assert not db.session.scalar(select(func.count()).select_from(QuietSpace)), "opening it changes nothing"
    for _press in range(2):
        done = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (done.status_code, b"Announcements in Champions come by mail no more" in done.data) == (200, True)

    thread = announced(app, cast, title="The gate moves")
    later(worker, clock)
    assert (len(to(post)), notified(app, cast.champion)) == (1, 2)
    assert len([one for one in to(post, "colin") if "gate" in str(one["Subject"])]) == 1, "everybody else's comes"
    reply(app, cast.colleague, thread, "Carla?", naming=("carla.champion",))
    later(worker, clock)
    [named] = to(post)[1:]
    assert "On Monday" not in body(named), "what was announced doesn't come along with another post"
    announced(app, cast, title="Ask Carla", naming=("carla.champion",))
    later(worker, clock)
    [_first, _named, both] = to(post)
    assert "You get this because you are named in it." in body(both)

    with app.app_context(), transaction():
        choose(db.session.get_one(Person, cast.champion.id), rhythm=MailRhythm.DAILY, hour=8, weekday=0)
    announced(app, cast, title="The keys move")
    clock.shift(timedelta(days=1))
    settle(worker)
    assert len(to(post)) == 3, "a digest of announcements is mail, too"
    page = as_person(cast.champion).get("/me/mail")
    assert "Announcements that don’t come by mail" in page.text
    told = as_person(cast.champion).get("/me/told").text
    assert "you chose no announcements of this space by mail" in told
    assert as_person(cast.champion).send("/me/mail/announcements/champions").status_code == 303
    assert "Announcements that don’t come by mail" not in as_person(cast.champion).get("/me/mail").text
    announced(app, cast, title="The post moves")
    later(worker, clock)
    assert "The post moves" in str(to(post)[-1]["Subject"])


@pytest.mark.both_databases
def test_what_one_left_is_not_named_by_the_link_or_the_settings(
    app: Flask, clock: time_machine.Traveller, post: Refusing, worker: Worker, cast: Cast, as_person: AsPerson
) -> None:
    """A3. Seen to fail without `belongs` in `quiet_spaces`, and with the space's name whoever asks in `shown_title`."""
    announced(app, cast)
    later(worker, clock)
    link = re.sub(r"\s", "", str(to(post)[0]["List-Unsubscribe"])).strip("<>").removeprefix(SITE)
    app.test_client().post(link)
    with app.app_context(), transaction():
        mine = select(Membership).where(Membership.person_id == cast.champion.id)
        db.session.scalars(mine).one().ended_at = TUESDAY
    stopped = app.test_client().get(link).data
    assert (b"Champions" in stopped, b"this space" in stopped) == (False, True)
    assert "Champions" not in as_person(cast.champion).get("/me/mail").text
    assert as_person(cast.champion).send("/me/mail/announcements/champions").status_code == 404


@pytest.mark.both_databases
def test_the_form_says_before_what_the_ledger_says_after(
    app: Flask, clock: time_machine.Traveller, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Of people of the demo, who are sent nothing; of who takes no mail, none of these, or digests.

    Seen to fail without `is_demo` in `is_mailed`.
    """
    with app.app_context():
        made = {name: factories.make_person(name=name) for name in ("Dan Demo", "Nora Never", "Della Digest")}
        for person in made.values():
            factories.make_membership(cast.champions, person, role=Role.CHAMPION)
        with transaction():
            db.session.get_one(Person, made["Dan Demo"].id).is_demo = True
            choose(db.session.get_one(Person, made["Nora Never"].id), rhythm=MailRhythm.NEVER, hour=8, weekday=0)
            choose(db.session.get_one(Person, made["Della Digest"].id), rhythm=MailRhythm.DAILY, hour=8, weekday=0)
            quiet.hush(cast.champion.id, cast.champions.id)
    with app.test_request_context("/"):
        before = queries.how_many_told(standing(cast.organiser), mails_demo=False)
    thread = announced(app, cast)
    later(worker, clock)
    with app.test_request_context("/"):
        item = db.session.get_one(Item, thread.id)
        first = db.session.scalars(select(Post).where(Post.item_id == item.id)).one()
        after = ledger_of(item, first, for_all=True, mails_demo=False)
    assert (before.people, before.by_mail, before.in_app_only) == (
        after.in_app, after.count(How.MAILED), after.in_app_only,
    )  # fmt: skip
    assert (before.by_mail, len(post.messages)) == (4, 4)
    assert (after.count(How.DEMO), after.count(How.HUSHED), after.count(How.NEVER)) == (1, 1, 1)
