"""Loading a space and authorising are one step: `@needs(Can.X)` turns the address's slug into a `Here`, or raises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, TypeVar

from flask import g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, select
from werkzeug.wrappers import Response

from forum.core.db import db, lock
from forum.core.errors import Denied, Missing
from forum.core.prepared import prepared
from forum.core.time import local, now
from forum.people.models import Person
from forum.people.sessions import me
from forum.spaces.feature import features, led_on, tabs_for
from forum.spaces.models import Grant, Item, Membership, Role, Space, Suspension, Visibility
from forum.spaces.parts import Tab
from forum.spaces.policy import KEEPERS, LENDABLE, POWERS, Can, giveable, powers_of
from forum.spaces.queries.members import Member, keepers_of
from forum.spaces.queries.rights import Lent, lent_to
from forum.spaces.queries.spaces import department_count, member_count
from forum.spaces.queries.suspended import suspends
from forum.spaces.queries.visible import VIEWED_AT, is_in_force, moved_to, viewing
from forum.web.access import mark, to_sign_in
from forum.web.rendering import long_day
from forum.web.words import _

View = TypeVar("View", bound=Callable[..., Any])
STEWARDS_ONLY = frozenset({Can.CHANGE_ROLE, Can.CHANGE_SPACE, Can.KEEP_WEBHOOKS, Can.ARCHIVE_SPACE})


@dataclass(frozen=True)
class Here:
    """A space as one person stands in it, now."""

    space: Space
    actor: Person
    role: Role
    membership: Membership | None
    powers: frozenset[Can]
    """What the person may do in all of the space, by their role or because it is lent to them."""
    member_count: int
    department_count: int
    lent: Mapping[Can, Person] = field(default_factory=dict)
    """Powers held only because they are lent, and for whom they are used."""
    lent_items: Mapping[tuple[Can, int], Person] = field(default_factory=dict)
    """Likewise over single items, by power and item."""
    suspension: Suspension | None = None
    """Why the person only reads here now, and until when."""
    suspended_by: str = ""
    waits: Mapping[str, int] = field(default_factory=dict)
    """How much of rooms waits for the person here, by the endpoint of the tab whose `waits` counted it."""

    def may(self, power: Can, item: Item | None = None) -> bool:
        """Say whether the person's role, or a right lent to them, allows `power` (over `item`)."""
        return power in self.powers or (item is not None and (power, item.id) in self.lent_items)

    def require(self, power: Can, item: Item | None = None) -> None:
        """Raise Denied with a sentence when `power` is not held."""
        if not self.may(power, item):
            raise Denied(self.why_not(power))

    def why_not(self, power: Can) -> str:
        """Return the sentence shown to somebody who lacks `power`."""
        if self.space.archived_at is not None:
            return _("This space is closed. It can be read, and nothing in it changes any more.")
        if self.membership is None:
            return _("Only members of %(space)s can do this. Join the space first.", space=self.space.name)
        if power is Can.JOIN_SPACE:
            return _("You are a member of this space already.")
        if self.suspension is not None and power in POWERS[self.role]:
            return self.why_suspended
        return self._why_not_by_role(power)

    def _why_not_by_role(self, power: Can) -> str:
        if power in STEWARDS_ONLY:
            return _("Only the stewards of this space can do this.")
        if self.role is Role.READER and power in POWERS[Role.CHAMPION]:
            return _("You read along in this space. Ask an organiser to make you a champion.")
        return _("Only the organisers of this space can do this.")

    def on_behalf_of(self, power: Can, item: Item | None = None) -> Person | None:
        """Return who lent `power` to the person, when they hold it for no other reason; the log names both (D5)."""
        if power in self.lent:
            return self.lent[power]
        if item is not None and power not in self.powers:
            return self.lent_items.get((power, item.id))
        return None

    @property
    def is_member(self) -> bool:
        """Whether the person belongs to the space."""
        return self.membership is not None

    @property
    def is_keeper(self) -> bool:
        """Whether the person looks after the space now, and reads what those read who do."""
        return self.role in KEEPERS and self.suspension is None

    @property
    def suspended_until(self) -> str:
        """The last day of the person's suspension, in the space's zone, such as "Tuesday 27 October"."""
        return long_day(local(self.suspension.until, self.space.zone).date()) if self.suspension else ""

    @property
    def why_suspended(self) -> str:
        """Until when the person only reads here, and whom to ask."""
        return _(
            "You are suspended in this space until %(day)s. Until then you can read here, and write nothing. "
            "If you think that this is wrong, ask %(name)s.",
            day=self.suspended_until,
            name=self.suspended_by,
        )

    @property
    def giveable(self) -> tuple[Role, ...]:
        """The roles that the person may give to others here."""
        return giveable(self.role)

    @cached_property
    def keepers(self) -> list[Member]:
        """Who looks after the space, stewards first: whom a page names that says "ask an organiser"."""
        return keepers_of(self.space)

    @cached_property
    def tabs(self) -> list[Tab]:
        """The rooms of this space, for its navigation."""
        return tabs_for(self)


