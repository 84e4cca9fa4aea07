"""Proposing a change, looking at what is proposed, and deciding about it."""

from typing import Any

from flask import redirect, render_template, request
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.drafts import draft_at
from forum.core.db import db, transaction
from forum.core.errors import Invalid, TooMany
from forum.core.text import one_line
from forum.core.time import now
from forum.people.models import Person
from forum.playbooks import addresses
from forum.playbooks.access import Opened, content_of, edition_of, may_keep, playbook_for, proposal_for, steps_of
from forum.playbooks.actions import proposing
from forum.playbooks.actions.proposing import Stale
from forum.playbooks.comparing import compare
from forum.playbooks.content import compose
from forum.playbooks.forms import DeclineForm, ProposeForm
from forum.playbooks.models import Edition, Proposal, Stage
from forum.playbooks.queries.one import cited_by, stories_to_cite
from forum.playbooks.views import Page, blueprint, editor
from forum.playbooks.words import STAGE_SIGNS, STAGES
from forum.playbooks.writing import laid_out
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.threads.views import answers
from forum.web.banners import banner, note_arrival
from forum.web.words import _


@blueprint.get("/<ref>/propose")
@needs(Can.WRITE_PLAYBOOK)
def propose_page(here: Here, ref: str) -> Page:
    """Show everything that a playbook says, for somebody to say how it should be."""
    opened = playbook_for(here, ref)
    kept = draft_at(here.actor, addresses.propose_place(ref))
    form = ProposeForm(
        content=editor.begun(kept, content_of(opened.edition)),
        version=opened.playbook.version,
        draft_version=kept.version,
    )
    return _show_form(here, opened, form, draft_at=None if kept.is_empty else kept.saved_at)


@blueprint.post("/<ref>/propose")
@needs(Can.WRITE_PLAYBOOK)
def propose(here: Here, ref: str) -> Page:
    """Propose a change."""
    opened, form = playbook_for(here, ref), ProposeForm()
    place = addresses.propose_place(ref)
    _offer(here, opened, form)

    def show(**more: Any) -> str:  # noqa: ANN401  # a template's own values
        return _show_form(here, opened, form, **more)

    done = editor.press_of(here, form, place, show)
    if done is not None:
        return done
    try:
        if form.validate_on_submit():
            return _propose(here, opened, form, place)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        editor.keep(here, form, place)
        return answers.hold_up(slow, show(paused=slow.why))
    return show(), 422


def _propose(here: Here, opened: Opened, form: ProposeForm, place: str) -> Page:
    laid = laid_out(form.content, known=steps_of(opened.edition.id))
    if request.form.get("do") == "preview":
        return _show_form(here, opened, form, preview=editor.previewed(laid))
    with limits.counting(here, limits.Kind.POST) as count:
        with transaction():
            proposal = proposing.propose(
                here,
                opened.playbook.id,
                laid,
                base=form.version.data or opened.playbook.version,
                reason=one_line(form.reason.data or ""),
                story_id=form.story_id,
                once=form.once.data,
            )
            drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=compose(form.content))
        count.written(proposal.made_at)
    note_arrival(form.once.data)
    banner(
        _("Your change is proposed. Whoever keeps the playbook looks at it, and you hear what they say."), kind="wait"
    )
    return redirect(addresses.proposal_url(here.space.slug, proposal.ref), 303)


@blueprint.get("/proposals/<ref>/")
@needs(Can.SEE_PLAYBOOKS)
def proposal(here: Here, ref: str) -> Page:
    """Show what is proposed, as differences; and what has changed since."""
    return _show(here, ref)


@blueprint.post("/proposals/<ref>/accept")
@needs(Can.WRITE_PLAYBOOK)
def accept(here: Here, ref: str) -> Page:
    """Put a proposed change in force as it stands."""
    found, opened = proposal_for(here, ref)
    try:
        with transaction():
            number = proposing.accept(here, found.id)
    except Stale as stale:
        return _show(here, ref, refused=stale.why), 409
    banner(_("Version %(number)s is in force. Whoever proposed it is told.", number=number))
    return redirect(addresses.playbook_url(here.space.slug, opened.item.ref), 303)


@blueprint.post("/proposals/<ref>/decline")
@needs(Can.WRITE_PLAYBOOK)
def decline(here: Here, ref: str) -> Page:
    """Decline a proposed change, with the reason."""
    found, form = proposal_for(here, ref)[0], DeclineForm()
    try:
        if form.validate_on_submit():
            with transaction():
                proposing.decline(here, found.id, reason=one_line(form.reason.data or ""))
            banner(_("Declined. Whoever proposed it reads why."))
            return redirect(addresses.proposal_url(here.space.slug, ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, ref, decline=form), 422


@blueprint.post("/proposals/<ref>/withdraw")
@needs(Can.SEE_PLAYBOOKS)
def take_back(here: Here, ref: str) -> Response:
    """Withdraw what one proposed."""
    found, _opened = proposal_for(here, ref)
    with transaction():
        proposing.take_back(here, found.id)
    banner(_("It is withdrawn. Nobody decides about it any more."))
    return redirect(addresses.proposal_url(here.space.slug, ref), 303)


def _offer(here: Here, opened: Opened, form: ProposeForm) -> None:
    cited = [story.id for story in cited_by(here, opened.playbook.id)]
    form.offer(stories_to_cite(here, first=cited))


def _show_form(here: Here, opened: Opened, form: ProposeForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    _offer(here, opened, form)
    return render_template(
        "playbooks/propose.html",
        form=form,
        item=opened.item,
        playbook=opened.playbook,
        may_keep=may_keep(here, opened.playbook, opened.item),
        draft_url=addresses.draft_url(here.space.slug, opened.item.ref, purpose="propose"),
        **more,
    )


def _show(here: Here, ref: str, *, decline: DeclineForm | None = None, **more: Any) -> str:  # noqa: ANN401  # as above
    found, opened = proposal_for(here, ref)
    base = content_of(edition_of(opened.playbook.id, found.base))
    is_stale = found.stage is Stage.OPEN and found.base != opened.playbook.version
    people = {person.id: person for person in db.session.scalars(_people(found))}
    return render_template(
        "playbooks/proposal.html",
        proposal=found,
        item=opened.item,
        playbook=opened.playbook,
        change=compare(base, content_of(db.session.get_one(Edition, found.edition_id))),
        since=compare(base, content_of(opened.edition)) if is_stale else None,
        is_stale=is_stale,
        proposer=people.get(found.proposer_id or 0),
        decider=people.get(found.decided_by_id or 0),
        story=_story(here, found),
        stages=STAGES,
        signs=STAGE_SIGNS,
        decides=found.stage is Stage.OPEN and may_keep(here, opened.playbook, opened.item),
        is_own=found.proposer_id == here.actor.id,
        decline=decline or DeclineForm(formdata=None),
        **more,
    )


def _people(found: Proposal) -> Select[Person]:
    return select(Person).where(Person.id.in_([found.proposer_id, found.decided_by_id]))


def _story(here: Here, found: Proposal) -> Item | None:
    """Return the story that caused it, if the reader may see it (E5)."""
    if found.story_id is None:
        return None
    return db.session.scalar(select(Item).where(Item.id == found.story_id, visible_items(here.actor, now())))
