"""What is told of leaving, and of what is left."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.time import now
from forum.notify.heard import heard_by, is_undo_news
from forum.people.models import Person
from forum.roster.actions.passing import coming_of
from forum.roster.events import (
    LeavingAnswered,
    LeavingFiled,
    LeavingOffered,
    LeavingStuck,
    LeftVacant,
)
from forum.roster.models import (
    Leaving,
    LeavingItem,
    LeavingState,
)
from forum.roster.queries.leaving import label_of
from forum.roster.tellers.common import name_of, news, only, reader_of
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries import holders_of, is_holder, membership_of, visible_items
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def who_leaves(fact: LeavingFiled | LeavingStuck) -> Iterable[Recipient]:
    """Tell whose last day it is."""
    leaving = db.session.get(Leaving, fact.leaving_id)
    return only(leaving.person_id) if leaving else ()


def tell_filed(fact: LeavingFiled, recipient: Recipient) -> Mail | None:
    """Say who set which day, and that it is theirs to correct."""
    leaving = db.session.get(Leaving, fact.leaving_id)
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    space = db.session.get(Space, leaving.space_id) if leaving and leaving.space_id else None
    if leaving is None or space is None or person is None or not person.is_active or not person.email:
        return None
    if membership_of(space, person) is None:
        return None
    if fact.last_day and (leaving.is_taken_back or fact.last_day != leaving.last_day.isoformat()):
        return None
    if fact.version not in {0, leaving.version} or (
        leaving.is_taken_back and not _stays_as_news(fact, leaving, recipient)
    ):
        return None
    name = name_of(fact.actor_id)
    if leaving.is_taken_back:
        subject = _("You stay in %(space)s", space=space.name)
        lines = [_("%(name)s took your last day back. What colleagues accepted stays theirs.", name=name)]
    else:
        subject = _("Your last day in %(space)s is noted", space=space.name)
        day = long_day(leaving.last_day)
        lines = [
            _("%(name)s noted %(day)s as your last day there.", name=name, day=day),
            _("Pass on what counts on you. If the day is wrong, correct it or take it back."),
        ]
    return letter(
        "roster/news",
        to=person.email,
        subject=subject,
        why=_("You get this because it is about you."),
        heading=subject,
        lines=lines,
        label=_("See what you leave"),
        url=absolute("leaving.mine"),
        space=space,
    )


def _stays_as_news(fact: LeavingFiled, leaving: Leaving, recipient: Recipient) -> bool:
    """Say whether somebody who stays has to be told: they heard of the day, and have no other one by now."""
    coming = coming_of(leaving.person_id)
    if coming is not None and coming.space_id in {None, leaving.space_id}:
        return False
    found = heard_by(recipient, fact.kind(), item_id=fact.item_id)
    return is_undo_news(
        [one for one in found if one.payload.get("leaving_id") == leaving.id],
        is_off=lambda one: bool(one.payload.get("last_day")),
        is_back=lambda one: not one.payload.get("last_day"),
    )


def tell_stuck(fact: LeavingStuck, recipient: Recipient) -> Mail | None:
    """Say to the last steward what keeps them, while it does."""
    leaving = db.session.get(Leaving, fact.leaving_id)
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    space = db.session.get(Space, leaving.space_id) if leaving and leaving.space_id else None
    if leaving is None or space is None or person is None or not person.is_active or not person.email:
        return None
    if leaving.ended_at is not None or membership_of(space, person) is None:
        return None
    subject = _("You are still a member of %(space)s", space=space.name)
    return letter(
        "roster/news",
        to=person.email,
        subject=subject,
        why=_("You get this because it is about you."),
        heading=subject,
        lines=[
            _(
                "Your last day there was %(day)s. You are its only steward, so you stay.",
                day=long_day(leaving.last_day),
            ),
            _("Make somebody else a steward, and your membership ends within the hour."),
        ],
        label=_("See the members"),
        url=absolute("spaces.members", slug=space.slug),
        space=space,
    )


def whom_left(fact: LeavingOffered) -> Iterable[Recipient]:
    """Tell who is asked."""
    row = db.session.get(LeavingItem, fact.left_id)
    return only(fact.successor_id or row.successor_id) if row else ()


def tell_left(fact: LeavingOffered, recipient: Recipient) -> Mail | None:
    """Ask whether they take it, or all that one press asked them for: what isn't settled since, in one message."""
    asked = ((fact.left_id, fact.version), *fact.others)
    rows = [row for left_id, version in asked if (row := _open_left(left_id, version, recipient))]
    seen = [(row, to) for row in rows if (to := reader_of(recipient, row.item_id))]
    if not seen:
        return None
    (row, to), several = seen[0], len(seen) > 1
    leaving = db.session.get_one(Leaving, row.leaving_id)
    name, day = name_of(leaving.person_id), long_day(leaving.last_day)
    if several:
        subject = _("Would you take %(num)d things from %(name)s?", num=len(seen), name=name)
        lines = [
            _("%(name)s leaves after %(day)s. You are asked to look after these then:", name=name, day=day),
            *(_called(one.title, one.kind) for one, _to in seen),
            _("Say yes or no to each. Saying no is fine, and costs one press."),
        ]
    else:
        subject = _("Would you take “%(title)s” from %(name)s?", title=row.title, name=name)
        lines = [
            _("%(name)s leaves after %(day)s. You are asked to look after this then.", name=name, day=day),
            _("Saying no is fine, and costs one press."),
        ]
    return news(
        to,
        subject=subject,
        lines=lines,
        why=_("You get this because you are asked, as a member of the space."),
        label=_("Answer"),
        url=absolute("roster.leaving", slug=to.space.slug),
    )