def here_for(actor: Person, slug: str) -> Here:
    """Load the space at `slug` as `actor` stands in it. Raises Missing when they may not know of it (A1, A2)."""
    return _load(actor, slug, anew=False)


def _load(actor: Person, slug: str, *, anew: bool) -> Here:
    counted = {rule.endpoint: rule.waits for room in features() for rule in room.tabs if rule.waits}
    row = db.session.execute(
        _standing(tuple(counted.values())),
        {"actor_id": actor.id, "slug": slug, **viewing(actor, now())},
        execution_options={"populate_existing": anew},
    ).one_or_none()
    if row is None:
        raise Missing
    space: Space = row[0]
    membership: Membership | None = row[1]
    suspension: Suspension | None = row[4]
    members, departments, suspended_by, has_grants = row[2], row[3], row[5], row[6]
    if membership is None and space.visibility != Visibility.OPEN:
        raise Missing
    role = Role.VISITOR if membership is None else Role(membership.role)
    archived = space.archived_at is not None
    own = powers_of(role, archived=archived, suspended=suspension is not None)
    may_borrow = membership is not None and not archived and suspension is None and not own >= LENDABLE
    lent = lent_to(actor, space, at=now()) if may_borrow and has_grants else []
    over_all = _by_power(lent, own=own)
    over_items = {(one.power, one.item_id): one.giver for one in lent if one.item_id is not None}
    return Here(
        space,
        actor,
        role,
        membership,
        own | over_all.keys(),
        members,
        departments,
        over_all,
        over_items,
        suspension,
        suspended_by or "",
        dict(zip(counted, row[7:], strict=True)),
    )


@prepared
def _standing(counted: tuple[Callable[[], ColumnElement[int]], ...]) -> Select[*tuple[Any, ...]]:
    """Build the statement that every page of a space begins with, once."""
    mine = and_(
        Membership.space_id == Space.id, Membership.person_id == bindparam("actor_id"), Membership.ended_at.is_(None)
    )
    granted = exists().where(
        Grant.space_id == Space.id, Grant.person_id == bindparam("actor_id"), is_in_force(VIEWED_AT)
    )
    return (
        select(
            Space,
            Membership,
            member_count(),
            department_count(),
            Suspension,
            Person.name,
            granted.correlate(Space),
            *(count() for count in counted),
        )
        .outerjoin(Membership, mine)
        .outerjoin(Suspension, suspends(Space.id, bindparam("actor_id"), VIEWED_AT))
        .outerjoin(Person, Person.id == Suspension.by_id)
        .where(Space.slug == bindparam("slug"))
    )


def _by_power(lent: list[Lent], *, own: frozenset[Can]) -> dict[Can, Person]:
    """Return the powers lent over the whole space that the person hasn't anyway. Of two givers the first counts."""
    found: dict[Can, Person] = {}
    for one in lent:
        if one.item_id is None and one.power not in own:
            found.setdefault(one.power, one.giver)
    return found


def as_it_is_now(here: Here) -> Here:
    """Return the same person in the same space, read anew: with the account, role and rights of this moment. Raises Missing."""
    actor = db.session.get(Person, here.actor.id, populate_existing=True)
    if actor is None or not actor.is_active:
        raise Missing
    return _load(actor, here.space.slug, anew=True)


def hold(here: Here, *powers: Can) -> Here:
    """Lock the space and return how the person stands in it now. Actions begin with it, inside `transaction()`.

    What the page knew may be a minute old: since then the person may have lost a role or their account, or the space been archived.
    Raises Missing or Denied.
    """
    if lock(Space, here.space.id) is None:
        raise Missing
    again = as_it_is_now(here)
    for power in powers:
        again.require(power)
    return again


def _moved(slug: str, parts: Mapping[str, Any]) -> Response | None:
    """Lead from an item's old address to the space it was moved to, whatever was asked of it: what was typed goes along (307)."""
    if "ref" not in parts:
        return None
    there = moved_to(me(), slug, parts["ref"], at=now())
    if there is None:
        return led_on(me(), slug, parts)
    where = url_for(request.endpoint or "", slug=there, **{**request.args.to_dict(), **parts})
    return redirect(where, 303 if request.method in {"GET", "HEAD"} else 307)


def needs(power: Can, *, unless: Callable[[Here], bool] | None = None) -> Callable[[View], View]:
    """Declare the power that a space's view asks for; the view gets `here` in place of `slug`.

    `unless` tells who has what the press is for already: a second press is let through, and the action does nothing.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, slug: str, **kwargs: Any) -> Any:  # noqa: ANN401  # a view's own types
            if not current_user.is_authenticated:
                return to_sign_in()
            try:
                here = here_for(me(), slug)
                g.here = here
                if unless is None or not unless(here):
                    here.require(power)
                return view(*args, here=here, **kwargs)
            except Missing:
                elsewhere = _moved(slug, kwargs)
                if elsewhere is None:
                    raise
                return elsewhere

        mark(checked, power)
        return checked  # type: ignore[return-value]  # wraps() keeps the view's type

    return wrap
