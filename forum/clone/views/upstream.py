"""What the original offers a copy, and what goes back to it: looked at, taken, declined, sent by the copy's stewards."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for

from forum.clone.access import upstream_for
from forum.clone.forms import SendForm
from forum.clone.models import Lineage
from forum.clone.queries import grown_from
from forum.clone.reading import texts_of
from forum.clone.upstream import answering, sending, undoing
from forum.clone.upstream.answered import answered_in, places_of_answer, url_of
from forum.clone.upstream.answering import AnsweredBefore, ChangedMeanwhile, NoLongerOffered, latest_answer
from forum.clone.upstream.causes import causes_of
from forum.clone.upstream.family import family_of
from forum.clone.upstream.following import follow, page_of
from forum.clone.upstream.gone import gone_from
from forum.clone.upstream.offering import Offer
from forum.clone.upstream.offers import offers_for
from forum.clone.views import Page, blueprint
from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.text import one_line
from forum.notify import heads_up
from forum.spaces.copied import Chosen, Words
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.limits import limit
from forum.web.words import _

SENT_A_DAY = 20
PLACE = "place-"
PLACE_NAME = re.compile(r"place-\d{1,4}")


@blueprint.get("/s/<slug>/upstream/")
@needs(Can.CHANGE_SPACE)
def upstream(here: Here) -> Page:
    """Show what the original offers now, what was answered, and what went back."""
    heads_up.read_there(here.actor, path=page_of(here.space.slug))
    look = upstream_for(here)
    return render_template(
        "clone/upstream.html",
        lineage=db.session.get(Lineage, here.space.id),
        origin=grown_from(here.space.id, here.actor),
        is_offered=look is not None,
        offers=offers_for(here),
        gone=gone_from(here, look) if look is not None else [],
        answers=[one for one in answered_in(here) if one.title is not None],
        changed=sending.to_send(here),
        sent=[one for sender in sending.senders() for one in sender.sent(here.space.id)],
    )


@blueprint.get("/s/<slug>/upstream/<key>/")
@needs(Can.CHANGE_SPACE)
def offered(here: Here, key: str) -> Page:
    """Show one thing that the original offers: why, and what would change here."""
    try:
        return _offer_page(here, answering.offer_at(here, key))
    except AnsweredBefore:
        return _answered_page(here, key)
    except NoLongerOffered:
        banner(_("The original doesn’t offer that any more. What stands here stays as it is."), kind="info")
        return redirect(url_for("clone.upstream", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/upstream/<key>/take")
@needs(Can.CHANGE_SPACE)
def take(here: Here, key: str) -> Page:
    """Take it, as it was looked at."""
    try:
        offer = answering.offer_at(here, key)
    except AnsweredBefore as before:
        return _answered_page(here, key, late=before), 409
    both = () if offer.is_new else offer.merged[1]
    chosen = _chosen(both)
    try:
        taking = answering.ready_to_take(here, key, seen=request.form.get("seen", ""), chosen=chosen)
        with transaction():
            item = answering.take(here, taking)
    except AnsweredBefore as before:
        return _answered_page(here, key, late=before), 409
    except ChangedMeanwhile as moved:
        return _offer_page(here, answering.offer_at(here, key), moved=moved.why, chosen=_kept(both)), 409
    except Invalid as problem:
        return _offer_page(here, offer, problems=problem.errors, chosen=_kept(both)), 422
    if offer.is_new:
        banner(_("“%(title)s” is part of this space now.", title=offer.title))
        there = url_of(here, item) if item else url_for("clone.upstream", slug=here.space.slug)
        return redirect(there, 303)
    undo = _undo_url(here, key)
    banner(_("“%(title)s” has the change now.", title=offer.title), undo=undo)
    return redirect(url_for("clone.upstream", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/upstream/<key>/decline")
@needs(Can.CHANGE_SPACE)
def decline(here: Here, key: str) -> Page:
    """Leave it as it is here."""
    try:
        with transaction():
            answering.decline(here, key, seen=request.form.get("seen", ""))
    except AnsweredBefore as before:
        return _answered_page(here, key, late=before), 409
    except ChangedMeanwhile as moved:
        return _offer_page(here, answering.offer_at(here, key), moved=moved.why), 409
    undo = _undo_url(here, key)
    banner(_("It stays as it is here. You hear again when the original changes it once more."), undo=undo)
    return redirect(url_for("clone.upstream", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/upstream/<key>/undo")
@needs(Can.CHANGE_SPACE)
def undo(here: Here, key: str) -> Page:
    """Take an answer back. A second press takes back no other one."""
    number = request.args.get("answer", default=0, type=int)
    try:
        laid = undoing.ready_to_undo(here, key, number=number)
        with transaction():
            is_back = undoing.undo(here, key, laid, number=number)
    except undoing.UndoneBefore as done:
        banner(done.why)
    except RuleBroken as stays:
        banner(stays.why, kind="care")
    else:
        banner(_("What stood here before stands here again.") if is_back else _("It is offered again."))
    return redirect(url_for("clone.upstream", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/upstream/follow")
@needs(Can.CHANGE_SPACE)
def follow_original(here: Here) -> Page:
    """Hear of what changes in the original, or not."""
    wanted = request.form.get("told") == "yes"
    with transaction():
        follow(here, is_followed=wanted)
    banner(
        _("Stewards hear on Today of what changes in the original.")
        if wanted
        else _("Nobody hears of changes in the original any more. This page still shows them.")
    )
    return redirect(url_for("clone.upstream", slug=here.space.slug), 303)


@blueprint.get("/s/<slug>/upstream/send/<ref>")
@needs(Can.CHANGE_SPACE)
def send_page(here: Here, ref: str) -> Page:
    """Show what would go back to the original."""
    return _send_page(here, ref, SendForm(formdata=None))


@blueprint.post("/s/<slug>/upstream/send/<ref>")
@needs(Can.CHANGE_SPACE)
def send(here: Here, ref: str) -> Page:
    """Send it back, with the reason."""
    form, seen = SendForm(), request.form.get("seen", "")
    try:
        if not form.validate_on_submit():
            return _send_page(here, ref, form), 422
        limit("send to original", str(here.actor.id), times=SENT_A_DAY, within=timedelta(days=1))
        laid = sending.ready_to_send(here, ref, seen=seen)
        with transaction():
            sending.send(
                here,
                ref,
                laid,
                seen=seen,
                reason=one_line(form.reason.data or ""),
                names_space=form.names_space.data,
                named=form.names_me.data,
                once=form.once.data,
            )
    except Invalid as problem:
        form.add_problems(problem)
        return _send_page(here, ref, form), 422
    except ChangedMeanwhile as moved:
        return _send_page(here, ref, form, moved=moved.why), 409
    banner(_("It is sent. Whoever keeps the original looks at it, and you hear what they say."), kind="wait")
    return redirect(url_for("clone.upstream", slug=here.space.slug, _anchor="sent"), 303)


@blueprint.post("/s/<slug>/upstream/sent/<ref>/recall")
@needs(Can.CHANGE_SPACE)
def recall(here: Here, ref: str) -> Page:
    """Take back what was sent."""
    with transaction():
        is_back = sending.recall(here, ref)
    banner(_("It is taken back. Nobody decides about it any more.") if is_back else _("It was decided already."))
    return redirect(url_for("clone.upstream", slug=here.space.slug, _anchor="sent"), 303)


@blueprint.get("/s/<slug>/family")
@needs(Can.CHANGE_SPACE)
def family(here: Here) -> Page:
    """Show where the space came from, and what grew from it."""
    return render_template("clone/family.html", root=family_of(here))


def _chosen(both: Any) -> dict[str, Chosen]:  # noqa: ANN401  # places
    """Return what was chosen for places that both sides changed."""
    found, numbers = {}, _numbers(both)
    for one in both:
        number = numbers.get(one.key, -1)
        side = request.form.get(f"side-{number}", "")
        if side in {"ours", "theirs"} or (side == "own" and one.is_typed):
            found[one.key] = Chosen(side=side, own={text.name: _own(number, text) for text in one.texts})
    return found


def _kept(both: Any) -> dict[str, Chosen]:  # noqa: ANN401  # places
    """Return what was chosen, for the page that comes back; where nothing was and somebody wrote, what they wrote."""
    numbers = _numbers(both)
    written = {
        one.key: Chosen(side="own", own={text.name: _own(numbers.get(one.key, -1), text) for text in one.texts})
        for one in both
        if one.is_typed and any(_is_written(text, _own(numbers.get(one.key, -1), text)) for text in one.texts)
    }
    return written | _chosen(both)


def _own(number: int, text: Words) -> str:
    return request.form.get(f"own-{number}-{text.name}", "").replace("\x00", "")


def _is_written(text: Words, own: str) -> bool:
    """Say whether somebody wrote it: it isn't what stood in the field before."""
    return bool(own) and own.splitlines() != (text.ours or text.theirs).splitlines()


