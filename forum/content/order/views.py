"""Pages of keeping order: what waits, deciding about it, one's own post that is held, and whose posts are held."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content.actions import Overtaken
from forum.content.models import Post
from forum.content.naming import text_for
from forum.content.order import approving, deciding, members, queries
from forum.content.order.deciding import AlreadyDecided
from forum.content.order.forms import DecideForm, HeldForm, HoldForm
from forum.content.order.words import FLAG_REASONS, WHY_WAITS
from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.text import one_line
from forum.core.time import end_of_day
from forum.spaces.feature import kind_of, post_url
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import KEEPERS, Can
from forum.spaces.queries import Member, member_by_handle
from forum.web.banners import banner
from forum.web.words import LazyString, _, _l

blueprint = Blueprint("order", __name__, url_prefix="/s/<slug>")
Page = str | Response | tuple[str, int]

DONE: dict[str, LazyString] = {
    "leave": _l("The post is left as it is. Whoever flagged it is told."),
    "hide": _l("The post is hidden. Its author and whoever flagged it are told."),
    "put back": _l("The post can be read again."),
    "remove": _l("The post is removed. Its author and whoever flagged it are told."),
    "approve": _l("The post is published. Its author is told."),
    "decline": _l("The post is not published. Its author is told why."),
}
"""What can be decided, and what the next page says of it."""


@blueprint.get("/order")
@needs(Can.KEEP_ORDER)
def queue(here: Here) -> Page:
    """Show what waits for an organiser."""
    return _show_queue(here)


@blueprint.post("/order/<int:post_id>")
@needs(Can.KEEP_ORDER)
def decide(here: Here, post_id: int) -> Page:
    """Decide about a post. Of two who decide at once one does, and the other reads who decided what."""
    decision = request.form.get("decision", "")
    if decision not in DONE:
        raise Missing
    form = DecideForm(prefix=f"p{post_id}")
    if not form.validate_on_submit():
        return _show_queue(here, sent=(post_id, form)), 422
    try:
        with transaction():
            _deeds(here, post_id, form)[decision]()
    except Invalid as problem:
        form.add_problems(problem)
        return _show_queue(here, sent=(post_id, form)), 422
    except AlreadyDecided as other:
        banner(other.why, kind="info")
    except Overtaken:
        banner(_("Its author has changed it since you opened this page. Read it once more."), kind="care")
    except RuleBroken as broken:
        banner(broken.why, kind="care")
    else:
        banner(str(DONE[decision]))
    return redirect(url_for("order.queue", slug=here.space.slug), 303)


def _deeds(here: Here, post_id: int, form: DecideForm) -> dict[str, Callable[[], object]]:
    reason, version, item_version = (
        one_line(form.reason.data or ""),
        form.version.data or 1,
        form.item_version.data or 1,
    )
    post = db.session.get(Post, post_id)
    if post is None:
        raise Missing
    kind = kind_of(db.session.get_one(Item, post.item_id))
    return {
        "leave": lambda: deciding.leave(here, post_id, upto=form.upto.data or 0, answer=reason),
        "hide": lambda: deciding.hide(here, post_id, reason=reason),
        "put back": lambda: deciding.put_back(here, post_id, answer=reason),
        "remove": lambda: deciding.remove(here, post_id, reason=reason),
        "approve": lambda: approving.approve(here, post_id, version=version, item_version=item_version, kind=kind),
        "decline": lambda: approving.decline(here, post_id, reason=reason, kind=kind),
    }


@blueprint.post("/order/newcomers")
@needs(Can.CHANGE_SPACE)
def hold_newcomers(here: Here) -> Response:
    """Let the first post of a newcomer wait for an organiser, or not."""
    wanted = request.form.get("wanted") == "yes"
    with transaction():
        members.hold_newcomers(here, wanted=wanted)
    banner(_("First posts wait for an organiser now.") if wanted else _("First posts are published at once now."))
    return redirect(url_for("order.queue", slug=here.space.slug), 303)


@blueprint.get("/held/<int:post_id>")
@needs(Can.SEE_THREADS)
def held(here: Here, post_id: int) -> Page:
    """Show its author a post that waits, to be changed or taken back."""
    item, post = approving.own_held(here, post_id)
    return _show_held(here, item, post, HeldForm(formdata=None, body=post.source, version=post.version))


@blueprint.post("/held/<int:post_id>")
@needs(Can.WRITE_POST)
def change_held(here: Here, post_id: int) -> Page:
    """Save what a post says that waits."""
    item, post = approving.own_held(here, post_id)
    form = HeldForm()
    if not form.validate_on_submit():
        return _show_held(here, item, post, form), 422
    try:
        posts_url = url_for(kind_of(item).permalink, slug=here.space.slug, ref=item.ref, number=1)[:-1]
        text = text_for(here.space, form.body.data or "", author=here.actor, item_id=item.id, posts_url=posts_url)
        if "preview" in request.form:
            return _show_held(here, item, post, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
        with transaction():
            approving.change(here, post_id, text=text, version=form.version.data or 0)
    except Invalid as problem:
        form.add_problems(problem)
        return _show_held(here, item, post, form), 422
    banner(_("Your text is changed. It still waits for an organiser."))
    return redirect(_place_of(here, item, post), 303)


@blueprint.post("/held/<int:post_id>/withdraw")
@needs(Can.SEE_THREADS)
def withdraw(here: Here, post_id: int) -> Response:
    """Take back one's post that waits."""
    item, post = approving.own_held(here, post_id)
    is_first = post.number == 1
    with transaction():
        approving.withdraw(here, post_id, kind=kind_of(item))
    banner(_("You have taken it back. Your text is a draft again, unless you had begun another one."))
    if is_first:
        return redirect(url_for("home.today_page", slug=here.space.slug), 303)
    return redirect(kind_of(item).post_url(here.space.slug, item.ref, item.last_number), 303)


