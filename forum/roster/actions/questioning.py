"""Questions beside the lines of a handover, and their answers. Inside `transaction()`."""

from datetime import datetime

from sqlalchemy import func, select

from forum.core.db import db, lock
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.roster.access import hold_duty
from forum.roster.actions.appointing import Gone
from forum.roster.actions.handing import may_give
from forum.roster.actions.passing import line_of
from forum.roster.events import LineAnswered, LineAsked
from forum.roster.models import Handover, HandoverItem, HandoverQuestion, HandoverState
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.words import _

MOST_QUESTIONS = 20


def ask(here: Here, line: HandoverItem, text: str, *, at: datetime | None = None) -> HandoverQuestion:
    """Ask beside a line, by any member who takes duties. The same again is one. Raises Missing, Denied, Gone, Invalid, RuleBroken."""
    at = at or now()
    handover = db.session.get_one(Handover, line.handover_id)
    here, _duty, item = hold_duty(here, handover.duty_id, power=Can.TAKE_DUTY)
    held = lock(Handover, handover.id)
    if held is None or held.state is HandoverState.DRAFT:
        raise Missing
    if held.state not in {HandoverState.OFFERED, HandoverState.ACCEPTED}:
        raise Gone(_("This handover isn’t under way any more."))
    question = line_of("question", text)
    mine = (HandoverQuestion.line_id == line.id, HandoverQuestion.asker_id == here.actor.id)
    there = db.session.scalar(select(HandoverQuestion).where(*mine, HandoverQuestion.question == question))
    if there is not None:
        return there
    number = db.session.scalar(select(func.count()).where(HandoverQuestion.line_id == line.id)) or 0
    if number >= MOST_QUESTIONS:
        raise RuleBroken(_("There are many questions here already. Talk to each other."))
    made = HandoverQuestion(line_id=line.id, asker_id=here.actor.id, question=question, asked_at=at)
    db.session.add(made)
    db.session.flush()
    announce(LineAsked(actor_id=here.actor.id, item_id=item.id, question_id=made.id))
    return made


def answer(here: Here, question: HandoverQuestion, text: str, *, at: datetime | None = None) -> None:
    """Answer, by whoever hands the duty over or an organiser. Raises Missing, Denied, Gone, Invalid for `answer`."""
    at = at or now()
    line = db.session.get_one(HandoverItem, question.line_id)
    handover = db.session.get_one(Handover, line.handover_id)
    here, _duty, item = hold_duty(here, handover.duty_id, power=Can.SEE_ROSTER)
    if not may_give(here, handover):
        raise Denied(_("Whoever hands the duty over answers, or an organiser."))
    held = lock(HandoverQuestion, question.id)
    if held is None:
        raise Missing
    said = line_of("answer", text)
    if held.answered_at is not None:
        if held.answer == said:
            return
        raise Gone(_("It was answered meanwhile."))
    held.answer, held.answered_by_id, held.answered_at = said, here.actor.id, at
    db.session.flush()
    announce(LineAnswered(actor_id=here.actor.id, item_id=item.id, question_id=held.id))
