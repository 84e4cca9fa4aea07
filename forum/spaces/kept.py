"""How long what belongs to spaces is kept."""

from sqlalchemy import exists, or_

from forum.core.retention import Kept
from forum.people.models import SecretLink
from forum.spaces.models import Invitation, LogEntry

RETENTION = (
    Kept(
        what="invitations that ran out or were revoked",
        setting="keep_invitations_days",
        model=Invitation,
        # One on whose page a link was asked for goes after that link, with the next run.
        old=lambda before: (
            or_(Invitation.expires_at < before, Invitation.revoked_at < before)
            & ~exists().where(SecretLink.invitation_id == Invitation.id)
        ),
    ),
    Kept(what="lines of logs", setting="keep_log_days", model=LogEntry, old=lambda before: LogEntry.at < before),
)
