"""The ledger: how many were to be told of a post, who was, by which way, and who wasn't.

Counts name nobody: how somebody takes mail is their own business. Only whose mail comes back is named, where it is plain anyway that
they are told (decision 21). All of it is asked of the post, wherever it stands, in three statements whatever the number of people.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, ScalarSelect, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostMention, WatchLevel, WatchSpace
from forum.content.telling import levels_of
from forum.core.db import db
from forum.core.notices import Reason
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.prepared import prepared
from forum.notify.models import MailChoice, MailRhythm, Notification
from forum.notify.quiet import is_hushed
from forum.people.models import Person, PersonState
from forum.spaces.models import Item, Membership

FEW = 5
"""Of fewer people than this no reasons are counted: they would say of each what they chose."""
NAMED = 50


class How(enum.StrEnum):
    """How somebody who is told of a post in the app has heard of it besides."""

    MAILED = "mailed"
    WAITS = "waits"
    PAUSED = "paused"
    """The message waits, because others to them came back."""
    BACK = "back"
    FAILED = "failed"
    SEEN = "seen"
    """They had read it before a message left."""
    DIGEST = "digest"
    DEMO = "demo"
    """They are people of the demo, who are made up: to their addresses nothing is sent."""
    NEVER = "never"
    HUSHED = "hushed"
    """It is an announcement, and they have those of the space in the app only."""
    NO_MAIL = "no mail"
    """A message would have said nothing any more, or nothing that they may see or want to hear."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What became of telling people of a post."""

    told: Mapping[How, int]
    off: int
    """Who turned off where it stands, and was told nothing."""
    unreachable: int
    """Whose account is suspended, and who would have been told."""
    is_under_way: bool
    """Not everything that was written there has been told yet."""
    back: Sequence[tuple[str, str, str]]
    """Name, handle and reason of those whose mail came back, as far as they may be named."""

    def count(self, *ways: How) -> int:
        """Return how many heard in one of these ways."""
        return sum(self.told.get(how, 0) for how in ways)

    @property
    def in_app(self) -> int:
        """How many are told, all of them in the app."""
        return sum(self.told.values())

    @property
    def in_digest(self) -> int:
        """How many have it in their next digest; 0 where so few are told that it would say what each of them chose."""
        return self.count(How.DIGEST) if self.gives_reasons else 0

    @property
    def in_app_only(self) -> int:
        """How many have no mail of it, and none that waits, came back or failed, nor a digest that may be told of."""
        return self.count(How.DEMO, How.SEEN, How.DIGEST, How.NEVER, How.HUSHED, How.NO_MAIL) - self.in_digest

    @property
    def to_tell(self) -> int:
        """How many it concerned."""
        return self.in_app + self.off + self.unreachable

    @property
    def gives_reasons(self) -> bool:
        """Whether there are enough people for reasons to say of nobody what they chose."""
        return self.in_app >= FEW

    @property
    def says_off(self) -> bool:
        """Whether it concerned enough people for the number of those who turned it off to say of nobody that they did."""
        return self.to_tell >= FEW


@prepared
def how() -> ColumnElement[str]:
    """Return how somebody heard: a column beside `Notification`, its `Person`, and what `with_delivery` joins.

    Give "mails_demo": whether mail to people of the demo goes anywhere, as where mail is kept.
    """
    return case(
        (Delivery.bounced_at.is_not(None), How.BACK.value),
        (Notification.mailed_at.is_not(None), How.MAILED.value),
        (Delivery.state == DeliveryState.FAILED, How.FAILED.value),
        (and_(Person.is_demo, ~bindparam("mails_demo", type_=Boolean)), How.DEMO.value),
        (is_hushed(_its_space()), How.HUSHED.value),
        (and_(Delivery.state == DeliveryState.DUE, Person.mail_paused_at.is_not(None)), How.PAUSED.value),
        (Delivery.state == DeliveryState.DUE, How.WAITS.value),
        (MailChoice.rhythm == MailRhythm.NEVER, How.NEVER.value),
        (Notification.read_at.is_not(None), How.SEEN.value),
        (MailChoice.rhythm.in_((MailRhythm.DAILY, MailRhythm.WEEKLY)), How.DIGEST.value),
        else_=How.NO_MAIL.value,
    )


