"""A reply by mail in the browser: from the mail that told, through a mail server, to the post that is seen once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from forum.core.db import db, transaction
from forum.mailin.arriving import settle
from forum.notify import expansion
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.threads import actions
from forum.threads.models import Thread
from tests.cast import Cast
from tests.content.steps import address, said, standing
from tests.journeys.steps import heading, sign_in
from tests.mailin.letters import answer, quoted, start_thread
from tests.mailin.test_replies import posts
from tests.notify.outbox import HURRY, Refusing
from tests.notify.outbox import settle as settle_worker
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.fixture
def asked(live_server: LiveServer, cast: Cast) -> Thread:
    """Give a question of Carla's, whose every day is a working day."""
    with live_server.app.app_context(), transaction():
        db.session.execute(update(Person).values(working_days=0))
    return start_thread(live_server.app, cast.champion)


@pytest.fixture
def live_worker(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """Give a worker of the live server's that doesn't wait for edits."""
    monkeypatch.setattr(expansion, "MAIL_WAIT", -HURRY.mail_lease)
    stepped = Worker(live_server.app, pace=HURRY)
    yield stepped
    stepped._transport.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_reply_by_mail_is_seen_in_the_thread(
    open_page: Pages,
    live_server: LiveServer,
    live_worker: Worker,
    post: Refusing,
    asked: Thread,
    cast: Cast,
    javascript: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """What was trimmed is there for its author, and for nobody else who only reads."""
    app = live_server.app
    with app.test_request_context("/"), transaction():
        actions.reply(standing(cast.colleague), asked, text=said("The depot."))
    settle_worker(live_worker)
    [told] = [message for message in post.messages if "carla" in str(message["To"])]
    message = answer(told, f"By the gate?\n\nOn 20/10/2026 10:03, Baton wrote:\n{quoted(told)}\n\n-- \nCarla")
    for _time in range(2):
        settle(app, bytes(message))
    assert len(posts(app, asked)) == 3
    page = open_page(javascript=javascript)
    sign_in(page, "carla.champion", app=app)
    page.goto(address(app, asked))
    expect(heading(page, "Bin texts")).to_be_visible()
    reply = page.locator("#p3")
    expect(reply.get_by_text("By the gate?")).to_have_count(1)
    expect(reply.get_by_text("by mail")).to_be_visible()
    expect(reply.get_by_text("> The depot.")).to_be_hidden()
    reply.get_by_text("Quoted text and signature").click()
    expect(reply.get_by_text("> The depot.")).to_be_visible()
    if javascript:
        assert_accessible(page)
    other = open_page(javascript=javascript)
    sign_in(other, "colin.colleague", app=app)
    other.goto(address(app, asked))
    expect(other.locator("#p3").get_by_text("by mail")).to_be_visible()
    expect(other.locator("#p3 details")).to_have_count(0)
