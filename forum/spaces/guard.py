"""Loading a space and authorising are one step: `@needs(Can.X)` turns the address's slug into a `Here`, or raises."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar

from flask import g
from flask_login import current_user
from sqlalchemy import and_, func, select

from forum.core.db import db
from forum.core.errors import Denied, Missing
from forum.core.time import now
from forum.people.models import Person
from forum.people.sessions import me
from forum.spaces.feature import Tab, tabs_for
from forum.spaces.models import Grant, Membership, Role, Space, Visibility
from forum.spaces.policy import LENDABLE, Can, powers_of
from forum.web.access import mark, to_sign_in
from forum.web.words import _

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Here:
    """A space as one person stands in it, now."""

    space: Space
    actor: Person
    role: Role
    membership: Membership | None
    powers: frozenset[Can]
    member_count: int
    department_count: int

    def may(self, power: Can) -> bool:
        """Say whether the person's role, or a right lent to them, allows `power`."""
        return power in self.powers

    def require(self, power: Can) -> None:
        """Raise Denied with a sentence when `power` is not held."""
        if not self.may(power):
            raise Denied(self.why_not(power))

    def why_not(self, power: Can) -> str:
        """Return the sentence shown to somebody who lacks `power`."""
        if self.space.archived_at is not None:
            return _("This space is archived. It can be read, and nothing in it changes any more.")
        if self.membership is None:
            return _("Only members of %(space)s can do this. Join the space first.", space=self.space.name)
        if self.role is Role.READER:
            return _("You read along in this space. Ask an organiser to make you a champion.")
        if power in {Can.CHANGE_ROLE, Can.CHANGE_SPACE, Can.ARCHIVE_SPACE}:
            return _("Only the stewards of this space can do this.")
        return _("Only the organisers of this space can do this.")

    @cached_property
    def tabs(self) -> list[Tab]:
        """The rooms of this space, for its navigation."""
        return tabs_for(self)


def here_for(actor: Person, slug: str) -> Here:
    """Load the space at `slug` as `actor` stands in it. Raises Missing when they may not know of it (A1, A2)."""
    members = select(Membership.person_id).where(Membership.space_id == Space.id, Membership.ended_at.is_(None))
    counted = select(func.count()).select_from(members.subquery()).scalar_subquery()
    departments = (
        select(func.count(func.distinct(Person.department_id)))
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.space_id == Space.id, Membership.ended_at.is_(None))
        .scalar_subquery()
    )
    mine = and_(Membership.space_id == Space.id, Membership.person_id == actor.id, Membership.ended_at.is_(None))
    row = db.session.execute(
        select(Space, Membership, counted, departments).outerjoin(Membership, mine).where(Space.slug == slug)
    ).one_or_none()
    if row is None:
        raise Missing
    space, membership, member_count, department_count = row
    if membership is None and space.visibility != Visibility.OPEN:
        raise Missing
    role = Role.VISITOR if membership is None else Role(membership.role)
    archived = space.archived_at is not None
    powers = powers_of(role, archived=archived)
    if membership is not None and not archived:
        powers |= lent_powers(actor, space)
    return Here(space, actor, role, membership, powers, member_count, department_count)


def lent_powers(actor: Person, space: Space) -> frozenset[Can]:
    """Return what is lent to `actor` in `space` now, and never more than each giver holds now (D5)."""
    at = now()
    rows = db.session.execute(
        select(Grant.power, Membership.role)
        .join(
            Membership,
            and_(
                Membership.space_id == Grant.space_id,
                Membership.person_id == Grant.giver_id,
                Membership.ended_at.is_(None),
            ),
        )
        .join(Person, Person.id == Grant.giver_id)
        .where(
            Grant.space_id == space.id,
            Grant.person_id == actor.id,
            Grant.item_id.is_(None),
            Grant.starts_at <= at,
            at < Grant.ends_at,
            Grant.revoked_at.is_(None),
        )
    )
    return frozenset(
        power
        for name, giver_role in rows
        if (power := Can(name)) in LENDABLE and power in powers_of(Role(giver_role), archived=False)
    )


def needs(power: Can) -> Callable[[View], View]:
    """Declare the power that a space's view asks for; the view gets `here` in place of `slug`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, slug: str, **kwargs: Any) -> Any:  # noqa: ANN401  # a view's own types
            if not current_user.is_authenticated:
                return to_sign_in()
            here = here_for(me(), slug)
            g.here = here
            here.require(power)
            return view(*args, here=here, **kwargs)

        mark(checked, power)
        return checked  # type: ignore[return-value]  # wraps() keeps the view's type

    return wrap
