"""Whoever stands behind a seat is told when it is somebody else's, or nobody's."""

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import announce
from forum.roster.events import SeatChanged
from forum.roster.models import Duty, DutyKind, Endorsement, Holding, Place


def given_of(duty_id: int) -> Endorsement | None:
    """Return by whom a seat is endorsed: the latest who said yes."""
    query = select(Endorsement).where(
        Endorsement.duty_id == duty_id, Endorsement.given_at.is_not(None), Endorsement.withdrawn_at.is_(None)
    )
    return db.session.scalars(query.order_by(Endorsement.given_at.desc(), Endorsement.id.desc())).first()


def tell(duty: Duty, holding: Holding, *, is_end: bool, again: bool = False) -> None:
    """Let the sponsor know that somebody has the seat from a day on, (`is_end`) until one, or (`again`) after all.

    Use inside `transaction()`.
    """
    if duty.kind is DutyKind.SEAT and holding.place is Place.HOLDER and given_of(duty.id) is not None:
        announce(SeatChanged(item_id=duty.id, holding_id=holding.id, is_end=is_end, again=again))
