"""Rights that are lent hold for a time, and are never more than the giver holds now (D5)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces import actions
from forum.spaces.guard import here_for
from forum.spaces.items import make_item
from forum.spaces.models import Grant, JoinRequest, LogEntry, Membership, Role, Space
from forum.spaces.policy import LENDABLE, Can
from forum.spaces.queries import holders_of, open_invitations
from forum.spaces.tokens import invitation_token
from tests import factories
from tests.cast import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]

NINE = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
FIVE = datetime(2026, 11, 13, 17, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def lend(
    cast: Cast, *, power: Can = Can.DECIDE_REQUEST, starts: datetime | None = None, ends: datetime | None = None
) -> Grant:
    with transaction():
        return actions.lend(
            cast.champions,
            giver=cast.organiser,
            taker=cast.champion,
            power=power,
            starts=starts or now() - timedelta(hours=1),
            ends=ends or now() + timedelta(days=1),
            because="Oscar is away until Friday.",
        )


def holds(cast: Cast, power: Can = Can.DECIDE_REQUEST) -> bool:
    return here_for(cast.champion, cast.champions.slug).may(power)


def test_a_loan_holds_from_its_start_until_before_its_end(cast: Cast) -> None:
    """D5: starts <= now < ends, with nothing running that would begin or end it."""
    with time_machine.travel(NINE - timedelta(days=1), tick=False) as clock:
        lend(cast, starts=NINE, ends=FIVE)
        for moment, expected in ((NINE - MOMENT, False), (NINE, True), (FIVE - MOMENT, True), (FIVE, False)):
            clock.move_to(moment)
            assert holds(cast) is expected, moment


def test_a_loan_lends_that_power_in_that_space_to_that_person(cast: Cast) -> None:
    lend(cast)
    factories.make_membership(cast.night_desk, cast.champion)
    assert holds(cast)
    assert not holds(cast, Can.INVITE_MEMBER)
    assert not here_for(cast.colleague, cast.champions.slug).may(Can.DECIDE_REQUEST)
    assert not here_for(cast.champion, cast.night_desk.slug).may(Can.DECIDE_REQUEST)


@pytest.mark.parametrize("why", ["demoted", "left", "suspended", "closed"])
def test_a_loan_is_never_more_than_its_giver_holds_now(cast: Cast, why: str) -> None:
    """D5: asked on each request, not when it was lent."""
    lend(cast)
    assert holds(cast)
    with transaction():
        membership = db.session.scalars(select(Membership).where(Membership.person_id == cast.organiser.id)).one()
        giver = db.session.get_one(Person, cast.organiser.id)
        if why == "demoted":
            membership.role = Role.CHAMPION
        elif why == "left":
            membership.ended_at = now()
        else:
            giver.state = PersonState(why)
    assert not holds(cast)


def test_a_loan_holds_nothing_in_an_archived_space(cast: Cast) -> None:
    lend(cast)
    with transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    assert not holds(cast)


def test_a_loan_holds_nothing_for_who_is_no_member_any_more(cast: Cast) -> None:
    """A3, D5: and coming back does not bring it back."""
    lend(cast)
    with transaction():
        actions.end_membership(here_for(cast.steward, "champions"), cast.champion)
    assert not holds(cast)
    factories.make_membership(cast.champions, cast.champion)
    assert not holds(cast)


def test_a_loan_to_somebody_outside_holds_nothing(cast: Cast) -> None:
    """A3, D5: an open space loads for visitors too. Seen to fail without `membership is None` where the lent rights are read."""
    factories.make_grant(cast.champions, to=cast.former, by=cast.organiser, power=Can.DECIDE_REQUEST)
    here = here_for(cast.former, "champions")
    assert not here.may(Can.DECIDE_REQUEST)
    assert not here.lent


def test_there_is_no_chain_of_loans(cast: Cast) -> None:
    """D5: who borrows a power doesn't hold it to lend."""
    lend(cast)
    with transaction(), pytest.raises(Denied):
        actions.lend(
            cast.champions,
            giver=cast.champion,
            taker=cast.colleague,
            power=Can.DECIDE_REQUEST,
            starts=now(),
            ends=now() + timedelta(days=1),
        )


@pytest.mark.parametrize("who", ["organiser", "champion"])
def test_coming_back_early_ends_a_loan_at_once(cast: Cast, who: str) -> None:
    """D5: the giver takes it back, or the taker gives it."""
    grant = lend(cast)
    with transaction():
        actions.revoke(grant, actor=getattr(cast, who))
        actions.revoke(grant, actor=getattr(cast, who))
    assert not holds(cast)
    verbs = list(db.session.scalars(select(LogEntry.verb).order_by(LogEntry.id)))
    assert verbs == ["lent right", "took back right"]


def test_nobody_else_ends_a_loan(cast: Cast) -> None:
    with transaction(), pytest.raises(Missing):
        actions.revoke(lend(cast), actor=cast.colleague)


@pytest.mark.parametrize("power", sorted(set(Can) - LENDABLE))
def test_what_makes_roles_and_members_is_not_lent(cast: Cast, power: Can) -> None:
    """A4: no loan ends in a role."""
    with pytest.raises(RuleBroken):
        lend(cast, power=power)


def test_a_power_that_was_lent_once_and_is_no_longer_lendable_holds_nothing(cast: Cast) -> None:
    grant = lend(cast)
    with transaction():
        db.session.get_one(Grant, grant.id).power = Can.CHANGE_ROLE.value
    assert not holds(cast, Can.CHANGE_ROLE)


