"""What an archive of a space carries of its roster. Absences and leavings are people's own, and nobody vouches through a file."""

from datetime import timedelta

from sqlalchemy import ColumnElement, or_, true

from forum.core.archiving import Archived, Arrival, Row, Shown, Taken, kept, stay
from forum.roster.clone import POLICY
from forum.roster.models import (
    CoverRequest,
    CoverState,
    Handover,
    HandoverState,
    Holding,
    HoldingState,
    Place,
    Rehearsal,
)
from forum.roster.models.duties import EntryKind
from forum.roster.words import CRITICALITY, ENGAGEMENT, KINDS, POWERS
from forum.spaces.policy import LENDABLE
from forum.web.words import _l

ARCHIVED: Archived = {
    **stay(
        POLICY,
        "absence",
        "cover_ask",
        "cover_grant",
        "gap_warning",
        "absence_plan",
        "endorsement",
        "seat_call",
        "leaving",
        "leaving_item",
    ),
    "duty": kept(
        "id",
        "kind",
        "what",
        "why",
        "often",
        "criticality",
        "engagement",
        "department_id",
        "first_day",
        "last_day",
        "is_strict",
        "note_source",
        "turn_weeks",
        "turns_from",
        "made_by_id",
        "ended_on",
        "end_version",
        "ended_by_id",
        "end_reason",
        made=("note_html", "note_renderer"),
        left=("once",),
    ),
    "duty_link": kept("duty_id", "place", "label", "url"),
    "duty_right": kept("duty_id", "power"),
    "duty_entry": kept("duty_id", "kind", "day", "words", "by_id", "at", made=("id",)),
    "holding": kept(
        "duty_id",
        "person_id",
        "place",
        "state",
        "from_day",
        "until_day",
        "offered_by_id",
        "offered_at",
        "answered_at",
        "reason",
        made=("id",),
    ),
    "turn": kept("duty_id", "place", "person_id", "since"),
    "turn_swap": kept(
        "duty_id", "asker_id", "asked_id", "day", "other_day", "state", "asked_at", "answered_at", made=("id",)
    ),
    "swapped_turn": kept("duty_id", "day", "person_id", "since", "until_day"),
    "cover_request": kept(
        "duty_id",
        "away_id",
        "asked_by_id",
        "asked_at",
        "to_all",
        "note",
        "state",
        "accepted_by_id",
        "accepted_at",
        "though_away",
        "ended_at",
        "rest_of_id",
        "escalated",
        "version",
        "start_day",
        "start_half",
        "end_day",
        "end_half",
        made=("id", "ref"),
        left=("absence_id", "escalate_at"),
    ),
    "cover_slot": kept("duty_id", "day", "half", "person_id", "request_id"),
    "cover_swap": kept(
        "mine_id", "theirs_id", "asker_id", "asked_id", "state", "asked_at", "answered_at", made=("id",)
    ),
    "volunteer": kept(
        "duty_id", "person_id", "note", "state", "at", "answered_at", "answered_by_id", "answer", made=("id",)
    ),
    "account": kept(
        "duty_id",
        "platform",
        "address",
        "purpose",
        "second_id",
        "recovery",
        "vault",
        "checked_on",
        "checked_by_id",
        "asked_on",
        name=("second_other",),
    ),
    "handover": kept(
        "duty_id",
        "giver_id",
        "taker_id",
        "day",
        "state",
        "made_by_id",
        "made_at",
        "offered_at",
        "answered_at",
        "reason",
        "version",
        made=("id", "ref"),
    ),
    "handover_item": kept("handover_id", "place", "words", "done_at", "done_by_id", "risk_at", made=("id",)),
    "handover_question": kept(
        "line_id", "asker_id", "question", "asked_at", "answer", "answered_by_id", "answered_at", made=("id",)
    ),
    "rehearsal": kept("duty_id", "person_id", "day", "asked_by_id", "missing", "noted_at", made=("id",)),
}


