"""Spaces, who belongs to them, the ways in, and the log."""

from datetime import datetime, timedelta
from html import escape

from forum.core.db import db, transaction
from forum.core.secrets import hashed
from forum.core.text import slug
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import (
    Grant,
    Invitation,
    Item,
    JoinRequest,
    JoinState,
    LogAudience,
    LogEntry,
    Membership,
    Role,
    Space,
    Suspension,
    Visibility,
)
from forum.spaces.policy import Can
from forum.spaces.tokens import invitation_token
from forum.threads.models import Section
from tests.factories.numbers import A_DAY, LONG_AGO, next_number


def make_space(
    *,
    name: str | None = None,
    visibility: Visibility = Visibility.OPEN,
    archived: bool = False,
    purpose: str = "",
    about: str = "",
) -> Space:
    """Make a space with one section and nobody in it."""
    name = name or f"Space {next_number()}"
    with transaction():
        space = Space(
            slug=slug(name),
            name=name,
            purpose=purpose,
            about_source=about,
            about_html=f"<p>{escape(about)}</p>" if about else "",
            visibility=visibility,
            created_at=now() - LONG_AGO,
            archived_at=now() if archived else None,
        )
        db.session.add(space)
        db.session.flush()
        db.session.add(Section(space_id=space.id, slug="questions", name="Questions"))
    return space


def describe_space(space: Space, *, name: str, purpose: str = "", about: str = "") -> None:
    """Give a space another name and another description; its address stays."""
    with transaction():
        held = db.session.get_one(Space, space.id)
        held.name, held.purpose = name, purpose
        held.about_source, held.about_html = about, f"<p>{escape(about)}</p>" if about else ""


def make_membership(
    space: Space,
    person: Person,
    *,
    role: Role = Role.CHAMPION,
    joined_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> Membership:
    """Make `person` a member of `space`."""
    with transaction():
        membership = Membership(
            space_id=space.id,
            person_id=person.id,
            role=role,
            joined_at=joined_at or now() - LONG_AGO,
            ended_at=ended_at,
        )
        db.session.add(membership)
    return membership


def make_invitation(
    space: Space,
    *,
    by: Person,
    nonce: str | None = None,
    token: str | None = None,
    address: str | None = None,
    role: Role = Role.CHAMPION,
    uses: int = 1,
    label: str = "",
) -> Invitation:
    """Invite to a space: by a link, or to one address. Give `token` when the test has to follow it."""
    nonce = nonce or f"{next_number():032x}"
    with transaction():
        invitation = Invitation(
            space_id=space.id,
            role=role,
            address=address,
            nonce=nonce,
            token_hash=hashed(token or invitation_token(nonce)),
            uses_left=uses,
            invited_by_id=by.id,
            created_at=now() - A_DAY,
            expires_at=now() + 7 * A_DAY,
            label=label,
            mailed_at=now() - A_DAY if address else None,
        )
        db.session.add(invitation)
    return invitation


def make_join_request(
    space: Space, person: Person, *, note: str = "", state: JoinState = JoinState.WAITING, answer: str = ""
) -> JoinRequest:
    """Let somebody have asked to be let into a space."""
    with transaction():
        request = JoinRequest(
            space_id=space.id, person_id=person.id, note=note, state=state, answer=answer, asked_at=now() - A_DAY
        )
        db.session.add(request)
    return request


def make_grant(space: Space, *, to: Person, by: Person, power: Can, because: str = "") -> Grant:
    """Lend `power` over a space, from yesterday until tomorrow."""
    with transaction():
        grant = Grant(
            space_id=space.id,
            person_id=to.id,
            giver_id=by.id,
            power=power.value,
            starts_at=now() - A_DAY,
            ends_at=now() + A_DAY,
            because=because,
        )
        db.session.add(grant)
    return grant


def make_log_entry(
    verb: str,
    *,
    actor: Person | None,
    space: Space | None = None,
    item: Item | None = None,
    person: Person | None = None,
    audience: LogAudience = LogAudience.MEMBERS,
    reason: str = "",
    **details: str,
) -> LogEntry:
    """Write a line of the log."""
    with transaction():
        entry = LogEntry(
            at=now() - A_DAY,
            verb=verb,
            actor_id=actor and actor.id,
            space_id=space and space.id,
            item_id=item and item.id,
            person_id=person and person.id,
            audience=audience,
            reason=reason,
            details=details,
        )
        db.session.add(entry)
    return entry


def make_suspension(space: Space, person: Person, *, by: Person, days: int = 7, reason: str = "Shouting.") -> None:
    """Let somebody only read in a space for some days from now."""
    with transaction():
        at = now()
        db.session.add(
            Suspension(
                space_id=space.id,
                person_id=person.id,
                since=at,
                until=at + timedelta(days=days),
                by_id=by.id,
                reason=reason,
            )
        )
