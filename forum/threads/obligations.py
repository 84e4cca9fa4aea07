"""What of threads waits for somebody: their own questions that are open."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from forum.content.models import WatchLevel
from forum.content.watching import choose
from forum.core.db import db
from forum.core.halves import Span
from forum.people.models import Person
from forum.spaces.models import Item
from forum.spaces.parts import Obligation
from forum.threads.models import Thread
from forum.threads.queries.obligations import open_questions_of
from forum.web.links import path_of
from forum.web.words import _


def obligations_of(person: Person, _span: Span | None) -> Sequence[Obligation]:
    """Return the questions that somebody asked and that wait for them to accept an answer, whenever they are away."""
    return [
        Obligation(
            kind="thread",
            key=str(one.item.id),
            title=one.item.title,
            url=path_of("threads.thread", slug=one.space.slug, ref=one.item.ref),
            space=one.space,
            item_id=one.item.id,
            note=_("Your question is open: who answers may ask you something."),
            ask_url=path_of("threads.thread", slug=one.space.slug, ref=one.item.ref) + "#reply",
            ask_label=_("Say who answers for you"),
        )
        for one in open_questions_of(person)
    ]


def pass_question(key: str, _giver: Person, taker: Person) -> None:
    """Let whoever looks after a question from now on hear of every reply to it."""
    item = db.session.get(Item, int(key))
    if item is not None:
        choose(taker, item, WatchLevel.EVERYTHING)


def settled(keys: Collection[str]) -> Collection[str]:
    """Return which questions have an answer since, or are closed."""
    waiting = select(Thread.id).where(
        Thread.id.in_([int(key) for key in keys]), Thread.accepted_number.is_(None), Thread.closed_at.is_(None)
    )
    return set(keys) - {str(one) for one in db.session.scalars(waiting)}
