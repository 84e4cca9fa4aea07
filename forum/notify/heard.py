"""What somebody was told of by mail, and what not yet: a mail about it says what is news to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.outbox import Delivery, DeliveryState, FactRow


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A fact of which somebody has or had a mail. `is_sent`: it left; another one waits, or was dropped."""

    kind: str
    payload: Mapping[str, Any]
    is_sent: bool


def heard_by(recipient: Recipient, *kinds: str, item_id: int | None = None) -> list[Heard]:
    """Return the facts of some kinds about an item, or about none, of which somebody was to have a mail, the oldest first."""
    rows = db.session.execute(
        select(FactRow.kind, FactRow.payload, Delivery.state)
        .join(Delivery, Delivery.fact_id == FactRow.id)
        .where(
            Delivery.person_id == recipient.person_id,
            Delivery.address == recipient.address,
            FactRow.kind.in_(kinds),
            FactRow.item_id.is_(None) if item_id is None else FactRow.item_id == item_id,
        )
        .order_by(FactRow.id)
    )
    return [Heard(kind=kind, payload=payload, is_sent=state is DeliveryState.SENT) for kind, payload, state in rows]


def unheard(found: list[Heard]) -> list[Heard]:
    """Return what came after the last thing of which a mail left."""
    sent = [number for number, one in enumerate(found) if one.is_sent]
    return found[sent[-1] + 1 :] if sent else found


def is_undo_news(found: list[Heard], *, is_off: Callable[[Heard], bool], is_back: Callable[[Heard], bool]) -> bool:
    """Say whether somebody is to be told that something is as it was: not who is known to have heard nothing of what was undone."""
    turn = next((one for one in reversed(found) if one.is_sent and (is_off(one) or is_back(one))), None)
    if turn is not None and is_off(turn):
        return True
    return not any(is_off(one) for one in unheard(found))
