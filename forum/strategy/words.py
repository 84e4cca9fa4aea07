"""Words of the strategy: what activities are, the four questions, and days."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from flask_babel import get_locale

from forum.roster.models import Engagement, Mode
from forum.web.words import LazyString, _l

MODES: Mapping[Mode, LazyString] = {
    Mode.USUAL: _l("Business as usual, with no end"),
    Mode.CAMPAIGN: _l("A campaign, with one"),
}
SHORT_MODES: Mapping[Mode, LazyString] = {Mode.USUAL: _l("usual"), Mode.CAMPAIGN: _l("campaign")}
ENGAGEMENTS: Mapping[Engagement, LazyString] = {
    Engagement.COMMUNICATING: _l("Communicating: we tell"),
    Engagement.ENGAGING: _l("Engaging: we ask and answer"),
    Engagement.COLLABORATING: _l("Collaborating: we make it together"),
}
SHORT_ENGAGEMENTS: Mapping[Engagement, LazyString] = {
    Engagement.COMMUNICATING: _l("communicating"),
    Engagement.ENGAGING: _l("engaging"),
    Engagement.COLLABORATING: _l("collaborating"),
}
QUESTIONS: Mapping[int, LazyString] = {
    1: _l("Are we closer to where we want to be?"),
    2: _l("Is the organisation becoming more digital?"),
    3: _l("Are online tools part of people’s work?"),
    4: _l("What needs to change?"),
}


def day_words(day: date | None) -> str:
    """Return "1 June 2025", "" for no day."""
    return str(format_date(day, "d MMMM y", locale=get_locale() or "en_GB")) if day else ""
