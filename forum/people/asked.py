"""Asking somebody who needs no account: by a link that is mailed to their address, and bound to it (A7).

The token is made from `nonce` and the installation's key when the mail is sent; only its hash is kept.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.errors import Invalid
from forum.core.text import one_line
from forum.people.models import ADDRESS_LENGTH, NAME_LENGTH
from forum.web.words import _

POST_LENGTH = 120
ADDRESS = re.compile(r"[^\s@<>\",;:]+@[^\s@<>\",;:]+\.[^\s@<>\",;:]+")
Checked = Callable[[str, str], Mapping[str, list[str]]]
"""What a room looks at besides, from a field's name and its text."""


class Asked:
    """Mixin: what is known of somebody who was asked by a link, and of what they answered."""

    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    asked_at: Mapped[datetime]
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    post: Mapped[str] = mapped_column(String(POST_LENGTH), default="")
    """What they are in the organisation."""
    given_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    """Or void, because it isn't any more what they were asked about."""
    reminded_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it, taken it back or made it void. It may have expired."""
        return self.given_at is None and self.declined_at is None and self.withdrawn_at is None


def is_address(text: str) -> bool:
    """Say whether a text is one mail address; what can't be seen, or turns the direction, is in none."""
    return len(text) <= ADDRESS_LENGTH and text.isprintable() and ADDRESS.fullmatch(text) is not None


def who_answers(name: str, post: str, *, also: Checked) -> tuple[str, str]:
    """Return the name and the post with which somebody answers, in a line each. Raises Invalid for `name` and `post`."""
    name, post = one_line(name), one_line(post)
    problems: dict[str, list[str]] = {}
    for key, text, most in (("name", name, NAME_LENGTH), ("post", post, POST_LENGTH)):
        if len(text) > most:
            problems[key] = [_("Keep it under %(most)s characters.", most=most)]
        problems |= also(key, text)
    if not name:
        problems["name"] = [_("Write your name.")]
    if not post:
        problems["post"] = [_("Write what you are in the organisation.")]
    if problems:
        raise Invalid(problems)
    return name, post
