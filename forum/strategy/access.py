"""Loading a strategy and authorising are one step; which version somebody is shown; who may write it."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, select

from forum.content.order.holding import is_held_now
from forum.core.db import db, lock
from forum.core.errors import Denied, Missing
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here, hold
from forum.spaces.models import Item
from forum.spaces.policy import POWERS, Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.strategy.content import Content, read
from forum.strategy.models import Strategy, Version
from forum.web.words import _

WRITERS = tuple(role for role, powers in POWERS.items() if Can.WRITE_STRATEGY in powers)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A version of a strategy, as a page shows it."""

    strategy: Strategy
    item: Item
    version: Version
    content: Content
    author: Person | None = None

    @property
    def is_signed(self) -> bool:
        """Whether it is the version that was signed."""
        return self.strategy.signed == self.version.number

    @property
    def has_newer(self) -> bool:
        """Whether there is a draft after it."""
        return self.version.number < self.strategy.version


def strategy_of(here: Here) -> tuple[Strategy, Item] | None:
    """Return the strategy of a space, None while it has none that the person sees (A1, A3)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id}
    row = db.session.execute(_visible_strategy(), values).one_or_none()
    return (row[0], row[1]) if row else None


@prepared
def _visible_strategy() -> Select[Strategy, Item]:
    return (
        select(Strategy, Item)
        .join(Item, Item.id == Strategy.id)
        .where(Item.space_id == bindparam("space_id"), visible_to_viewer())
    )


def require_strategy(here: Here) -> tuple[Strategy, Item]:
    """Return the strategy of a space. Raises Missing while it has none."""
    found = strategy_of(here)
    if found is None:
        raise Missing
    return found


def sheet_of(here: Here, number: int | None = None) -> Sheet:
    """Return a version of the space's strategy; without a number the one that everybody is shown.

    Once a version is signed, what nobody signed is for those who write it, before and after. Raises Missing.
    """
    strategy, item = require_strategy(here)
    number = strategy.shown if number is None else number
    row = db.session.execute(
        select(Version, Person)
        .outerjoin(Person, Person.id == Version.author_id)
        .where(and_(Version.strategy_id == strategy.id, Version.number == number))
    ).one_or_none()
    if row is None:
        raise Missing
    is_for_all = row[0].signed_at is not None or number == strategy.shown
    if not is_for_all and not here.may(Can.WRITE_STRATEGY):
        raise Missing
    return Sheet(strategy=strategy, item=item, version=row[0], content=read(row[0].content), author=row[1])


def version_of(strategy_id: int, number: int) -> Version:
    """Return a version, read anew. Raises Missing."""
    found = db.session.get(Version, (strategy_id, number), populate_existing=True)
    if found is None:
        raise Missing
    return found


def hold_strategy(here: Here, *, power: Can) -> tuple[Here, Strategy, Item]:
    """Lock the space and its strategy, and return them with `here` as it is now. Use first inside `transaction()`.

    Raises Missing or Denied.
    """
    here = hold(here, power)
    found = strategy_of(here)
    if found is None or lock(Item, found[1].id) is None:
        raise Missing
    strategy = lock(Strategy, found[0].id)
    if strategy is None:
        raise Missing
    return here, strategy, found[1]


def require_unheld(here: Here) -> None:
    """Raise Denied for somebody whose writing is looked at first: a strategy has no place where it could wait."""
    if is_held_now(here):
        raise Denied(
            _("What you write is looked at first, and the strategy has no place where it could wait. Ask an organiser.")
        )
