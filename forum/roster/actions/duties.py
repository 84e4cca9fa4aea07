"""Making a duty, changing what it says, ending it. Each runs inside `transaction()` and holds the space and the duty."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from forum.core.db import db
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.events import announce
from forum.core.text import once_key, one_line
from forum.core.time import local, now
from forum.roster.access import KIND, hold_duty, why_not_change
from forum.roster.actions.bringing_back import bring_back, last_line, lock_all
from forum.roster.actions.consequences import withdraw_handovers
from forum.roster.actions.duty_words import DutyWords, checked, is_said, put_links, put_rights, say, too_far
from forum.roster.actions.rights import powers_with
from forum.roster.actions.settling import lend_anew, settle_duty
from forum.roster.events import DutyLeft, DutyTakenUp
from forum.roster.models import (
    CoverRequest,
    Duty,
    DutyEntry,
    Endorsement,
    EntryKind,
    Holding,
    HoldingState,
    Place,
)
from forum.roster.secrets import no_secret
from forum.spaces.guard import Here, hold
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.web.words import _

MOST_DUTIES = 500


def make(here: Here, words: DutyWords, *, once: str | None = None, at: datetime | None = None) -> Duty:
    """Make a duty that is nobody's yet. A second press gives back the first one's. Raises Missing, Denied, Invalid, RuleBroken."""
    at = at or now()
    here = hold(here, Can.KEEP_ROSTER)
    words = checked(words)
    key = once_key(once, KIND, here.space.id, words.title)
    earlier = db.session.scalar(select(Duty).where(Duty.made_by_id == here.actor.id, Duty.once == key)) if key else None
    if earlier is not None:
        return earlier
    _require_room(here.space)
    item = make_item(here.space, kind=KIND, title=words.title, author=here.actor, at=at)
    duty = Duty(id=item.id, made_by_id=here.actor.id, once=key, first_day=words.first_day)
    say(duty, item, words)
    db.session.add(duty)
    db.session.flush()
    put_links(duty, words)
    put_rights(duty, words)
    record("made duty", actor=here.actor, space=here.space, item=item, at=at)
    return duty


def change(here: Here, duty: Duty, words: DutyWords, *, version: int, at: datetime | None = None) -> Duty:
    """Let a duty say something else. Its holder may, but which rights go with it is for organisers. What is the same stays.

    `version` is the one of the item that was read. Raises Missing, Denied, Invalid, RuleBroken.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    _allow(why_not_change(here, is_holder=is_holder(duty.id, here)))
    words = checked(words)
    if item.version != version and is_said(duty, item, words):
        return duty  # a second press
    if item.version != version:
        raise RuleBroken(
            _("Somebody changed this duty meanwhile. Your words are still here; look at theirs, and save again.")
        )
    if duty.ended_on is not None:
        raise RuleBroken(_("This duty has ended. It stays as it was."))
    before, asked_about, note = _days(duty), _asked_about(duty, item), duty.note_source
    item.title = words.title
    item.version += 1
    say(duty, item, words)
    _keep_note(here, duty, note, at=at)
    put_links(duty, words)
    rights_change = here.may(Can.KEEP_ROSTER) and set(powers_with(duty.id)) != set(words.powers)
    if rights_change:
        put_rights(duty, words)
    db.session.flush()
    if _days(duty) != before:
        settle_duty(duty.id, at=at)
    if rights_change:
        lend_anew(CoverRequest.duty_id == duty.id, at=at)
    if _asked_about(duty, item) != asked_about:
        void_links(duty.id, at=at)
    record("changed duty", actor=here.actor, space=here.space, item=item, at=at)
    return duty


def _keep_note(here: Here, duty: Duty, before: str, *, at: datetime) -> None:
    """Keep in the passport what the handover note said until now, when it says something else."""
    if before.strip() and before != duty.note_source:
        day = local(at, here.space.zone).date()
        kept = DutyEntry(duty_id=duty.id, kind=EntryKind.NOTE, day=day, words=before, by_id=here.actor.id, at=at)
        db.session.add(kept)


