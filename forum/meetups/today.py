"""What Today says of meetups: the next one, polls that wait for an answer, and what `forum.meetups.day.today` says of their days."""

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Integer, bindparam, exists

from forum.core.time import local, now
from forum.meetups.day.today import TODAY_IF as OF_THE_DAY
from forum.meetups.models import KIND, Answer, Occurrence
from forum.meetups.polls.models import POLL_KIND, DatePoll
from forum.meetups.polls.queries import polls_in
from forum.meetups.queries.lists import Listed, has_met, next_for
from forum.meetups.words import ANSWERS, local_words
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import FirstStep, TodayIf, TodayPart
from forum.spaces.policy import Can
from forum.spaces.queries.visible import VIEWED_AT
from forum.web.words import _, _n

NEXT, POLLS = 15, 12


def first_steps(here: Here) -> list[FirstStep]:
    """Say that the first meetup comes first: until one has been held."""
    if not here.may(Can.SCHEDULE_MEETUP):
        return []
    return [
        FirstStep(
            order=30,
            words=_("Hold the first meetup"),
            hint=_("Set its time and its place or link, say who hosts, and tell people. Half an hour is enough."),
            url=url_for("meetups.index", slug=here.space.slug),
            label=_("Look at the meetups"),
            is_done=has_met(here.space.id, at=now()),
        )
    ]


def _polls(here: Here) -> list[TodayPart]:
    """The polls for which one has not answered."""
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
    template = "meetups/today_polls.html"
    return [TodayPart(order=POLLS, template=template, values=values, sentence=sentence, waits=len(waiting))]


def _next(here: Here) -> list[TodayPart]:
    """The next meetup, in the rail."""
    found = next_for(here) if here.may(Can.SEE_MEETUPS) else None
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


IS_OPEN = exists().where(
    DatePoll.id == Item.id,
    Item.space_id == bindparam("space_id", type_=Integer),
    Item.kind == POLL_KIND,
    DatePoll.decided_at.is_(None),
    DatePoll.cancelled_at.is_(None),
)
IS_TO_COME = exists().where(
    Occurrence.series_id == Item.id,
    Item.space_id == bindparam("space_id", type_=Integer),
    Item.kind == KIND,
    Occurrence.ends_at > VIEWED_AT,
)
TODAY_IF = (TodayIf(may=IS_OPEN, parts=_polls), TodayIf(may=IS_TO_COME, parts=_next), *OF_THE_DAY)
