"""Two people with something in every table, and strings of each that are nowhere else."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, Row, Table, and_, select, update
from sqlalchemy.exc import IntegrityError

from forum.content.models import (
    Post,
    PostMail,
    PostState,
    ReadMark,
    SpaceMark,
    Watch,
    WatchLevel,
    WatchReason,
    WatchSpace,
)
from forum.content.order.models import FlagOutcome, PostFlag, PostWait, WaitOutcome
from forum.core.db import Base, db, transaction
from forum.core.events import announce
from forum.core.leased import WorkState
from forum.core.notices import Reason
from forum.core.ownership import Words
from forum.core.text import new_ref
from forum.core.time import now
from forum.mailin.models import Became, ReceivedMail
from forum.meetups.day.models import AgendaItem, Attendance, Decision
from forum.meetups.importing.models import MeetupImport
from forum.meetups.models import Reminder, ReminderChoice, StandingRsvp
from forum.meetups.polls.models import Vote
from forum.mydata.models import Download
from forum.mydata.registry import belongs, declared
from forum.notify.feeds.models import FeedLink
from forum.notify.models import (
    HeadsUp,
    MailChoice,
    MailRhythm,
    Notification,
    QuietKind,
    QuietSpace,
    ReplyKey,
    StopLink,
)
from forum.people.events import PasswordChanged
from forum.people.models import LinkPurpose, Person
from forum.playbooks.models import Outcome, Stage
from forum.spaces.models import Audience, ItemPerson, ItemShare, JoinState, LogAudience, Role, Space, Visibility
from forum.spaces.policy import Can
from forum.stories.models import CoAuthor, Result
from forum.threads.behind.models import Relay, RelayState
from forum.threads.models import Thread, ThreadSummary, WatchSection
from forum.threads.polls.models import PollVote
from tests import factories
from tests.mydata.roster import make_roster

COVERED = frozenset(
    {
        "absence", "absence_plan", "agenda_item", "attachment", "attendance", "bookmark", "cover_ask", "cover_request", "cover_slot",
        "date_poll", "date_vote", "decision", "delivery", "download", "draft", "duty", "duty_entry", "duty_link", "endorsement",
        "feed_link", "grant", "handover", "handover_item", "handover_question", "heads_up", "holding", "identity", "invitation",
        "item", "item_person", "item_share", "join_request", "leaving", "leaving_item", "log_entry", "mail_choice", "meetup_action",
        "meetup_import", "meetup_reminder", "meetup_series", "member_hold", "membership", "minutes_version", "notification", "nudge",
        "person", "poll", "poll_option", "poll_vote", "post", "post_flag", "post_mail", "post_mention", "post_revision", "post_wait",
        "quiet_kind", "quiet_space", "reaction", "read_mark", "received_mail", "recent_search", "rehearsal", "relay", "relay_step",
        "reminder_choice", "reply_key", "rsvp", "saved_search", "seat_call", "secret_link", "space_mark", "standing_rsvp",
        "stop_link", "swapped_turn", "tag_wish", "thread", "thread_summary", "turn", "turn_swap", "volunteer", "watch",
        "watch_section", "watch_space", "web_session",
        "help_case", "help_page", "help_willing",
        "story", "story_action", "story_co_author", "story_same", "story_saved", "story_try",
        "playbook_edition", "playbook_note", "playbook_proposal", "playbook_run", "playbook_step", "playbook_tick",
        "space_archive", "space_restore",
        "strategy_answer", "strategy_signoff", "strategy_value", "strategy_version",
    }
)  # fmt: skip
"""Tables in which both have a row."""

TYPED = frozenset(
    {
        "agenda_item.note", "agenda_item.title", "decision.words", "minutes_version.source",
        "attachment.alt", "bookmark.note", "draft.body", "draft.title", "grant.because", "invitation.label", "item.title",
        "cover_request.note", "duty.note_source", "duty.often", "duty.what", "duty.why", "duty_entry.words", "duty_link.label",
        "duty_link.url", "handover_item.words", "handover_question.question", "join_request.note", "log_entry.reason",
        "date_poll.about", "date_poll.link", "date_poll.place",
        "meetup_series.about", "meetup_series.access", "meetup_series.link", "meetup_series.place", "person.about",
        "poll.question", "poll_option.words", "post.source", "post_flag.note", "post_mail.trimmed",
        "post_revision.source", "received_mail.text", "rehearsal.missing", "relay.source", "relay.title",
        "saved_search.query", "tag_wish.name", "thread_summary.source", "volunteer.note",
        "help_case.affects", "help_case.tried",
        "story_same.variant", "story_try.because", "strategy_answer.words", "strategy_value.note",
        "playbook_edition.title", "playbook_edition.when_used", "playbook_edition.reason", "playbook_step.source",
        "playbook_step.warning", "playbook_step.proof", "playbook_proposal.reason", "playbook_run.purpose", "playbook_run.result",
        "playbook_note.words",
    }
)  # fmt: skip
"""What people type, by what they know: not derived from the declarations, so that a wrong one is found."""
MADE = frozenset(
    {
        "date_poll.about_html",
        "duty.note_html",
        "meetup_series.about_html",
        "minutes_version.html",
        "playbook_step.html",
        "post.html",
        "post_revision.html",
        "relay.html",
        "thread_summary.html",
    }
)
BY_OTHERS = frozenset(
    {
        "agenda_item.reason", "meetup_action.reason", "meetup_action.words", "meetup_series.end_reason", "date_poll.reason",
        "duty.end_reason", "endorsement.name", "endorsement.post", "handover.reason", "handover_question.answer", "holding.reason",
        "leaving_item.title", "volunteer.answer", "playbook_proposal.answer",
        "strategy_signoff.address", "strategy_signoff.address_key", "strategy_signoff.name", "strategy_signoff.post",
        "strategy_signoff.reason", "strategy_review.conclusion",
        "join_request.answer", "log_entry.details", "post_flag.answer", "post_wait.answer", "relay_step.reason",
        "thread.close_reason",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Two:
    """Whose data is looked at, and the other."""

    mine: Person
    theirs: Person
    space: Space
    left: Space
    """A private space that the first was removed from."""
    elsewhere: Space
    """A private space that the first never belonged to."""


def furnish() -> Two:
    """Give both a row in every table, in a space they share and in one that only the other sees now."""
    mine = factories.make_person(name="Xenia Myrtle", email="xenia.myrtle@fenbridge.example", about="Maps")
    theirs = factories.make_person(name="Yorick Theirs", email="yorick.theirs@fenbridge.example", about="Bins")
    space = factories.make_space(name="Both")
    left = factories.make_space(name="Left behind", visibility=Visibility.PRIVATE)
    elsewhere = factories.make_space(name="Never mine", visibility=Visibility.PRIVATE)
    factories.make_membership(space, mine, role=Role.ORGANISER)
    factories.make_membership(space, theirs, role=Role.STEWARD)
    factories.make_membership(left, mine, ended_at=now() - timedelta(days=1))
    factories.make_membership(left, theirs, role=Role.STEWARD)
    factories.make_membership(elsewhere, theirs, role=Role.STEWARD)
    for one, other in ((mine, theirs), (theirs, mine)):
        _belongings(one, other, space)
        thread = factories.make_thread(left, author=one)
        factories.make_revision(factories.make_post(thread, author=one), text="Before.", editor=other)
    factories.make_host(by=mine)
    factories.make_webhook(space, by=mine, key="d1d1d1d1-0000-4000-8000-000000000000")
    return Two(mine, theirs, space, left, elsewhere)


def _belongings(one: Person, other: Person, space: Space) -> None:
    thread = factories.make_thread(space, author=one, posts=2, audience=Audience.SPACE)
    post = factories.make_post(thread, author=one)
    factories.make_post(thread, author=other)
    factories.make_revision(post, text="Before.", editor=one)
    factories.make_mention(factories.make_post(thread, author=other), one)
    factories.make_reaction(post, by=one)
    factories.make_bookmark(one, post, note="Note.")
    factories.make_draft(one, place=f"reply:{one.handle[:5]}00000", body="Begun.", title="A title")
    factories.make_attachment(space, by=one, to=post, name=f"{one.handle}.txt", data=f"bytes of {one.name}".encode())
    factories.make_attachment(space, by=one, place=f"reply:{one.handle[:5]}00000", data=f"unsent {one.name}".encode())
    factories.make_wish(space, by=one, name=f"wish {one.handle}", thread=thread)
    factories.make_join_request(space, one, note="Let me in.", state=JoinState.DECLINED, answer="No.")
    factories.make_invitation(space, by=one, address=f"guest.of.{one.id}@example.org", label="For June")
    factories.make_grant(space, to=one, by=other, power=Can.EDIT_ANY_POST, because="Away.")
    factories.make_web_session(one, token=f"session of {one.handle}")
    factories.make_secret_link(LinkPurpose.RESET, token=f"link of {one.handle}", address=str(one.email), person=one)
    factories.make_log_entry("removed member", actor=one, space=space, person=other, reason="Because.")
    factories.make_log_entry("suspended account", actor=one, person=other, reason="Why.", audience=LogAudience.ADMINS)
    factories.make_kept_mail(to=str(one.email), subject="To one", text="Words")
    factories.make_failed_delivery(one)
    factories.make_saved_search(one, query=f"bins {one.id}")
    factories.make_recent_search(one, query="bins")
    factories.make_archive(space, by=one)
    factories.make_restore(by=one)
    make_roster(one, other, space)
    _told_and_asked(one, other, space, thread=thread)
    _meets(one, space)
    _tells(one, other, space)
    _runs(one, other, space)
    section = factories.make_section(space, name=f"Section of {one.id}")
    with transaction():
        at = now()
        held = db.session.get_one(Thread, thread.id)
        held.closed_at, held.closed_by_id, held.close_reason = at, other.id, "Done."
        db.session.add_all(
            [
                ReadMark(person_id=one.id, item_id=thread.id, last_number=1, read_at=at),
                SpaceMark(person_id=one.id, space_id=space.id, read_until=at),
                Watch(
                    person_id=one.id,
                    item_id=thread.id,
                    level=WatchLevel.EVERYTHING,
                    reason=WatchReason.STARTED,
                    is_chosen=False,
                    since=at,
                ),
                WatchSpace(person_id=one.id, space_id=space.id, level=WatchLevel.OFF),
                WatchSection(person_id=one.id, section_id=section.id, level=WatchLevel.OFF),
                ItemPerson(item_id=thread.id, person_id=one.id),
                ItemShare(item_id=thread.id, shared_by_id=one.id, shared_at=at),
                ThreadSummary(
                    thread_id=thread.id, version=1, source="Sum.", html="<p>Sum.</p>", as_of=1, author_id=one.id, at=at
                ),
                Download(person_id=one.id, asked_at=at - timedelta(days=2), state=WorkState.FAILED, error="lost"),
            ]
        )
        announce(PasswordChanged(actor_id=one.id, person_id=one.id))


def _tells(one: Person, other: Person, space: Space) -> None:
    team = factories.make_department(name=f"Team of {one.id}")
    factories.make_case(space, author=one, asked=(other,), affects="Those in the hall", tried="A restart")
    factories.make_willing(space, one)
    story = factories.make_story(space, author=one)
    factories.make_use(story, team, by=one, words="On phones")
    factories.make_use(story, team, by=one, result=Result.WORKED, words="It was newer")
    factories.make_use(factories.make_story(space, author=other), team, by=one, saves=True)
    factories.make_story_action(story, words=f"To change {other.name}", holder=one, by=one, accepted=True)
    plan = factories.make_strategy(factories.make_space(name=f"Plans of {one.id}"), by=one)
    factories.make_signoff(plan, by=one, address=f"boss.of.{one.id}@example.org", name="Bea Boss")
    factories.make_value(plan, by=one, note="Counted.")
    factories.make_answers(plan, by=one, words="Nearer.")
    together = factories.make_story(space, author=other)
    with transaction():
        db.session.add(CoAuthor(story_id=together.id, person_id=one.id))


def _runs(one: Person, other: Person, space: Space) -> None:
    playbook = factories.make_playbook(space, author=one, when="When it broke.", warning="Mind it.", proof="It is on.")
    factories.make_edition(playbook, by=one, steps=["Open it"], number=2, when="Then.", reason="It moved.")
    theirs = factories.make_playbook(space, author=other)
    factories.make_proposal(theirs, by=one, stage=Stage.DECLINED, answer="No.", decided_by=other)
    factories.make_run(
        theirs, by=one, purpose="The map", done=[0], notes={0: "Blue."}, outcome=Outcome.WORKED, result="It did."
    )


def _meets(one: Person, space: Space) -> None:
    series = factories.make_meetup(space, by=one, access="Ring.", about="Forms.", about_html="<p>Forms.</p>")
    (date,) = factories.dates_of(series)
    factories.make_rsvp(date, one)
    factories.make_date_poll(
        space, by=one, answers={one: Vote.YES}, place="Room 4", link="https://y.example", about="Forms.",
        about_html="<p>Forms.</p>", reason="Nobody can.",
    )  # fmt: skip
    with transaction():
        at, held = now(), db.session.merge(date)
        held.title, held.topic, held.place, held.link, held.reason = (
            "Clinic",
            "Forms.",
            "Room 3",
            "https://x.example",
            "Why.",
        )
        db.session.add_all(
            [
                StandingRsvp(series_id=series.id, person_id=one.id, made_at=at),
                ReminderChoice(person_id=one.id),
                MeetupImport(ref=new_ref(), person_id=one.id, space_id=space.id, lines="{}", made_at=at),
                Reminder(occurrence_id=date.id, person_id=one.id, minutes_before=1440, sequence=0, at=at),
                AgendaItem(
                    occurrence_id=date.id, place=1, title="Forms.", note="Bring.", brought_by_id=one.id, added_at=at
                ),
                Attendance(occurrence_id=date.id, person_id=one.id, noted_by_id=one.id, at=at),
                Decision(occurrence_id=date.id, words="Nine fields.", noted_by_id=one.id, at=at),
                HeadsUp(
                    person_id=one.id,
                    item_id=series.id,
                    kind="minutes",
                    key=f"minutes {date.id}",
                    path="/",
                    at=at,
                    read_at=at,
                ),
            ]
        )
    factories.make_minutes(date, by=one, text="Said.")
    factories.make_action(date, by=one, holder=one)


def _told_and_asked(one: Person, other: Person, space: Space, *, thread: Thread) -> None:
    theirs = factories.make_thread(space, author=other, posts=2)
    told = factories.make_post(theirs, author=other)
    flag = factories.make_flag(told, by=one, note="Look at this.")
    held = factories.make_held(theirs, author=one)
    by_mail = factories.make_post(theirs, author=one)
    poll = factories.make_poll(thread, by=one)
    relay = factories.make_relay(space, asker=one, keeper=other)
    factories.make_member_hold(space, one, by=other)
    factories.make_nudge(space, person=one, kind="newcomer", dismissed_by=other)
    with transaction():
        at = now()
        db.session.execute(
            update(PostFlag)
            .where(PostFlag.id == flag.id)
            .values(settled_at=at, settled_by_id=other.id, outcome=FlagOutcome.LEFT, answer="Left.")
        )
        db.session.execute(
            update(PostWait)
            .where(PostWait.post_id == held.id)
            .values(decided_at=at, decided_by_id=other.id, outcome=WaitOutcome.DECLINED, answer="No.")
        )
        db.session.execute(update(Post).where(Post.id == held.id).values(state=PostState.REMOVED, gone_at=at))
        db.session.execute(update(Relay).where(Relay.id == relay.id).values(state=RelayState.DECLINED, settled_at=at))
        db.session.add_all(
            [
                Notification(person_id=one.id, post_id=told.id, reason=Reason.REPLY, at=at, read_at=at),
                FeedLink(person_id=one.id, kind="posts of all", token_hash=f"feed of {one.handle}", made_at=at),
                MailChoice(person_id=one.id, rhythm=MailRhythm.NEVER, hour=8, weekday=0),
                QuietKind(person_id=one.id, kind="duty offered", space_id=space.id, since=at),
                QuietSpace(person_id=one.id, space_id=space.id, since=at),
                StopLink(person_id=one.id, nonce=f"nonce {one.id}", token_hash=f"hash of {one.handle}", made_at=at),
                ReplyKey(
                    person_id=one.id,
                    post_id=told.id,
                    nonce=f"key of {one.id}",
                    token_hash=f"key {one.handle}",
                    made_at=at,
                ),
                PostMail(post_id=by_mail.id, trimmed="> Quoted."),
                ReceivedMail(
                    message_id=f"<{one.id}@example.org>",
                    sender=str(one.email),
                    person_id=one.id,
                    post_id=told.id,
                    came_at=at,
                    size=100,
                    became=Became.CLOSED,
                    is_answered=True,
                    text="By mail.",
                ),
                PollVote(poll_id=poll.id, person_id=one.id, slot=1, most=1, place=1, at=at),
            ]
        )


def rows_of(table: Table, person: Person) -> list[Row[Any]]:
    """Return the rows of a table that are somebody's own."""
    return list(db.session.execute(select(table).where(belongs(table.name, person.id, everything=declared()))))


