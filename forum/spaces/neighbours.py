"""What the spaces answer when the people's room asks: whom may one see, where does the log lie, what is this place called."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from forum.core.db import db
from forum.core.paging import Page, page
from forum.core.time import now
from forum.people.models import Person
from forum.people.neighbours import AdminLine, InvitationInHand, Neighbours, SpaceInSight
from forum.spaces.actions.entering import Opened
from forum.spaces.feature import stand_ins
from forum.spaces.guard import here_for
from forum.spaces.installation import demo_address, organisation_name
from forum.spaces.log import record
from forum.spaces.models import Invitation, LogAudience, LogEntry, Membership, Space, Visibility
from forum.spaces.policy import KEEPERS
from forum.spaces.queries.logbook import LINES, Line
from forum.spaces.sentences import tell
from forum.spaces.tokens import invitation_token
from forum.spaces.words import ROLE_NAMES
from forum.web.links import path_of


def spaces_in_sight(viewer: Person, person: Person) -> Sequence[SpaceInSight]:
    """Return the spaces of `person` whose members `viewer` may see now: open ones, and those they share (A3)."""
    mine = aliased(Membership)
    rows = db.session.execute(
        select(Space.name, Space.slug, Space.cloth, Membership.role, mine.role.label("own_role"))
        .join(Membership, Membership.space_id == Space.id)
        .outerjoin(mine, and_(mine.space_id == Space.id, mine.person_id == viewer.id, mine.ended_at.is_(None)))
        .where(
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            or_(Space.visibility == Visibility.OPEN, mine.id.is_not(None)),
        )
        .order_by(Space.name, Space.id)
    )
    found = rows.all()
    shared = next((row.slug for row in found if row.own_role), None)
    away = _away_in(viewer, person, shared) if shared else ""
    return [
        SpaceInSight(
            name=row.name,
            slug=row.slug,
            cloth=row.cloth,
            role=str(ROLE_NAMES[row.role]),
            away=away if row.slug == shared else "",
            leaving_url=path_of("roster.leaver", slug=row.slug, handle=person.handle)
            if row.own_role in KEEPERS and viewer.id != person.id
            else "",
        )
        for row in found
    ]


def _away_in(viewer: Person, person: Person, slug: str) -> str:
    found = stand_ins(here_for(viewer, slug), [person.id]).get(person.id)
    return found.sentence if found else ""


def record_for_admins(
    verb: str, *, actor: Person | None, person: Person | None = None, reason: str = "", **details: str
) -> None:
    """Write a line that admins of the installation read."""
    entry = record(verb, actor=actor, person=person, reason=reason, audience=LogAudience.ADMINS)
    entry.details = details


def admin_log(wish: str | None) -> tuple[Sequence[AdminLine], Page]:
    """Return a page of the lines that admins read, newest first. None of them is of a private space."""
    readable = LogEntry.audience == LogAudience.ADMINS
    shown = page(wish, total=db.session.scalar(select(func.count()).where(readable)) or 0, size=LINES)
    entries = db.session.scalars(
        select(LogEntry)
        .options(joinedload(LogEntry.actor), joinedload(LogEntry.person), joinedload(LogEntry.on_behalf_of))
        .where(readable)
        .order_by(LogEntry.at.desc(), LogEntry.id.desc())
        .offset(shown.before)
        .limit(shown.size)
    )
    told = [tell(Line(entry=entry, item=None)) for entry in entries]
    return [AdminLine(at=line.at, sentence=line.sentence, reason=line.reason) for line in told], shown


def invitation_in_hand(invitation_id: int) -> InvitationInHand:
    """Return where an invitation is and, while it is good, who invites to what."""
    invitation, space, by = db.session.execute(
        select(Invitation, Space, Person)
        .join(Space, Space.id == Invitation.space_id)
        .join(Person, Person.id == Invitation.invited_by_id)
        .where(Invitation.id == invitation_id)
    ).one()
    is_good = Opened(invitation, space, by).is_good(at=now())
    return InvitationInHand(
        path=path_of("spaces.invitation", token=invitation_token(invitation.nonce)),
        space=space.name if is_good else None,
        by=by.name if is_good else None,
    )


neighbours = Neighbours(
    spaces_in_sight=spaces_in_sight,
    record=record_for_admins,
    log=admin_log,
    organisation=organisation_name,
    invitation=invitation_in_hand,
    demo=demo_address,
)
