"""Today: one screen that rooms add to. Empty parts aren't drawn."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Select, select

from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.queries import lacks_profile
from forum.spaces.feature import features
from forum.spaces.guard import Here
from forum.spaces.models import Membership
from forum.spaces.parts import TodayIf, TodayPart
from forum.spaces.policy import KEEPERS, Can
from forum.spaces.queries import viewing
from forum.web.words import _, _n

FIRST_STEPS = 6
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
    some = _where_there_may_be_some(here)  # first: what is listed there isn't listed again
    parts = [part for feature in features() if feature.today for part in feature.today(here)] + some
    if _is_newcomer(here):
        parts = [part for part in parts if not part.is_for_settled]
        parts.append(_first_steps(here))
    parts.sort(key=lambda part: part.order)
    return Today(
        lede=_lede(here, parts),
        main=[part for part in parts if not part.in_rail],
        rail=[part for part in parts if part.in_rail],
    )


def _where_there_may_be_some(here: Here) -> list[TodayPart]:
    asked = tuple(one for feature in features() for one in feature.today_if)
    values = {"space_id": here.space.id, **viewing(here.actor, now())}
    answers = db.session.execute(_may(asked), values).one()
    return [part for one, is_there in zip(asked, answers, strict=True) if is_there for part in one.parts(here)]


@prepared
def _may(asked: tuple[TodayIf, ...]) -> Select[*tuple[Any, ...]]:
    """Build the statement that asks all rooms at once, once."""
    return select(*(one.may if isinstance(one.may, ColumnElement) else one.may() for one in asked))


def _lede(here: Here, parts: list[TodayPart]) -> Markup:
    """Greet, say how much waits, then each part's own sentence, which may hold links; with none, what helps this person on."""
    waits = sum(part.waits for part in parts)
    greetings = [escape(part.sentence) for part in parts if part.sentence and part.greets]
    sentences = [escape(part.sentence) for part in parts if part.sentence and not part.greets]
    waiting = [escape(_n("One thing waits for you.", "%(num)d things wait for you.", waits))] if waits else []
    return Markup(" ").join([*greetings, *waiting, *sentences] or [_quiet(here)])


def _is_newcomer(here: Here) -> bool:
    """Say whether somebody joined in the last two weeks; who looks after the space knows their way."""
    return here.membership is not None and here.role not in KEEPERS and _is_new(here.membership)


def _first_steps(here: Here) -> TodayPart:
    """Say to who is new what to begin with."""
    values: dict[str, object] = {
        "lacks_about": not here.actor.about,
        "may_start": here.may(Can.START_THREAD),
        "first_name": here.actor.name.split(maxsplit=1)[0],
    }
    return TodayPart(order=FIRST_STEPS, template="home/today_first_steps.html", values=values)


def _is_new(membership: Membership) -> bool:
    return membership.joined_at >= now() - NEWCOMER


def _quiet(here: Here) -> Markup:
    """Say to visitors what they see here, to who is new what comes first, to everybody else that they are up to date."""
    about = url_for("spaces.about", slug=here.space.slug)
    if here.membership is None:
        said = _("You can read everything here. Start with %(link)s.")
        return _with_link(said, about, _("what this space is for"))
    if not _is_new(here.membership):
        return escape(_("You are up to date. Nothing waits for you."))
    if lacks_profile(here.actor):
        said = _("Welcome. Tell colleagues %(link)s, so that they find you.")
        return _with_link(said, url_for("people.profile"), _("what they can ask you about"))
    return _with_link(_("Welcome. Start with %(link)s."), about, _("how it works here"))


def _with_link(said: str, url: str, words: str) -> Markup:
    """Put a link into a sentence."""
    return escape(said) % {"link": Markup('<a href="{}">{}</a>').format(url, words)}
