"""The words of stories."""

import enum
from collections.abc import Mapping

from forum.roster.models import Engagement, Mode
from forum.spaces.models import Audience
from forum.stories.models import ListName, Result, StoryKind
from forum.web.words import LazyString, _l

KINDS: Mapping[StoryKind, LazyString] = {
    StoryKind.WENT_WRONG: _l("Went wrong, and was fixed"),
    StoryKind.NEAR_MISS: _l("A near miss: it nearly went wrong"),
}
SHORT_KINDS: Mapping[StoryKind, LazyString] = {
    StoryKind.WENT_WRONG: _l("Went wrong, and was fixed"),
    StoryKind.NEAR_MISS: _l("Near miss"),
}
AUDIENCES: Mapping[Audience, LazyString] = {
    Audience.SPACE: _l("Everybody who sees this space"),
    Audience.ORGANISERS: _l("Only its organisers and me"),
}


class When(enum.StrEnum):
    """When a story is published that somebody tells now."""

    NOW = "now"
    HOUR = "hour"
    HOURS = "hours"
    TOMORROW = "tomorrow"


WHEN: Mapping[When, LazyString] = {
    When.NOW: _l("Now"),
    When.HOUR: _l("In an hour"),
    When.HOURS: _l("In four hours"),
    When.TOMORROW: _l("Tomorrow morning, at eight"),
}
MODES: Mapping[Mode, LazyString] = {
    Mode.USUAL: _l("Business as usual"),
    Mode.CAMPAIGN: _l("A campaign, or something else that ends"),
}
SHORT_MODES: Mapping[Mode, LazyString] = {Mode.USUAL: _l("Business as usual"), Mode.CAMPAIGN: _l("A campaign")}
ENGAGEMENT: Mapping[Engagement, LazyString] = {
    Engagement.COMMUNICATING: _l("Communicating"),
    Engagement.ENGAGING: _l("Engaging"),
    Engagement.COLLABORATING: _l("Collaborating"),
}
LISTS: Mapping[ListName, LazyString] = {
    ListName.CHANNEL: _l("Channel"),
    ListName.AREA: _l("Service area"),
    ListName.CAUSE: _l("Cause"),
}
RESULTS: Mapping[Result, LazyString] = {
    Result.WORKED: _l("Worked"),
    Result.PARTLY: _l("Partly"),
    Result.FAILED: _l("Did not work"),
}
