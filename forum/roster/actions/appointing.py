"""Who holds a duty, and who is its deputy: offered, until they accept. Each holds the space and the duty, inside `transaction()`."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.access import hold_duty
from forum.roster.actions import sponsors
from forum.roster.actions.consequences import after_given, withdraw_handovers
from forum.roster.actions.duty_words import too_far
from forum.roster.actions.requesting import why_not_cover
from forum.roster.actions.settling import settle_duty
from forum.roster.events import DutyAnswered, DutyLeft, DutyOffered
from forum.roster.models import Duty, Holding, HoldingState, Place
from forum.roster.telling import no_more_asked, tell_asked
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.policy import Can
from forum.spaces.queries import membership_of
from forum.web.words import _

REASON_LENGTH = 500
GAVE_UP, ENDED_PART = "gave up duty", "ended holding"
"""What the log says when somebody's part ends; with the day `before` which it was to end already."""


class Gone(RuleBroken):
    """The offer isn't there any more."""


def offer(
    here: Here,
    duty: Duty,
    person: Person,
    *,
    place: Place = Place.HOLDER,
    from_day: date | None = None,
    at: datetime | None = None,
) -> Holding:
    """Offer a duty to a member from a day on, today at the earliest. To oneself it is accepted at once. Twice is one offer.

    Another offer of the same place that waits is taken back. Raises Missing, Denied, Invalid for `from_day`, RuleBroken.
    """
    at = at or now()
    lock(Person, person.id)
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    today = local(at, here.space.zone).date()
    day = max(from_day or today, duty.first_day)
    if from_day is not None and from_day < today:
        raise Invalid({"from_day": [_("That day has passed. Choose today or a later one.")]})
    if problems := too_far("from_day", from_day):
        raise Invalid(problems)
    _end_lost(here, duty, today=today)
    require_offerable(here, duty, person, place=place, day=day)
    waiting = offered_of(duty.id, place)
    if waiting is not None and waiting.person_id == person.id and waiting.from_day == day:
        return waiting
    if waiting is not None:
        waiting.state, waiting.answered_at = HoldingState.WITHDRAWN, at
        db.session.flush()
    held = open_of(duty.id, place)
    if held is not None and held.person_id == person.id:
        raise RuleBroken(_("%(name)s has it already.", name=person.name))
    holding = Holding(
        duty_id=duty.id, person_id=person.id, place=place, from_day=day, offered_by_id=here.actor.id, offered_at=at
    )
    db.session.add(holding)
    db.session.flush()
    record("offered duty", actor=here.actor, space=here.space, item=item, person=person, at=at, place=place.value)
    if person.id == here.actor.id:
        give(duty, holding, actor_id=here.actor.id, today=today, at=at)
    else:
        announce(DutyOffered(actor_id=here.actor.id, item_id=item.id, holding_id=holding.id))
        tell_asked(person.id, about=item.id, at=at)
    return holding


def _end_lost(here: Here, duty: Duty, *, today: date) -> None:
    """End what somebody had who left the space since, also when they came back: nothing returns by itself (D7)."""
    for place in Place:
        held = open_of(duty.id, place)
        if held is None:
            continue
        membership = membership_of(here.space, db.session.get_one(Person, held.person_id))
        if membership is None or (held.answered_at and membership.joined_at > held.answered_at):
            held.until_day = max(today, held.from_day)
    db.session.flush()


def require_offerable(here: Here, duty: Duty, person: Person, *, place: Place, day: date) -> None:
    """Raise RuleBroken when somebody can't be given a place of a duty from `day` on."""
    if duty.ended_on is not None or (duty.last_day is not None and day > duty.last_day):
        raise RuleBroken(_("This duty has ended."))
    if why := why_not_cover(here, person, duty.id):
        raise RuleBroken(why)
    if place is Place.HOLDER and duty.rotates:
        raise RuleBroken(_("This duty rotates. Put people into the order instead."))
    other = open_of(duty.id, Place.DEPUTY if place is Place.HOLDER else Place.HOLDER)
    if place is Place.DEPUTY and other is not None and other.person_id == person.id:
        raise RuleBroken(_("%(name)s holds the duty. Somebody else is the deputy.", name=person.name))


def accept(here: Here, holding: Holding, *, at: datetime | None = None) -> Holding:
    """Take what one was offered. Whoever had it until then has it no longer. Twice is once. Raises Missing, Denied, Gone."""
    at = at or now()
    lock(Person, here.actor.id)
    here, duty, item = hold_duty(here, holding.duty_id, power=Can.TAKE_DUTY)
    holding = _own_offer(here, holding)
    if holding.state is HoldingState.ACCEPTED:
        return holding
    _require_offered(holding)
    today = local(at, here.space.zone).date()
    require_offerable(here, duty, here.actor, place=holding.place, day=max(today, holding.from_day))
    give(duty, holding, actor_id=here.actor.id, today=today, at=at)
    record(
        "accepted duty",
        actor=here.actor,
        space=here.space,
        item=item,
        at=at,
        place=holding.place.value,
    )
    announce(DutyAnswered(actor_id=here.actor.id, item_id=duty.id, holding_id=holding.id))
    no_more_asked(duty.id)
    return holding


