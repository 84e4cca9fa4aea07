"""Changes that were sent back unnamed before the original stopped noting who wrote them."""

import flask_migrate
import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.playbooks.models import Edition
from forum.spaces.models import Space
from tests.cast import Cast
from tests.clone.test_sending import BETTER, proposal_of, send
from tests.clone.test_upstream import edit, made, source, stands

__all__ = ["made", "source"]
pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


@pytest.mark.parametrize("how", ["named", "unnamed"])
def test_an_update_forgets_who_sent_without_a_name(
    app: Flask, cast: Cast, source: Space, made: Space, how: str
) -> None:
    """A3, H3: whoever sent with their name stays named."""
    edit(cast.outsider, made, *BETTER)
    send(stands(cast, made), made, named=how == "named")
    key, who = proposal_of(source).edition_id, cast.outsider.id
    with transaction():
        db.session.get_one(Edition, key).editor_id = who
    db.session.remove()
    flask_migrate.downgrade(revision="0056")
    flask_migrate.upgrade()
    assert db.session.get_one(Edition, key, populate_existing=True).editor_id == (who if how == "named" else None)
