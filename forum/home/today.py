"""Today: one screen that rooms add to. Empty parts aren't drawn."""

from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from markupsafe import Markup, escape

from forum.core.time import now
from forum.people.queries import lacks_profile
from forum.spaces.feature import features
from forum.spaces.guard import Here
from forum.spaces.parts import TodayPart
from forum.web.words import _

NEWCOMER = timedelta(days=14)
"""How long after joining somebody is met as one who is new."""


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
        lede=_lede(here, parts),
        main=[part for part in parts if not part.in_rail],
        rail=[part for part in parts if part.in_rail],
    )


def _lede(here: Here, parts: list[TodayPart]) -> Markup:
    """Say how much waits, then each part's own sentence, which may hold links; with neither, what helps this person on."""
    waits = sum(part.waits for part in parts)
    sentences = [escape(part.sentence) for part in parts if part.sentence]
    if waits:
        sentences.insert(0, escape(_waiting(waits)))
    return Markup(" ").join(sentences or [_quiet(here)])


def _quiet(here: Here) -> Markup:
    """Say to visitors what they see here, to who is new what comes first, to everybody else that they are up to date."""
    about = url_for("spaces.about", slug=here.space.slug)
    if here.membership is None:
        said = _("You can read everything here. Start with %(link)s.")
        return _with_link(said, about, _("what this space is for"))
    if here.membership.joined_at < now() - NEWCOMER:
        return escape(_("You are up to date. Nothing waits for you."))
    if lacks_profile(here.actor):
        said = _("Welcome. Tell colleagues %(link)s, so that they find you.")
        return _with_link(said, url_for("people.profile"), _("what they can ask you about"))
    return _with_link(_("Welcome. Start with %(link)s."), about, _("how it works here"))


def _with_link(said: str, url: str, words: str) -> Markup:
    """Put a link into a sentence."""
    return escape(said) % {"link": Markup('<a href="{}">{}</a>').format(url, words)}


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
