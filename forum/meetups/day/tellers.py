"""Who hears what of the day and after. Asked again at sending: who may not see the meetup any more isn't told (A3)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.time import now
from forum.meetups.day.concern import concerns, involved
from forum.meetups.day.events import (
    ActionDue,
    ActionGiven,
    ActionSettled,
    ActionsLeft,
    AgendaItemTakenOut,
    MinutesPublished,
)
from forum.meetups.day.models import Action, ActionState, AgendaItem, Attendance, Minutes
from forum.meetups.day.queries.minutes import decisions_of
from forum.meetups.models import Occurrence
from forum.meetups.telling import Told, told_of
from forum.meetups.words import day_words
from forum.notify.models import MailChoice, MailRhythm
from forum.people.models import Person
from forum.spaces.models import Space
from forum.spaces.queries.members import keepers_of
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _, _n


def who_brought(fact: AgendaItemTakenOut) -> Iterable[Recipient]:
    """Return who had brought it."""
    row = db.session.get(AgendaItem, fact.agenda_id)
    return _people(row.brought_by_id if row else None, but=fact.actor_id)


def tell_taken_out(fact: AgendaItemTakenOut, recipient: Recipient) -> Mail | None:
    """Say that something is off the agenda, and why; unless it is back."""
    row = db.session.get(AgendaItem, fact.agenda_id)
    one = db.session.get(Occurrence, row.occurrence_id) if row else None
    told = told_of(one.series_id, recipient) if one else None
    if row is None or one is None or told is None or row.removed_at is None:
        return None
    if fact.removed not in {"", row.removed_at.isoformat()}:
        return None
    name = row.title or _("What you had brought")
    return _news(
        told,
        one,
        subject=_("Off the agenda: %(name)s", name=name),
        lines=[_("%(who)s took it off the agenda.", who=_name(fact.actor_id)), f"“{row.reason}”"],
        why=_("You get this because you had put it on the agenda."),
    )


def until_talked_about(fact: AgendaItemTakenOut) -> datetime | None:
    """Return when the date begins on whose agenda it was."""
    row = db.session.get(AgendaItem, fact.agenda_id)
    one = db.session.get(Occurrence, row.occurrence_id) if row else None
    return one.starts_at if one is not None and one.starts_at > now() else None


def who_hears_minutes(fact: MinutesPublished) -> Iterable[Recipient]:
    """Return whom the minutes concern, but who published them."""
    one = db.session.get(Occurrence, fact.occurrence_id)
    people = involved(one) if one else []
    return [Recipient(person_id=person_id) for person_id in people if person_id != fact.actor_id]


def tell_minutes(fact: MinutesPublished, recipient: Recipient) -> Mail | None:
    """Say that the minutes are there; to who was away, how many things in them concern them, and which."""
    one, minutes = db.session.get(Occurrence, fact.occurrence_id), db.session.get(Minutes, fact.occurrence_id)
    told = told_of(one.series_id, recipient) if one else None
    if one is None or minutes is None or not minutes.is_published or told is None:
        return None
    was_there = db.session.get(Attendance, (one.id, told.person.id)) is not None
    lines = concerns(told.person, one)
    title = _title(told, one)
    subject = _("Minutes: %(title)s", title=title)
    if lines and not was_there:
        subject = _n(
            "One thing said that concerns you: %(title)s",
            "%(num)d things said that concern you: %(title)s",
            len(lines),
            title=title,
        )
    elif _wants_none(told.person):
        return None
    elif not lines:
        lines = [_("Decided: %(words)s", words=decision.words) for decision in decisions_of(one.id)]
    return _news(
        told,
        one,
        subject=subject,
        lines=lines or [_("What was said can be read now.")],
        why=_("You get this because you came, had said something about it, or are named in it."),
        label=_("Read the minutes"),
        anchor="minutes",
    )


def _wants_none(person: Person) -> bool:
    """Say whether somebody wants no mail about what is written; what concerns them who were away comes all the same."""
    choice = db.session.get(MailChoice, person.id)
    return choice is not None and choice.rhythm is MailRhythm.NEVER


def who_has_it(fact: ActionGiven) -> Iterable[Recipient]:
    """Return who has an action now, and who had it before; nobody is told what they did themselves."""
    row = db.session.get(Action, fact.action_id)
    return _people(row.holder_id if row else None, fact.previous_id, but=fact.actor_id)


def tell_given(fact: ActionGiven, recipient: Recipient) -> Mail | None:
    """Say that one has an action, or has it no more. Of several changes only the last one is told."""
    row, one, told = _action(fact.action_id, recipient)
    if row is None or one is None or told is None or row.version != fact.version or row.state is not ActionState.OPEN:
        return None
    who = _name(fact.actor_id)
    if row.holder_id == told.person.id:
        subject = _("Yours to do: %(words)s", words=row.words)
        lines = [_("%(who)s noted this as yours.", who=who), _due_words(row, told.person)]
    else:
        subject = _("No longer yours: %(words)s", words=row.words)
        by = _name(row.holder_id) if row.holder_id else ""
        lines = [
            _("%(who)s gave it to %(by)s.", who=who, by=by) if by else _("%(who)s noted that nobody has it.", who=who)
        ]
    return _about(told, row, subject=subject, lines=lines)


def whose_action(fact: ActionSettled) -> Iterable[Recipient]:
    """Return whose it was."""
    return [Recipient(person_id=fact.person_id)]


def tell_settled(fact: ActionSettled, recipient: Recipient) -> Mail | None:
    """Say what became of an action of theirs, unless it is open again."""
    row, one, told = _action(fact.action_id, recipient)
    if row is None or one is None or told is None or row.state is ActionState.OPEN:
        return None
    if fact.version not in {0, row.version}:
        return None
    who = _name(fact.actor_id)
    if row.state is ActionState.DONE:
        return _about(
            told,
            row,
            subject=_("Done: %(words)s", words=row.words),
            lines=[_("%(who)s says that it is done.", who=who)],
        )
    lines = [_("%(who)s says that nobody needs to do it any more.", who=who), f"“{row.reason}”"]
    return _about(told, row, subject=_("Dropped: %(words)s", words=row.words), lines=lines)


def whose_day(fact: ActionDue) -> Iterable[Recipient]:
    """Return who has it now."""
    row = db.session.get(Action, fact.action_id)
    return _people(row.holder_id if row else None)


def tell_due(fact: ActionDue, recipient: Recipient) -> Mail | None:
    """Remind somebody of what they promised, if it is still theirs, open, and of that day."""
    row, one, told = _action(fact.action_id, recipient)
    if row is None or one is None or told is None or row.version != fact.version or row.state is not ActionState.OPEN:
        return None
    if row.holder_id != told.person.id:
        return None
    subject = _("Due: %(words)s", words=row.words)
    return _about(
        told,
        row,
        subject=subject,
        lines=[_due_words(row, told.person), _("Say that it is done, or hand it on, on its page.")],
    )


def who_keeps(fact: ActionsLeft) -> Iterable[Recipient]:
    """Return who looks after the space."""
    space = db.session.get(Space, fact.space_id)
    return [Recipient(person_id=member.person.id) for member in keepers_of(space)] if space else []


def tell_left(fact: ActionsLeft, recipient: Recipient) -> Mail | None:
    """Say which actions nobody has any more, as far as that is still so."""
    rows = db.session.scalars(
        select(Action).where(Action.id.in_(fact.actions), Action.holder_id.is_(None), Action.state == ActionState.OPEN)
    ).all()
    seen = [(row, told) for row in rows if (told := _action(row.id, recipient)[2]) is not None]
    if not seen or recipient.person_id not in {one.person_id for one in who_keeps(fact)}:
        return None
    rows, told = [row for row, _told in seen], seen[0][1]
    return letter(
        "meetups/day",
        to=told.person.email or "",
        subject=_n("An action that nobody has", "%(num)d actions that nobody has", len(rows)),
        why=_("You get this because you look after this space."),
        heading=_("Somebody left, and this is nobody’s now"),
        lines=[row.words for row in rows],
        label=_("See what is open"),
        url=absolute("meetups.open_actions", slug=told.space.slug),
        space=told.space,
    )


def _action(action_id: int, recipient: Recipient) -> tuple[Action | None, Occurrence | None, Told | None]:
    row = db.session.get(Action, action_id)
    one = db.session.get(Occurrence, row.occurrence_id) if row else None
    return row, one, told_of(one.series_id, recipient) if one else None


def _due_words(row: Action, person: Person) -> str:
    return _("By %(day)s.", day=day_words(row.due_on, zone=person.zone)) if row.due_on else _("No day is set for it.")


def _about(told: Told, row: Action, *, subject: str, lines: list[str]) -> Mail:
    return letter(
        "meetups/day",
        to=told.person.email or "",
        subject=subject,
        why=_("You get this because it is, or was, noted as yours to do."),
        heading=row.words,
        lines=lines,
        label=_("Go to the action"),
        url=absolute("meetups.action", slug=told.space.slug, action_ref=row.ref),
        space=told.space,
    )


def _news(
    told: Told, one: Occurrence, *, subject: str, lines: list[str], why: str, label: str = "", anchor: str = "agenda"
) -> Mail:
    url = absolute("meetups.occurrence", slug=told.space.slug, ref=told.item.ref, key=one.id)
    return letter(
        "meetups/day",
        to=told.person.email or "",
        subject=subject,
        why=why,
        heading=f"{_title(told, one)}, {day_words(one.local_start.date(), zone=told.person.zone)}",
        lines=lines,
        label=label or _("Go to the meetup"),
        url=f"{url}#{anchor}",
        space=told.space,
    )


def _title(told: Told, one: Occurrence) -> str:
    return one.title or told.item.title


def _name(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else _("A former member")


def _people(*people: int | None, but: int | None = None) -> list[Recipient]:
    return [Recipient(person_id=one) for one in dict.fromkeys(people) if one is not None and one != but]


TELLERS = (
    Teller(fact=AgendaItemTakenOut, recipients=who_brought, compose=tell_taken_out, of_use_until=until_talked_about),
    Teller(fact=MinutesPublished, recipients=who_hears_minutes, compose=tell_minutes),
    Teller(fact=ActionGiven, recipients=who_has_it, compose=tell_given),
    Teller(fact=ActionSettled, recipients=whose_action, compose=tell_settled),
    Teller(fact=ActionDue, recipients=whose_day, compose=tell_due),
    Teller(fact=ActionsLeft, recipients=who_keeps, compose=tell_left),
)
