"""How long what somebody was told of is kept, once they have read it; and how long it is known where they could answer."""

from forum.core.outbox import DeliveryState
from forum.core.retention import Kept
from forum.notify.hooks.models import HookDelivery
from forum.notify.models import HeadsUp, Notification, ReplyKey

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
    Kept(
        what="what people were told of in the app besides posts and have read",
        setting="keep_deliveries_days",
        model=HeadsUp,
        old=lambda before: HeadsUp.read_at < before,
    ),
    Kept(
        what="keys of reply addresses",
        setting="keep_reply_keys_days",
        model=ReplyKey,
        old=lambda before: ReplyKey.made_at < before,
    ),
)
