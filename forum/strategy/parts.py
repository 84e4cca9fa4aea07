"""The parts of a strategy: what each is called on the page, what is asked, an example, and for how many characters there is room."""

from collections.abc import Mapping
from dataclasses import dataclass

from forum.web.words import LazyString, _l

TITLE_ROOM = 80
LONGEST = 2_000
"""The most characters that a part can hold at all: it isn't one side of A4 any more long before."""
MOST_ACTIVITIES, MOST_MEASURES = 10, 6
CYCLES: Mapping[int, LazyString] = {
    1: _l("Every month"),
    3: _l("Every three months"),
    6: _l("Every six months"),
    12: _l("Every year"),
}
QUARTERLY = 3


@dataclass(frozen=True)
class Part:
    """A part of the page."""

    label: LazyString
    """On the page: short."""
    asks: LazyString
    """Over the field."""
    hint: LazyString
    example: LazyString
    room: int
    """Characters: what fits beside the others."""
    is_list: bool = False
    """Each line is a point of its own, with a number."""


VISION = "vision"
PARTS: Mapping[str, Part] = {
    VISION: Part(
        _l("Vision"),
        _l("Where do we want to be?"),
        _l("Imagine that day, and say what it is like, as if it were today."),
        _l("Anyone can ask us online, and gets a useful answer from a named person within one working day."),
        320,
    ),
    "why": Part(
        _l("Why"),
        _l("Why are we doing this?"),
        _l("What is wrong now, or what would be better. In a sentence that a colleague would say aloud."),
        _l("Four in ten calls repeat a question that our pages don’t answer."),
        280,
    ),
    "who": Part(
        _l("Who it affects"),
        _l("Who will be affected?"),
        _l("Inside and outside, also who might lose by it."),
        _l("Residents and small businesses; the contact centre; those who are not online, whom libraries help."),
        220,
    ),
    "timeline": Part(
        _l("When"),
        _l("When does what happen?"),
        _l("The few dates that everybody should know."),
        _l("Accounts listed by March. Two pilots until summer. All departments from September."),
        200,
    ),
    "goals": Part(
        _l("Goals"),
        _l("What are our goals?"),
        _l("Two to four, a line each. Measures come below."),
        _l("Every question gets an answer."),
        280,
        is_list=True,
    ),
    "success": Part(
        _l("We succeed when"),
        _l("How will we know that it worked?"),
        _l("What people would say or do then that they don’t now."),
        _l("Colleagues ask their champion before they ask IT."),
        200,
    ),
    "limits": Part(
        _l("Limits, and why"),
        _l("What limits us, and why is that so?"),
        _l("Time, money, people, law: each with why it exists. What we won’t do belongs here too."),
        _l("No messages about care or debt, because we can’t check who is asking."),
        320,
    ),
    "channels": Part(
        _l("Channels"),
        _l("Which channels do we focus on, and why those?"),
        _l("A few that you do well. Say what you let go."),
        _l("The website, because most start there. Facebook, for neighbourhoods. The other accounts are closed with notice."),
        280,
    ),
    "steps": Part(
        _l("Steps"),
        _l("What are the next steps?"),
        _l("In their order, a line each."),
        _l("A champion and a deputy in every department, by January."),
        340,
        is_list=True,
    ),
    "training": Part(
        _l("Training"),
        _l("What training do people need?"),
        _l("Who learns what, and from whom."),
        _l("An hour of plain English for everybody who answers; from a colleague who does it well."),
        200,
    ),
    "help": Part(
        _l("In hot water"),
        _l("How do we help someone out of hot water?"),
        _l("Whom they turn to, at what hours, and what happens then. Who is on duty stands in the roster."),
        _l("Whoever is on duty answers within the hour; nobody answers an angry crowd alone."),
        200,
    ),
}  # fmt: skip
"""In the order of the page."""
