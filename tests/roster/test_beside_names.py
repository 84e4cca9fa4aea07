"""What stands beside the name of somebody who is away: who covers, or the deputy who stands in without being asked (D1)."""

from datetime import timedelta

import pytest
from flask import Flask

from forum.core.halves import Span
from forum.core.time import today
from forum.roster.models import Seen
from forum.spaces.feature import stand_ins
from tests import factories
from tests.cast import Cast
from tests.content.steps import queries, standing


def beside(cast: Cast) -> str:
    found = stand_ins(standing(cast.reader), [cast.champion.id, cast.colleague.id, cast.organiser.id])
    return found[cast.champion.id].sentence if cast.champion.id in found else ""


@pytest.mark.both_databases
def test_a_deputy_who_stands_in_is_named_as_one_in_the_same_query(app: Flask, cast: Cast) -> None:
    """D1: as `who_holds` says; whoever took cover is named first, and says so."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.colleague)
        assert beside(cast) == ""
        absence = factories.make_absence(cast.champion)
        here = standing(cast.reader)
        with queries(app) as sent:
            found = stand_ins(here, [cast.champion.id, cast.colleague.id])
        assert len(sent) == 1
        assert "Colin Colleague stands in as deputy" in found[cast.champion.id].sentence
        assert found[cast.champion.id].deputies == ["Colin Colleague"]
        factories.make_cover_request(duty, away=cast.champion, span=absence.span, taken_by=cast.organiser)
        assert "covers" in beside(cast)
        assert "deputy" not in beside(cast)


@pytest.mark.both_databases
def test_a_deputy_stands_in_for_whose_turn_it_is_and_not_while_away(app: Flask, cast: Cast) -> None:
    """D1: of a duty that goes round only for whose turn it is; a deputy who is away stands in for nobody."""
    with app.test_request_context("/"):
        mine = factories.make_duty(cast.champions, by=cast.organiser, deputy=cast.colleague)
        factories.make_turns(mine, [cast.champion, cast.organiser])
        theirs = factories.make_duty(cast.champions, by=cast.organiser, deputy=cast.steward)
        factories.make_turns(theirs, [cast.organiser, cast.champion])
        factories.make_absence(cast.champion)
        assert "Colin Colleague stands in as deputy" in beside(cast)
        assert cast.steward.name not in beside(cast)
        factories.make_absence(cast.colleague)
        assert beside(cast)
        assert "deputy" not in beside(cast)


def test_nothing_is_said_of_a_deputy_where_nothing_is_said_of_the_absence(app: Flask, cast: Cast) -> None:
    """D6."""
    with app.test_request_context("/"):
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.colleague)
        day = today(cast.champions.zone)
        span = Span.of_days(day, day + timedelta(days=2))
        factories.make_absence(cast.champion, span=span, seen=Seen.ORGANISERS)
        assert beside(cast) == ""
        assert "deputy" in stand_ins(standing(cast.organiser), [cast.champion.id])[cast.champion.id].sentence
