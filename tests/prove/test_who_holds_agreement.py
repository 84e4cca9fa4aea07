"""Page, mention, right and gap agree on who holds a duty at 1,000 random instants, clock-change days among them (D1)."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.roster.agreement import agree


@pytest.mark.prove
@pytest.mark.both_databases
def test_a_thousand_instants(app: Flask, cast: Cast) -> None:
    """D1: nine hundred at random, and a hundred at the edges of half-days."""
    agree(app, cast, instants=1000)
