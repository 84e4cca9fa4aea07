"""Being told: the bell, the list, and reading that empties it, with and without script."""

import pytest
from playwright.sync_api import expect

from forum.core.db import db, transaction
from forum.notify.book import book_of
from forum.notify.expansion import claim_facts, expand
from forum.threads import actions
from forum.threads.models import Section
from tests.cast import Cast
from tests.content.steps import said, standing
from tests.journeys.steps import button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.fixture
def told(live_server: LiveServer, cast: Cast) -> None:
    """Give Carla's question an answer that names her, and let the worker tell her."""
    app = live_server.app
    with app.test_request_context("/"):
        section = db.session.scalars(db.select(Section)).first()
        assert section is not None
        with transaction():
            thread = actions.start(
                standing(cast.champion), title="Who empties it?", section=section, text=said("Who?"), is_question=True
            )
        with transaction():
            actions.reply(standing(cast.colleague), thread, text=said("The depot.", naming=("carla.champion",)))
        for fact_id in claim_facts(limit=10):
            expand(fact_id, book=book_of(app))


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_the_bell_leads_to_what_is_new_and_reading_empties_it(
    open_page: Pages,
    live_server: LiveServer,
    javascript: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    page = open_page(javascript=javascript)
    sign_in(page, "carla.champion", app=live_server.app)
    page.goto("/s/champions/")
    page.get_by_role("link", name="Notifications, unread: 1").click()
    expect(heading(page, "Notifications")).to_be_visible()
    expect(page.get_by_text("Colin Colleague named you")).to_be_visible()
    if javascript:
        assert_accessible(page)
    link(page, "Who empties it?").click()
    expect(page.get_by_text("The depot.")).to_be_visible()
    page.get_by_role("link", name="Notifications", exact=True).click()
    expect(page.get_by_text("Nothing is waiting for you.")).to_be_visible()
    expect(button(page, "Mark all as read")).to_have_count(0)
