"""What an archive of a space carries of its meetups. Reminders and standing answers are people's own."""

from functools import partial

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select, true

from forum.content.words import PROMISES
from forum.core.archiving import Archived, Arrival, Row, Shown, Taken, kept, stay
from forum.core.secrets import hashed, new_nonce
from forum.core.time import now
from forum.meetups.access import token_of
from forum.meetups.actions.seating import release_closed
from forum.meetups.clone import POLICY
from forum.meetups.day.models import Action, AgendaItem, Attendance, Decision, Minutes, MinutesVersion
from forum.meetups.models import COMES, Occurrence, Rsvp
from forum.meetups.words import COMING, MODES, OCCURRENCES, RHYTHMS
from forum.web.words import _l

ARCHIVED: Archived = {
    **stay(POLICY, "meetup_import", "standing_rsvp", "reminder_choice", "meetup_reminder"),
    "meetup_series": kept(
        "id",
        "local_start",
        "fold",
        "zone",
        "minutes",
        "rhythm",
        "every",
        "until_day",
        "count",
        "sequence",
        "continues_id",
        "place",
        "access",
        "confirmed_on",
        "link",
        "room_seats",
        "online_seats",
        "host_duty_id",
        "about",
        "changed_at",
        "made_to",
        "paused_at",
        "paused_until",
        "ended_at",
        "end_reason",
        "until_before",
        "count_before",
        made=("uid", "about_html", "renderer"),
        held=("host_id",),
    ),
    "occurrence": kept(
        "series_id",
        "original_local_start",
        "fold",
        "local_start",
        "zone",
        "minutes",
        "starts_at",
        "ends_at",
        "state",
        "moves",
        "reason",
        "sequence",
        "title",
        "topic",
        "place",
        "link",
        "room_seats",
        "online_seats",
        "changed_at",
        made=("id",),
    ),
    "date_poll": kept(
        "id",
        "zone",
        "minutes",
        "place",
        "link",
        "about",
        "answer_by",
        "moves_id",
        "occurrence_id",
        "decided_at",
        "cancelled_at",
        "reason",
        "asked_at",
        "reminded_at",
        made=("about_html", "renderer"),
        left=("key",),
    ),
    "date_option": kept("poll_id", "local_start", "has_time", "is_chosen", made=("id",)),
    "date_vote": kept("option_id", "person_id", "answer", "at"),
    "occurrence_talk": kept("occurrence_id", "item_id", made=("once",)),
    "rsvp": kept(
        "occurrence_id",
        "person_id",
        "mode",
        "status",
        "seat_no",
        "wait_pos",
        "is_late",
        "is_standing",
        "at",
        made=("nonce", "token_hash"),
    ),
    "agenda_item": kept(
        "occurrence_id",
        "place",
        "title",
        "note",
        "minutes",
        "brought_by_id",
        "added_at",
        "removed_at",
        "removed_by_id",
        "reason",
        made=("id",),
        left=("once",),
        only_with=("item_id",),
    ),
    "attendance": kept("occurrence_id", "person_id", "noted_by_id", "at"),
    "meetup_minutes": kept(
        "occurrence_id", "version", "first_seen", "published_at", "published_by_id", only_with=("item_id",)
    ),
    "minutes_version": kept("occurrence_id", "version", "source", "author_id", "at", made=("html", "renderer")),
    "decision": kept("occurrence_id", "words", "noted_by_id", "at", "removed_at", made=("id",), left=("once",)),
    "meetup_action": kept(
        "occurrence_id",
        "words",
        "holder_id",
        "due_on",
        "state",
        "reason",
        "noted_by_id",
        "noted_at",
        "settled_at",
        "settled_by_id",
        "version",
        "reminded",
        made=("id", "ref"),
        left=("once",),
    ),
}


def with_links(rsvp: Row, _arrival: Arrival) -> bool:
    """Give an answer the secret of its links."""
    rsvp["nonce"] = new_nonce()
    rsvp["token_hash"] = hashed(token_of(rsvp["nonce"]))
    return True


def only_accounts_come(space_id: int) -> None:
    """Let names without an account have no seat at what is to come: whoever waits gets it."""
    release_closed(space_id, at=now())


def with_minutes(column: SQLColumnExpression[int]) -> ColumnElement[int]:
    """Return the item on whose page stands what belongs to a date: its minutes where they can be read, else its meetup."""
    minutes = select(Minutes.item_id).where(Minutes.occurrence_id == column, Minutes.published_at.is_not(None))
    series = select(Occurrence.series_id).where(Occurrence.id == column)
    return func.coalesce(minutes.scalar_subquery(), series.scalar_subquery())


def published_as(version: SQLColumnExpression[int] | None = None) -> Select[int]:
    """Return the dates whose minutes can be read; those of a version, if it is the one that is read."""
    dates = select(Minutes.occurrence_id).where(Minutes.published_at.is_not(None))
    return dates if version is None else dates.where(Minutes.version == version)


