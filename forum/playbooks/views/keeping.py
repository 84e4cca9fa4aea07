"""Keeping a playbook true, its stories, hearing of changes, withdrawing it."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.playbooks import addresses
from forum.playbooks.access import playbook_for, withdrawn_playbook
from forum.playbooks.actions import keeping
from forum.playbooks.forms import CiteForm, WithdrawForm
from forum.playbooks.queries.one import cited_by, stories_to_cite
from forum.playbooks.views import Page, blueprint
from forum.playbooks.views.changing import changeable
from forum.playbooks.views.reading import show_playbook
from forum.roster.holder_form import HolderForm, chosen, offer_holders
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/verify")
@needs(Can.RUN_PLAYBOOK)
def verify(here: Here, ref: str) -> Response:
    """Say that it still holds."""
    opened = playbook_for(here, ref)
    with transaction():
        keeping.verify(here, opened.playbook.id)
    banner(_("Noted: it still holds, as of today. In a quarter whoever keeps it is asked again."))
    return _back(here, ref)


@blueprint.get("/<ref>/holder")
@needs(Can.SEE_PLAYBOOKS)
def holder(here: Here, ref: str) -> Page:
    """Show who keeps it true, to be changed."""
    opened = changeable(here, ref)
    return _show_holder(here, ref, HolderForm(formdata=None, holder=chosen(opened.playbook)))


@blueprint.post("/<ref>/holder")
@needs(Can.SEE_PLAYBOOKS)
def hold_by(here: Here, ref: str) -> Page:
    """Let a person keep it true, or whoever holds a duty, or nobody."""
    opened, form = changeable(here, ref), HolderForm()
    offer_holders(here, form)
    try:
        if form.validate_on_submit():
            with transaction():
                keeping.hold_by(here, opened.playbook.id, person_id=form.person_id, duty_id=form.duty_id)
            banner(_("Noted. Whoever keeps it is asked once a quarter whether it still holds."))
            return _back(here, ref)
    except Invalid as problem:
        form.add_problems(problem)
    return _show_holder(here, ref, form), 422


def _show_holder(here: Here, ref: str, form: HolderForm) -> str:
    opened = changeable(here, ref)
    offer_holders(here, form)
    return render_template(
        "roster/holder.html",
        form=form,
        item=opened.item,
        room=(_("Playbooks"), url_for("playbooks.index", slug=here.space.slug)),
        question=_(
            "They decide about changes, and are asked once a quarter whether it still holds. While they are away, who covers "
            "for them is asked."
        ),
        cancel=addresses.playbook_url(here.space.slug, ref),
    )


@blueprint.get("/<ref>/stories")
@needs(Can.SEE_PLAYBOOKS)
def stories(here: Here, ref: str) -> Page:
    """Show the stories that it comes from, to be changed."""
    return _show_stories(here, ref, CiteForm(formdata=None))


@blueprint.post("/<ref>/stories")
@needs(Can.SEE_PLAYBOOKS)
def add_story(here: Here, ref: str) -> Page:
    """Cite one more story."""
    opened, form = changeable(here, ref), CiteForm()
    form.offer(stories_to_cite(here))
    try:
        if form.validate_on_submit():
            with transaction():
                keeping.add_story(here, opened.playbook.id, story_id=int(form.story.data))
            banner(_("Noted. The story shows the playbook, too."))
            return redirect(url_for("playbooks.stories", slug=here.space.slug, ref=ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return _show_stories(here, ref, form), 422


@blueprint.post("/<ref>/stories/<int:story_id>/drop")
@needs(Can.SEE_PLAYBOOKS)
def drop_story(here: Here, ref: str, story_id: int) -> Response:
    """Cite a story no more."""
    opened = changeable(here, ref)
    if story_id >= 2**31:
        raise Missing
    with transaction():
        keeping.drop_story(here, opened.playbook.id, story_id=story_id)
    banner(_("Noted."))
    return redirect(url_for("playbooks.stories", slug=here.space.slug, ref=ref), 303)


def _show_stories(here: Here, ref: str, form: CiteForm) -> str:
    opened = changeable(here, ref)
    cited = cited_by(here, opened.playbook.id)
    there = {story.id for story in cited}
    form.offer([(key, title) for key, title in stories_to_cite(here) if key not in there])
    return render_template("playbooks/stories.html", form=form, item=opened.item, stories=cited)


@blueprint.post("/<ref>/watch")
@needs(Can.WATCH_THREAD)
def watch(here: Here, ref: str) -> Response:
    """Hear of each new version, or not."""
    opened, is_told = playbook_for(here, ref), request.form.get("told") == "yes"
    with transaction():
        keeping.watch(here, opened.playbook.id, is_told=is_told)
    banner(_("You are told when it changes.") if is_told else _("You are not told of changes any more."))
    return _back(here, ref)


@blueprint.post("/<ref>/withdraw")
@needs(Can.SEE_PLAYBOOKS)
def withdraw(here: Here, ref: str) -> Page:
    """Withdraw a playbook."""
    opened, form = playbook_for(here, ref), WithdrawForm()
    try:
        if form.validate_on_submit():
            with transaction():
                keeping.withdraw(here, opened.playbook.id, reason=one_line(form.reason.data or ""))
            banner(
                _("The playbook is withdrawn. Runs stay with those who began them."),
                undo=url_for("playbooks.put_back", slug=here.space.slug, ref=ref),
            )
            return redirect(url_for("playbooks.index", slug=here.space.slug), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return show_playbook(here, ref, withdraw=form), 422


@blueprint.post("/<ref>/put-back")
@needs(Can.SEE_PLAYBOOKS)
def put_back(here: Here, ref: str) -> Response:
    """Let a withdrawn playbook be read again."""
    try:
        playbook_id = withdrawn_playbook(here, ref).id
    except Missing:
        playbook_id = playbook_for(here, ref).playbook.id
    with transaction():
        keeping.put_back(here, playbook_id)
    banner(_("The playbook can be read again."))
    return _back(here, ref)


def _back(here: Here, ref: str) -> Response:
    return redirect(addresses.playbook_url(here.space.slug, ref), 303)
