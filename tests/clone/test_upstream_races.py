"""Two stewards at once, and an original that changes or closes while it is taken: the database settles it (F6).

Seen to fail on PostgreSQL without the locks on the copy, the original and what is taken there.
"""

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.clone.models import UpstreamAnswer
from forum.clone.upstream import answering
from forum.clone.upstream.offers import offers_for
from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.people.models import Person
from forum.playbooks.models import Playbook
from forum.spaces.guard import here_for
from forum.spaces.models import Role, Space
from forum.threads.models import Section
from tests import factories
from tests.cast import Cast
from tests.clone.steps import copy, show
from tests.clone.test_upstream import STEPS, edit, playbook_in
from tests.spaces.conftest import AtOnce

pytestmark = [pytest.mark.both_databases]


def test_two_stewards_who_answer_at_once_make_one_answer(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """F6: one takes it, the other reads who did; there is one version more. The same for a take and a decline."""
    with app.test_request_context("/"):
        factories.make_playbook(cast.champions, author=cast.champion, title="New tablet", steps=STEPS)
        show(cast.steward, cast.champions)
        made = copy(cast.outsider, cast.champions)
        second = factories.make_person(name="Second Steward")
        factories.make_membership(made, second, role=Role.STEWARD)
        edit(cast.organiser, cast.champions, "Charge it", "Sign in twice", "Print")
        space_id, slug, item_id = made.id, made.slug, playbook_in(made)[0].id
        key = offers_for(here_for(cast.outsider, slug))[0].key
        people = (cast.outsider.id, second.id)

    def press(person_id: int, *, takes: bool) -> str:
        here = here_for(db.session.get_one(Person, person_id), slug)
        offer = answering.offer_at(here, key)
        taking = answering.ready_to_take(here, key, seen=offer.seen, chosen={})
        try:
            with transaction():
                if takes:
                    answering.take(here, taking)
                else:
                    answering.decline(here, key, seen=offer.seen)
        except RuleBroken as why:
            return why.why
        return "done"

    done = at_once(lambda: press(people[0], takes=True), lambda: press(people[1], takes=True))
    assert done.count("done") == 1
    assert sum(said.startswith("This was answered already.") for said in done) == 1
    with app.test_request_context("/"):
        assert db.session.get_one(Playbook, item_id).version == 2
        edit(cast.organiser, db.session.get_one(Space, cast.champions.id), "Charge it", "Sign in thrice", "Print")
    done = at_once(lambda: press(people[0], takes=True), lambda: press(people[1], takes=False))
    assert done.count("done") == 1
    with app.app_context():
        answers = db.session.scalar(
            select(func.count()).select_from(UpstreamAnswer).where(UpstreamAnswer.space_id == space_id)
        )
        assert answers == 2


def test_two_stewards_who_bring_the_same_section_in_at_once_make_one(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """F6: what is no item is settled likewise: by the lock on the copy, and by the answer's key."""
    with app.test_request_context("/"):
        show(cast.steward, cast.champions)
        made = copy(cast.outsider, cast.champions)
        second = factories.make_person(name="Second Steward")
        factories.make_membership(made, second, role=Role.STEWARD)
        factories.make_section(cast.champions, name="Kit")
        space_id, slug, people = made.id, made.slug, (cast.outsider.id, second.id)
        (offer,) = offers_for(here_for(cast.outsider, slug))
        key, seen = offer.key, offer.seen

    def press(person_id: int) -> str:
        here = here_for(db.session.get_one(Person, person_id), slug)
        try:
            taking = answering.ready_to_take(here, key, seen=seen, chosen={})
            with transaction():
                answering.take(here, taking)
        except RuleBroken as why:
            return why.why
        return "done"

    done = at_once(lambda: press(people[0]), lambda: press(people[1]))
    assert done.count("done") == 1
    assert sum(said.startswith("This was answered already.") for said in done) == 1
    with app.app_context():
        answers = select(func.count()).select_from(UpstreamAnswer).where(UpstreamAnswer.space_id == space_id)
        sections = select(func.count()).select_from(Section).where(Section.space_id == space_id, Section.name == "Kit")
        assert (db.session.scalar(answers), db.session.scalar(sections)) == (1, 1)
