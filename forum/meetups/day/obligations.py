"""What somebody promised at meetups counts on them: for "what breaks" and the leaving kit (D7)."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import Span
from forum.meetups.day.models import Action, ActionState
from forum.meetups.day.queries.follow_up import Promised, open_of
from forum.meetups.words import day_words
from forum.people.models import Person
from forum.spaces.parts import Obligation
from forum.web.links import path_of
from forum.web.words import _

ACTION = "action"


def promises_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return the actions of somebody that are open: those whose day lies in these half-days, or all."""
    return [_obligation(one) for one in open_of(person) if span is None or _is_due_in(one.action.due_on, span)]


def pass_action(key: str, giver: Person, taker: Person) -> None:
    """Let somebody have the action that a colleague leaves."""
    action = db.session.get(Action, int(key), populate_existing=True)
    if action is not None and action.holder_id == giver.id and action.state is ActionState.OPEN:
        action.holder_id, action.version = taker.id, action.version + 1
        db.session.flush()


def settled(keys: Collection[str]) -> Collection[str]:
    """Return which actions that were left have a holder again, or are settled."""
    waiting = select(Action.id).where(
        Action.id.in_([int(key) for key in keys]), Action.holder_id.is_(None), Action.state == ActionState.OPEN
    )
    return set(keys) - {str(one) for one in db.session.scalars(waiting)}


def _obligation(one: Promised) -> Obligation:
    url = path_of("meetups.action", slug=one.space.slug, action_ref=one.action.ref)
    due = one.action.due_on
    return Obligation(
        kind=ACTION,
        key=str(one.action.id),
        title=one.action.words,
        url=url,
        space=one.space,
        item_id=one.item.id,
        span=Span.of_days(due, due) if due else None,
        note=_("You promised it, by %(day)s.", day=day_words(due, zone=one.space.zone))
        if due
        else _("You promised it."),
        ask_url=url,
        ask_label=_("Hand it on"),
    )


def _is_due_in(day: date | None, span: Span) -> bool:
    return day is not None and span.first_day <= day <= span.last_day
