"""What of the roster counts on somebody: their duties, and covers that they promised. For "what breaks" and the leaving kit."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import and_, or_, select, union

from forum.core.db import db
from forum.core.halves import Span
from forum.core.time import now
from forum.people.models import Person
from forum.roster.models import Account, CoverRequest, CoverState, Duty, Holding, HoldingState, Place
from forum.roster.queries.breaking import Uncovered, breaks
from forum.roster.who import Why
from forum.spaces.models import Item, ItemState, Membership, Space
from forum.spaces.parts import Obligation
from forum.web.links import path_of
from forum.web.words import _, _n

AHEAD = timedelta(days=182)
"""How far ahead is looked for what somebody would leave."""


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return what of the roster counts on somebody: their duties, and covers that they promised."""
    if span is None:
        today = now().date()
        span = Span.of_days(today, today + AHEAD)
        return [*_held(person, span), *_promised(person, span), *_deputised(person), *_seconded(person)]
    return [*_broken(breaks(person, span)), *_promised(person, span)]


def before_closing(person: Person) -> Sequence[str]:
    """Say that duties are left behind, and where they are passed on."""
    number = len([one for one in obligations_of(person, None) if one.kind == "duty"])
    if not number:
        return []
    return [
        _n(
            "You have one duty. Set a last day under “Leaving” and pass it on, or it will be vacant.",
            "You have %(num)d duties. Set a last day under “Leaving” and pass them on, or they will be vacant.",
            number,
        )
    ]


def _broken(found: Sequence[Uncovered]) -> list[Obligation]:
    names = _names([one.person_id for one in found if one.person_id is not None])
    return [
        Obligation(
            kind="duty",
            key=f"{one.duty_id}:{one.span.first}",
            title=one.title,
            url=path_of("roster.duty", slug=one.space.slug, ref=one.ref),
            space=one.space,
            item_id=one.duty_id,
            span=one.span,
            note=_note(one, names),
            is_covered=one.why is Why.COVER,
        )
        for one in found
    ]


def _note(one: Uncovered, names: dict[int, str]) -> str:
    name = names.get(one.person_id or 0, "")
    if one.why is Why.COVER:
        return _("%(name)s covers.", name=name)
    if one.request_ref is not None:
        return _("Cover is asked for; nobody has taken it yet.")
    if one.why is Why.DEPUTY:
        return _("Nobody covers. %(name)s, the deputy, would stand in.", name=name)
    return _("Nobody covers.")


def _held(person: Person, span: Span) -> list[Obligation]:
    """Return the duties that somebody has, one each, whether they are away or not."""
    found = {one.item_id or 0: one for one in reversed(_broken(breaks(person, span, though_leaving=True)))}
    rows = db.session.execute(select(Duty.id, Duty.last_day, Duty.ended_on).where(Duty.id.in_(found)))
    ends = {row.id: _last_day(row.last_day, row.ended_on) for row in rows}
    return [
        replace(
            one,
            key=str(one.item_id),
            span=Span.of_days(span.first_day, max(span.first_day, last)) if (last := ends.get(key)) else None,
            note="",
            is_covered=False,
        )
        for key, one in reversed(found.items())
    ]


def _last_day(last_day: date | None, ended_on: date | None) -> date | None:
    """Return the day on which a duty is there for the last time, if it has one."""
    days = [day for day in (last_day, ended_on and ended_on - timedelta(days=1)) if day]
    return min(days, default=None)


def _promised(person: Person, span: Span) -> list[Obligation]:
    """Return the covers that somebody promised and hasn't done yet."""
    rows = db.session.execute(
        select(CoverRequest, Item, Space)
        .join(Item, Item.id == CoverRequest.duty_id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, and_(Membership.space_id == Space.id, Membership.person_id == person.id))
        .where(
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            CoverRequest.accepted_by_id == person.id,
            CoverRequest.state == CoverState.ACCEPTED,
            CoverRequest.start_day <= span.last_day,
            CoverRequest.end_day >= span.first_day,
        )
        .order_by(CoverRequest.start_day, CoverRequest.id)
    )
    return [
        Obligation(
            kind="cover",
            key=request.ref,
            title=item.title,
            url=path_of("roster.duty", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            span=both,
            note=_("You promised to cover this. If you are away, somebody else is looked for."),
        )
        for request, item, space in rows
        if (both := request.span.within(span))
    ]


def _deputised(person: Person) -> list[Obligation]:
    """Return the duties whose deputy somebody is."""
    rows = db.session.execute(
        select(Item, Space)
        .join(Holding, Holding.duty_id == Item.id)
        .join(Duty, Duty.id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, and_(Membership.space_id == Space.id, Membership.person_id == person.id))
        .where(
            Membership.ended_at.is_(None),
            Membership.joined_at <= Holding.answered_at,
            Space.archived_at.is_(None),
            Holding.person_id == person.id,
            Holding.place == Place.DEPUTY,
            Holding.state == HoldingState.ACCEPTED,
            Holding.until_day.is_(None),
            Duty.ended_on.is_(None),
            Item.state == ItemState.PUBLISHED,
        )
        .order_by(Item.id)
    )
    return [
        Obligation(
            kind="deputy",
            key=str(item.id),
            title=item.title,
            url=path_of("roster.duty", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            note=_("You are the deputy."),
        )
        for item, space in rows
    ]


def deputy_settled(keys: Collection[str]) -> Collection[str]:
    """Return which duties have a deputy again, or are over."""
    ids = [int(key) for key in keys]
    held = select(Holding.duty_id).where(
        Holding.duty_id.in_(ids),
        Holding.place == Place.DEPUTY,
        Holding.state == HoldingState.ACCEPTED,
        Holding.until_day.is_(None),
    )
    over = select(Duty.id).where(Duty.id.in_(ids), Duty.ended_on.is_not(None))
    return {str(one) for one in db.session.scalars(union(held, over))}


def _seconded(person: Person) -> list[Obligation]:
    """Return the accounts whose second administrator somebody is."""
    rows = db.session.execute(
        select(Item, Space)
        .join(Account, Account.duty_id == Item.id)
        .join(Duty, Duty.id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, and_(Membership.space_id == Space.id, Membership.person_id == person.id))
        .where(
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            Account.second_id == person.id,
            Duty.ended_on.is_(None),
            Item.state == ItemState.PUBLISHED,
        )
        .order_by(Item.id)
    )
    return [
        Obligation(
            kind="second",
            key=str(item.id),
            title=item.title,
            url=path_of("roster.duty", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            note=_("Without you, only one person gets in."),
        )
        for item, space in rows
    ]


def second_settled(keys: Collection[str]) -> Collection[str]:
    """Return which accounts have a second administrator again: a member, or somebody by name."""
    rows = db.session.execute(
        select(Account.duty_id)
        .join(Item, Item.id == Account.duty_id)
        .outerjoin(
            Membership,
            and_(
                Membership.space_id == Item.space_id,
                Membership.person_id == Account.second_id,
                Membership.ended_at.is_(None),
            ),
        )
        .where(
            Account.duty_id.in_([int(key) for key in keys]),
            or_(Membership.person_id.is_not(None), Account.second_other != ""),
        )
    )
    return {str(row.duty_id) for row in rows}


def cover_settled(keys: Collection[str]) -> Collection[str]:
    """Return which covers nobody has to look for: whoever looks for one asks anew, under another key."""
    return set(keys)


def _names(ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}
