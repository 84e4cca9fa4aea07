"""Telling others: with whom a story is shared, and ending that; a shared one as it is read in another space."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.content import limits
from forum.content.attachments.queries import not_shown, of_post
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken, TooMany
from forum.core.time import now
from forum.spaces.guard import Here, needs
from forum.spaces.models import Audience, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries.sharing import shares_of, spaces_to_share_with
from forum.stories import addresses
from forum.stories.access import Told, allow, shared_story_for, story_for, why_not_share
from forum.stories.actions import sharing as deeds
from forum.stories.others_forms import ShareForm
from forum.stories.queries.one import head_of, home_of
from forum.stories.views import Page, blueprint
from forum.stories.views.story_page import told_and_used
from forum.threads.views import answers
from forum.web.banners import banner
from forum.web.words import _, _n


@blueprint.get("/<ref>/share")
@needs(Can.SEE_STORIES)
def sharing(here: Here, ref: str) -> Page:
    """Show with whom a story is shared, and with whom it could be."""
    told = _shareable(here, ref)
    return _show(here, told, ShareForm(formdata=None))


@blueprint.post("/<ref>/share")
@needs(Can.SEE_STORIES)
def share(here: Here, ref: str) -> Page:
    """Share a story with everybody, or with chosen spaces."""
    told, form = _shareable(here, ref), ShareForm()
    try:
        if form.validate_on_submit():
            with limits.counting(here, limits.Kind.PRESS), transaction():
                new = deeds.share(here, told.story.id, everywhere=bool(form.everywhere.data), space_ids=form.space_ids)
            said = _n("It is shared with one more.", "It is shared with %(num)d more.", new)
            banner(said if new else _("It is shared there already."))
            return _back(here, ref)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        return answers.hold_up(slow, _show(here, told, form, refused=slow.why))
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _show(here, told, form), 409
    return _show(here, told, form), 422


@blueprint.post("/<ref>/share/end")
@needs(Can.SEE_STORIES)
def unshare(here: Here, ref: str) -> Response:
    """Share a story no longer: with the one whose key is sent along, or with anybody."""
    told = _shareable(here, ref)
    share_id = _chosen(here, told, request.form.get("share", ""))
    try:
        with limits.counting(here, limits.Kind.PRESS), transaction():
            deeds.unshare(here, told.story.id, share_id=share_id)
    except TooMany as slow:
        return answers.hold_up(slow, _show(here, told, ShareForm(formdata=None), refused=slow.why))
    banner(_("It is read there no longer: not in lists, nor in search."))
    return _back(here, ref)


@blueprint.post("/<ref>/take-off")
@needs(Can.KEEP_STORIES)
def take_off(here: Here, ref: str) -> Response:
    """Take off this space's list a story that another one shared with it."""
    told = shared_story_for(here, ref)
    with transaction():
        deeds.take_off(here, told.story.id)
    banner(_("It is off the list of this space. Whoever told it hears that."))
    return redirect(url_for("stories.index", slug=here.space.slug), 303)


def show_shared(here: Here, ref: str, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    """Render a story of another space as it is read in this one: what was told and how it was used, without its conversation."""
    head = head_of(here, ref, place=addresses.reply_place(ref), is_shared=True)
    shares = shares_of(head.item, here.actor, now())
    return render_template(
        "stories/shared.html",
        **{
            **told_and_used(here, head, more),
            "head": head,
            "item": head.item,
            "story": head.story,
            "home": home_of(here, head.item),
            "files_below": not_shown(of_post(head.post), head.post.html),
            "may_take_off": here.may(Can.KEEP_STORIES)
            and any(one.space is not None and one.space.id == here.space.id for one in shares),
            **more,
        },
    )


def _chosen(here: Here, told: Told, key: str) -> int | None:
    """Return the key of one of the story's shares; None for all of them: no key was sent. Raises Missing."""
    if not key:
        return None
    shares = shares_of(told.item, here.actor, now())
    share_id = next((one.id for one in shares if str(one.id) == key), None)
    if share_id is None:
        raise Missing
    return share_id


def _shareable(here: Here, ref: str) -> Told:
    told = story_for(here, ref)
    allow(why_not_share(here, told.item))
    return told


def _show(here: Here, told: Told, form: ShareForm, *, refused: str = "") -> str:
    shares = shares_of(told.item, here.actor, now())
    there = {one.space.id for one in shares if one.space is not None}
    spaces = spaces_to_share_with(here.actor, told.item, Can.TELL_STORY, now())
    form.offer([(space.id, space.name) for space in spaces if space.id not in there])
    return render_template(
        "stories/share.html",
        item=told.item,
        story=told.story,
        form=form,
        shares=shares,
        refused=refused,
        is_everywhere=any(one.is_everywhere for one in shares),
        is_for_organisers=told.item.audience is not Audience.SPACE,
        is_published=told.item.state is ItemState.PUBLISHED,
    )


def _back(here: Here, ref: str) -> Response:
    return redirect(url_for("stories.sharing", slug=here.space.slug, ref=ref), 303)
