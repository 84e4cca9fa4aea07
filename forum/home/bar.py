"""The bar on top of every page: one's spaces, and how many conversations wait. Asked for when a page draws it, and in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from flask_login import current_user
from sqlalchemy import Select

from forum.content.reading import capped
from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.home.notifications import conversations_waiting
from forum.notify.bell import being_read
from forum.notify.heads_up import waiting
from forum.people.sessions import me
from forum.spaces.models import Cloth, Space
from forum.spaces.queries.spaces import own_spaces
from forum.spaces.queries.visible import viewing


class OwnSpace(NamedTuple):
    """A space in the menu: somebody may be in thirty, and each page names them."""

    slug: str
    name: str
    cloth: Cloth


@dataclass(frozen=True)
class Asked:
    """What the query gave."""

    spaces: Sequence[OwnSpace] = ()
    waiting: int = 0


class Bar:
    """What the bar shows to who is signed in. Whoever is in no space sees nothing that they could be told of."""

    @property
    def spaces(self) -> Sequence[OwnSpace]:
        """Their spaces by name, archived ones last."""
        return self._asked.spaces

    @property
    def waiting(self) -> str:
        """How many conversations they were told of and haven't seen, "" for none."""
        return capped(self._asked.waiting) if self._asked.waiting else ""

    @cached_property
    def _asked(self) -> Asked:
        if not (current_user and current_user.is_authenticated):
            return Asked()
        values = {**viewing(me(), now()), "actor_id": me().id, "but_not": being_read() or 0}
        rows = db.session.execute(_bar(), values).all()
        return Asked([OwnSpace(*row[:-1]) for row in rows], rows[0][-1]) if rows else Asked()


@prepared
def _bar() -> Select[Any]:
    number = conversations_waiting().scalar_subquery() + waiting().scalar_subquery()
    return own_spaces().with_only_columns(Space.slug, Space.name, Space.cloth, number)
