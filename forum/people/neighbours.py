"""What this room asks of rooms above it, which it may not import. `forum.app` connects them when the app is made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from markupsafe import Markup

from forum.core.paging import Page
from forum.people.models import Person


@dataclass(frozen=True, kw_only=True)
class SpaceInSight:
    """A space that a viewer can see and another person is a member of."""

    name: str
    slug: str
    cloth: str
    role: str
    """In a word, as it is shown."""
    away: str = ""
    """That the person is away there, until when and who covers, of the first space that both belong to; "" when they aren't."""
    leaving_url: str = ""
    """Where the viewer, who looks after the space, sees what the person leaves there when they go; "" for others."""


@dataclass(frozen=True, kw_only=True)
class AdminLine:
    """A line of the log that admins read, in words; `sentence` is safe HTML."""

    at: datetime
    sentence: Markup
    reason: str


@dataclass(frozen=True, kw_only=True)
class InvitationInHand:
    """An invitation on whose page somebody asked for a link."""

    path: str
    """Where its page is, on this site."""
    space: str | None
    """To which space it is, while it lets somebody in; who can't come in is told no name (A3)."""
    by: str | None
    """Who invites, likewise."""


class Recorder(Protocol):
    """Writes a line of the log that admins read, to be committed with what it tells of."""

    def __call__(
        self, verb: str, *, actor: Person | None, person: Person | None = None, reason: str = "", **details: str
    ) -> None:
        """`details` are short words."""


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The answers of the rooms above."""

    spaces_in_sight: Callable[[Person, Person], Sequence[SpaceInSight]]
    """Of a viewer and a person: spaces of the person that the viewer can see, by name."""
    record: Recorder
    log: Callable[[str | None], tuple[Sequence[AdminLine], Page]]
    """Of the page asked for: what was recorded for admins, newest first, and which page that is."""
    organisation: Callable[[], str]
    """The organisation's name."""
    invitation: Callable[[int], InvitationInHand]
    """The invitation of that number."""
    demo: Callable[[], str | None]
    """Where one chooses whom of the demo organisation to be; None where it isn't loaded."""


_connected: list[Neighbours] = []


def connect(neighbours: Neighbours) -> None:
    """Set who answers. Making the app again says the same again."""
    _connected[:] = [neighbours]


def ask() -> Neighbours:
    """Return who answers."""
    return _connected[0]