@blueprint.get("/members/<handle>/hold")
@needs(Can.KEEP_ORDER)
def member(here: Here, handle: str) -> Page:
    """Show until when what a member writes is held, and the form for it."""
    return _show_member(here, _member(here, handle))


@blueprint.post("/members/<handle>/hold")
@needs(Can.KEEP_ORDER)
def hold_member(here: Here, handle: str) -> Page:
    """Hold what a member writes until a day is over."""
    one, form = _member(here, handle), HoldForm()
    form.offer_days(here.space.zone)
    if form.validate_on_submit():
        try:
            assert form.until.data is not None
            end = end_of_day(form.until.data, here.space.zone)
            with transaction():
                members.hold_member(here, one.person, until=end, reason=one_line(form.reason.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        else:
            banner(_("What %(name)s writes waits for an organiser now. They are told why.", name=one.person.name))
            return redirect(url_for("order.member", slug=here.space.slug, handle=handle), 303)
    return _show_member(here, one, form=form), 422


@blueprint.post("/members/<handle>/hold/end")
@needs(Can.KEEP_ORDER)
def end_hold(here: Here, handle: str) -> Response:
    """Hold no longer what a member writes."""
    one = _member(here, handle)
    with transaction():
        is_ended = members.end_hold(here, one.person)
    said = _("What %(name)s writes is published at once again.", name=one.person.name)
    banner(said, kind="good" if is_ended else "info")
    return redirect(url_for("order.queue", slug=here.space.slug), 303)


def _show_queue(here: Here, *, sent: tuple[int, DecideForm] | None = None) -> str:
    cases = queries.cases(here)
    forms = {
        case.post.id: DecideForm(
            None,
            prefix=f"p{case.post.id}",
            upto=case.upto,
            version=case.post.version,
            item_version=case.item.version,
        )
        for case in cases
    }
    if sent is not None:
        forms[sent[0]] = sent[1]
    return render_template(
        "content/order.html",
        cases=cases,
        forms=forms,
        below=_below_first(cases),
        form=sent[1] if sent else None,
        why_waits=WHY_WAITS,
        flag_reasons=FLAG_REASONS,
        holds=members.holds_in(here.space),
        url_of=lambda case: post_url(
            case.item, here.space.slug, case.post.number if case.post.has_number else case.item.last_number
        ),
        edit_url=lambda case: url_for(
            kind_of(case.item).edit, slug=here.space.slug, ref=case.item.ref, number=case.post.number
        ),
    )


def _below_first(cases: Sequence[queries.Case]) -> Mapping[int, Sequence[str]]:
    """Return what stands below first posts and is published with them, by the item's key: one query for each kind of item."""
    ids: dict[str, list[int]] = {}
    kinds = {}
    for case in cases:
        if case.post.number == 1:
            kinds[case.item.kind] = kind_of(case.item)
            ids.setdefault(case.item.kind, []).append(case.item.id)
    found: dict[int, Sequence[str]] = {}
    for name, kind in kinds.items():
        if kind.below_first is not None:
            found |= kind.below_first(ids[name])
    return found


def _show_held(here: Here, item: Item, post: Post, form: HeldForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template(
        "content/held.html", item=item, post=post, form=form, place_url=_place_of(here, item, post), **more
    )


def _place_of(here: Here, item: Item, post: Post) -> str:
    """Return where its author sees a post that waits: at the end."""
    url = kind_of(item).post_url(here.space.slug, item.ref, item.last_number)
    return f"{url.partition('#')[0]}#held-{post.id}"


def _member(here: Here, handle: str) -> Member:
    one = member_by_handle(here.space, handle)
    if one is None:
        raise Missing
    return one


def _show_member(here: Here, one: Member, *, form: HoldForm | None = None) -> str:
    form = form or HoldForm(formdata=None)
    form.offer_days(here.space.zone)
    return render_template(
        "content/hold_member.html",
        one=one,
        form=form,
        hold=members.hold_of(here.space, one.person),
        is_keeper=one.role in KEEPERS,
    )
