"""Coming back to the strategy: four questions, answered together, and closed into a new draft. And who keeps it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.time import local, now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Membership
from forum.spaces.policy import Can
from forum.strategy.access import WRITERS, hold_strategy, require_unheld, version_of
from forum.strategy.actions import add_version, latest_of
from forum.strategy.content import read
from forum.strategy.events import StrategyPassed
from forum.strategy.models import ANSWER_LENGTH, Answer, Review, Strategy
from forum.strategy.queries.reviews import due_on, last_closed, open_answers
from forum.strategy.words import QUESTIONS
from forum.web.words import _


def answer(here: Here, answers: Mapping[int, str], *, since: int | None = None, at: datetime | None = None) -> None:
    """Answer the questions of the review that is to come, or change what one answered; an empty answer takes one's own back.

    `since` is the review after which that comes, as the page said (0: none). Raises Missing, Denied, Invalid by question, RuleBroken
    when that review was closed meanwhile.
    """
    here, strategy, _item = hold_strategy(here, power=Can.WRITE_STRATEGY)
    require_unheld(here)
    if since is not None and since != last_closed(strategy):
        raise RuleBroken(
            _(
                "The review was closed while you wrote. What you wrote stands here: send it again, and it is for the next one."
            )
        )
    at = at or now()
    problems = {
        f"q{question}": [
            _(
                "Keep it under %(most)s characters: these are %(length)s.",
                most=f"{ANSWER_LENGTH:,}",
                length=f"{len(words):,}",
            )
        ]
        for question, words in answers.items()
        if len(words) > ANSWER_LENGTH
    }
    if problems:
        raise Invalid(problems)
    mine = {one.question: one for one in open_answers(strategy) if one.person_id == here.actor.id}
    for question in QUESTIONS:
        words, before = answers.get(question, "").strip(), mine.get(question)
        if before is not None and not words:
            db.session.delete(before)
        elif before is not None and before.words != words:
            before.words, before.at = words, at
        elif before is None and words:
            made = Answer(strategy_id=strategy.id, question=question, person_id=here.actor.id, words=words, at=at)
            db.session.add(made)
    db.session.flush()


def close(here: Here, *, conclusion: str, base: int, at: datetime | None = None) -> Strategy:
    """Close the review into a new draft: what was answered stays with it, and the next one begins.

    Raises Missing, Denied, Invalid for `conclusion`, RuleBroken when nobody has answered, or it was closed or changed meanwhile.
    """
    here, strategy, item = hold_strategy(here, power=Can.KEEP_STRATEGY)
    at, conclusion = at or now(), conclusion.strip()
    if strategy.version != base:
        raise RuleBroken(_("The strategy was changed meanwhile, or this review was closed already. Look at it again."))
    if not open_answers(strategy):
        raise RuleBroken(_("Nobody has answered yet. A review is closed when there is something to look at."))
    if not 0 < len(conclusion) <= ANSWER_LENGTH:
        raise Invalid(
            {"conclusion": [_("Say what comes of it, in up to %(most)s characters.", most=f"{ANSWER_LENGTH:,}")]}
        )
    content, number = latest_of(strategy), strategy.shown
    due = due_on(strategy, read(version_of(strategy.id, number).content), zone=here.space.zone)
    add_version(here, strategy, item, content, at=at)
    review = Review(
        strategy_id=strategy.id,
        number=number,
        made=strategy.version,
        due_on=due,
        closed_on=local(at, here.space.zone).date(),
        closed_at=at,
        closed_by_id=here.actor.id,
        conclusion=conclusion,
    )
    db.session.add(review)
    db.session.flush()
    db.session.execute(
        update(Answer)
        .where(Answer.strategy_id == strategy.id, Answer.review_id.is_(None))
        .values(review_id=review.id)
        .execution_options(synchronize_session=False)
    )
    record("closed review", actor=here.actor, space=here.space, item=item, at=at, version=str(strategy.version))
    return strategy


def keep(here: Here, person: Person | None) -> None:
    """Let a member who may write it keep the strategy, or nobody. Raises Missing, Denied, Invalid for `holder`."""
    here, strategy, item = hold_strategy(here, power=Can.KEEP_STRATEGY)
    belongs = person is not None and db.session.scalar(
        select(Membership.id).where(
            Membership.space_id == here.space.id,
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(WRITERS),
        )
    )
    if person is not None and not belongs:
        raise Invalid({"holder": [_("Choose a member who may write the strategy.")]})
    key = person.id if person else None
    if strategy.holder_id == key:
        return
    strategy.holder_id = key
    record("gave strategy", actor=here.actor, space=here.space, item=item)
    if person is not None and person.id != here.actor.id:
        announce(StrategyPassed(actor_id=here.actor.id, item_id=item.id, person_id=person.id))
