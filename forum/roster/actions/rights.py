"""Rights that go with a duty are lent for its cover, and end with it (D5)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Denied, RuleBroken
from forum.core.halves import Span, begins, ends
from forum.people.models import Person
from forum.roster.models import CoverGrant, CoverRequest, DutyRight
from forum.spaces.actions.grants import lend, revoke
from forum.spaces.models import Grant, Space
from forum.spaces.policy import Can


def lend_for(request: CoverRequest, space: Space, spans: Sequence[Span], *, because: str, at: datetime) -> None:
    """Lend what goes with the duty for just these half-days; what was lent for the request before ends now.

    Never more than whoever is away holds at this moment, and on each request it is asked again. Use inside `transaction()`.
    """
    end_rights(request)
    if request.away_id is None or request.accepted_by_id is None:
        return
    giver, taker = db.session.get_one(Person, request.away_id), db.session.get_one(Person, request.accepted_by_id)
    for power in powers_with(request.duty_id):
        for span in spans:
            until = ends(span.last, zone=space.zone, midday=space.midday)
            if until > at:
                _lend(request, space, giver, taker, power, span, until=until, because=because)


def _lend(  # who lends what to whom
    request: CoverRequest,
    space: Space,
    giver: Person,
    taker: Person,
    power: Can,
    span: Span,
    *,
    until: datetime,
    because: str,
) -> None:
    starts = begins(span.first, zone=space.zone, midday=space.midday)
    try:
        grant = lend(
            space,
            giver=giver,
            taker=taker,
            power=power,
            starts=starts,
            ends=until,
            because=because,
            by_itself=True,
        )
    except (Denied, RuleBroken):  # it isn't the giver's to lend: the cover goes without
        return
    db.session.add(CoverGrant(grant_id=grant.id, request_id=request.id))
    db.session.flush()


def end_rights(request: CoverRequest) -> None:
    """End what is lent because of a request. Use inside `transaction()`."""
    lent = db.session.scalars(
        select(Grant)
        .join(CoverGrant, CoverGrant.grant_id == Grant.id)
        .where(CoverGrant.request_id == request.id, Grant.revoked_at.is_(None))
        .order_by(Grant.id)
    )
    for grant in list(lent):
        revoke(grant, actor=None)


def powers_with(duty_id: int) -> list[Can]:
    """Return which powers go with a duty."""
    query = select(DutyRight.power).where(DutyRight.duty_id == duty_id).order_by(DutyRight.power)
    return [Can(power) for power in db.session.scalars(query)]
