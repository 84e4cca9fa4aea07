"""Writing about a date, in the conversation that it has."""

from flask import redirect, request, url_for

from forum.content import limits
from forum.content.naming import text_for
from forum.core.db import transaction
from forum.core.errors import Denied, Invalid, TooMany
from forum.core.markup import Rendered
from forum.meetups.access import occurrence_for
from forum.meetups.actions.talking import talk_of, title_of, write
from forum.meetups.forms import TalkForm
from forum.meetups.models import Occurrence
from forum.meetups.views import Page, blueprint
from forum.meetups.views.pages import show_date
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.links import absolute
from forum.web.words import _


@blueprint.post("/<ref>/<int:key>/talk")
@needs(Can.WRITE_POST)
def talk(here: Here, ref: str, key: int) -> Page:
    """Write about a date. What is written first begins its conversation, and names the date with a link."""
    one, series, item = occurrence_for(here, ref, key)
    form = TalkForm.of(here, one, formdata=request.form)
    status, headers = 422, {}
    try:
        if form.validate_on_submit():
            text = _text(here, one, item, form.body.data or "")
            kinds = (limits.Kind.POST,) if talk_of(here, one) else (limits.Kind.THREAD, limits.Kind.POST)
            with limits.counting(here, *kinds), transaction():
                said = write(here, series.id, one.id, text=text, place=form.place.data or "", once=form.once.data or "")
            if said.state is ItemState.HELD:
                banner(_("It waits for an organiser, who reads it before others do."), kind="wait")
            else:
                banner(_("Written. Whoever watches the conversation is told."))
            url = url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key, _anchor="talk")
            return redirect(url, 303)
    except Invalid as problem:
        form.add_problems(problem)
    except Denied as no:
        form.form_errors.append(no.why)
        status = 403
    except TooMany as slow:
        form.form_errors.append(slow.why)
        status, headers = 429, {"Retry-After": str(slow.retry_after)}
    return show_date(here, one, series, item, talk_form=form), status, headers


def _text(here: Here, one: Occurrence, item: Item, typed: str) -> Rendered:
    """Render what was typed; what begins a conversation names the date first, so that its readers find it."""
    if talk_of(here, one) is not None:
        return text_for(here.space, typed, author=here.actor)
    title = title_of(one, item).translate(str.maketrans("[]", "()"))
    url = absolute("meetups.occurrence", slug=here.space.slug, ref=item.ref, key=one.id)
    return text_for(here.space, f"[{title}]({url})\n\n{typed}", author=here.actor)
