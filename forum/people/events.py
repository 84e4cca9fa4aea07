"""Facts about accounts."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class LinkMade(Fact):
    """A link that acts once is to be mailed to the address it was made for. Its token is derived when the mail is sent."""

    link_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Fact):
    """Somebody's password is another one, or their first."""

    person_id: int
