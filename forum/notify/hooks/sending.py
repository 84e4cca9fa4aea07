"""The worker's part: one thing told to one webhook at a time, beside the mail.

As with mail, what is taken is claimed until a moment, nothing is locked while it travels, and only who holds the claim marks it: a
worker that is killed on the way repeats it, with the same id. A webhook that fails rests, longer each time, and holds up no other.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.exc import OperationalError

from forum.core.db import db, transaction
from forum.core.events import restore
from forum.core.hooks import News
from forum.core.outbox import DeliveryState, FactRow
from forum.core.outward import Answer, RefusedTargetError, UnreachableError, host_of, post, target_of
from forum.core.time import now
from forum.notify.backoff import wait_after
from forum.notify.hooks.actions import TEST
from forum.notify.hooks.hosts import is_allowed, to_this_machine
from forum.notify.hooks.models import ANSWER_LENGTH, Hook, HookDelivery
from forum.notify.hooks.queries import events_by_fact
from forum.notify.hooks.shapes import Told, body_of
from forum.notify.hooks.signing import secret_of, signature
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.web.links import absolute
from forum.web.words import _

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
FIRST = timedelta(minutes=1)
LAST_ATTEMPT = 10  # with the waits between them: eight hours
LONGEST = timedelta(days=2)
"""How long something waits for a webhook that fails, whatever its attempts."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What this worker is about to tell, until a moment."""

    delivery_id: int
    hook_id: int
    attempts: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A request that is ready to go."""

    url: str
    body: bytes
    headers: dict[str, str]


def new_delivery(hook_id: int, fact_id: int, event: str, *, at: datetime) -> dict[str, object]:
    """Return the row of something that a webhook is to be told."""
    return {
        "uuid": str(uuid4()),
        "hook_id": hook_id,
        "fact_id": fact_id,
        "event": event,
        "state": DeliveryState.DUE,
        "at": at,
        "due_at": at,
        "attempts": 0,
        "answer": "",
    }


def deliver_one() -> bool:
    """Tell one webhook one thing, if anything waits; say whether there was something."""
    claim = claim_one()
    if claim is None:
        return False
    try:
        outgoing = compose(claim)
        db.session.rollback()  # no transaction is held while something travels
        if outgoing is None:
            _change(claim, state=DeliveryState.DROPPED, claimed_until=None)
            _rest(claim, until=None)
            return True
        answer = post(outgoing.url, outgoing.body, headers=outgoing.headers, this_machine=to_this_machine())
    except (RefusedTargetError, UnreachableError) as error:
        mark_failed(claim, why=str(error), status=None)
    except OperationalError:
        raise  # the database doesn't answer: nobody's fault, and the claim runs out
    except Exception:
        logger.exception("hook delivery %s could not be made", claim.delivery_id)
        mark_failed(claim, why="Baton stumbled over it.", status=None)
    else:
        _mark(claim, answer)
    return True


def _mark(claim: Claim, answer: Answer) -> None:
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        mark_sent(claim, status=answer.status, words=answer.words)
    elif HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        mark_failed(claim, why="It leads on to another address, and that isn’t followed.", status=answer.status)
    else:
        mark_failed(claim, why=answer.words, status=answer.status)


def claim_one(*, lease: timedelta = LEASE) -> Claim | None:
    """Take what is due, tests first, then the oldest. The webhook is taken with it, so that it is told one thing at a time."""
    at = now()
    ready = (
        select(HookDelivery.id, HookDelivery.hook_id, HookDelivery.attempts)
        .join(Hook, Hook.id == HookDelivery.hook_id)
        .where(
            HookDelivery.state == DeliveryState.DUE,
            HookDelivery.due_at <= at,
            Hook.paused_at.is_(None),
            or_(Hook.rest_until.is_(None), Hook.rest_until <= at),
        )
        .order_by(HookDelivery.fact_id.is_not(None), HookDelivery.due_at, HookDelivery.id)
        .limit(1)
    )
    if db.session.execute(ready).first() is None:
        return None
    with transaction():
        row = db.session.execute(ready.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        claim = Claim(delivery_id=row.id, hook_id=row.hook_id, attempts=row.attempts + 1, until=at + lease)
        db.session.execute(
            update(HookDelivery)
            .where(HookDelivery.id == row.id)
            .values(claimed_until=claim.until, due_at=claim.until, attempts=claim.attempts)
            .execution_options(synchronize_session=False)
        )
        _rest(claim, until=claim.until)
    return claim


def compose(claim: Claim) -> Outgoing | None:
    """Make the request as it must read now. None when there is nothing to tell any more (A3, A5). Raises RefusedTargetError."""
    found = db.session.execute(
        select(HookDelivery, Hook, Space, FactRow)
        .join(Hook, Hook.id == HookDelivery.hook_id)
        .join(Space, Space.id == Hook.space_id)
        .outerjoin(FactRow, FactRow.id == HookDelivery.fact_id)
        .where(HookDelivery.id == claim.delivery_id)
    ).one_or_none()
    if found is None:
        return None
    delivery, hook, space, row = found
    is_wanted = delivery.event in hook.events  # it was queued before it was taken off, if not
    news = _test(space) if delivery.event == TEST else _news(row, space) if is_wanted else None
    if news is None:
        return None
    host = host_of(target_of(hook.url, this_machine=to_this_machine()))
    if not is_allowed(host):
        raise RefusedTargetError(_("Nothing may be sent to %(host)s any more.", host=host))
    told = Told(
        event=delivery.event,
        id=delivery.uuid,
        space=space.name,
        space_url=absolute("home.today_page", slug=space.slug),
        news=news,
    )
    body = body_of(told, hook.shape, open_label=_("Open in Baton"))
    timestamp = str(int(now().timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Baton-Webhook",
        "Baton-Event": delivery.event,
        "Baton-Delivery": delivery.uuid,
        "Baton-Timestamp": timestamp,
        "Baton-Signature": signature(body, timestamp=timestamp, secret=secret_of(hook.nonce)),
    }
    return Outgoing(url=hook.url, body=body, headers=headers)


def _news(row: FactRow | None, space: Space) -> News | None:
    """Return what a fact has to tell now, if every member of the space may see it."""
    event = events_by_fact().get(row.kind) if row else None
    if row is None or event is None:
        return None
    is_for_all = select(Item.id).where(
        Item.id == row.item_id,
        Item.space_id == space.id,
        Item.state == ItemState.PUBLISHED,
        Item.audience == Audience.SPACE,
    )
    if db.session.scalar(is_for_all) is None:
        return None
    news: News | None = event.news(restore(row, {row.kind: event.fact}))
    return news


def _test(space: Space) -> News:
    what = _("This is a test from %(space)s. Your webhook works.", space=space.name)
    return News(
        what=what, title=_("Test"), url=absolute("home.today_page", slug=space.slug), author="", words="", at=now()
    )


def mark_sent(claim: Claim, *, status: int, words: str) -> None:
    """Note that it was taken. What else waits for the webhook needn't wait longer: it works again."""
    with transaction():
        if not _change(
            claim,
            state=DeliveryState.SENT,
            sent_at=now(),
            claimed_until=None,
            status=status,
            answer=words[:ANSWER_LENGTH],
        ):
            return
        _rest(claim, until=None)
        db.session.execute(update(Hook).where(Hook.id == claim.hook_id).values(failures=0))
        of_it = HookDelivery.hook_id == claim.hook_id, HookDelivery.state == DeliveryState.DUE
        waiting = (*of_it, HookDelivery.claimed_until.is_(None))
        db.session.execute(update(HookDelivery).where(*waiting).values(due_at=now()))