def end(here: Here, duty: Duty, *, on: date, reason: str = "", at: datetime | None = None) -> None:
    """End a duty: from `on`, which isn't past, it isn't there. Covers promised for later end too. Twice is once.

    Raises Missing, Denied, Invalid.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    if duty.ended_on is not None:
        return
    today = local(at, here.space.zone).date()
    if on < today:
        raise Invalid({"on": [_("That day has passed. Choose today or a later one.")]})
    if problems := too_far("on", on) | no_secret("reason", reason):
        raise Invalid(problems)
    duty.ended_on, duty.ended_by_id, duty.end_reason = on, here.actor.id, one_line(reason)[:500]
    item.version += 1
    duty.end_version += 1
    db.session.flush()
    _end_offers(duty, at=at)
    void_links(duty.id, at=at)
    withdraw_handovers(duty.id)
    for holding in _held_by_others(here, duty):
        announce(
            DutyLeft(
                actor_id=here.actor.id,
                item_id=duty.id,
                holding_id=holding.id,
                until=on.isoformat(),
                ending=duty.end_version,
            )
        )
    settle_duty(duty.id, at=at)
    record("ended duty", actor=here.actor, space=here.space, item=item, reason=duty.end_reason, at=at)


def _held_by_others(here: Here, duty: Duty) -> Sequence[Holding]:
    """Return who else holds a duty or is its deputy, without an end."""
    held = select(Holding).where(
        Holding.duty_id == duty.id,
        Holding.state == HoldingState.ACCEPTED,
        Holding.until_day.is_(None),
        Holding.person_id != here.actor.id,
    )
    return db.session.scalars(held.order_by(Holding.id)).all()


def take_up_again(here: Here, duty: Duty, *, at: datetime | None = None) -> bool:
    """Let a duty that was ended be there again, with who held it: they are told. Twice is once. Raises Missing, Denied.

    Within the hour the covers that ended with it are there again, too. Return whether all is as it was.
    """
    at = at or now()
    covers, ended = CoverRequest.duty_id == duty.id, last_line(duty.id, "ended duty")
    moment = ended.at if ended else at
    lock_all(covers, moment)
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    if duty.ended_on is None:
        return True
    duty.ended_on, duty.ended_by_id, duty.end_reason = None, None, ""
    item.version += 1
    duty.end_version += 1
    db.session.flush()
    is_all = bring_back(covers, moment, actor=here.actor, at=at)
    settle_duty(duty.id, at=at)
    record("took up duty", actor=here.actor, space=here.space, item=item, at=at)
    for holding in _held_by_others(here, duty):
        announce(
            DutyTakenUp(
                actor_id=here.actor.id,
                item_id=duty.id,
                holding_id=holding.id,
                ending=duty.end_version,
                with_covers=is_all,
            )
        )
    return is_all


def is_holder(duty_id: int, here: Here) -> bool:
    """Say whether the person holds a duty, by an appointment that counts."""
    query = select(Holding.id).where(
        Holding.duty_id == duty_id,
        Holding.person_id == here.actor.id,
        Holding.place == Place.HOLDER,
        Holding.state == HoldingState.ACCEPTED,
        Holding.until_day.is_(None),
    )
    joined = here.membership.joined_at if here.membership else None
    return joined is not None and db.session.scalar(query.where(Holding.answered_at >= joined)) is not None


def _end_offers(duty: Duty, *, at: datetime) -> None:
    db.session.execute(
        update(Holding)
        .where(Holding.duty_id == duty.id, Holding.state == HoldingState.OFFERED)
        .values(state=HoldingState.WITHDRAWN, answered_at=at)
        .execution_options(synchronize_session=False)
    )


def void_links(duty_id: int, *, at: datetime) -> None:
    """Let a sponsor's link that nobody has answered open nothing any more: the seat isn't what they were asked about."""
    db.session.execute(
        update(Endorsement)
        .where(
            Endorsement.duty_id == duty_id,
            Endorsement.given_at.is_(None),
            Endorsement.declined_at.is_(None),
            Endorsement.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
        .execution_options(synchronize_session="fetch")
    )


def _asked_about(duty: Duty, item: Item) -> tuple[object, ...]:
    """What a sponsor stands behind."""
    return duty.kind, duty.department_id, item.title


def _days(duty: Duty) -> tuple[date, date | None]:
    return duty.first_day, duty.last_day


def _require_room(space: Space) -> None:
    query = select(Duty.id).join(Item, Item.id == Duty.id).where(Item.space_id == space.id, Duty.ended_on.is_(None))
    if len(db.session.scalars(query.limit(MOST_DUTIES)).all()) >= MOST_DUTIES:
        raise RuleBroken(_("This space has %(most)s duties, which is as many as it can have.", most=MOST_DUTIES))


def _allow(why: str) -> None:
    if why:
        raise Denied(why)