DATE, WHO = _l("Date"), _l("Who")
TAKEN = Taken(
    read={"rsvp": with_links},
    settle=only_accounts_come,
    kinds={"meetup": "meetup_series", "date poll": "date_poll", "minutes": "meetup_minutes"},
    which={
        # Minutes that aren't published are the writer's.
        "meetup_minutes": lambda _asker: Minutes.published_at.is_not(None),
        "minutes_version": lambda _asker: MinutesVersion.occurrence_id.in_(
            select(Minutes.occurrence_id).where(Minutes.first_seen <= MinutesVersion.version)
        ),
    },
    # Links lead those who have a seat into the call, and who can't come is only counted.
    shown={
        "meetup_series": Shown(
            rows=true,
            title=_l("The meetup"),
            columns={
                "local_start": _l("Begins"),
                "zone": _l("Zone"),
                "minutes": _l("Minutes that it takes"),
                "rhythm": _l("How often"),
                "every": _l("Every so many weeks or months"),
                "until_day": _l("Until"),
                "place": _l("Place"),
                "access": _l("How to get in"),
                "room_seats": _l("Seats in the room"),
                "online_seats": _l("Seats online"),
                "host_id": _l("Host"),
                "host_duty_id": _l("Hosted by the duty"),
                "about": _l("About"),
                "continues_id": _l("Goes on from"),
                "ended_at": _l("Ended on"),
                "end_reason": _l("Why it ended"),
            },
            words={"rhythm": RHYTHMS},
        ),
        "occurrence": Shown(
            rows=true,
            title=_l("Dates"),
            columns={
                "local_start": _l("Begins"),
                "minutes": _l("Minutes that it takes"),
                "state": _l("State"),
                "reason": _l("Because"),
                "title": _l("Title"),
                "topic": _l("Topic"),
                "place": _l("Place"),
                "room_seats": _l("Seats in the room"),
                "online_seats": _l("Seats online"),
            },
            words={"state": OCCURRENCES},
        ),
        "occurrence_talk": Shown(
            rows=true, title=_l("Conversation"), columns={"occurrence_id": DATE, "item_id": _l("Thread")}
        ),
        "rsvp": Shown(
            rows=lambda: Rsvp.status.in_(COMES),
            title=_l("Who comes"),
            columns={
                "occurrence_id": DATE,
                "person_id": WHO,
                "status": _l("Answer"),
                "mode": _l("Where"),
                "is_late": _l("Comes late"),
            },
            words={"status": COMING, "mode": MODES},
        ),
        "date_poll": Shown(
            rows=true,
            title=_l("What was asked"),
            columns={
                "zone": _l("Zone"),
                "minutes": _l("Minutes that it takes"),
                "place": _l("Place"),
                "about": _l("About"),
                "answer_by": _l("Answers until"),
                "decided_at": _l("Decided on"),
                "cancelled_at": _l("Cancelled on"),
                "reason": _l("Because"),
            },
        ),
        "date_option": Shown(
            rows=true,
            title=_l("Days to choose from"),
            columns={"local_start": _l("Begins"), "has_time": _l("With a time"), "is_chosen": _l("Chosen")},
        ),
        "meetup_minutes": Shown(rows=lambda: Minutes.published_at.is_not(None)),
        "minutes_version": Shown(
            rows=lambda: MinutesVersion.occurrence_id.in_(published_as(MinutesVersion.version)),
            title=_l("Minutes"),
            columns={"occurrence_id": DATE, "source": _l("Text"), "author_id": _l("Written by"), "at": _l("On")},
            on=partial(with_minutes, MinutesVersion.occurrence_id),
        ),
        # It is read with the minutes.
        "decision": Shown(
            rows=lambda: Decision.removed_at.is_(None) & Decision.occurrence_id.in_(published_as()),
            title=_l("Decisions"),
            columns={"occurrence_id": DATE, "words": _l("Words"), "at": _l("On")},
            on=partial(with_minutes, Decision.occurrence_id),
        ),
        "meetup_action": Shown(
            rows=true,
            title=_l("Actions"),
            columns={
                "occurrence_id": DATE,
                "words": _l("Words"),
                "holder_id": WHO,
                "due_on": _l("Due on"),
                "state": _l("State"),
                "reason": _l("Because"),
                "settled_at": _l("Settled on"),
            },
            words={"state": PROMISES},
            on=partial(with_minutes, Action.occurrence_id),
        ),
        "agenda_item": Shown(
            rows=lambda: AgendaItem.removed_at.is_(None),
            title=_l("On the agenda"),
            columns={
                "occurrence_id": DATE,
                "title": _l("Title"),
                "note": _l("Note"),
                "minutes": _l("Minutes that it takes"),
                "brought_by_id": _l("Brought by"),
            },
            on=partial(with_minutes, AgendaItem.occurrence_id),
        ),
        "attendance": Shown(
            rows=true,
            title=_l("Who was there"),
            columns={"occurrence_id": DATE, "person_id": WHO},
            on=partial(with_minutes, Attendance.occurrence_id),
        ),
    },
)
