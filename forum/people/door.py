"""What a browser remembers between the pages of signing in: where to go afterwards, and what was typed, but no secret."""

from flask import session

from forum.people import links
from forum.people.models import SecretLink
from forum.web.links import same_site

KEY = "door"
FRONT = "/"


def remember(*, address: str, onward: str | None = None, keep: bool = False) -> None:
    """Remember what was asked for on the page before."""
    session[KEY] = {"address": address, "onward": onward, "keep": keep}


def address() -> str:
    """Return the address that was typed, or ""."""
    return str(session.get(KEY, {}).get("address", ""))


def keep() -> bool:
    """Say whether this device was to stay signed in."""
    return bool(session.get(KEY, {}).get("keep", False))


def onward() -> str:
    """Return where to go after signing in: what was asked for, else the front page. Ask before the session begins anew."""
    return same_site(session.get(KEY, {}).get("onward")) or FRONT


def onward_from(link: SecretLink) -> str:
    """Return where to go after a mailed link: back to the invitation on whose page it was asked for, whatever device it is opened on.

    Only a page of ours can stand there (A9): the link knows a number, never an address.
    """
    invitation = links.invitation_of(link)
    return invitation.path if invitation else onward()
