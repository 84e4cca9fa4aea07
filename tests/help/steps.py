"""Small steps that tests of help share."""

from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.help.actions.asking import Asking, ask
from forum.help.actions.paging import take_further
from forum.help.models import Case, Page, Step
from forum.people.models import Person
from forum.roster.models import Duty, DutyKind
from forum.spaces.models import Item
from tests import factories
from tests.cast import Cast
from tests.content.steps import said, standing


def friday() -> datetime:
    """Return a Friday at 17:00 some weeks ahead, in UTC."""
    ahead = now() + timedelta(days=30)
    day = ahead.date() + timedelta(days=(4 - ahead.weekday()) % 7)
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


def on_duty(cast: Cast, holder: Person | None, *, deputy: Person | None = None) -> Duty:
    """Make the duty of first response, with who has it."""
    return factories.make_duty(
        cast.champions, by=cast.organiser, holder=holder, deputy=deputy, title="Hot water", kind=DutyKind.ON_DUTY
    )


def asked_by(person: Person, *, once: str | None = None, **wish: object) -> Case:
    """Let somebody ask for help in Champions."""
    values = {"title": "The home page is blank", "text": said("All white."), **wish}
    with transaction():
        item = ask(standing(person), Asking(**values), once=once)  # type: ignore[arg-type]
    return db.session.get_one(Case, item.id)


def ref_of(case: Case) -> str:
    """Return the ref of a case."""
    return db.session.get_one(Item, case.id).ref


def pages(case: Case) -> list[tuple[int, str]]:
    """Return who was asked in the present round, at which step, by name."""
    db.session.rollback()
    query = (
        select(Page.step, Person.name)
        .join(Person, Person.id == Page.person_id)
        .where(Page.case_id == case.id, Page.round == db.session.get_one(Case, case.id).round)
    )
    return [(step, name) for step, name in db.session.execute(query.order_by(Page.at, Page.step, Person.name))]


def steps(case: Case) -> list[int]:
    """Return the steps that were taken in the present round."""
    query = select(Step.step).where(Step.case_id == case.id, Step.round == db.session.get_one(Case, case.id).round)
    return list(db.session.scalars(query.order_by(Step.step)))


def worker_looks(at: datetime) -> int:
    """Let a worker look at `at` until nothing is due; return how many cases it took further."""
    db.session.rollback()
    with time_machine.travel(at, tick=False):
        number = 0
        while take_further():
            number += 1
    return number


def facts(case: Case) -> list[str]:
    """Return what was announced of a case."""
    return list(db.session.scalars(select(FactRow.kind).where(FactRow.item_id == case.id).order_by(FactRow.id)))
