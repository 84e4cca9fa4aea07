"""Being told by mail, from the browser to a mail server and back: named, stopped by the message's own link, and a digest instead."""

import re
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from forum.core.db import db, transaction
from forum.core.time import now
from forum.notify import expansion
from forum.notify.models import MailChoice
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.threads.models import Thread
from tests.cast import Cast
from tests.content.steps import address
from tests.journeys.steps import button, heading, link, sign_in
from tests.mailin.letters import start_thread
from tests.notify.outbox import HURRY, Refusing, settle
from tests.notify.test_posts_by_mail import body, to
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.fixture
def asked(live_server: LiveServer, cast: Cast) -> Thread:
    """Give a question of Oscar's, in a space where every day is a working day of everybody."""
    with live_server.app.app_context(), transaction():
        db.session.execute(update(Person).values(working_days=0))
    return start_thread(live_server.app, cast.organiser)


@pytest.fixture
def live_worker(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """Give a worker of the live server's that doesn't wait for edits."""
    monkeypatch.setattr(expansion, "MAIL_WAIT", -HURRY.mail_lease)
    stepped = Worker(live_server.app, pace=HURRY)
    yield stepped
    stepped._transport.close()


def stop_link(message: EmailMessage) -> str:
    """Return where a mail programme unsubscribes, as a path on this site."""
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return urlsplit(re.sub(r"\s", "", str(message["List-Unsubscribe"])).strip("<>")).path


def press(live_server: LiveServer, path: str) -> int:
    """Unsubscribe as a mail programme does: one request, nothing but what RFC 8058 says, and no cookie."""
    asked = urllib.request.Request(f"{live_server.url}{path}", urlencode({"List-Unsubscribe": "One-Click"}).encode())  # noqa: S310
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  # our own server
        return int(answer.status)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_named_then_stopped_from_the_message_then_a_digest(
    open_page: Pages,
    live_server: LiveServer,
    live_worker: Worker,
    post: Refusing,
    asked: Thread,
    javascript: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """B4: one message for the strongest reason. One press of a mail programme stops just this; the link in it takes that back."""
    app, path = live_server.app, address(live_server.app, asked)

    def writes(text: str) -> None:
        colin.goto(path)
        colin.get_by_label("Your reply").fill(text)
        button(colin, "Post reply").click()
        colin.wait_for_load_state()
        settle(live_worker)

    colin, carla, nobody = (open_page(javascript=javascript) for _each in range(3))
    sign_in(colin, "colin.colleague", app=app)
    writes("@carla.champion do you know?")
    [named] = to(post)
    assert str(named["From"]) == '"Colin Colleague (Champions)" <baton@localhost>'
    assert "You get this because you are named in it." in body(named)
    sign_in(carla, "carla.champion", app=app)
    read = re.search(rf"{path}\S*", body(named))
    assert read
    carla.goto(read[0])
    expect(carla.locator("#p2").get_by_text("do you know?")).to_be_visible()

    assert press(live_server, stop_link(named)) == 200
    writes("@carla.champion are you there?")
    assert len(to(post)) == 1
    nobody.goto(stop_link(named))
    expect(heading(nobody, "Stopped")).to_be_visible()
    if javascript:
        assert_accessible(nobody)
    button(nobody, "Tell me again").click()
    expect(heading(nobody, "Hear nothing more of “Bin texts”")).to_be_visible()

    carla.goto("/me/mail")
    carla.get_by_label("One mail a day").check()
    button(carla, "Save").click()
    expect(carla.get_by_text("One mail comes on each of your working days")).to_be_visible()
    writes("@carla.champion or tomorrow?")
    assert len(to(post)) == 1, "it waits for the digest"
    with app.app_context(), transaction():
        db.session.execute(update(MailChoice).values(next_at=now(), hour=0))  # whatever the hour is
    settle(live_worker)
    [_named, digest] = to(post)
    assert str(digest["Subject"]) == "1 new post for you: Bin texts"
    assert str(digest["From"]) == "Baton <baton@localhost>"
    assert press(live_server, stop_link(digest)) == 200
    carla.goto("/me/mail")
    expect(carla.get_by_label("No mail about posts")).to_be_checked()
    link(carla, "Notifications, unread: 1").click()
    expect(carla.get_by_text("or tomorrow?")).to_be_visible()
