"""A poll by itself: voting in it, making one in a thread that is there already, correcting and closing it."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from forum.content import limits
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken, TooMany
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import allow, own_or_organisers, thread_for, why_not_reword
from forum.threads.models import Thread
from forum.threads.polls import actions
from forum.threads.polls.forms import PollForm
from forum.threads.polls.models import MOST_OPTIONS
from forum.threads.polls.queries import has_votes, options_of, poll_of, poll_shown
from forum.threads.views import Page, answers, blueprint
from forum.threads.views.thread_page import on_poll
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/<ref>/poll")
@needs(Can.SEE_THREADS)
def poll(here: Here, ref: str) -> Page:
    """Show the poll by itself."""
    _thread, item = thread_for(here, ref)
    return _show(here, item)


@blueprint.post("/<ref>/poll/vote")
@needs(Can.VOTE)
def vote(here: Here, ref: str) -> Page:
    """Vote, change one's vote or take it back. A vote that comes too late is shown beside the reason, and not counted."""
    thread, item = thread_for(here, ref)
    chosen = set() if "take_back" in request.form else _chosen()
    if not chosen and "take_back" not in request.form:
        return _show(here, item, problem=_("Choose an option first.")), 422
    try:
        with limits.counting(here, limits.Kind.PRESS), transaction():
            actions.vote(here, thread, chosen, version=_number(request.form.get("version", "")))
    except Invalid as problem:
        return _show(here, item, chosen=chosen, problem=str(problem)), 422
    except RuleBroken as broken:
        return _show(here, item, chosen=chosen, problem=broken.why), 409
    except TooMany as slow:
        return answers.hold_up(slow, _show(here, item, chosen=chosen, problem=slow.why))
    if request.headers.get("X-Requested-With") == "fetch":
        return _show(here, item)
    banner(_("Your vote is counted.") if chosen else _("Your vote is taken back."))
    return redirect(addresses.poll_url(here.space.slug, ref), 303)


@blueprint.get("/<ref>/poll/edit")
@needs(Can.SEE_THREADS)
def edit_poll(here: Here, ref: str) -> Page:
    """Show the form in which a poll is made or corrected."""
    thread, item = thread_for(here, ref)
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    allow(why_not_reword(here, item))
    there = poll_of(thread)
    return _show_form(item, thread, PollForm.of(there, options_of(there) if there else (), space=here.space))


@blueprint.post("/<ref>/poll/edit")
@needs(Can.SEE_THREADS)
def save_poll(here: Here, ref: str) -> Page:
    """Give the thread a poll, or correct the one it has."""
    thread, item = thread_for(here, ref)
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    form, status = PollForm(), 422
    if form.validate_on_submit():
        try:
            words = form.poll_words(here.space)
            with transaction():
                actions.save(here, thread, words)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            status = 409
        else:
            banner(_("The poll stands below the first post."))
            return redirect(addresses.poll_url(here.space.slug, ref), 303)
    return _show_form(item, thread, form), status


@blueprint.post("/<ref>/poll/close")
@needs(Can.SEE_THREADS)
def close_poll(here: Here, ref: str) -> Response:
    """End the poll now."""
    thread, _item = thread_for(here, ref)
    with transaction():
        actions.close(here, thread)
    banner(_("The poll has ended. Everybody sees how it came out."))
    return redirect(addresses.poll_url(here.space.slug, ref), 303)


@blueprint.post("/<ref>/poll/remove")
@needs(Can.SEE_THREADS)
def remove_poll(here: Here, ref: str) -> Response:
    """Take a poll away in which nobody has voted."""
    thread, _item = thread_for(here, ref)
    with transaction():
        actions.remove(here, thread)
    banner(_("The poll is gone."))
    return redirect(addresses.thread_url_of(here.space.slug, ref), 303)


def _show(here: Here, item: Item, *, chosen: set[int] | None = None, problem: str = "") -> str:
    """Render the poll's page; a script takes the poll out of it. `chosen` are places that were not counted because of `problem`."""
    shown = poll_shown(item.id, here.actor)
    if shown is None:
        raise Missing
    lost = [option.words for option in shown.options if problem and option.place in (chosen or ())]
    return render_template(
        "threads/poll_page.html", item=item, lost=lost, problem=problem, **on_poll(here, item, shown)
    )


def _show_form(item: Item, thread: Thread, form: PollForm) -> str:
    there = poll_of(thread)
    return render_template(
        "threads/poll_edit.html",
        item=item,
        form=form,
        has_poll=there is not None,
        is_fixed=there is not None and (there.closed_at is not None or has_votes(there)),
    )


def _chosen() -> set[int]:
    """Return the places that were chosen; 0, which no option has, for what no page of ours sends."""
    return {_number(value) for value in request.form.getlist("option")[: MOST_OPTIONS + 1]}


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len(str(2**31)) else 0
