"""Reviews: when the next one is due, what was answered so far, and what came of earlier ones. Overdue is computed (G1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select

from forum.core.db import db
from forum.core.time import local
from forum.people.models import Person
from forum.strategy.content import Content
from forum.strategy.models import Answer, Review, Strategy, Version

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer, and whose it is."""

    answer: Answer
    person: Person | None


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A review that was closed, with what was answered."""

    review: Review
    by: Person | None
    answers: Mapping[int, Sequence[Answered]]


def due_on(strategy: Strategy, content: Content, *, zone: str) -> date:
    """Return the day of the next review: so many months after the last, else after it was signed, else after it was begun."""
    last = db.session.scalar(select(func.max(Review.closed_on)).where(Review.strategy_id == strategy.id))
    if last is None:
        begun = db.session.scalar(select(Version.at).where(Version.strategy_id == strategy.id, Version.number == 1))
        start = strategy.signed_at or begun
        last = local(start, zone).date() if start else date.min
    return last + relativedelta(months=content.cycle)


def open_answers(strategy: Strategy) -> Sequence[Answer]:
    """Return what was answered for the review that is to come."""
    query = select(Answer).where(Answer.strategy_id == strategy.id, Answer.review_id.is_(None))
    return db.session.scalars(query.order_by(Answer.question, Answer.at, Answer.id)).all()


def answers_by_question(strategy: Strategy, review_id: int | None = None) -> Mapping[int, Sequence[Answered]]:
    """Return the answers of a review, or of the one that is to come, by question."""
    which = Answer.review_id.is_(None) if review_id is None else Answer.review_id == review_id
    rows = db.session.execute(
        select(Answer, Person)
        .outerjoin(Person, Person.id == Answer.person_id)
        .where(Answer.strategy_id == strategy.id, which)
        .order_by(Answer.question, Answer.at, Answer.id)
    )
    found: dict[int, list[Answered]] = {}
    for answer, person in rows:
        found.setdefault(answer.question, []).append(Answered(answer=answer, person=person))
    return found


def closed_reviews(strategy: Strategy) -> Sequence[Closed]:
    """Return the reviews that were closed, the latest first, with their answers: two queries."""
    rows = db.session.execute(
        select(Review, Person)
        .outerjoin(Person, Person.id == Review.closed_by_id)
        .where(Review.strategy_id == strategy.id)
        .order_by(Review.id.desc())
        .limit(SHOWN)
    ).all()
    given = db.session.execute(
        select(Answer, Person)
        .outerjoin(Person, Person.id == Answer.person_id)
        .where(Answer.review_id.in_([review.id for review, _by in rows]))
        .order_by(Answer.question, Answer.at, Answer.id)
    )
    answers: dict[int, dict[int, list[Answered]]] = {}
    for answer, person in given:
        answers.setdefault(answer.review_id or 0, {}).setdefault(answer.question, []).append(
            Answered(answer=answer, person=person)
        )
    return [Closed(review=review, by=by, answers=answers.get(review.id, {})) for review, by in rows]


def last_closed(strategy: Strategy) -> int:
    """Return the key of the review that was closed last, 0 when none was."""
    return db.session.scalar(select(func.max(Review.id)).where(Review.strategy_id == strategy.id)) or 0


def last_review(strategy: Strategy) -> Review | None:
    """Return the review that was closed last."""
    return db.session.scalars(
        select(Review).where(Review.strategy_id == strategy.id).order_by(Review.id.desc())
    ).first()
