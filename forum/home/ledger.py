"""What somebody was told: each post and each message, the latest first, by which way, and what became of it. Theirs alone.

Two statements a page, however long the list is. Of a post that they may not see any more it says that, and nothing else (A3).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from flask import current_app
from sqlalchemy import ColumnElement, Row, Select, String, and_, bindparam, case, literal, or_, select

from forum.content.ledger import How, how, with_delivery
from forum.content.models import Post
from forum.core.db import UtcDateTime, db
from forum.core.notices import Reason
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.prepared import prepared
from forum.core.time import now
from forum.home.notifications import may_see
from forum.notify.book import book_of
from forum.notify.models import Notification
from forum.notify.sending import STOPPED
from forum.notify.words import WHAT
from forum.people.models import Person
from forum.spaces.feature import post_url
from forum.spaces.models import Item, Space
from forum.spaces.queries.visible import VIEWER, viewing
from forum.web.words import LazyString, _, _l

PAGE = 50
POST, MESSAGE = "p", "m"
"""Where a line comes from: a notification, or a message that stands in no list of notifications."""
OF_MESSAGE = {DeliveryState.SENT: How.MAILED, DeliveryState.FAILED: How.FAILED}
BECAUSE: dict[Reason, LazyString] = {
    Reason.MENTION: _l("It names you"),
    Reason.COVER: _l("It names somebody you cover for"),
    Reason.REPLY: _l("It answers you"),
    Reason.QUOTE: _l("It repeats your words"),
    Reason.ANNOUNCEMENT: _l("It was announced"),
    Reason.WATCHING: _l("You watch there"),
    Reason.SEARCH: _l("It fits a search you keep"),
}


class Place(NamedTuple):
    """Where a line stands in the list. Written into addresses, so that the next page goes on after it."""

    at: datetime
    kind: str
    id: int

    @classmethod
    def read(cls, words: str) -> Self | None:
        """Return the place that an address names; None for the beginning, or what is none."""
        moment, _dot, rest = words.partition("~")
        kind, key = rest[:1], rest[1:]
        with suppress(ValueError, OverflowError):
            at = datetime.fromisoformat(moment).astimezone(UTC)
            if kind in {POST, MESSAGE} and key.isascii() and key.isdigit() and int(key) < 2**31:
                return cls(at, kind, int(key))
        return None

    def __str__(self) -> str:
        """Return it as an address names it."""
        return f"{self.at.isoformat()}~{self.kind}{self.id}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that somebody was told. `what` names a post's conversation, if they may see it now, or what a message was about."""

    place: Place
    what: str
    about: str
    url: str
    how: How
    moment: datetime | None
    """When it was mailed, or may leave."""
    why: str
    is_post: bool

    @property
    def at(self) -> datetime:
        """When they were told."""
        return self.place.at


def own_ledger(person: Person, *, mails_demo: bool, before: str = "") -> tuple[Sequence[Line], str]:
    """Return a page of what `person` was told, and the address part of the next one; "" on the last.

    `mails_demo`: mail to people of the demo goes somewhere.
    """
    place = Place.read(before)
    paused = person.mail_paused_at is not None
    values = {**viewing(person, now()), **_values(place), "mails_demo": mails_demo}
    posts = [_of_post(row) for row in db.session.execute(_posts(is_first=place is None), values)]
    kinds = [kind for kind, teller in book_of(current_app).items() if teller.notices]
    messages = db.session.execute(_messages(is_first=place is None), {**values, "kinds": kinds})
    dropped = How.DEMO if person.is_demo and not mails_demo else How.NO_MAIL
    lines = [*posts, *(_of_message(row, is_paused=paused, dropped=dropped) for row in messages)]
    lines.sort(key=lambda line: line.place, reverse=True)
    return lines[:PAGE], str(lines[PAGE - 1].place) if len(lines) > PAGE else ""


def _values(place: Place | None) -> dict[str, object]:
    return {"before_at": place.at, "before_kind": place.kind, "before_id": place.id} if place else {}


def _is_after(at: Any, kind: str, key: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    """Return the condition that a row stands further down the list than where the page before it ended."""
    moment = bindparam("before_at", type_=UtcDateTime)
    before = bindparam("before_kind", type_=String)
    return or_(
        at < moment,
        and_(at == moment, or_(literal(kind) < before, and_(literal(kind) == before, key < bindparam("before_id")))),
    )


@prepared
def _posts(*, is_first: bool) -> Select[*tuple[Any, ...]]:
    heard, sees = how().label("heard"), case((and_(*may_see()), 1), else_=0).label("sees")
    columns = (Notification.id, Notification.at, Notification.reason, Notification.mailed_at)
    query = select(
        *columns, heard, Delivery.due_at, Delivery.bounce_reason, Delivery.error, Post.number, sees, Item, Space.slug
    )
    rows = (
        with_delivery(query.select_from(Notification))
        .join(Post, Post.id == Notification.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .where(Notification.person_id == VIEWER)
        .order_by(Notification.at.desc(), Notification.id.desc())
        .limit(PAGE + 1)
    )
    return rows if is_first else rows.where(_is_after(Notification.at, POST, Notification.id))


@prepared
def _messages(*, is_first: bool) -> Select[*tuple[Any, ...]]:
    columns = (Delivery.id, FactRow.at, FactRow.kind, Delivery.state, Delivery.sent_at, Delivery.due_at)
    rows = (
        select(*columns, Delivery.bounce_reason, Delivery.error)
        .join(FactRow, FactRow.id == Delivery.fact_id)
        .where(Delivery.person_id == VIEWER, FactRow.kind.not_in(bindparam("kinds", expanding=True)))
        .order_by(FactRow.at.desc(), Delivery.id.desc())
        .limit(PAGE + 1)
    )
    return rows if is_first else rows.where(_is_after(FactRow.at, MESSAGE, Delivery.id))


def _of_post(row: Row[*tuple[Any, ...]]) -> Line:
    heard = How(row.heard)
    return Line(
        place=Place(row.at, POST, row.id),
        what=row.Item.title if row.sees else _("A post that you can’t see any more"),
        about=str(BECAUSE[row.reason]) if row.sees else "",
        url=post_url(row.Item, row.slug, row.number) if row.sees else "",
        how=heard,
        moment=row.mailed_at if heard is How.MAILED else row.due_at,
        why=_why(row, heard),
        is_post=True,
    )


def _of_message(row: Row[*tuple[Any, ...]], *, is_paused: bool, dropped: How) -> Line:
    waits = How.PAUSED if is_paused else How.WAITS
    settled = {**OF_MESSAGE, DeliveryState.DROPPED: dropped}
    heard = How.BACK if row.bounce_reason else settled.get(row.state, waits)
    if row.state is DeliveryState.DROPPED and row.error == STOPPED:
        heard = How.HUSHED
    return Line(
        place=Place(row.at, MESSAGE, row.id),
        what=str(WHAT.get(row.kind, row.kind)),
        about="",
        url="",
        how=heard,
        moment=row.sent_at or row.due_at,
        why=_why(row, heard),
        is_post=False,
    )


def _why(row: Row[*tuple[Any, ...]], heard: How) -> str:
    return row.bounce_reason or (row.error if heard is How.FAILED else "") or ""
