"""As the proof of D1, with fewer instants, so that a break shows in the ordinary run."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.roster.agreement import agree


@pytest.mark.both_databases
def test_page_mention_right_and_gap_agree_on_who_holds(app: Flask, cast: Cast) -> None:
    """D1: seen to fail when rights are lent only until the last half-day begins."""
    agree(app, cast, instants=60)
