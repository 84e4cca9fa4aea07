"""Merging a thread into another: choosing which, seeing what will happen, doing it. Each step is a page without script."""

import re
from functools import partial
from urllib.parse import urlsplit

from flask import redirect, render_template, request

from forum.content.moving.queries import place_of
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import thread_for
from forum.threads.actions import merging
from forum.threads.forms.moving import MergeThreadForm
from forum.threads.models import Thread
from forum.threads.queries.moving import foreseen, offered
from forum.threads.views import Page, blueprint
from forum.web.banners import banner
from forum.web.words import _

ADDRESS = re.compile(r"/s/([^/]+)/threads/([a-z0-9]+)(?:/|$)")
REF = re.compile(r"[a-z0-9]{1,20}")


@blueprint.get("/<ref>/merge")
@needs(Can.MOVE_ANY_THREAD)
def merge_into(here: Here, ref: str) -> Page:
    """Ask into which thread this one goes."""
    _thread, item = thread_for(here, ref)
    return _show(here, item, MergeThreadForm(None))


@blueprint.post("/<ref>/merge")
@needs(Can.MOVE_ANY_THREAD)
def merge(here: Here, ref: str) -> Page:
    """Say what will happen; and when that was seen, do it."""
    thread, item = thread_for(here, ref)
    form = MergeThreadForm()
    if "look" in request.form or (form.find.data and not form.target):
        return _show(here, item, form)
    status = 422
    there: Item | None = None
    if form.validate_with(lambda: target(here, form.target), lambda: merging.checked_reason(form.reason.data or "")):
        try:
            into, there = target(here, form.target)
            _check(item, there)
            if "merge" not in request.form or form.seen.data != there.ref:
                return _show(here, item, form, there=there)
            with transaction():
                merging.merge(
                    here,
                    thread,
                    into=into,
                    reason=form.reason.data or "",
                    posts_url=partial(addresses.posts_url, here.space.slug),
                )
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            status = 409
        else:
            banner(_("“%(title)s” is merged into this thread. Its old address leads here.", title=item.title))
            return redirect(addresses.thread_url_of(here.space.slug, there.ref), 303)
    return _show(here, item, form), status


def target(here: Here, typed: str) -> tuple[Thread, Item]:
    """Load the thread that an address or a ref names; one that was merged leads on. Raises Invalid for `into`."""
    if not typed:
        raise Invalid({"into": [_("Choose a thread, or paste the address of one.")]})
    path = _path(typed) if "/" in typed else typed
    found = ADDRESS.search(path)
    slug, ref = found.groups() if found else (here.space.slug, path)
    if slug != here.space.slug:
        raise Invalid(
            {
                "into": [
                    _("That thread is in another space. Move one of the two first, so that both are in the same one.")
                ]
            }
        )
    if not REF.fullmatch(ref):
        raise Invalid({"into": [_nowhere()]})
    place = place_of(here.actor, slug, ref, 1)
    try:
        return thread_for(here, place.ref if place else ref)
    except Missing:
        raise Invalid({"into": [_nowhere()]}) from None


def _path(typed: str) -> str:
    """Return the path of an address; "" when it is none."""
    try:
        return urlsplit(typed).path
    except ValueError:
        return ""


def _nowhere() -> str:
    return _("No thread of this space is found there. Open the thread, and copy its address from the browser.")


def _check(item: Item, there: Item) -> None:
    """Look before the preview at what is looked at again under the lock."""
    merging.require_another(item.id, there.id)
    if why := merging.why_not_end(item, there):
        raise RuleBroken(why)


def _show(here: Here, item: Item, form: MergeThreadForm, *, there: Item | None = None) -> str:
    if there is not None:
        form.seen.data = there.ref
    form.offer(offered(here, item, words=form.find.data or "", chosen=form.recent.data or ""))
    return render_template(
        "threads/merge.html",
        item=item,
        form=form,
        there=there,
        foreseen=foreseen(item, there) if there is not None else None,
        thread_url=addresses.thread_url_of(here.space.slug, item.ref),
        there_url=addresses.thread_url_of(here.space.slug, there.ref) if there is not None else "",
    )
