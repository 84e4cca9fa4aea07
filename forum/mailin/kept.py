"""How long it is known what mail came in."""

from forum.core.retention import Kept
from forum.mailin.models import ReceivedMail

RETENTION = (
    Kept(
        what="mail that came in",
        setting="keep_received_days",
        model=ReceivedMail,
        old=lambda before: ReceivedMail.came_at < before,
    ),
)
