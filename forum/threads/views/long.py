"""What a long thread has: a summary on top, and a next part."""

from flask import redirect, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content.naming import text_for
from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses, queries
from forum.threads.access import own_or_organisers, thread_for
from forum.threads.actions import parts, summing_up
from forum.threads.forms import PartForm, SummaryForm
from forum.threads.views import Page, blueprint
from forum.threads.views.organising import attempt
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/part")
@needs(Can.START_THREAD)
def go_on(here: Here, ref: str) -> Page:
    """Start the next part of the thread."""
    thread, item = thread_for(here, ref)
    form = PartForm(prefix="part")
    text = text_for(here.space, parts.first_words(item.title, addresses.thread_url_of(here.space.slug, ref)))
    made: list[int] = []

    def start() -> None:
        after = parts.go_on(
            here,
            thread,
            title=form.title.data or "",
            text=text,
            leave_open=form.leave_open.data,
            once=form.once.data,
        )
        made.append(after.id)

    refused = attempt(here, ref, form, start)
    if refused:
        return refused
    after = db.session.get_one(Item, made[0])
    banner(_("This is where it goes on. Whoever watched the part before watches this one."))
    return redirect(addresses.thread_url_of(here.space.slug, after.ref), 303)


@blueprint.get("/<ref>/summary")
@needs(Can.SEE_THREADS)
def summary(here: Here, ref: str) -> Page:
    """Show what the summary of the thread has said, and the form to those who may change it."""
    thread, _item = thread_for(here, ref)
    versions = queries.summaries_of(thread)
    latest = versions[0] if versions else None
    form = SummaryForm(
        None,
        body=latest.source if latest else "",
        post=latest.post_number if latest else None,
        version=latest.version if latest else 0,
    )
    return _show(here, ref, form)


@blueprint.post("/<ref>/summary")
@needs(Can.SEE_THREADS)
def save_summary(here: Here, ref: str) -> Page:
    """Keep a summary, or let a post stand for it."""
    thread, item = thread_for(here, ref)
    form = SummaryForm()
    status = 422
    if form.validate_on_submit():
        version = form.version.data or 0
        try:
            if form.post.data is not None:
                with transaction():
                    summing_up.pin_post(here, thread, number=form.post.data, version=version)
            else:
                where = addresses.posts_url(here.space.slug, ref)
                text = text_for(here.space, form.body.data or "", item_id=item.id, posts_url=where)
                with transaction():
                    summing_up.write_summary(here, thread, text=text, version=version)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            versions = queries.summaries_of(thread)
            form.version.data = versions[0].version if versions else 0
            status = 409
        else:
            banner(_("The summary stands on every page of the thread."))
            return redirect(addresses.thread_url_of(here.space.slug, ref), 303)
    return _show(here, ref, form), status


@blueprint.post("/<ref>/summary/remove")
@needs(Can.SEE_THREADS)
def remove_summary(here: Here, ref: str) -> Response:
    """Let nothing stand on top of the thread any more."""
    thread, _item = thread_for(here, ref)
    form = SummaryForm()
    with transaction():
        summing_up.remove_summary(here, thread, version=form.version.data or 0)
    banner(_("The summary is gone. What it said can still be read here."), kind="info")
    return redirect(addresses.thread_url_of(here.space.slug, ref) + "summary", 303)


def _show(here: Here, ref: str, form: SummaryForm) -> str:
    thread, item = thread_for(here, ref)
    why = own_or_organisers(here, item, Can.CHANGE_ANY_THREAD)
    versions = [
        (one, Markup(one.html) if one.html else None)  # noqa: S704  # made by the renderer
        for one in queries.summaries_of(thread)
    ]
    return render_template(
        "threads/summary.html",
        item=item,
        form=form if not why else None,
        versions=versions,
        has_one=bool(versions) and bool(versions[0][1] or versions[0][0].post_number),
        is_long_enough=item.last_number > addresses.POSTS,
    )
