"""How long it is known what was flagged, held and hidden, once that is decided. The log of the space remembers longer."""

from forum.content.order.models import PostFlag, PostWait
from forum.core.retention import Kept

RETENTION = (
    Kept(
        what="flags that were settled",
        setting="keep_removed_days",
        model=PostFlag,
        old=lambda before: PostFlag.settled_at < before,
    ),
    Kept(
        what="that posts waited for an organiser, once it was decided",
        setting="keep_removed_days",
        model=PostWait,
        old=lambda before: PostWait.decided_at < before,
    ),
)
