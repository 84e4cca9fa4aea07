"""Loading a space and authorising are one step, and actions ask again under the space's lock."""

import pytest

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing
from forum.core.time import now
from forum.spaces.doors import Door, door_for, here_or_door
from forum.spaces.guard import Here, here_for, hold
from forum.spaces.models import Membership, Role, Space, Visibility
from forum.spaces.policy import Can
from tests import factories
from tests.cast import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


@pytest.mark.parametrize(
    "visibility, role", [(Visibility.OPEN, Role.VISITOR), (Visibility.BY_REQUEST, None), (Visibility.PRIVATE, None)]
)
def test_somebody_from_outside_finds_only_open_spaces(cast: Cast, visibility: Visibility, role: Role | None) -> None:
    """A1: what one may not see is missing."""
    space = factories.make_space(visibility=visibility)
    if role is None:
        with pytest.raises(Missing):
            here_for(cast.outsider, space.slug)
    else:
        assert here_for(cast.outsider, space.slug).role is role


def test_being_an_admin_opens_no_space(cast: Cast) -> None:
    """A4: admins have no right to read."""
    with pytest.raises(Missing):
        here_for(cast.admin, cast.night_desk.slug)
    assert here_for(cast.admin, cast.champions.slug).role is Role.VISITOR


def test_a_space_counts_its_members_but_not_accounts_out_of_use(cast: Cast) -> None:
    here = here_for(cast.reader, cast.champions.slug)
    assert (here.member_count, here.department_count) == (5, 1)


@pytest.mark.parametrize("visibility", [Visibility.OPEN, Visibility.PRIVATE])
def test_only_a_space_that_is_joined_by_request_has_a_door(cast: Cast, visibility: Visibility) -> None:
    """A1: a private space doesn't exist, and an open one needs no door."""
    with pytest.raises(Missing):
        door_for(cast.outsider, factories.make_space(visibility=visibility).slug)


def test_a_door_shows_name_and_purpose_to_who_stands_outside(cast: Cast) -> None:
    space = factories.make_space(visibility=Visibility.BY_REQUEST, purpose="Bees.")
    found = here_or_door(cast.outsider, space.slug)
    assert isinstance(found, Door)
    assert (found.name, found.purpose, found.request) == (space.name, "Bees.", None)
    factories.make_membership(space, cast.outsider)
    assert isinstance(here_or_door(cast.outsider, space.slug), Here)
    with pytest.raises(Missing):
        door_for(cast.outsider, space.slug)


def test_an_archived_space_has_no_door(cast: Cast) -> None:
    space = factories.make_space(visibility=Visibility.BY_REQUEST, archived=True)
    with pytest.raises(Missing):
        here_or_door(cast.outsider, space.slug)


def test_an_action_asks_again_what_the_page_knew(cast: Cast) -> None:
    """A3: between the page and the press somebody may have lost their role, or their membership."""
    here = here_for(cast.organiser, cast.champions.slug)
    with transaction():
        _of(cast, here).role = Role.CHAMPION
    with transaction(), pytest.raises(Denied):
        hold(here, Can.INVITE_MEMBER)
    with transaction():
        _of(cast, here).ended_at = now()
    with transaction(), pytest.raises(Denied):
        hold(here, Can.WRITE_POST)
    with transaction():
        db.session.get_one(Space, cast.champions.id).visibility = Visibility.PRIVATE
    with transaction(), pytest.raises(Missing):
        hold(here)


def test_in_the_archive_the_reason_is_the_archive(cast: Cast) -> None:
    with transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    here = here_for(cast.champion, cast.champions.slug)
    with pytest.raises(Denied, match="closed"):
        here.require(Can.WRITE_POST)


@pytest.mark.parametrize(
    "who, power, sentence",
    [
        ("outsider", Can.WRITE_POST, "Only members of Champions"),
        ("reader", Can.WRITE_POST, "You read along"),
        ("reader", Can.INVITE_MEMBER, "Only the organisers"),
        ("champion", Can.INVITE_MEMBER, "Only the organisers"),
        ("organiser", Can.CHANGE_ROLE, "Only the stewards"),
        ("reader", Can.CHANGE_SPACE, "Only the stewards"),
        ("champion", Can.JOIN_SPACE, "You are a member"),
    ],
)
def test_who_may_not_is_told_who_may(cast: Cast, who: str, power: Can, sentence: str) -> None:
    here = here_for(getattr(cast, who), cast.champions.slug)
    with pytest.raises(Denied, match=sentence):
        here.require(power)


def _of(cast: Cast, here: Here) -> Membership:
    assert here.membership is not None
    return db.session.get_one(Membership, here.membership.id)
