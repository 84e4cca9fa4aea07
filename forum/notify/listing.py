"""How mail programmes list a message, and by what it is stopped: its kind, where its room gives it no narrower stop of its own.

What is about the account, or was asked for at this moment, is of no list and can't be stopped.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from forum.core.events import Recipient
from forum.notify import kinds
from forum.notify.words import UNLISTED
from forum.people import neighbours
from forum.spaces.models import Space
from forum.web.letters import Listing
from forum.web.links import absolute, whole
from forum.web.words import _


class StoppedError(Exception):
    """The recipient has no such mail any more."""


def listing(space: Space | None, *, archive: str, stop: str, words: str) -> Listing:
    """Return how a message is listed: of which space, where all of it is read, and what stops it, in `words` too."""
    host = urlsplit(whole("/")).hostname or "localhost"
    name = re.sub(r"[^A-Za-z0-9 ]", "", space.name if space else neighbours.ask().organisation()).strip()
    list_id = f"{space.slug}.{host}" if space else host
    return Listing(
        headers={
            "List-Id": f"{name} <{list_id}>".lstrip(),
            "List-Archive": f"<{archive.partition('#')[0]}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        stop=stop,
        words=words,
        settings_url=absolute("notify.mail_settings"),
    )


def of_kind(kind: str, recipient: Recipient) -> Callable[[object], Listing] | None:
    """Return what lists a message of a kind once its letter says of which space it is; None for what can't be stopped.

    It raises StoppedError when the recipient stopped that.
    """
    if kind in UNLISTED:
        return None

    def listed(about: object) -> Listing:
        space = about if isinstance(about, Space) else None
        mail = kinds.to_recipient(recipient, kind=kind, space_id=space.id if space else None)
        if kinds.is_hushed(mail):
            raise StoppedError
        words = (
            _("No more mail of this kind from %(space)s (%(what)s)", space=space.name, what=mail.what)
            if space
            else _("No more mail of this kind (%(what)s)", what=mail.what)
        )
        archive = absolute("home.today_page", slug=space.slug) if space else whole("/")
        found = listing(space, archive=archive, stop=kinds.stop_url(mail), words=words)
        return found if recipient.person_id is not None else found.without_settings()

    return listed