@pytest.mark.parametrize(
    "giver, taker, hours, refused",
    [
        ("colleague", "champion", 24, Denied),
        ("former", "champion", 24, Denied),
        ("organiser", "former", 24, RuleBroken),
        ("organiser", "suspended", 24, RuleBroken),
        ("organiser", "organiser", 24, RuleBroken),
        ("organiser", "champion", 0, RuleBroken),
        ("organiser", "champion", -1, RuleBroken),
    ],
)
def test_a_loan_needs_a_giver_who_holds_it_a_taker_who_is_there_and_some_time(
    cast: Cast, giver: str, taker: str, hours: int, refused: type[Exception]
) -> None:
    """D5: and nobody lends to themselves."""
    starts = now()
    with transaction(), pytest.raises(refused):
        actions.lend(
            cast.champions,
            giver=getattr(cast, giver),
            taker=getattr(cast, taker),
            power=Can.DECIDE_REQUEST,
            starts=starts,
            ends=starts + timedelta(hours=hours),
        )


def test_a_loan_over_one_item_reaches_no_further(cast: Cast) -> None:
    with transaction():
        one = make_item(cast.champions, kind="thread", title="One", author=cast.colleague)
        other = make_item(cast.champions, kind="thread", title="Other", author=cast.colleague)
        actions.lend(
            cast.champions,
            giver=cast.organiser,
            taker=cast.champion,
            power=Can.EDIT_ANY_POST,
            starts=now(),
            ends=now() + timedelta(days=1),
            item=one,
        )
    here = here_for(cast.champion, cast.champions.slug)
    assert here.may(Can.EDIT_ANY_POST, one)
    assert not here.may(Can.EDIT_ANY_POST, other)
    assert not here.may(Can.EDIT_ANY_POST)
    behalf = here.on_behalf_of(Can.EDIT_ANY_POST, one)
    assert behalf is not None
    assert behalf.id == cast.organiser.id


def test_an_item_of_another_space_cannot_be_lent_here(cast: Cast) -> None:
    """A2: the item's space decides."""
    with transaction():
        item = make_item(cast.night_desk, kind="thread", title="T", author=cast.insider)
    with transaction(), pytest.raises(Missing):
        actions.lend(
            cast.champions,
            giver=cast.organiser,
            taker=cast.champion,
            power=Can.EDIT_ANY_POST,
            starts=now(),
            ends=now() + timedelta(days=1),
            item=item,
        )


def test_what_is_done_with_a_loan_names_both(cast: Cast) -> None:
    """D5: both names are recorded for what is done with it, and only for that."""
    lend(cast)
    for person in (cast.outsider, cast.insider):
        factories.make_join_request(cast.champions, person)
    with transaction():
        for request in db.session.scalars(select(JoinRequest)):
            here = here_for(cast.champion if request.person_id == cast.outsider.id else cast.steward, "champions")
            actions.accept_request(here, request.id)
    lines = db.session.scalars(select(LogEntry).where(LogEntry.verb == "accepted request").order_by(LogEntry.person_id))
    told = {line.person_id: (line.actor_id, line.on_behalf_of_id) for line in lines}
    assert told == {
        cast.outsider.id: (cast.champion.id, cast.organiser.id),
        cast.insider.id: (cast.steward.id, None),
    }


def test_who_borrows_a_power_is_among_its_holders_while_the_loan_holds(cast: Cast) -> None:
    """A3: mail asks the same question."""
    grant = lend(cast)
    assert {person.name for person in holders_of(cast.champions, Can.DECIDE_REQUEST, at=now())} == {
        "Carla Champion",
        "Oscar Organiser",
        "Stella Steward",
    }
    assert len(holders_of(cast.champions, Can.DECIDE_REQUEST, at=grant.ends_at)) == 2


@pytest.mark.parametrize("end", ["revoked", "over", "giver demoted"])
def test_an_invitation_made_with_a_loan_opens_nothing_after_it(cast: Cast, end: str) -> None:
    """D5: the loan is asked of when somebody comes in. Without that in `Opened.is_good`, outsiders come in after its end."""
    with time_machine.travel(NINE, tick=False) as clock:
        grant = lend(cast, power=Can.INVITE_MEMBER, starts=NINE, ends=FIVE)
        with transaction():
            here = here_for(cast.champion, "champions")
            link = actions.make_link(here, role=Role.CHAMPION, uses=5, lasts=timedelta(days=30))
            actions.invite_addresses(here, addresses=["new@example.org"])
            actions.accept(cast.outsider, link)
        if end == "revoked":
            with transaction():
                actions.revoke(grant, actor=cast.organiser)
        elif end == "over":
            clock.move_to(FIVE)
        else:
            with transaction():
                actions.change_role(here_for(cast.steward, "champions"), cast.organiser, role=Role.CHAMPION)
        with transaction(), pytest.raises(Missing):
            actions.accept(cast.insider, link)
        with pytest.raises(Missing):
            actions.invitation_at(invitation_token(link.nonce))
        assert [one.works for one in open_invitations(cast.champions, at=now())] == [False, False]
        with transaction():  # what opens nothing stands in nobody's way
            actions.invite_addresses(here_for(cast.steward, "champions"), addresses=["new@example.org"])
        assert [one.works for one in open_invitations(cast.champions, at=now())] == [True, False]
