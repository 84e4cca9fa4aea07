"""What can be done to a space and in its membership. Each is called inside `transaction()` and checks its rules there."""

from forum.spaces.actions.describing import Settings, SettingsOvertaken, describe, marks_of, settings_of, show_to
from forum.spaces.actions.entering import Opened, accept, invitation_at, is_for
from forum.spaces.actions.grants import lend, revoke
from forum.spaces.actions.invitations import (
    Outcome,
    how_many_new,
    invite_addresses,
    make_link,
    revoke_invitation,
    send_again,
    sentences_on,
)
from forum.spaces.actions.joining import accept_request, ask_to_join, decline_request, withdraw_request
from forum.spaces.actions.making import archive, free_address, make, unarchive
from forum.spaces.actions.membership import (
    add_member,
    appoint,
    change_role,
    end_membership,
    join,
    leave,
    why_not_change,
    why_not_remove,
)
from forum.spaces.actions.suspending import end_suspension, suspend, why_not_suspend

__all__ = [
    "Opened",
    "Outcome",
    "Settings",
    "SettingsOvertaken",
    "accept",
    "accept_request",
    "add_member",
    "appoint",
    "archive",
    "ask_to_join",
    "change_role",
    "decline_request",
    "describe",
    "end_membership",
    "end_suspension",
    "free_address",
    "how_many_new",
    "invitation_at",
    "invite_addresses",
    "is_for",
    "join",
    "leave",
    "lend",
    "make",
    "make_link",
    "marks_of",
    "revoke",
    "revoke_invitation",
    "send_again",
    "sentences_on",
    "settings_of",
    "show_to",
    "suspend",
    "unarchive",
    "why_not_change",
    "why_not_remove",
    "why_not_suspend",
    "withdraw_request",
]
