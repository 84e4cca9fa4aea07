"""Measures that are drawn from the community: rooms register them, and this room knows none of them by name."""

from collections.abc import Sequence

from forum.spaces.feature import features
from forum.spaces.parts import Figure
from forum.strategy.content import Measure
from forum.web.words import _


def all_figures() -> Sequence[Figure]:
    """Return what can be drawn, in the order of the rooms."""
    return [one for feature in features() for one in feature.figures]


def figure_of(name: str) -> Figure | None:
    """Return what a measure is drawn from; None for what no room has."""
    return next((one for one in all_figures() if one.name == name), None)


def counted(measure: Measure) -> str:
    """Return what a measure counts as the page says it: also what of the community it is drawn from, which is signed with it."""
    figure = figure_of(measure.source) if measure.source else None
    if figure is None:
        return measure.words
    if str(figure.label).casefold() == measure.words.casefold():
        return _("%(words)s (counted here)", words=measure.words)
    return _("%(words)s (counted here: %(what)s)", words=measure.words, what=figure.label)
