"""What is told of a seat that looks for its next champion: to colleagues of the department, and to its sponsor."""

from collections.abc import Iterable

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.time import now
from forum.notify.heard import heard_by, is_undo_news
from forum.people.models import Department, Person
from forum.roster.actions.sponsors import given_of
from forum.roster.actions.volunteering import why_not_forward
from forum.roster.events import SeatCalled, SeatChanged
from forum.roster.models import Duty, Holding, HoldingState
from forum.roster.queries.book import who_holds
from forum.roster.tellers.common import name_of, only
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.queries import membership_of
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def whom_called(fact: SeatCalled) -> Iterable[Recipient]:
    """Tell who is asked."""
    return only(*fact.person_ids)


def tell_called(fact: SeatCalled, recipient: Recipient) -> Mail | None:
    """Ask whether they would be the champion, unless somebody is by now. Who isn't in the space yet gets in by their invitation."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    found = _seat(fact.item_id)
    if person is None or not person.is_active or not person.email or found is None:
        return None
    duty, item, space, department = found
    if why_not_forward(duty, at=now()) or person.department_id != department.id:
        return None
    values = {"department": department.name, "name": name_of(fact.actor_id), "space": space.name}
    lines = [
        _("%(name)s looks for somebody in %(department)s, for “%(space)s”.", **values),
        _("A champion helps colleagues work well online, on the side of the desk. You needn’t be an expert."),
    ]
    url, label = absolute("roster.volunteers", slug=space.slug, ref=item.ref), _("Put me forward")
    if membership_of(space, person) is None:
        lines.append(
            _(
                "You aren’t in that space yet: another mail has your invitation. Accept it, and then put yourself forward."
            )
        )
        label = _("Then go here")
    return letter(
        "roster/news",
        to=person.email,
        subject=_("Would you be the digital champion of %(department)s?", **values),
        heading=_("Would you be the digital champion of %(department)s?", **values),
        lines=[*lines, _("If it isn’t for you, you needn’t do anything.")],
        why=_("You get this because %(name)s asks the colleagues of %(department)s.", **values),
        label=label,
        url=url,
        space=space,
    )


def sponsor_of(fact: SeatChanged) -> Iterable[Recipient]:
    """Tell whoever stands behind the seat, at the address at which they were asked."""
    given = given_of(fact.item_id or 0)
    return [Recipient(address=given.address)] if given else []


def tell_sponsor(fact: SeatChanged, recipient: Recipient) -> Mail | None:
    """Say whose the seat is, or that it is empty, as it still is so."""
    found, holding = _seat(fact.item_id), db.session.get(Holding, fact.holding_id)
    given = given_of(fact.item_id or 0)
    if found is None or holding is None or given is None or recipient.address != given.address:
        return None
    duty, _item, space, department = found
    values = {"department": department.name, "name": name_of(holding.person_id), "space": space.name}
    if fact.is_end:
        owner = who_holds(duty.id, now()).owner_id
        if holding.until_day is None or owner not in {None, holding.person_id}:
            return None
        subject = _("%(department)s needs a new digital champion", **values)
        lines = [
            _(
                "%(name)s isn’t the champion of %(department)s any more from %(day)s on.",
                day=long_day(holding.until_day),
                **values,
            ),
            _(
                "Nobody has the seat then. If you know somebody who would do it well, tell %(by)s.",
                by=name_of(given.asked_by_id),
            ),
        ]
    else:
        if holding.state is not HoldingState.ACCEPTED or holding.until_day is not None:
            return None
        if fact.again and not _is_undo_news(fact, recipient):
            return None
        if fact.again:
            subject = _("%(name)s stays the digital champion of %(department)s", **values)
            lines = [_("That the seat is empty was a mistake, and is taken back. You needn’t do anything.")]
        else:
            subject = _("%(name)s is the digital champion of %(department)s", **values)
            lines = [
                _("From %(day)s on, for “%(space)s”.", day=long_day(holding.from_day), **values),
                _("A word from you to their team leader makes it possible that they have the time."),
            ]
    return letter(
        "roster/told",
        to=given.address,
        subject=subject,
        heading=subject,
        lines=lines,
        why=_("You get this because you stand behind the champion of %(department)s.", **values),
        space=space,
    )


def _is_undo_news(fact: SeatChanged, recipient: Recipient) -> bool:
    found = heard_by(recipient, fact.kind(), item_id=fact.item_id)
    return is_undo_news(
        [one for one in found if one.payload.get("holding_id") == fact.holding_id],
        is_off=lambda one: bool(one.payload.get("is_end")),
        is_back=lambda one: not one.payload.get("is_end"),
    )


def _seat(item_id: int | None) -> tuple[Duty, Item, Space, Department] | None:
    row = db.session.execute(
        db.select(Duty, Item, Space, Department)
        .join(Item, Item.id == Duty.id)
        .join(Space, Space.id == Item.space_id)
        .join(Department, Department.id == Duty.department_id)
        .where(
            Duty.id == item_id,
            Duty.ended_on.is_(None),
            Item.state == ItemState.PUBLISHED,
            Space.archived_at.is_(None),
        )
    ).one_or_none()
    return (row[0], row[1], row[2], row[3]) if row else None
