"""Changing a playbook by who keeps it: a new version, written anew or taken over from what somebody proposed."""

from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.drafts import draft_at
from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, TooMany
from forum.core.text import one_line
from forum.playbooks import addresses
from forum.playbooks.access import (
    Opened,
    allow,
    content_of,
    edition_of,
    playbook_for,
    proposal_for,
    steps_of,
    why_not_keep,
)
from forum.playbooks.actions import MovedOn, change, proposing
from forum.playbooks.comparing import Clash, compare, merged
from forum.playbooks.content import Content, compose
from forum.playbooks.forms import ChangeForm
from forum.playbooks.models import Edition, Proposal, Stage
from forum.playbooks.views import Page, blueprint, editor
from forum.playbooks.writing import laid_out
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads.views import answers
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/<ref>/change")
@needs(Can.SEE_PLAYBOOKS)
def change_page(here: Here, ref: str) -> Page:
    """Show everything that a playbook says, to be changed; with `proposal`, with what somebody proposed put in."""
    opened = changeable(here, ref)
    now_says = content_of(opened.edition)
    proposal = _proposal(here, opened, request.args.get("proposal", ""))
    if proposal is not None:
        content, clashes = merged(
            content_of(edition_of(opened.playbook.id, proposal.base)),
            now_says,
            content_of(db.session.get_one(Edition, proposal.edition_id)),
        )
        form = ChangeForm(content=content, version=opened.playbook.version, proposal=proposal.ref)
        return _show(here, opened, form, clashes=clashes)
    kept = draft_at(here.actor, addresses.change_place(ref))
    form = ChangeForm(content=editor.begun(kept, now_says), version=opened.playbook.version, draft_version=kept.version)
    return _show(here, opened, form, draft_at=None if kept.is_empty else kept.saved_at)


@blueprint.post("/<ref>/change")
@needs(Can.SEE_PLAYBOOKS)
def save_change(here: Here, ref: str) -> Page:
    """Put the new version in force. When another came meanwhile, both are shown, and nothing is written over."""
    opened, form = changeable(here, ref), ChangeForm()
    place = addresses.change_place(ref)

    def show(**more: Any) -> str:  # noqa: ANN401  # a template's own values
        return _show(here, opened, form, **more)

    done = editor.press_of(here, form, place, show)
    if done is not None:
        return done
    try:
        if form.validate_on_submit():
            return _save(here, opened, form, place)
    except Invalid as problem:
        form.add_problems(problem)
    except MovedOn as moved:
        return _bring_up_to_date(here, ref, form, why=moved.why)
    except TooMany as slow:
        editor.keep(here, form, place)
        return answers.hold_up(slow, show(paused=slow.why))
    return show(), 422


@blueprint.post("/<ref>/draft")
@needs(Can.SEE_PLAYBOOKS)
def save_draft(here: Here, ref: str) -> tuple[Response, int]:
    """Save the draft of a change, or of what somebody is about to propose, while it is written."""
    playbook_for(here, ref)
    here.require(Can.WRITE_PLAYBOOK)
    place = addresses.change_place if request.args.get("purpose") == "change" else addresses.propose_place
    return editor.save_by_script(here, place(ref))


def changeable(here: Here, ref: str) -> Opened:
    """Load a playbook that the person may change. Raises Missing, Denied."""
    opened = playbook_for(here, ref)
    allow(why_not_keep(here, opened.playbook, opened.item))
    return opened


def _save(here: Here, opened: Opened, form: ChangeForm, place: str) -> Page:
    laid = laid_out(form.content, known=steps_of(opened.edition.id))
    if request.form.get("do") == "preview":
        return _show(here, opened, form, preview=editor.previewed(laid))
    proposal = _proposal(here, opened, form.proposal.data or "")
    version = form.version.data or 0
    with limits.counting(here, limits.Kind.POST), transaction():
        if proposal is not None:
            number = proposing.accept(here, proposal.id, laid=laid, version=version)
        else:
            reason = one_line(form.reason.data or "")
            number = change(here, opened.playbook.id, laid, version=version, reason=reason)
        drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=compose(form.content))
    banner(_("Version %(number)s is in force. Earlier ones stay in the history.", number=number))
    return redirect(addresses.playbook_url(here.space.slug, opened.item.ref), 303)


def _bring_up_to_date(here: Here, ref: str, form: ChangeForm, *, why: str) -> Page:
    """Show the editor again upon the version in force, with what was typed carried over to it."""
    opened = changeable(here, ref)
    base, now_says = _content(opened, form.version.data or 0), content_of(opened.edition)
    content, clashes = merged(base, now_says, form.content)
    form.title.data, form.when.data, form.version.data = content.title, content.when, opened.playbook.version
    form.show(content.steps)
    editor.keep(here, form, addresses.change_place(ref))
    return _show(here, opened, form, clashes=clashes, moved_on=why, since=compare(base, now_says)), 409


def _content(opened: Opened, number: int) -> Content:
    return content_of(edition_of(opened.playbook.id, number))


def _proposal(here: Here, opened: Opened, ref: str) -> Proposal | None:
    """Return what is taken over, if it waits still. Raises Missing for another playbook's."""
    if not ref:
        return None
    proposal, of = proposal_for(here, ref)
    if of.item.id != opened.item.id:
        raise Missing
    if proposal.stage is not Stage.OPEN:
        proposing.require_open(proposal)
    return proposal


def _show(here: Here, opened: Opened, form: ChangeForm, *, clashes: list[Clash] | None = None, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    proposal = _proposal(here, opened, form.proposal.data or "")
    return render_template(
        "playbooks/change.html",
        form=form,
        item=opened.item,
        playbook=opened.playbook,
        proposal=proposal,
        clashes={clash.key: clash.said for clash in clashes or ()},
        draft_url=addresses.draft_url(here.space.slug, opened.item.ref, purpose="change"),
        **more,
    )
