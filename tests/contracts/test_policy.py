"""What each role may do, written down a second time: nobody's powers change by accident."""

import itertools

import pytest

from forum.spaces.models import Role
from forum.spaces.policy import IN_ARCHIVE, LENDABLE, POWERS, RANK, Can, giveable, powers_of

# One letter for each role that holds the power: Visitor (signed in, in an open space), Reader, Champion, Organiser, Steward.
GRID: dict[Can, str] = {
    Can.SEE_SPACE: "VRCOS",
    Can.SEE_THREADS: "VRCOS",
    Can.SEE_MEMBERS: "VRCOS",
    Can.JOIN_SPACE: "V",
    Can.LEAVE_SPACE: "RCOS",
    Can.READ_LOG: "RCOS",
    Can.START_THREAD: "COS",
    Can.WRITE_POST: "COS",
    Can.WATCH_THREAD: "RCOS",
    Can.EDIT_OWN_POST: "COS",
    Can.EDIT_ANY_POST: "OS",
    Can.REMOVE_ANY_POST: "OS",
    Can.ACCEPT_ANY_ANSWER: "OS",
    Can.SAY_SAME_HERE: "RCOS",
    Can.REACT: "COS",
    Can.VOTE: "RCOS",
    Can.CLOSE_ANY_THREAD: "OS",
    Can.PIN_THREAD: "OS",
    Can.ANNOUNCE: "OS",
    Can.SEE_LEDGER: "OS",
    Can.MOVE_ANY_THREAD: "OS",
    Can.CHANGE_ANY_THREAD: "OS",
    Can.CURATE_TAGS: "OS",
    Can.FLAG_POST: "RCOS",
    Can.KEEP_ORDER: "OS",
    Can.ASK_FOR_COLLEAGUE: "OS",
    Can.SEE_ROSTER: "RCOS",
    Can.VOLUNTEER: "RCOS",
    Can.TAKE_DUTY: "COS",
    Can.KEEP_ROSTER: "OS",
    Can.INVITE_MEMBER: "OS",
    Can.DECIDE_REQUEST: "OS",
    Can.REMOVE_MEMBER: "OS",
    Can.SUSPEND_MEMBER: "OS",
    Can.TEND_COMMUNITY: "OS",
    Can.SEE_STORIES: "VRCOS",
    Can.SEE_STRATEGY: "VRCOS",
    Can.TELL_STORY: "COS",
    Can.TRY_STORY: "COS",
    Can.WRITE_STRATEGY: "COS",
    Can.KEEP_STORIES: "OS",
    Can.SEE_HELP: "VRCOS",
    Can.ASK_FOR_HELP: "COS",
    Can.TAKE_HELP: "COS",
    Can.KEEP_HELP: "OS",
    Can.SEE_PLAYBOOKS: "VRCOS",
    Can.WRITE_PLAYBOOK: "COS",
    Can.RUN_PLAYBOOK: "COS",
    Can.KEEP_PLAYBOOKS: "OS",
    Can.KEEP_STRATEGY: "OS",
    Can.SEE_MEETUPS: "VRCOS",
    Can.TURN_UP: "RCOS",
    Can.SCHEDULE_MEETUP: "OS",
    Can.CHANGE_ROLE: "S",
    Can.CHANGE_SPACE: "S",
    Can.KEEP_WEBHOOKS: "S",
    Can.ARCHIVE_SPACE: "S",
    Can.TAKE_ARCHIVE: "S",
}
# What is left of them in an archived space: reading, and deciding who may.
ARCHIVED: dict[Can, str] = {
    Can.SEE_SPACE: "VRCOS",
    Can.SEE_THREADS: "VRCOS",
    Can.SEE_STORIES: "VRCOS",
    Can.SEE_HELP: "VRCOS",
    Can.SEE_PLAYBOOKS: "VRCOS",
    Can.SEE_STRATEGY: "VRCOS",
    Can.SEE_MEETUPS: "VRCOS",
    Can.SEE_MEMBERS: "VRCOS",
    Can.LEAVE_SPACE: "RCOS",
    Can.SEE_LEDGER: "OS",
    Can.READ_LOG: "RCOS",
    Can.SEE_ROSTER: "RCOS",
    Can.REMOVE_MEMBER: "OS",
    Can.CHANGE_ROLE: "S",
    Can.ARCHIVE_SPACE: "S",
    Can.TAKE_ARCHIVE: "S",
}
# And to somebody suspended in the space: reading, and what is their own. A new power isn't among them unless it is written here.
SUSPENDED: dict[Can, str] = {
    Can.SEE_SPACE: "VRCOS",
    Can.SEE_THREADS: "VRCOS",
    Can.SEE_STORIES: "VRCOS",
    Can.SEE_HELP: "VRCOS",
    Can.SEE_PLAYBOOKS: "VRCOS",
    Can.SEE_STRATEGY: "VRCOS",
    Can.SEE_MEETUPS: "VRCOS",
    Can.SEE_MEMBERS: "VRCOS",
    Can.JOIN_SPACE: "V",
    Can.LEAVE_SPACE: "RCOS",
    Can.READ_LOG: "RCOS",
    Can.SEE_ROSTER: "RCOS",
    Can.WATCH_THREAD: "RCOS",
    Can.FLAG_POST: "RCOS",
}
LETTERS = {role.value[0].upper(): role for role in Role}
CHANGES_ROLES_OR_SPACE = {Can.CHANGE_ROLE, Can.CHANGE_SPACE, Can.ARCHIVE_SPACE, Can.REMOVE_MEMBER}


