"""What an archive of a space carries of what people were told, and how: nothing."""

from forum.core.archiving import Archived, stay
from forum.notify.clone import POLICY

ARCHIVED: Archived = {
    **stay(
        POLICY,
        "notification",
        "heads_up",
        "mail_choice",
        "feed_link",
        "hook_host",
        "hook",
        "hook_delivery",
        "quiet_space",
        "quiet_kind",
        "stop_link",
        "reply_key",
    ),
}