def mark_failed(claim: Claim, *, why: str, status: int | None) -> None:
    """Wait for the next try, or give up; the webhook rests as long. What waited two days is given up with it."""
    at = now()
    ends = claim.attempts >= LAST_ATTEMPT
    with transaction():
        kept = _change(
            claim,
            state=DeliveryState.FAILED if ends else DeliveryState.DUE,
            due_at=at + wait_after(claim.attempts, first=FIRST),
            claimed_until=None,
            status=status,
            answer=why[:ANSWER_LENGTH],
        )
        if not kept:
            return
        failures = 1 + (db.session.scalar(select(Hook.failures).where(Hook.id == claim.hook_id)) or 0)
        rest = at + wait_after(failures, first=FIRST)
        db.session.execute(update(Hook).where(Hook.id == claim.hook_id).values(failures=failures, rest_until=rest))
        db.session.execute(
            update(HookDelivery)
            .where(
                HookDelivery.hook_id == claim.hook_id,
                HookDelivery.state == DeliveryState.DUE,
                HookDelivery.at < at - LONGEST,
            )
            .values(state=DeliveryState.FAILED)
            .execution_options(synchronize_session=False)
        )


def _rest(claim: Claim, *, until: datetime | None) -> None:
    with transaction():
        db.session.execute(update(Hook).where(Hook.id == claim.hook_id).values(rest_until=until))


def _change(claim: Claim, **values: Any) -> bool:  # noqa: ANN401  # columns of several types
    """Write to the delivery if the claim is still ours."""
    with transaction():
        changed: CursorResult[tuple[()]] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
            update(HookDelivery)
            .where(
                HookDelivery.id == claim.delivery_id,
                HookDelivery.claimed_until == claim.until,
                HookDelivery.state == DeliveryState.DUE,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        return bool(changed.rowcount)