def test_the_grid_names_every_power_and_every_role() -> None:
    """A1: a new power is thought about here before it lands."""
    assert set(GRID) == set(Can)
    assert set(LETTERS.values()) == set(Role) == set(POWERS)


@pytest.mark.parametrize("power", list(Can))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_holds_exactly_the_powers_of_the_grid(role: Role, power: Can) -> None:
    """A1: role x power."""
    holders = {LETTERS[letter] for letter in GRID[power]}
    assert (power in powers_of(role, archived=False)) == (role in holders)


@pytest.mark.parametrize("power", list(Can))
@pytest.mark.parametrize("role", list(Role))
def test_an_archived_space_leaves_exactly_the_powers_of_the_grid(role: Role, power: Can) -> None:
    """A1: in an archive nothing is written, and who reads it can still be decided."""
    holders = {LETTERS[letter] for letter in ARCHIVED.get(power, "")}
    assert (power in powers_of(role, archived=True)) == (role in holders)
    assert (power in IN_ARCHIVE) == (power in ARCHIVED)


@pytest.mark.parametrize("power", list(Can))
@pytest.mark.parametrize("role", list(Role))
def test_a_suspension_leaves_exactly_the_powers_of_the_grid(role: Role, power: Can) -> None:
    """A1: who is suspended in a space reads, leaves and looks after what is their own; in an archive no more than all others."""
    holders = {LETTERS[letter] for letter in SUSPENDED.get(power, "")}
    assert (power in powers_of(role, archived=False, suspended=True)) == (role in holders)
    assert powers_of(role, archived=True, suspended=True) <= powers_of(role, archived=True)


def test_each_role_of_a_member_holds_all_that_the_one_below_holds() -> None:
    """A4: a higher role is never a loss, so nobody needs two."""
    members = [role for role in Role if role is not Role.VISITOR]
    for lower, higher in itertools.pairwise(members):
        assert POWERS[lower] <= POWERS[higher]
        assert RANK[lower] < RANK[higher]


def test_what_can_be_lent_changes_neither_roles_nor_the_space() -> None:
    """A4, D5: no chain of loans ends in a role, and only what organisers hold is lent."""
    assert not LENDABLE & CHANGES_ROLES_OR_SPACE
    assert POWERS[Role.ORGANISER] >= LENDABLE


def test_only_stewards_give_the_roles_that_look_after_a_space() -> None:
    """A4: nobody raises anyone, themselves included, above what they are."""
    assert set(giveable(Role.STEWARD)) == set(Role) - {Role.VISITOR}
    for role in set(Role) - {Role.STEWARD}:
        assert set(giveable(role)) == {Role.READER, Role.CHAMPION}
