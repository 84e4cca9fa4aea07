"""Whatever is pressed, the search's index says afterwards what would be in it if it were made anew."""

import re

from sqlalchemy import select

from forum.core.db import db
from forum.search.models import SearchDue, SearchEntry
from tests.contracts.route import BODY, HOME
from tests.contracts.routes import ROUTES
from tests.contracts.world import World
from tests.search.steps import as_made_anew, indexed

PRESSES = [route for route in ROUTES if route.method != "GET" and route.doer != "nobody"]


def tables_of_the_index(world: World) -> set[str]:
    """Name the index and every table that it would be made from: while none of these is written to, it stays as true as it was."""
    with world.app.test_request_context("/"), world.counting() as statements:
        assert indexed() == as_made_anew() != {}
    return {SearchEntry.__tablename__} | (world.before.keys() & set(re.findall(r"\w+", " ".join(statements))))


def test_every_press_leaves_the_index_true(world: World) -> None:
    """Each form that goes through: a write that the index doesn't hear of would leave what was removed to be found (A3, A5)."""
    wrong, compared, of_the_index = [], 0, tables_of_the_index(world)
    for route in PRESSES:
        who = route.doer
        form = dict(route.form(world, world.furniture[HOME.get(who, "harbour")]))
        world.browser(BODY.get(who, who)).send(route.address(world, who), **form)
        with world.app.test_request_context("/"):
            is_wrong = db.session.scalar(select(SearchDue.id)) is not None
            if world.written & of_the_index:
                compared += 1
                is_wrong = is_wrong or indexed() != as_made_anew()
        if is_wrong:
            wrong.append(route.name)
        world.put_back()
    assert wrong == []
    assert compared >= 80
