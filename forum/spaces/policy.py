"""The one table of permissions: what each role may do in a space.

Predicates of state ("own post, within the edit window") live beside what they look at and give the sentence shown to the person.
"""

import enum
from collections.abc import Mapping

from forum.spaces.models import Role


class Can(enum.StrEnum):
    """What can be allowed, named verb-thing."""

    SEE_SPACE = "see space"
    SEE_THREADS = "see threads"
    SEE_MEETUPS = "see meetups"
    SEE_STORIES = "see stories"
    SEE_HELP = "see help"
    SEE_PLAYBOOKS = "see playbooks"
    SEE_STRATEGY = "see strategy"
    SEE_MEMBERS = "see members"
    JOIN_SPACE = "join space"
    LEAVE_SPACE = "leave space"
    READ_LOG = "read log"
    START_THREAD = "start thread"
    WRITE_POST = "write post"
    WATCH_THREAD = "watch thread"
    EDIT_OWN_POST = "edit own post"
    EDIT_ANY_POST = "edit any post"
    REMOVE_ANY_POST = "remove any post"
    ACCEPT_ANY_ANSWER = "accept any answer"
    SAY_SAME_HERE = "say same here"
    FLAG_POST = "flag post"
    REACT = "react"
    VOTE = "vote"
    TURN_UP = "turn up"
    TELL_STORY = "tell story"
    TRY_STORY = "try story"
    KEEP_STORIES = "keep stories"
    ASK_FOR_HELP = "ask for help"
    TAKE_HELP = "take help"
    KEEP_HELP = "keep help"
    WRITE_PLAYBOOK = "write playbook"
    RUN_PLAYBOOK = "run playbook"
    KEEP_PLAYBOOKS = "keep playbooks"
    WRITE_STRATEGY = "write strategy"
    KEEP_STRATEGY = "keep strategy"
    CLOSE_ANY_THREAD = "close any thread"
    PIN_THREAD = "pin thread"
    ANNOUNCE = "announce"
    SCHEDULE_MEETUP = "schedule meetup"
    SEE_LEDGER = "see ledger"
    MOVE_ANY_THREAD = "move any thread"
    CHANGE_ANY_THREAD = "change any thread"
    CURATE_TAGS = "curate tags"
    KEEP_ORDER = "keep order"
    ASK_FOR_COLLEAGUE = "ask for colleague"
    SEE_ROSTER = "see roster"
    VOLUNTEER = "volunteer"
    TAKE_DUTY = "take duty"
    KEEP_ROSTER = "keep roster"
    INVITE_MEMBER = "invite member"
    DECIDE_REQUEST = "decide request"
    REMOVE_MEMBER = "remove member"
    SUSPEND_MEMBER = "suspend member"
    TEND_COMMUNITY = "tend community"
    CHANGE_ROLE = "change role"
    CHANGE_SPACE = "change space"
    KEEP_WEBHOOKS = "keep webhooks"
    ARCHIVE_SPACE = "archive space"
    TAKE_ARCHIVE = "take archive"