def _its_space() -> ScalarSelect[int]:
    """Return the space of the post that a `Notification` in the query around it tells of."""
    post, item = aliased(Post), aliased(Item)
    query = select(item.space_id).join(post, post.item_id == item.id).where(post.id == Notification.post_id)
    return query.correlate(Notification).scalar_subquery()


def with_delivery(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join to a query of `Notification` what `how` asks: the person, the message that tells of it, and when they have mail."""
    ours = and_(Delivery.fact_id == Notification.fact_id, Delivery.person_id == Notification.person_id)
    return (
        query.join(Person, Person.id == Notification.person_id)
        .outerjoin(Delivery, and_(ours, Delivery.channel == "mail"))
        .outerjoin(MailChoice, MailChoice.person_id == Notification.person_id)
    )


def ledger_of(item: Item, post: Post, *, for_all: bool, mails_demo: bool) -> Ledger:
    """Return the ledger of a post that its reader was let into. `for_all`: it was announced to the whole space.

    `mails_demo`: mail to people of the demo goes somewhere.
    """
    ways = with_delivery(select(how(), func.count()).select_from(Notification)).where(Notification.post_id == post.id)
    told = {How(way): number for way, number in db.session.execute(ways.group_by(how()), {"mails_demo": mails_demo})}
    off, unreachable, waits = db.session.execute(_not_told(item, post, for_all=for_all)).one()
    back = db.session.execute(_back(item, post)).all() if told.get(How.BACK) else ()
    return Ledger(
        told=told,
        off=off,
        unreachable=unreachable,
        is_under_way=waits,
        back=[(name, handle, why) for name, handle, why in back],
    )


def _not_told(item: Item, post: Post, *, for_all: bool) -> Select[*tuple[Any, ...]]:
    """Count the members of the post's time who weren't told though it concerned them, and say whether a fact of the item waits."""
    level, query = levels_of(item)
    is_named = exists().where(PostMention.person_id == Membership.person_id, PostMention.post_id == post.id)
    is_off, concerns = level == WatchLevel.OFF, or_(is_named, level == WatchLevel.EVERYTHING)
    if for_all:
        is_off = and_(WatchSpace.level == WatchLevel.OFF, WatchSpace.level.is_not(None))
        concerns = ~is_off
    is_told = exists().where(Notification.person_id == Membership.person_id, Notification.post_id == post.id)
    active = Person.state == PersonState.ACTIVE
    members = (
        query.with_only_columns(
            case((and_(active, is_off), 1), else_=0).label("off"),
            case((and_(~active, concerns), 1), else_=0).label("unreachable"),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.space_id == item.space_id,
            Membership.ended_at.is_(None),
            Membership.joined_at <= post.created_at,
            Membership.person_id.is_distinct_from(post.author_id),
            ~is_told,
        )
        .subquery()
    )
    waits = exists().where(FactRow.item_id == item.id, FactRow.expanded_at.is_(None))
    return select(
        func.coalesce(func.sum(members.c.off), 0), func.coalesce(func.sum(members.c.unreachable), 0), waits
    ).select_from(members)


def _back(item: Item, post: Post) -> Select[*tuple[Any, ...]]:
    """Name members whose mail came back where it says nothing of what they watch: all are told, they are named, or it answers them.

    Who asked through an organiser is told like an author: an answer says nothing of them.
    """
    answered = select(Post.author_id).where(Post.item_id == item.id, Post.number == post.in_reply_to).scalar_subquery()
    is_plain = or_(
        Notification.reason.in_((Reason.MENTION, Reason.ANNOUNCEMENT)),
        and_(Notification.reason == Reason.REPLY, Notification.person_id == answered),
    )
    belongs = exists().where(
        Membership.person_id == Notification.person_id,
        Membership.space_id == item.space_id,
        Membership.ended_at.is_(None),
    )
    query = with_delivery(select(Person.name, Person.handle, Delivery.bounce_reason).select_from(Notification))
    return (
        query.where(Notification.post_id == post.id, Delivery.bounced_at.is_not(None), is_plain, belongs)
        .order_by(Person.name, Person.id)
        .limit(NAMED)
    )