def decline(here: Here, holding: Holding, *, reason: str = "", at: datetime | None = None) -> None:
    """Say no to what one was offered. Twice is once. Raises Missing, Gone."""
    at = at or now()
    here, duty, _item = hold_duty(here, holding.duty_id, power=Can.SEE_ROSTER)
    holding = _own_offer(here, holding)
    if holding.state is HoldingState.DECLINED:
        return
    _require_offered(holding)
    holding.state, holding.answered_at = HoldingState.DECLINED, at
    holding.reason = one_line(reason)[:REASON_LENGTH]
    announce(DutyAnswered(actor_id=here.actor.id, item_id=duty.id, holding_id=holding.id))
    no_more_asked(duty.id)


def take_back(here: Here, holding: Holding, *, at: datetime | None = None) -> None:
    """Offer it no longer. Twice is once. Raises Missing, Denied, and Gone when it was answered."""
    at = at or now()
    here, _duty, item = hold_duty(here, holding.duty_id, power=Can.KEEP_ROSTER)
    held = lock(Holding, holding.id)
    if held is None:
        raise Missing
    if held.state is HoldingState.WITHDRAWN:
        return
    _require_offered(held)
    held.state, held.answered_at = HoldingState.WITHDRAWN, at
    no_more_asked(item.id)
    record(
        "took back offer",
        actor=here.actor,
        space=here.space,
        item=item,
        person=db.session.get(Person, held.person_id),
        at=at,
    )


def give_up(
    here: Here, holding: Holding, *, until: date | None = None, reason: str = "", at: datetime | None = None
) -> None:
    """End that somebody has a duty: they themselves, or an organiser, who says so to them. From `until` it is vacant.

    Twice is once. Raises Missing, Denied, Invalid for `until`.
    """
    at = at or now()
    here, duty, item = hold_duty(here, holding.duty_id, power=Can.SEE_ROSTER)
    held = lock(Holding, holding.id)
    if held is None or held.state is not HoldingState.ACCEPTED:
        raise Missing
    is_own = held.person_id == here.actor.id
    if not is_own and not here.may(Can.KEEP_ROSTER):
        raise Denied(_("Whoever has the duty gives it up, or an organiser ends it."))
    today = local(at, here.space.zone).date()
    day = until or today
    if day < today:
        raise Invalid({"until": [_("That day has passed. Choose today or a later one.")]})
    if held.until_day is not None and held.until_day <= day:
        return
    before = held.until_day.isoformat() if held.until_day is not None else ""
    held.until_day, held.reason = max(day, held.from_day), one_line(reason)[:REASON_LENGTH]
    db.session.flush()
    if held.place is Place.HOLDER:
        withdraw_handovers(duty.id)
    settle_duty(duty.id, at=at)
    sponsors.tell(duty, held, is_end=True)
    person = db.session.get_one(Person, held.person_id)
    record(
        GAVE_UP if is_own else ENDED_PART,
        actor=here.actor,
        space=here.space,
        item=item,
        person=person,
        at=at,
        before=before,
    )
    if not is_own:
        last = held.until_day.isoformat()
        announce(DutyLeft(actor_id=here.actor.id, item_id=item.id, holding_id=held.id, until=last))


def give(duty: Duty, holding: Holding, *, actor_id: int | None, today: date, at: datetime) -> None:
    """Let an offer hold, and end what it follows. Whoever had it is told, unless they are `actor_id`."""
    holding.from_day = max(holding.from_day, today)
    before = open_of(duty.id, holding.place)
    if before is not None:
        before.until_day = max(holding.from_day, before.from_day)
    cut = _end_overlapping(duty.id, holding)
    db.session.flush()
    holding.state, holding.answered_at = HoldingState.ACCEPTED, at
    db.session.flush()
    if holding.place is Place.HOLDER:
        deputy = open_of(duty.id, Place.DEPUTY)
        if deputy is not None and deputy.person_id == holding.person_id:
            deputy.until_day = max(holding.from_day, deputy.from_day)
            db.session.flush()
    settle_duty(duty.id, at=at)
    for other in cut:
        if other.person_id not in {actor_id, holding.person_id}:
            until = other.until_day.isoformat() if other.until_day else ""
            announce(DutyLeft(actor_id=actor_id, item_id=duty.id, holding_id=other.id, until=until))
    after_given(duty, holding, before, actor_id=actor_id, at=at)


def _end_overlapping(duty_id: int, holding: Holding) -> Sequence[Holding]:
    """End what was to end later than the new one begins: nobody has a place together with another. Return what became shorter."""
    later = db.session.scalars(
        select(Holding).where(
            Holding.duty_id == duty_id,
            Holding.place == holding.place,
            Holding.state == HoldingState.ACCEPTED,
            Holding.until_day > holding.from_day,
            Holding.until_day > Holding.from_day,
        )
    ).all()
    for other in later:
        other.until_day = max(holding.from_day, other.from_day)
    return later


def open_of(duty_id: int, place: Place) -> Holding | None:
    """Return the appointment to a place that has no end."""
    return db.session.scalar(
        select(Holding).where(
            Holding.duty_id == duty_id,
            Holding.place == place,
            Holding.state == HoldingState.ACCEPTED,
            Holding.until_day.is_(None),
        )
    )


def offered_of(duty_id: int, place: Place) -> Holding | None:
    """Return the offer of a place that waits for an answer."""
    return db.session.scalar(
        select(Holding).where(Holding.duty_id == duty_id, Holding.place == place, Holding.state == HoldingState.OFFERED)
    )


def _own_offer(here: Here, holding: Holding) -> Holding:
    held = lock(Holding, holding.id)
    if held is None or held.person_id != here.actor.id:
        raise Missing
    return held


def _require_offered(holding: Holding) -> None:
    if holding.state is not HoldingState.OFFERED:
        raise Gone(_("This offer isn’t there any more."))
