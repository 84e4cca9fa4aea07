"""What a copied space carries of its roster: the duties that were chosen to come along, held by nobody."""

from forum.core.lineage import Copy, Policy, never
from forum.core.markup.links import is_external
from forum.roster.growing import FOLLOWER
from forum.roster.models import Duty, DutyKind
from forum.spaces.copied import KEY, Cloner, Part, Row, Rows, Start
from forum.spaces.policy import LENDABLE
from forum.web.words import _l, _n

POLICY: Policy = {
    "duty": {
        "id": Copy.REPOINT,
        "kind": Copy.COPY,
        "what": Copy.COPY,
        "why": Copy.COPY,
        "often": Copy.COPY,
        "criticality": Copy.COPY,
        "engagement": Copy.COPY,
        "department_id": Copy.COPY,
        "first_day": Copy.BLANK,
        "last_day": Copy.BLANK,
        "is_strict": Copy.COPY,
        "note_source": Copy.COPY,
        "note_html": Copy.COPY,
        "note_renderer": Copy.COPY,
        "turn_weeks": Copy.BLANK,
        "turns_from": Copy.BLANK,
        "made_by_id": Copy.BLANK,
        "once": Copy.BLANK,
        "ended_on": Copy.BLANK,
        "ended_by_id": Copy.BLANK,
        "end_reason": Copy.BLANK,
        "end_version": Copy.BLANK,
    },
    "duty_link": {
        "duty_id": Copy.REPOINT,
        "place": Copy.COPY,
        "label": Copy.COPY,
        "url": Copy.COPY,
    },
    "duty_right": {"duty_id": Copy.REPOINT, "power": Copy.COPY},
    "duty_entry": never("id", "duty_id", "kind", "day", "words", "by_id", "at"),
    "holding": never(
        "id",
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
    ),
    "turn": never("duty_id", "place", "person_id", "since"),
    "turn_swap": never("id", "duty_id", "asker_id", "asked_id", "day", "other_day", "state", "asked_at", "answered_at"),
    "swapped_turn": never("duty_id", "day", "person_id", "since", "until_day"),
    "absence": never(
        "id",
        "person_id",
        "seen",
        "filed_by_id",
        "filed_in_id",
        "filed_at",
        "changed_at",
        "returned_at",
        "calendar_version",
        "briefed_at",
        "uid",
        "once",
        "version",
        "start_day",
        "start_half",
        "end_day",
        "end_half",
    ),
    "cover_request": never(
        "id",
        "ref",
        "duty_id",
        "away_id",
        "absence_id",
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
        "escalate_at",
        "version",
        "start_day",
        "start_half",
        "end_day",
        "end_half",
    ),
    "cover_ask": never("request_id", "person_id", "asked_at", "declined_at"),
    "cover_slot": never("duty_id", "day", "half", "person_id", "request_id"),
    "cover_swap": never("id", "mine_id", "theirs_id", "asker_id", "asked_id", "state", "asked_at", "answered_at"),
    "cover_grant": never("grant_id", "request_id"),
    "gap_warning": never("duty_id", "days_before", "start_day", "start_half", "end_day", "end_half", "warned_at"),
    "absence_plan": never("id", "ref", "person_id", "space_id", "is_for_members", "lines", "made_at", "done_at"),
    "endorsement": never(
        "id",
        "duty_id",
        "address",
        "asked_by_id",
        "asked_at",
        "nonce",
        "token_hash",
        "expires_at",
        "name",
        "post",
        "given_at",
        "declined_at",
        "withdrawn_at",
        "reminded_at",
    ),
    "volunteer": never("id", "duty_id", "person_id", "note", "state", "at", "answered_at", "answered_by_id", "answer"),
    "seat_call": never("duty_id", "person_id", "asked_by_id", "at"),
    "account": never(
        "duty_id",
        "platform",
        "address",
        "purpose",
        "second_id",
        "second_other",
        "recovery",
        "vault",
        "checked_on",
        "checked_by_id",
        "asked_on",
    ),
    "handover": never(
        "id",
        "ref",
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
    ),
    "handover_item": never("id", "handover_id", "place", "words", "done_at", "done_by_id", "risk_at"),
    "handover_question": never(
        "id", "line_id", "asker_id", "question", "asked_at", "answer", "answered_by_id", "answered_at"
    ),
    "rehearsal": never("id", "duty_id", "person_id", "day", "asked_by_id", "missing", "noted_at"),
    "leaving": never(
        "id", "person_id", "space_id", "last_day", "filed_by_id", "filed_at", "ended_at", "is_taken_back", "version"
    ),
    "leaving_item": never(
        "id",
        "leaving_id",
        "kind",
        "key",
        "space_id",
        "item_id",
        "title",
        "state",
        "successor_id",
        "settled_at",
        "version",
    ),
}


def mend(rows: Rows) -> None:
    """Let duties lead only to addresses on the web, and carry only rights that can be lent."""
    links, rights = rows.get("duty_link", []), rows.get("duty_right", [])
    links[:] = [link for link in links if is_external(link["url"])]
    rights[:] = [right for right in rights if right["power"] in LENDABLE]


def leave_seats(rows: Rows) -> None:
    """Leave the seats of departments behind where those departments aren't."""
    seats = {duty[KEY] for duty in rows.get("duty", ()) if duty["kind"] == DutyKind.SEAT}
    for table in ("duty", "item"):
        rows.get(table, [])[:] = [row for row in rows.get(table, []) if row[KEY] not in seats]


def begin(duty: Row, start: Start) -> None:
    """Let a duty be there from the first day of the copy: before, nobody is missed. Who has a seat can come forward at once."""
    duty["first_day"] = start.today if duty["kind"] == DutyKind.SEAT else start.first_day


CLONER = Cloner(
    parts=(
        Part(
            name="duties",
            label=_l("Duties"),
            hint=_l("Without holders: you fill the seats"),
            counted=lambda number: _n("one duty without a holder", "%(num)d duties without holders", number),
            order=40,
            tables=("duty",),
            kind="duty",
            # What an account is about stays behind (F1), and without it the duty says nothing.
            which=lambda: Duty.ended_on.is_(None) & (Duty.kind != DutyKind.ACCOUNT),
        ),
    ),
    mend=mend,
    abroad=leave_seats,
    adapt={"duty": begin},
    followers=(FOLLOWER,),
)
