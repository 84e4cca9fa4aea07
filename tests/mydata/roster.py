"""Somebody's own rows in the tables of the roster."""

from datetime import timedelta

from forum.core.db import db, transaction
from forum.core.halves import Span
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.models import (
    AbsencePlan,
    CoverAsk,
    Duty,
    DutyEntry,
    DutyLink,
    Endorsement,
    EntryKind,
    GapWarning,
    Handover,
    HandoverItem,
    HandoverQuestion,
    HandoverState,
    Leaving,
    LeavingItem,
    LeavingState,
    Rehearsal,
    SeatCall,
    SwappedTurn,
    SwapState,
    Turn,
    TurnSwap,
    Volunteer,
    VolunteerState,
    columns_of,
)
from forum.spaces.models import Space
from tests import factories


def make_roster(one: Person, other: Person, space: Space) -> None:
    """Give somebody a row in each: a duty with all that hangs on it, an absence with a cover, and a leaving that was taken back."""
    duty = factories.make_duty(space, by=one, holder=one, deputy=other, what="Look.")
    at, day = now(), today(space.zone)
    factories.make_absence(one)
    theirs = factories.make_duty(space, by=other, holder=other)
    span = Span.of_days(day, day)
    factories.make_cover_request(theirs, away=other, span=span, taken_by=one)
    request = factories.make_cover_request(duty, away=one, span=span, note="Mind it.", asked=[other])
    with transaction():
        held = db.session.get_one(Duty, duty.id)
        held.note_source, held.note_html, held.why, held.often = "Note.", "<p>Note.</p>", "Because.", "Daily"
        held.ended_on, held.ended_by_id, held.end_reason = day + timedelta(days=90), other.id, "Over."
        handover = Handover(
            ref=f"h{one.id:09d}"[:10],
            duty_id=duty.id,
            giver_id=one.id,
            taker_id=other.id,
            day=day,
            state=HandoverState.DECLINED,
            made_by_id=one.id,
            made_at=at,
            answered_at=at,
            reason="No.",
        )
        leaving = Leaving(
            person_id=one.id, last_day=day, filed_by_id=other.id, filed_at=at, ended_at=at, is_taken_back=True
        )
        db.session.add_all([handover, leaving])
        db.session.flush()
        line = HandoverItem(handover_id=handover.id, place=1, words="Key.")
        db.session.add(line)
        db.session.flush()
        db.session.add_all(
            [
                DutyEntry(duty_id=duty.id, kind=EntryKind.INCIDENT, day=day, words="It broke.", by_id=one.id, at=at),
                SeatCall(duty_id=duty.id, person_id=one.id, asked_by_id=other.id, at=at),
                CoverAsk(request_id=request.id, person_id=one.id, asked_at=at),
                GapWarning(duty_id=duty.id, days_before=7, warned_at=at, **columns_of(span)),
                AbsencePlan(
                    ref=f"p{one.id:09d}"[:10],
                    person_id=one.id,
                    space_id=space.id,
                    is_for_members=True,
                    lines="[]",
                    made_at=at,
                ),
                DutyLink(duty_id=duty.id, place=1, label="Where", url="https://example.org/"),
                Turn(duty_id=duty.id, place=1, person_id=one.id, since=at),
                SwappedTurn(duty_id=duty.id, day=day, person_id=one.id, since=at),
                TurnSwap(
                    duty_id=duty.id,
                    asker_id=one.id,
                    asked_id=other.id,
                    day=day,
                    other_day=day + timedelta(days=7),
                    state=SwapState.DECLINED,
                    asked_at=at,
                    answered_at=at,
                ),
                Endorsement(
                    duty_id=duty.id,
                    address=f"sponsor.{one.id}@example.org",
                    asked_by_id=one.id,
                    asked_at=at,
                    nonce=f"{one.id:032x}",
                    token_hash=f"{one.id:064x}",
                    expires_at=at + timedelta(days=30),
                    name="S",
                    post="Head",
                    given_at=at,
                ),
                Volunteer(
                    duty_id=duty.id,
                    person_id=one.id,
                    note="Me.",
                    state=VolunteerState.DECLINED,
                    at=at,
                    answered_at=at,
                    answered_by_id=other.id,
                    answer="No.",
                ),
                HandoverQuestion(
                    line_id=line.id,
                    asker_id=one.id,
                    question="Where?",
                    asked_at=at,
                    answer="There.",
                    answered_by_id=other.id,
                    answered_at=at,
                ),
                Rehearsal(
                    duty_id=duty.id, person_id=one.id, day=day, asked_by_id=other.id, missing="Much.", noted_at=at
                ),
                LeavingItem(
                    leaving_id=leaving.id, kind="duty", key=str(duty.id), title="It", state=LeavingState.VACANT
                ),
            ]
        )
