"""Today: one screen that rooms add to. Empty parts aren't drawn."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from forum.spaces.feature import TodayPart, features
from forum.spaces.guard import Here
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class Today:
    """The page: one plain sentence, the main column, the rail."""

    lede: Markup
    main: list[TodayPart]
    rail: list[TodayPart]


def today_for(here: Here) -> Today:
    """Collect what the rooms have to say to this person today."""
    parts = [part for feature in features() if feature.today for part in feature.today(here)]
    parts.sort(key=lambda part: part.order)
    return Today(
        lede=_lede(parts),
        main=[part for part in parts if not part.in_rail],
        rail=[part for part in parts if part.in_rail],
    )


def _lede(parts: list[TodayPart]) -> Markup:
    """Say how much waits, then each part's own sentence, which may hold links."""
    waits = sum(part.waits for part in parts)
    sentences = [escape(part.sentence) for part in parts if part.sentence]
    if waits:
        sentences.insert(0, escape(_waiting(waits)))
    if not sentences:
        sentences = [escape(_("You are up to date. Nothing waits for you."))]
    return Markup(" ").join(sentences)


def _waiting(number: int) -> str:
    few = {
        1: _("One thing waits for you."),
        2: _("Two things wait for you."),
        3: _("Three things wait for you."),
        4: _("Four things wait for you."),
        5: _("Five things wait for you."),
        6: _("Six things wait for you."),
    }
    return few.get(number) or _("%(number)s things wait for you.", number=number)