_VISITOR = {Can.SEE_SPACE, Can.SEE_THREADS, Can.SEE_STORIES, Can.SEE_PLAYBOOKS, Can.SEE_HELP, Can.SEE_MEETUPS}
_VISITOR |= {Can.SEE_STRATEGY, Can.SEE_MEMBERS, Can.JOIN_SPACE}
_READER = (_VISITOR - {Can.JOIN_SPACE}) | {Can.LEAVE_SPACE, Can.READ_LOG, Can.WATCH_THREAD}
_READER |= {Can.SAY_SAME_HERE, Can.FLAG_POST, Can.VOTE, Can.SEE_ROSTER, Can.VOLUNTEER, Can.TURN_UP}
_CHAMPION = _READER | {
    Can.START_THREAD,
    Can.WRITE_POST,
    Can.EDIT_OWN_POST,
    Can.REACT,
    Can.TAKE_DUTY,
    Can.WRITE_STRATEGY,
}
_CHAMPION |= {Can.TELL_STORY, Can.TRY_STORY, Can.WRITE_PLAYBOOK, Can.RUN_PLAYBOOK, Can.ASK_FOR_HELP, Can.TAKE_HELP}
_ORGANISER = _CHAMPION | {
    Can.EDIT_ANY_POST,
    Can.REMOVE_ANY_POST,
    Can.ACCEPT_ANY_ANSWER,
    Can.CLOSE_ANY_THREAD,
    Can.PIN_THREAD,
    Can.ANNOUNCE,
    Can.SCHEDULE_MEETUP,
    Can.KEEP_STORIES,
    Can.KEEP_HELP,
    Can.KEEP_PLAYBOOKS,
    Can.KEEP_STRATEGY,
    Can.SEE_LEDGER,
    Can.MOVE_ANY_THREAD,
    Can.CHANGE_ANY_THREAD,
    Can.CURATE_TAGS,
    Can.KEEP_ORDER,
    Can.ASK_FOR_COLLEAGUE,
    Can.KEEP_ROSTER,
    Can.INVITE_MEMBER,
    Can.DECIDE_REQUEST,
    Can.REMOVE_MEMBER,
    Can.SUSPEND_MEMBER,
    Can.TEND_COMMUNITY,
}
_STEWARD = _ORGANISER | {Can.CHANGE_ROLE, Can.CHANGE_SPACE, Can.KEEP_WEBHOOKS, Can.ARCHIVE_SPACE, Can.TAKE_ARCHIVE}

POWERS: Mapping[Role, frozenset[Can]] = {
    Role.VISITOR: frozenset(_VISITOR),
    Role.READER: frozenset(_READER),
    Role.CHAMPION: frozenset(_CHAMPION),
    Role.ORGANISER: frozenset(_ORGANISER),
    Role.STEWARD: frozenset(_STEWARD),
}

IN_ARCHIVE = frozenset(
    {
        Can.SEE_SPACE,
        Can.SEE_THREADS,
        Can.SEE_STORIES,
        Can.SEE_HELP,
        Can.SEE_PLAYBOOKS,
        Can.SEE_MEETUPS,
        Can.SEE_STRATEGY,
        Can.SEE_MEMBERS,
        Can.LEAVE_SPACE,
        Can.READ_LOG,
        Can.SEE_LEDGER,
        Can.SEE_ROSTER,
        Can.REMOVE_MEMBER,
        Can.CHANGE_ROLE,
        Can.ARCHIVE_SPACE,
        Can.TAKE_ARCHIVE,
    }
)
"""What is left of everyone's powers in an archived space: reading, and deciding who may."""

WHILE_SUSPENDED = frozenset(
    {
        Can.SEE_SPACE,
        Can.SEE_THREADS,
        Can.SEE_STORIES,
        Can.SEE_HELP,
        Can.SEE_PLAYBOOKS,
        Can.SEE_MEETUPS,
        Can.SEE_STRATEGY,
        Can.SEE_MEMBERS,
        Can.JOIN_SPACE,
        Can.LEAVE_SPACE,
        Can.READ_LOG,
        Can.SEE_ROSTER,
        Can.WATCH_THREAD,
        Can.FLAG_POST,
    }
)
"""What is left of everyone's powers to somebody who is suspended in a space: reading, flagging, and what is their own."""

LENDABLE = frozenset(
    {Can.EDIT_ANY_POST, Can.REMOVE_ANY_POST, Can.ACCEPT_ANY_ANSWER, Can.INVITE_MEMBER, Can.DECIDE_REQUEST}
)
"""What may be lent with a grant."""

KEEPERS = (Role.ORGANISER, Role.STEWARD)
"""The roles that look after a space."""

RANK: Mapping[Role, int] = {role: rank for rank, role in enumerate(Role)}


def powers_of(role: Role, *, archived: bool = False, suspended: bool = False) -> frozenset[Can]:
    """Return what `role` may do in a space."""
    powers = POWERS[role]
    if archived:
        powers &= IN_ARCHIVE
    return powers & WHILE_SUSPENDED if suspended else powers


def giveable(role: Role) -> tuple[Role, ...]:
    """Return the roles that somebody of `role` may give to others: only stewards make stewards and organisers (A4)."""
    if role is Role.STEWARD:
        return (Role.READER, Role.CHAMPION, Role.ORGANISER, Role.STEWARD)
    return (Role.READER, Role.CHAMPION)