def let_go(holding: Row, arrival: Arrival) -> bool:
    """Let somebody without an account hold nothing: what they held until now ended on the day before."""
    if (
        holding["until_day"] is None
        and holding["state"] in {HoldingState.ACCEPTED, HoldingState.OFFERED}
        and not arrival.has_account(holding["person_id"])
    ):
        if holding["state"] is HoldingState.OFFERED or holding["from_day"] >= arrival.today:
            return False
        holding["until_day"] = arrival.today - timedelta(days=1)
    return True


def only_lendable(right: Row, _arrival: Arrival) -> bool:
    """Let a duty carry only rights that can be lent."""
    if right["power"] not in LENDABLE:
        raise ValueError(right["power"])
    return True


def of_members(row: Row, arrival: Arrival) -> bool:
    """Let only those take turns, or cover from now on, who have an account."""
    return arrival.has_account(row["person_id"])


def was_held() -> ColumnElement[bool]:
    """Return the condition on who has or had a duty: not who was asked, who said no and why (D6), or who had it for a moment only."""
    lasted = or_(Holding.until_day.is_(None), Holding.until_day != Holding.from_day)
    return (Holding.state == HoldingState.ACCEPTED) & lasted


TAKEN = Taken(
    kinds={"duty": "duty"},
    # Who puts themselves forward, where the vault is, and who is away isn't for others to read.
    shown={
        "duty": Shown(
            rows=true,
            title=_l("The duty"),
            columns={
                "kind": _l("Kind"),
                "what": _l("What it is"),
                "why": _l("Why"),
                "often": _l("How often"),
                "criticality": _l("How much it matters"),
                "engagement": _l("To the public"),
                "department_id": _l("Department"),
                "first_day": _l("From"),
                "last_day": _l("Until"),
                "note_source": _l("Handover note"),
                "ended_on": _l("Ended on"),
                "end_reason": _l("Why it ended"),
            },
            words={"kind": KINDS, "criticality": CRITICALITY, "engagement": ENGAGEMENT},
        ),
        "holding": Shown(
            rows=was_held,
            title=_l("Who holds it"),
            columns={
                "person_id": _l("Who"),
                "place": _l("As"),
                "from_day": _l("From"),
                "until_day": _l("Until before"),
            },
            words={"place": {Place.HOLDER: _l("Holder"), Place.DEPUTY: _l("Deputy")}},
        ),
        "duty_entry": Shown(
            rows=true,
            title=_l("Notes of the duty"),
            columns={"kind": _l("Kind"), "day": _l("Day"), "words": _l("Words"), "by_id": _l("By")},
            words={"kind": {EntryKind.INCIDENT: _l("What happened"), EntryKind.NOTE: _l("Earlier handover note")}},
        ),
        "duty_link": Shown(rows=true, title=_l("Links"), columns={"label": _l("Called"), "url": _l("Address")}),
        "duty_right": Shown(
            rows=true,
            title=_l("What its holder may do"),
            columns={"power": _l("What")},
            words={"power": POWERS},
        ),
        "handover": Shown(
            rows=lambda: Handover.state == HandoverState.ACCEPTED,
            title=_l("Handovers"),
            columns={"giver_id": _l("Given by"), "taker_id": _l("Taken by"), "day": _l("Day")},
        ),
        "handover_item": Shown(
            rows=true,
            title=_l("What was handed over"),
            columns={"words": _l("Words"), "done_at": _l("Done on"), "risk_at": _l("Accepted unfinished on")},
        ),
        "handover_question": Shown(
            rows=true,
            title=_l("Questions about it"),
            columns={
                "asker_id": _l("Asked by"),
                "question": _l("Question"),
                "answer": _l("Answer"),
                "answered_by_id": _l("Answered by"),
            },
        ),
        "cover_request": Shown(
            rows=lambda: CoverRequest.state == CoverState.ACCEPTED,
            title=_l("Who covered"),
            columns={"accepted_by_id": _l("Who"), "start_day": _l("From"), "end_day": _l("Until")},
        ),
        "rehearsal": Shown(
            rows=lambda: Rehearsal.noted_at.is_not(None),
            title=_l("Rehearsals"),
            columns={"person_id": _l("Who"), "day": _l("Day"), "missing": _l("What was missing")},
        ),
    },
    read={"holding": let_go, "duty_right": only_lendable, "turn": of_members},
)
