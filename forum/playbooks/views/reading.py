"""Reading playbooks: the list, one of them, its versions, and as text to take along."""

from typing import Any

from flask import Response, render_template, request, url_for
from markupsafe import Markup

from forum.content.differences import Comparison
from forum.content.order.holding import is_held_now
from forum.core.errors import Missing
from forum.core.time import today
from forum.playbooks.access import (
    content_of,
    edition_of,
    may_keep,
    playbook_for,
    steps_of,
    why_not_withdraw,
)
from forum.playbooks.comparing import compare
from forum.playbooks.exporting import as_markdown, as_text
from forum.playbooks.forms import StartForm, WithdrawForm
from forum.playbooks.queries.lists import Show, begun_by, playbooks, waiting_for, withdrawn
from forum.playbooks.queries.one import (
    cited_by,
    counts_of,
    kept_by,
    open_proposals,
    runs_of,
    versions_of,
    what_differed,
)
from forum.playbooks.views import Page, blueprint
from forum.playbooks.words import OUTCOME_SIGNS, OUTCOMES
from forum.spaces.feature import stand_ins
from forum.spaces.guard import Here, needs
from forum.spaces.models import Audience
from forum.spaces.policy import Can
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import LazyString, _, _l

SHOWN: dict[Show, LazyString] = {
    Show.EVERYTHING: _l("All"),
    Show.LAPSED: _l("To be checked"),
    Show.MINE: _l("Mine"),
}
FEW = 5
KINDS = {"md": "text/markdown", "txt": "text/plain"}


@blueprint.get("/")
@needs(Can.SEE_PLAYBOOKS)
def index(here: Here) -> Page:
    """List playbooks."""
    wish = request.args.get("show", "")
    show = Show(wish) if wish in tuple(Show) else Show.EVERYTHING
    found, pages, total = playbooks(here, show, page_wish=request.args.get("page"))
    return render_template(
        "playbooks/index.html",
        playbooks=found,
        pages=pages,
        total=total,
        show=show,
        shown=[
            (words, url_for("playbooks.index", slug=here.space.slug, show=_name(one)), one is show)
            for one, words in SHOWN.items()
            if one is not Show.MINE or here.is_member
        ],
        begun=begun_by(here) if here.is_member else (),
        waiting=waiting_for(here),
        withdrawn=withdrawn(here),
        this=today(here.space.zone),
    )


def _name(show: Show) -> str | None:
    return show.value if show is not Show.EVERYTHING else None


@blueprint.get("/<ref>/")
@needs(Can.SEE_PLAYBOOKS)
def playbook(here: Here, ref: str) -> Page:
    """Show a playbook."""
    return show_playbook(here, ref)


def show_playbook(
    here: Here,
    ref: str,
    *,
    start: StartForm | None = None,
    withdraw: WithdrawForm | None = None,
    **more: Any,  # noqa: ANN401  # a template's own values
) -> str:
    """Render a playbook, with the form that was refused if there is one."""
    opened = playbook_for(here, ref)
    is_keeper = may_keep(here, opened.playbook, opened.item)
    kept = kept_by(here, opened)
    runs, total = runs_of(here, opened.playbook.id, most=FEW)
    return render_template(
        "playbooks/playbook.html",
        item=opened.item,
        playbook=opened.playbook,
        edition=opened.edition,
        steps=[(step, Markup(step.html)) for step in steps_of(opened.edition.id)],  # noqa: S704  # made by the renderer
        kept=kept,
        away=stand_ins(here, {kept.holder.id}) if kept.holder else {},
        stories=cited_by(here, opened.playbook.id),
        counts=counts_of(opened.playbook.id),
        runs=runs,
        runs_total=total,
        differed=what_differed(here, opened.playbook.id, is_keeper=True) if is_keeper else (),
        proposals=open_proposals(here, opened.playbook.id, is_keeper=is_keeper),
        is_keeper=is_keeper,
        is_lapsed=opened.playbook.due_on is not None and opened.playbook.due_on < today(here.space.zone),
        is_for_organisers=opened.item.audience is not Audience.SPACE,
        is_own=opened.item.author_id == here.actor.id,
        may_run=here.may(Can.RUN_PLAYBOOK),
        may_share=not (here.is_member and is_held_now(here)),
        may_withdraw=not why_not_withdraw(here, opened.playbook, opened.item),
        start=start or StartForm(formdata=None),
        withdraw=withdraw or WithdrawForm(formdata=None),
        outcomes=OUTCOMES,
        signs=OUTCOME_SIGNS,
        **more,
    )


@blueprint.get("/<ref>/versions")
@needs(Can.SEE_PLAYBOOKS)
def versions(here: Here, ref: str) -> Page:
    """List the versions of a playbook."""
    opened = playbook_for(here, ref)
    return render_template(
        "playbooks/versions.html",
        item=opened.item,
        playbook=opened.playbook,
        versions=versions_of(here, opened.playbook.id),
    )


@blueprint.get("/<ref>/versions/<int:number>")
@needs(Can.SEE_PLAYBOOKS)
def version(here: Here, ref: str, number: int) -> Page:
    """Show a version, with what it changed."""
    opened = playbook_for(here, ref)
    edition = edition_of(opened.playbook.id, number)
    before = content_of(edition_of(opened.playbook.id, number - 1)) if number > 1 else None
    told = next(one for one in versions_of(here, opened.playbook.id) if one.edition.number == number)
    return render_template(
        "playbooks/version.html",
        item=opened.item,
        playbook=opened.playbook,
        edition=edition,
        told=told,
        steps=[(step, Markup(step.html)) for step in steps_of(edition.id)],  # noqa: S704  # made by the renderer
        change=compare(before, content_of(edition), comparison=Comparison()) if before else None,
    )


@blueprint.get("/<ref>/copy")
@needs(Can.SEE_PLAYBOOKS)
def copy(here: Here, ref: str) -> Page:
    """Show a playbook as Markdown and as plain text, to be copied elsewhere."""
    opened = playbook_for(here, ref)
    return render_template("playbooks/copy.html", item=opened.item, texts=_texts(here, ref))


@blueprint.get("/<ref>/checklist.<kind>")
@needs(Can.SEE_PLAYBOOKS)
def download(here: Here, ref: str, kind: str) -> Response:
    """Hand over a playbook as a file."""
    texts = _texts(here, ref)
    if kind not in texts:
        raise Missing
    headers = {"Content-Disposition": f"attachment; filename=playbook-{ref}.{kind}"}
    return Response(texts[kind], mimetype=KINDS[kind], headers=headers)


def _texts(here: Here, ref: str) -> dict[str, str]:
    opened = playbook_for(here, ref)
    content = content_of(opened.edition)
    source = _(
        "Version %(number)s of %(day)s, from %(url)s",
        number=opened.playbook.version,
        day=f"{long_day(opened.edition.made_at.date())} {opened.edition.made_at.year}",
        url=absolute("playbooks.playbook", slug=here.space.slug, ref=ref),
    )
    return {"md": as_markdown(content, source=source), "txt": as_text(content, source=source)}
