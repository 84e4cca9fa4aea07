"""What Today says of meetups: the next one, polls that wait for an answer, and what `forum.meetups.day.today` says of their days."""

from flask import url_for
from markupsafe import Markup

from forum.core.time import local, now
from forum.meetups.day.today import parts as of_the_day
from forum.meetups.models import Answer
from forum.meetups.polls.queries import polls_in
from forum.meetups.queries.lists import Listed, next_for
from forum.meetups.words import ANSWERS, local_words
from forum.spaces.guard import Here
from forum.spaces.parts import TodayPart
from forum.spaces.policy import Can
from forum.web.words import _, _n

NEXT, POLLS = 15, 12


def parts(here: Here) -> list[TodayPart]:
    """Return the next meetup, in the rail, the polls for which one has not answered, what one promised, and new minutes."""
    if not here.may(Can.SEE_MEETUPS):
        return []
    return [*_polls(here), *_next(here), *of_the_day(here)]


def _polls(here: Here) -> list[TodayPart]:
    waiting = [one for one in polls_in(here) if one.waits] if here.may(Can.TURN_UP) else []
    if not waiting:
        return []
    url = url_for("meetups.polls", slug=here.space.slug)
    if len(waiting) == 1:
        url = url_for("meetups.poll", slug=here.space.slug, ref=waiting[0].ref)
    said = _n("One poll", "%(num)d polls", len(waiting))
    waits = _n("waits for your answer.", "wait for your answer.", len(waiting))
    sentence = Markup('<a href="{}">{}</a> {}').format(url, said, waits)
    values: dict[str, object] = {"polls": waiting}
    return [TodayPart(order=POLLS, template="meetups/today_polls.html", values=values, sentence=sentence)]


def _next(here: Here) -> list[TodayPart]:
    found = next_for(here)
    if found is None:
        return []
    url = url_for("meetups.occurrence", slug=here.space.slug, ref=found.ref, key=found.one.id)
    values: dict[str, object] = {
        "found": found,
        "url": url,
        "when_words": local_words(found.one, here.actor.zone),
        "day": local(found.one.starts_at, here.actor.zone),
        "said": ANSWERS[found.mine] if found.mine else "",
    }
    sentence = _sentence(here, found, url)
    return [TodayPart(order=NEXT, template="meetups/today_next.html", values=values, in_rail=True, sentence=sentence)]


def _sentence(here: Here, found: Listed, url: str) -> str:
    """Say so at the top when the person comes to it today."""
    is_today = local(found.one.starts_at, here.actor.zone).date() == local(now(), here.actor.zone).date()
    if not is_today or found.mine is not Answer.GOING:
        return ""
    begins = local(found.one.starts_at, here.actor.zone)
    said = Markup('<a href="{}">{}</a>').format(url, found.title)
    return Markup("{} {}").format(said, _("is today at %(clock)s.", clock=f"{begins:%H:%M}"))
