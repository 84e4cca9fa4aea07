"""How long what somebody was told of is kept, once they have read it."""

from forum.core.retention import Kept
from forum.notify.models import Notification

RETENTION = (
    Kept(
        what="what people were told of and have read",
        setting="keep_deliveries_days",
        model=Notification,
        old=lambda before: Notification.read_at < before,
    ),
)
