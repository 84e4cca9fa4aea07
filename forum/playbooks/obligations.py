"""What of playbooks counts on somebody: those that they keep true."""

from collections.abc import Sequence

from forum.core.halves import Span
from forum.people.models import Person
from forum.playbooks.models import Playbook
from forum.roster.keeping import held_by
from forum.spaces.parts import Obligation
from forum.web.links import path_of
from forum.web.words import _

KIND = "playbook"


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return the playbooks that somebody keeps: those that are due while they are away, or all of them."""
    return [
        Obligation(
            kind=KIND,
            key=str(playbook.id),
            title=item.title,
            url=path_of("playbooks.playbook", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            note=_("You are asked whether it still holds; who covers for you is asked while you are away."),
            is_covered=span is not None,
        )
        for playbook, item, space in held_by(Playbook, person, span)
    ]
