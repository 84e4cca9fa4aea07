"""How long what somebody was told of is kept, once they have read it."""

from forum.core.outbox import DeliveryState
from forum.core.retention import Kept
from forum.notify.hooks.models import HookDelivery
from forum.notify.models import Notification

RETENTION = (
    Kept(
        what="what webhooks were told",
        setting="keep_deliveries_days",
        model=HookDelivery,
        old=lambda before: (HookDelivery.state != DeliveryState.DUE) & (HookDelivery.at < before),
    ),
    Kept(
        what="what people were told of and have read",
        setting="keep_deliveries_days",
        model=Notification,
        old=lambda before: Notification.read_at < before,
    ),
)