def write_in_every_text(person: Person, spell: str, *, only: frozenset[str] | None = None) -> dict[str, set[str]]:
    """Write `spell`, the table and the column into every text (`only` some) of a person's rows. Return what was, by table.

    What a constraint refuses stays as it is: a choice of words, or a key.
    """
    written: dict[str, set[str]] = {}
    with transaction():
        for name, columns in declared().items():
            table = Base.metadata.tables[name]
            for row in rows_of(table, person):
                here = and_(*(key == row._mapping[key.name] for key in table.primary_key.columns))
                for column, what in columns.items():
                    said = f"{spell}{name}{column}".replace("_", "")
                    is_text = (
                        isinstance(what, Words) and _is_meant(only, name, column) and row._mapping[column] is not None
                    )
                    if (
                        is_text
                        and column not in {"sha256", *table.primary_key.columns.keys()}
                        and _put(table, column, said, here)
                    ):
                        written.setdefault(name, set()).add(column)
    db.session.expire_all()
    return written


def _is_meant(only: frozenset[str] | None, name: str, column: str) -> bool:
    return only is None or f"{name}.{column}" in only


def _put(table: Table, column: str, said: str, here: Any) -> bool:  # noqa: ANN401  # a condition of SQLAlchemy
    kind = table.c[column].type
    length = getattr(kind, "length", None)
    if length and len(said) > length:
        return False
    value: object = {"said": said} if isinstance(kind, JSON) else said
    try:
        with db.session.begin_nested():
            db.session.execute(update(table).where(here).values({column: value}))
    except IntegrityError:
        return False
    return True


def everything_stored() -> Iterator[tuple[str, str]]:
    """Yield every value of every table as text, with where it stands."""
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for column, value in row.items():
                text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
                yield f"{table.name}.{column}", text


def found_in(text: str, spell: str) -> set[str]:
    """Return which spelt words stand in a text."""
    return set(re.findall(rf"{spell}[a-z0-9]+", text))
