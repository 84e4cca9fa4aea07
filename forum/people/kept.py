"""How long what belongs to accounts is kept."""

from sqlalchemy import or_

from forum.core.retention import Kept
from forum.core.time import now
from forum.people.models import SecretLink, WebSession

RETENTION = (
    Kept(
        what="sessions that ended or ran out",
        setting="keep_sessions_days",
        model=WebSession,
        # One that ran out still says on which device: it goes at once. One that was ended doesn't.
        old=lambda before: or_(WebSession.ended_at < before, WebSession.expires_at < now()),
    ),
    Kept(
        what="links in mails that ran out",
        setting="keep_links_days",
        model=SecretLink,
        old=lambda before: SecretLink.expires_at < before,
    ),
)
