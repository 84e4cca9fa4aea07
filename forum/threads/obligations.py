"""What of threads waits for somebody: their own questions that are open."""

from collections.abc import Sequence

from forum.core.halves import Span
from forum.people.models import Person
from forum.spaces.feature import Obligation
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
        )
        for one in open_questions_of(person)
    ]
