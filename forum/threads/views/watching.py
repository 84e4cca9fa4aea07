"""The control "Tell me about": in a thread's rail, and beside the lists of a section and of all threads."""

from collections.abc import Mapping

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from forum.content.models import WatchLevel, WatchReason
from forum.core.db import transaction
from forum.core.errors import Missing
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import section_for, thread_for
from forum.threads.actions import watching
from forum.threads.forms import AS_USUAL, WatchForm
from forum.threads.queries import Head
from forum.threads.views import blueprint
from forum.web.banners import banner
from forum.web.words import LazyString, _, _l

LEVELS: Mapping[WatchLevel, LazyString] = {
    WatchLevel.EVERYTHING: _l("Everything"),
    WatchLevel.MINE: _l("Mine and mentions"),
    WatchLevel.OFF: _l("Off"),
}
BECAUSE: Mapping[WatchReason, LazyString] = {
    WatchReason.STARTED: _l("Because you started this thread."),
    WatchReason.REPLIED: _l("Because you replied."),
    WatchReason.MENTIONED: _l("Because you were mentioned."),
    WatchReason.CARRIED: _l("Because you watched the part before this one."),
}


@blueprint.post("/<ref>/watch")
@needs(Can.WATCH_THREAD)
def watch(here: Here, ref: str) -> Response:
    """Watch a thread at the level that was chosen."""
    thread, _item = thread_for(here, ref)
    level = _level(WatchForm())
    with transaction():
        watching.watch(here, thread, level)
    banner(_("Your choice is kept."))
    return redirect(addresses.thread_url_of(here.space.slug, ref), 303)


@blueprint.post("/watch")
@needs(Can.WATCH_THREAD)
def watch_place(here: Here) -> Response:
    """Watch all of a section, or all of the space, at the level that was chosen."""
    section = section_for(here, request.form["section"]) if request.form.get("section") else None
    level = _level(WatchForm())
    with transaction():
        if section is None:
            watching.watch_space(here, level)
        else:
            watching.watch_section(here, section, level)
    banner(_("Your choice is kept."))
    return redirect(url_for("threads.index", slug=here.space.slug, section=section.slug if section else None), 303)


def watch_form(*, chosen: WatchLevel | None, usual: WatchLevel | None = None) -> WatchForm:
    """Return the control as it stands now; `usual` is what holds when nothing is chosen, where that can be said."""
    form = WatchForm(None, level=chosen.value if chosen else AS_USUAL)
    form.say(LEVELS, usual=usual)
    return form


def why_watched(head: Head) -> str:
    """Say why the thread is watched as it is, in the order of `effective_level`."""
    if head.chosen_level is not None:
        return _("You chose this.")
    if head.section_level is not None:
        return _("As you chose for all of %(section)s.", section=head.section)
    if head.space_level is not None:
        return _("As you chose for all of this space.")
    return str(BECAUSE[head.watch_reason]) if head.watch_reason is not None else ""


def _level(form: WatchForm) -> WatchLevel | None:
    """Return the level that was chosen, None for as usual. What isn't offered is not found: a list was sent, nothing was typed."""
    if not form.validate_on_submit():
        raise Missing
    return None if form.level.data == AS_USUAL else WatchLevel(form.level.data)
