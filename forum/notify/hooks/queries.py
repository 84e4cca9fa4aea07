"""Reads of webhooks."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.outbox import DeliveryState, FactRow
from forum.notify.hooks.models import Hook, HookDelivery
from forum.spaces.feature import features
from forum.spaces.models import Item, Space
from forum.spaces.parts import HookEvent

SHOWN = 50


def hook_events() -> Sequence[HookEvent]:
    """Return what webhooks can tell of, in the order of the rooms."""
    return [event for feature in features() for event in feature.hook_events]


def events_by_fact() -> Mapping[str, HookEvent]:
    """Return them by the kind of their fact."""
    return {event.fact.kind(): event for event in hook_events()}


def hooks_of(space: Space) -> Sequence[tuple[Hook, int]]:
    """Return a space's webhooks by name, each with how many things were given up."""
    given_up = (
        select(func.count())
        .select_from(HookDelivery)
        .where(HookDelivery.hook_id == Hook.id, HookDelivery.state == DeliveryState.FAILED)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Hook, given_up).where(Hook.space_id == space.id).order_by(func.lower(Hook.label), Hook.id)
    )
    return [(hook, number) for hook, number in rows]


def deliveries_of(hook: Hook) -> Sequence[HookDelivery]:
    """Return what a webhook was told last, newest first."""
    mine = select(HookDelivery).where(HookDelivery.hook_id == hook.id)
    return db.session.scalars(mine.order_by(HookDelivery.id.desc()).limit(SHOWN)).all()


def hooks_told_of(row: FactRow) -> tuple[str, Sequence[int]]:
    """Return the event that a fact is, and the webhooks that want to be told; "" and none for most facts, without a query."""
    event = events_by_fact().get(row.kind)
    if event is None or row.item_id is None:
        return "", ()
    found = db.session.execute(
        select(Hook.id, Hook.events)
        .join(Item, Item.space_id == Hook.space_id)
        .where(Item.id == row.item_id, Hook.paused_at.is_(None))
    )
    return event.name, [hook_id for hook_id, events in found if event.name in events]
