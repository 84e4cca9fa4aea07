"""What of feeds somebody leaves when they go: their own addresses, which end with them."""

from collections.abc import Sequence

from forum.core.halves import Span
from forum.notify.feeds.actions import revoke
from forum.notify.feeds.queries import feeds_of
from forum.people.models import Person
from forum.spaces.parts import Obligation
from forum.web.links import path_of
from forum.web.words import _


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return the addresses that programmes follow in somebody's name. While they are away, these go on."""
    if span is not None:
        return []
    return [
        Obligation(
            kind="feed",
            key=one.link.uuid,
            title=one.followed.name if one.followed else str(one.kind.label) if one.kind else one.link.kind,
            url=path_of("feeds.mine"),
            space=None,
            note=_("It ends on your last day. If others read it, let one of them make their own."),
        )
        for one in feeds_of(person)
    ]


def end(key: str, person: Person) -> None:
    """Let an address lead nowhere."""
    revoke(person, key)
