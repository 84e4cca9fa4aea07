"""Whether a strategy fits on one side: measured here, and looked at in a real browser by `test_paper.py`."""

from dataclasses import replace

from forum.strategy.content import Activity
from forum.strategy.parts import PARTS
from forum.strategy.room import room_for, rows
from tests.factories import strategy_content

WORDS = "Every colleague who answers residents online has an hour each month to learn from another one. "


def test_a_short_page_is_set_large_and_a_long_one_small() -> None:
    """G1: from 11.5 points down to 9; then it says by how much it is over."""
    sizes = []
    for times in (1, 3, 5, 6):
        room = room_for(strategy_content(**dict.fromkeys(PARTS, WORDS * times)))
        sizes.append(room.size)
    assert sizes[0] == 11.5
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] >= 9
    over = room_for(strategy_content(**dict.fromkeys(PARTS, WORDS * 12)))
    assert not over.fits
    assert over.over > 5
    assert over.letters > 400


def test_what_the_hints_have_room_for_fits_with_activities_and_three_signatures() -> None:
    """G1: a budget of characters that keeps it to one side."""
    full = {key: (WORDS * 9)[: part.room].strip() for key, part in PARTS.items()}
    content = replace(
        strategy_content(**full), activities=(Activity(what="Weekly tips by mail to all departments"),) * 6
    )
    room = room_for(content, signers=["Ruth Abernethy, Chief Executive of Fenbridge Council"] * 3)
    assert room.fits, room


def test_lines_are_counted_as_a_browser_breaks_them() -> None:
    """G1: words go on to the next line, and what is longer than a line is broken."""
    assert rows("", 100, 10) == 1
    assert rows("one two", 500, 10) == 1
    assert rows("word " * 40, 100, 10) > 8
    assert rows("w" * 200, 100, 10) >= 13
    assert rows("漢" * 100, 100, 10) == 10
