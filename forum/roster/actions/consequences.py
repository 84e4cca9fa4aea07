"""What follows when a duty becomes somebody's, or is nobody's: handovers, volunteers, and who is told. Inside `transaction()`."""

from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import announce
from forum.roster.actions import sponsors
from forum.roster.events import DutyLeft, VolunteerAnswered
from forum.roster.models import (
    Duty,
    Handover,
    HandoverState,
    Holding,
    LeavingItem,
    LeavingState,
    Place,
    Volunteer,
    VolunteerState,
)
from forum.roster.telling import no_more_asked

UNDER_WAY = (HandoverState.DRAFT, HandoverState.OFFERED)


def withdraw_handovers(duty_id: int) -> None:
    """Hand a duty over no longer, because it isn't any more whose it was; the kit of who leaves has it open again."""
    running = select(Handover).where(Handover.duty_id == duty_id, Handover.state.in_(UNDER_WAY))
    for handover in db.session.scalars(running).all():
        handover.state = HandoverState.WITHDRAWN
    offered = select(LeavingItem).where(
        LeavingItem.kind == "duty", LeavingItem.item_id == duty_id, LeavingItem.state == LeavingState.OFFERED
    )
    for row in db.session.scalars(offered).all():
        row.state, row.successor_id = LeavingState.OPEN, None
    no_more_asked(duty_id)


def after_given(duty: Duty, holding: Holding, before: Holding | None, *, actor_id: int | None, at: datetime) -> None:
    """See to what follows when somebody else has a place of a duty: who had it is told, unless it was their own doing."""
    if before is not None and before.person_id not in {actor_id, holding.person_id}:
        until = before.until_day.isoformat() if before.until_day else ""
        announce(DutyLeft(actor_id=actor_id, item_id=duty.id, holding_id=before.id, until=until))
    if holding.place is not Place.HOLDER:
        return
    withdraw_handovers(duty.id)
    _thank_others(duty, holding.person_id, at=at)
    sponsors.tell(duty, holding, is_end=False)


def _thank_others(duty: Duty, person_id: int, *, at: datetime) -> None:
    """Tell kindly who put themselves forward, too, that it is somebody's; nobody waits for ever."""
    waiting = select(Volunteer).where(
        Volunteer.duty_id == duty.id, Volunteer.state == VolunteerState.WAITING, Volunteer.person_id != person_id
    )
    for volunteer in db.session.scalars(waiting.order_by(Volunteer.id)).all():
        volunteer.state, volunteer.answered_at = VolunteerState.DECLINED, at
        announce(VolunteerAnswered(item_id=duty.id, volunteer_id=volunteer.id))
    own = select(Volunteer).where(
        Volunteer.duty_id == duty.id, Volunteer.state == VolunteerState.WAITING, Volunteer.person_id == person_id
    )
    for volunteer in db.session.scalars(own).all():
        volunteer.state, volunteer.answered_at = VolunteerState.AGREED, at
    db.session.flush()