def _numbers(both: Any) -> dict[str, int]:  # noqa: ANN401  # places
    """Return under which number each place stood on the page that was sent: there may be others by now."""
    sent = {key: int(name[len(PLACE) :]) for name, key in request.form.items() if PLACE_NAME.fullmatch(name)}
    return sent or {one.key: number for number, one in enumerate(both)}


def _typed(both: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401  # places
    """Return what somebody wrote anew, by its place and what it is; not what stood in the field before."""
    found, numbers = [], _numbers(both)
    for one in both:
        number = numbers.get(one.key, -1)
        for text in one.texts:
            own = _own(number, text)
            if _is_written(text, own):
                found.append((one.label, str(text.label), own))
    return found


def _answered_page(here: Here, key: str, *, late: AnsweredBefore | None = None) -> str:
    """Show what was answered. Who presses once more, in another tab or after somebody else, finds what they wrote."""
    found = answered_in(here, key=key)
    if not found:  # it was undone in the same moment
        raise Missing
    return render_template(
        "clone/answered.html",
        one=found[0],
        late=late.why if late else "",
        typed=_typed(places_of_answer(here, key)) if late else (),
    )


def _offer_page(
    here: Here,
    offer: Offer,
    *,
    moved: str = "",
    problems: Mapping[str, list[str]] | None = None,
    chosen: Mapping[str, Chosen] | None = None,
) -> str:
    merged, both = ({}, ()) if offer.is_new else offer.merged
    way = offer.grower
    return render_template(
        "clone/offered.html",
        offer=offer,
        url=_url_of(here, offer),
        there=way.compare(offer.base or {}, offer.theirs or {}) if way else None,
        ours=way.compare(offer.base or {}, offer.ours or {}) if way and offer.is_changed_here else None,
        result=way.compare(offer.ours or {}, merged) if way and offer.is_changed_here else None,
        both=both,
        arrives=answering.arrival_of(here, offer),
        texts=texts_of(offer.source_id, offer.part.posts) if offer.is_new and not way else (),
        stories=_stories(here, offer),
        moved=moved,
        problems=_problems(both, problems or {}),
        chosen=chosen or {},
    )


def _problems(both: Any, errors: Mapping[str, list[str]]) -> tuple[dict[str, str], list[str]]:  # noqa: ANN401  # places
    """Return what is wrong: by place, and with what was typed."""
    keys = {one.key for one in both}
    by_place = {key: " ".join(said) for key, said in errors.items() if key in keys}
    return by_place, [one for key, said in errors.items() if key not in keys for one in said]


def _stories(here: Here, offer: Offer) -> dict[int, tuple[str, str]]:
    """Return title and address of the stories that caused it, as far as the reader may see them there, or has them here."""
    return causes_of(here, {why.story_id for why in offer.whys if why.story_id})


def _send_page(here: Here, ref: str, form: SendForm, *, moved: str = "") -> str:
    found = sending.improvement_of(here, ref)
    pending = offers_for(here, key=found.item.origin_uuid)
    return render_template(
        "clone/send.html", form=form, found=found, pending=pending, url=url_of(here, found.item), moved=moved
    )


def _undo_url(here: Here, key: str) -> str:
    """Return where the answer that was just given is taken back."""
    answer = latest_answer(here, key)
    return url_for("clone.undo", slug=here.space.slug, key=key, answer=answer.version if answer else 0)


def _url_of(here: Here, offer: Offer) -> str:
    """Return where it is read here: an item at its own address, what is none where its room shows it; "" for what is new."""
    if offer.own_id is None:
        return ""
    return url_of(here, offer.item) if offer.item else offer.way.url(here.space.slug, "")
