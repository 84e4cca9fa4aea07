"""Two presses at the same moment, with connections of their own. The first was seen to fail on PostgreSQL without both locks."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.clone.access import showcase_for
from forum.clone.actions import copying
from forum.clone.models import CloneJob
from forum.core.db import db, transaction
from forum.people.models import Person
from forum.spaces.models import Space
from tests import factories
from tests.cast import Cast
from tests.clone.steps import begin, make, show
from tests.spaces.conftest import AtOnce

pytestmark = [pytest.mark.both_databases]


def test_two_presses_at_once_make_one_space(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """F4: the same key, the same space."""
    with app.test_request_context("/"):
        factories.make_duty(cast.champions, by=cast.organiser)
        show(cast.steward, cast.champions)
        job_id = begin(cast.outsider, cast.champions).id

    def press() -> int:
        return make(db.session.get_one(CloneJob, job_id), db.session.get_one(Person, cast.outsider.id)).id

    made = at_once(press, press)
    assert made[0] == made[1]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Space)) == 3


def test_two_who_begin_at_once_go_on_with_one(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """A double press of "Start one like this" is one copy that is begun."""
    with app.test_request_context("/"):
        show(cast.steward, cast.champions)

    def press() -> str:
        actor = db.session.get_one(Person, cast.outsider.id)
        look = showcase_for(actor, "champions")
        with transaction():
            return copying.begin(actor, look).ref

    refs = at_once(press, press)
    assert refs[0] == refs[1]
