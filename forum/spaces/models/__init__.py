"""Tables of spaces: who belongs to them, what stands in them, how one gets in, and the log."""

from forum.spaces.models.entrances import LABEL_LENGTH, Invitation, JoinRequest, JoinState
from forum.spaces.models.items import TITLE_LENGTH, Audience, FormerPlace, Grant, Item, ItemPerson, ItemShare, ItemState
from forum.spaces.models.log import ORGANISATION_LENGTH, REASON_LENGTH, Installation, LogAudience, LogEntry
from forum.spaces.models.spaces import (
    PURPOSE_LENGTH,
    SLUG_LENGTH,
    SPACE_NAME_LENGTH,
    Cloth,
    Membership,
    Role,
    Space,
    Visibility,
)
from forum.spaces.models.suspensions import Suspension

__all__ = [
    "LABEL_LENGTH",
    "ORGANISATION_LENGTH",
    "PURPOSE_LENGTH",
    "REASON_LENGTH",
    "SLUG_LENGTH",
    "SPACE_NAME_LENGTH",
    "TITLE_LENGTH",
    "Audience",
    "Cloth",
    "FormerPlace",
    "Grant",
    "Installation",
    "Invitation",
    "Item",
    "ItemPerson",
    "ItemShare",
    "ItemState",
    "JoinRequest",
    "JoinState",
    "LogAudience",
    "LogEntry",
    "Membership",
    "Role",
    "Space",
    "Suspension",
    "Visibility",
]
