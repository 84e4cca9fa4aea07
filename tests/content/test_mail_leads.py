"""Mail about a post leads to the post, and not only to the space's front."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.content import bookmarks, removing
from forum.content.access import post_for
from forum.content.models import Post
from forum.content.order import deciding, flagging
from forum.content.order.models import FlagReason
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item
from forum.threads import actions
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, item_of, said, standing
from tests.people.mailbox import mailed

AsPerson = Callable[[Person], Browserless]


@pytest.mark.both_databases
def test_each_mail_leads_to_the_thing_itself_as_long_as_its_reader_may_see_it(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A3. Seen to fail with Today's address. The links are followed as their reader."""
    with app.test_request_context("/"):
        thread = factories.make_thread(cast.champions, author=cast.steward)
        with transaction():
            gone, hidden, marked = (
                actions.reply(standing(cast.champion), thread, text=said(words)).id
                for words in ("One.", "Two.", "Three.")
            )
        with transaction():
            post = db.session.get_one(Post, gone)
            flagging.flag(standing(cast.colleague), post, reason=next(iter(FlagReason)))
    queue = f"/s/champions/order#case-{gone}"
    assert set(links(app, "is flagged")) == {queue}
    assert f'id="case-{gone}"' in as_person(cast.organiser).get(queue).text
    with app.test_request_context("/"), transaction():
        removing.remove(standing(cast.organiser), post_for(item_of(thread), 2), reason="An advert.")
        deciding.hide(standing(cast.organiser), hidden, reason="We look at it.")
        post = db.session.get_one(Post, marked)
        bookmarks.keep(cast.champion, post, note="Later.", remind_at=now() + timedelta(seconds=1))
    posts = f"{address(app, thread)}posts/"
    assert links(app, "was removed") == [f"{posts}2"]
    assert links(app, "is hidden for now") == [f"{posts}3"]
    assert links(app, "Reminder: Later.")[0] == f"{posts}4"
    carla = as_person(cast.champion)
    for number in (2, 3, 4):
        assert carla.get(f"{posts}{number}", follow_redirects=True).status_code == 200
    with app.app_context(), transaction():
        db.session.get_one(Item, thread.id).audience = Audience.ORGANISERS
    assert links(app, "is hidden for now") == ["/s/champions/"]


def links(app: Flask, subject: str) -> list[str]:
    """Return the paths on this site in the mails whose subject says this, but for the footer's."""
    texts = [mail.text.partition("\n-- \n")[0] for mail in mailed(app) if subject in mail.subject]
    assert texts, subject
    return [path for text in texts for path in re.findall(r"^https?://[^/\s]+(/\S*)$", text, re.MULTILINE)]