def _called(title: str, kind: str) -> str:
    """Return what something that somebody leaves is called among others."""
    return title if kind == "duty" else f"{title} ({label_of(kind)})"


def _open_left(left_id: int, version: int, recipient: Recipient) -> LeavingItem | None:
    """Return what somebody was asked to take, while they still are, and this is the last time of asking."""
    row = db.session.get(LeavingItem, left_id)
    is_open = row is not None and row.state is LeavingState.OFFERED and row.successor_id == recipient.person_id
    return row if is_open and row is not None and version in {0, row.version} else None


def who_left(fact: LeavingAnswered) -> Iterable[Recipient]:
    """Tell who leaves."""
    row = db.session.get(LeavingItem, fact.left_id)
    return only(db.session.get_one(Leaving, row.leaving_id).person_id) if row else ()


def tell_left_answered(fact: LeavingAnswered, recipient: Recipient) -> Mail | None:
    """Say whether it is taken."""
    row, to = db.session.get(LeavingItem, fact.left_id), reader_of(recipient, fact.item_id)
    if row is None or to is None or fact.accepts not in {None, row.state is LeavingState.ACCEPTED}:
        return None
    name = name_of(fact.actor_id)
    if row.state is LeavingState.ACCEPTED:
        subject, line = _("%(name)s takes “%(title)s”", name=name, title=row.title), _("It is settled.")
    else:
        subject = _("%(name)s can’t take “%(title)s”", name=name, title=row.title)
        line = _("Ask somebody else.")
    why = _("You get this because you leave it.")
    return news(to, subject=subject, lines=[line], why=why, label=_("See what you leave"), url=absolute("leaving.mine"))


def who_keeps(fact: LeftVacant) -> Iterable[Recipient]:
    """Tell who looks after the roster."""
    space = db.session.get_one(Space, fact.space_id)
    keepers = holders_of(space, Can.KEEP_ROSTER, at=now())
    return [Recipient(person_id=person.id) for person in keepers if person.id != fact.actor_id]


def tell_vacant(fact: LeftVacant, recipient: Recipient) -> Mail | None:
    """Say what is vacant, of what the reader may see."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    space, leaving = db.session.get_one(Space, fact.space_id), db.session.get(Leaving, fact.leaving_id)
    if person is None or not person.is_active or not person.email or leaving is None:
        return None
    if not is_holder(person, space, Can.KEEP_ROSTER, at=now()):
        return None
    rows = db.session.execute(
        select(Item.title, LeavingItem.kind)
        .join(LeavingItem, LeavingItem.item_id == Item.id)
        .where(
            LeavingItem.leaving_id == leaving.id,
            LeavingItem.space_id == space.id,
            LeavingItem.state == LeavingState.VACANT,
            visible_items(person, now()),
        )
        .order_by(Item.title, LeavingItem.kind)
    ).all()
    if not rows:
        return None
    subject = _("%(name)s has left, and something is vacant", name=name_of(leaving.person_id))
    return letter(
        "roster/news",
        to=person.email,
        subject=subject,
        why=_("You get this because you look after the roster of this space."),
        heading=subject,
        lines=[
            _("Nobody has taken:"),
            *(_called(row.title, row.kind) for row in rows),
            _("Nothing is lost: it all stands in the space. Ask somebody to take it on."),
        ],
        label=_("See what is vacant"),
        url=absolute("roster.leaving", slug=space.slug),
        space=space,
    )
