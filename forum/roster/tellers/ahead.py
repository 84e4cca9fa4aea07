"""What is told ahead: gaps, as one digest; and absences that an organiser took over from a calendar."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.halves import Half, Span
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person
from forum.roster.events import AbsencesTakenOver, GapsAhead
from forum.roster.models import Absence
from forum.roster.queries.gaps import Gap, GapLine, gaps_ahead, lines_for
from forum.roster.tellers.common import days_of, name_of, only
from forum.spaces.models import Space
from forum.spaces.policy import Can
from forum.spaces.queries import holders_of, is_holder, membership_of
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _, _n


def who_minds(fact: GapsAhead) -> Iterable[Recipient]:
    """Tell the organisers, and whose duties they are."""
    space = db.session.get(Space, fact.space_id)
    if space is None:
        return ()
    owners = [gap.owner_id for gap in still_ahead(fact, space)]
    return only(*(person.id for person in holders_of(space, Can.KEEP_ROSTER, at=now())), *owners)


def tell_gaps(fact: GapsAhead, recipient: Recipient) -> Mail | None:
    """Say which gaps come that are still there; somebody who is no organiser reads of their own duties only (A3)."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    space = db.session.get(Space, fact.space_id)
    if person is None or space is None or not person.is_active or not person.email or space.archived_at is not None:
        return None
    if membership_of(space, person) is None:
        return None
    gaps = still_ahead(fact, space)
    if not is_holder(person, space, Can.KEEP_ROSTER, at=now()):
        gaps = [gap for gap in gaps if gap.owner_id == person.id]
    lines = lines_for(person, gaps, at=now())
    if not lines:
        return None
    subject = _n("A gap ahead: %(title)s", "%(num)d gaps ahead, the next: %(title)s", len(lines), title=lines[0].title)
    return letter(
        "roster/news",
        to=person.email,
        subject=subject,
        why=_("You get this because you look after the space, or because it is your duty."),
        heading=subject,
        lines=[*(_line(line) for line in lines), _("Ask for cover, or find somebody. One message is often enough.")],
        label=_("See the weeks ahead"),
        url=absolute("roster.grid", slug=space.slug, _anchor="gaps"),
        space=space,
    )


def _line(line: GapLine) -> str:
    days = _("from %(day)s on", day=long_day(line.span.first_day)) if line.goes_on else days_of(line.span)
    if line.owner is None:
        said = _("“%(title)s”, %(days)s: it is nobody’s.", title=line.title, days=days)
    else:
        name = line.owner.name
        said = _("“%(title)s”, %(days)s: nobody. %(name)s is away.", title=line.title, days=days, name=name)
    return said + " " + _("Cover is asked for.") if line.is_asked else said


def still_ahead(fact: GapsAhead, space: Space) -> list[Gap]:
    """Return what of the gaps is still one, and ahead."""
    told = {(duty_id, Span(Half(first), Half(last))) for duty_id, first, last in fact.gaps}
    return [
        gap
        for gap in gaps_ahead(space, at=now())
        if any(gap.duty_id == duty_id and gap.span.within(span) for duty_id, span in told)
    ]


def for_whom(fact: AbsencesTakenOver) -> Iterable[Recipient]:
    """Tell for whom they were noted."""
    return only(fact.person_id)


def tell_taken_over(fact: AbsencesTakenOver, recipient: Recipient) -> Mail | None:
    """Say from when to when they are down as away, and that it is theirs to correct (D6)."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    space = db.session.get(Space, fact.space_id)
    if person is None or space is None or not person.is_active or not person.email:
        return None
    absences = db.session.scalars(
        select(Absence)
        .where(Absence.id.in_(fact.absence_ids), Absence.person_id == person.id, Absence.returned_at.is_(None))
        .order_by(Absence.start_day)
    ).all()
    if not absences:
        return None
    return letter(
        "roster/news",
        to=person.email,
        subject=_("You are down as away"),
        why=_("You get this because it is about you."),
        heading=_("You are down as away"),
        lines=[
            _("%(name)s took it over from a calendar:", name=name_of(fact.actor_id)),
            *(f"{days_of(one.span)}." for one in absences),
            _("Nothing is noted about why. If the days are wrong, correct them, or say that you are back."),
        ],
        label=_("See what was noted"),
        url=absolute("away.index"),
        space=space,
    )
