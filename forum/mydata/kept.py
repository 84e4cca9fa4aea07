"""How long it is known that somebody downloaded their data. The file goes when its own time is over."""

from forum.core.leased import UNDER_WAY, WorkState
from forum.core.retention import Kept
from forum.mydata.models import Download

RETENTION = (
    Kept(
        what="downloads of one’s own data that are over",
        setting="keep_links_days",
        model=Download,
        old=lambda before: Download.state.not_in((*UNDER_WAY, WorkState.READY)) & (Download.asked_at < before),
    ),
)
