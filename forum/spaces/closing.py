"""What an account that is erased leaves behind in spaces: its memberships end, and a space may be without a steward (A4)."""

from collections.abc import Sequence

from markupsafe import Markup, escape
from sqlalchemy import func, select, update

from forum.core.db import db, lock
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.actions.membership import end
from forum.spaces.log import record
from forum.spaces.models import Invitation, Membership, Role, Space
from forum.spaces.queries import stewards_of
from forum.web.links import path_of
from forum.web.words import _


def before_closing(person: Person) -> Sequence[str]:
    """Say of which spaces somebody is the only steward, and lead to where they name another."""
    spaces = db.session.execute(
        select(Space.id, Space.name, Space.slug)
        .join(Membership, Membership.space_id == Space.id)
        .where(Membership.person_id == person.id, Membership.ended_at.is_(None), Membership.role == Role.STEWARD)
        .order_by(Space.name, Space.id)
    ).all()
    said = escape(_("You are the only steward of %(space)s. %(link)s, or it will have none."))
    return [
        said % {"space": name, "link": _to_members(slug)}
        for key, name, slug in spaces
        if all(steward.id == person.id for steward in stewards_of(key))
    ]


def _to_members(slug: str) -> Markup:
    url, words = path_of("spaces.members", slug=slug), _("Make somebody else a steward first")
    return Markup('<a href="{}">{}</a>').format(url, words)


def end_everything(person: Person) -> None:
    """End every membership of somebody, with what it gave, and the invitations to their address. Use inside `transaction()`."""
    at = now()
    theirs = select(Membership).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    for membership in db.session.scalars(theirs.order_by(Membership.space_id)).all():
        space = lock(Space, membership.space_id)
        if space is not None:
            was_steward = membership.role is Role.STEWARD
            end(space, membership, at=at)
            db.session.flush()
            record("closed account", actor=person, space=space, at=at)
            if was_steward and not stewards_of(space.id):
                record("lost last steward", actor=person, space=space, at=at)
    if person.email:
        db.session.execute(
            update(Invitation)
            .where(func.lower(Invitation.address) == person.email.lower(), Invitation.revoked_at.is_(None))
            .values(revoked_at=at)
        )
