"""What an archive of a space carries of the outbox and its like: nothing."""

from forum.core.archiving import Archived, stay
from forum.core.clone import POLICY

ARCHIVED: Archived = {
    **stay(POLICY, "fact", "delivery", "kept_mail", "heartbeat", "rate_window", "mailbox"),
}
