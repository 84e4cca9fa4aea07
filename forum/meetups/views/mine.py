"""The link in one's mail: "I'm late", "can't after all", without signing in. Opening it changes nothing, only its presses do."""

from flask import redirect, render_template, request, url_for

from forum.content import limits
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.time import now
from forum.meetups.access import rsvp_by
from forum.meetups.actions import turning_up
from forum.meetups.models import Answer
from forum.meetups.queries.one import coming_of
from forum.meetups.views import Page, links
from forum.meetups.words import ANSWERS, HAD_ANSWERED, local_words
from forum.spaces.guard import here_for
from forum.web.access import anyone
from forum.web.banners import banner
from forum.web.words import _

LATE, IN_TIME = "late", "in time"


@links.get("/mine/<token>")
@anyone
def mine(token: str) -> Page:
    """Show what one said of a date, with the presses that change it."""
    rsvp, person, one, _series, item, space = rsvp_by(token)
    is_open = one.is_planned and one.ends_at > now()
    return render_template(
        "meetups/mine.html",
        rsvp=rsvp,
        person=person,
        title=one.title or item.title,
        said=(ANSWERS if is_open else HAD_ANSWERED)[rsvp.status],
        when_words=local_words(one, person.zone),
        space=space,
        is_open=is_open,
        is_going=rsvp.status is Answer.GOING,
        is_waiting=rsvp.status is Answer.WAITING,
        is_full=coming_of(one, person).is_full(one, rsvp.mode),
        token=token,
    )


@links.post("/mine/<token>")
@anyone
def say_by_link(token: str) -> Page:
    """Change one's own answer for the date of the link, as one may now."""
    rsvp, person, one, series, _item, space = rsvp_by(token)
    said = request.form.get("answer", "")
    here = here_for(person, space.slug)
    if said in {LATE, IN_TIME}:
        with limits.counting(here, limits.Kind.PRESS), transaction():
            turning_up.be_late(here, series.id, one.id, is_late=said == LATE)
        banner(_("The others see that you come late.") if said == LATE else _("You come in time."))
    elif said in {Answer.GOING.value, Answer.NO.value}:
        with limits.counting(here, limits.Kind.PRESS), transaction():
            turning_up.say(here, series.id, one.id, answer=Answer(said), mode=rsvp.mode)
        banner(_("Noted."))
    else:
        raise Invalid({"answer": [_("Choose one of the list.")]})
    return redirect(url_for("meetup_links.mine", token=token), 303)
