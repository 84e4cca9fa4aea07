"""Whatever is pressed, the search's index says afterwards what would be in it if it were made anew."""

from sqlalchemy import select

from forum.core.db import db
from forum.search.models import SearchDue
from tests.contracts.route import BODY, HOME
from tests.contracts.routes import ROUTES
from tests.contracts.world import World
from tests.search.steps import as_made_anew, indexed
from tests.support.turns import Turn, in_turns

PRESSES = [route for route in ROUTES if route.method != "GET" and route.doer != "nobody"]


@in_turns(4)
def test_every_press_leaves_the_index_true(world: World, turn: Turn) -> None:
    """Each form that goes through: a write that the index doesn't hear of would leave what was removed to be found (A3, A5)."""
    wrong = []
    for route in turn.some(PRESSES):
        who = route.doer
        form = dict(route.form(world, world.furniture[HOME.get(who, "harbour")]))
        world.browser(BODY.get(who, who)).send(route.address(world, who), **form)
        with world.app.test_request_context("/"):
            if indexed() != as_made_anew() or db.session.scalar(select(SearchDue.id)) is not None:
                wrong.append(route.name)
        world.put_back()
    assert wrong == []
