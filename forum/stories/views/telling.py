"""Telling a story: three things, from nothing or from a thread; what is alike stands beside it while it is written."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.attachments.actions import send_with
from forum.content.attachments.told import NOTHING, Told, told_by
from forum.content.drafts import draft_at
from forum.content.naming import text_for
from forum.content.order.holding import is_held_now
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, TooMany
from forum.core.markup import Rendered
from forum.core.text import one_line
from forum.core.time import now, today
from forum.search.finding import alike
from forum.search.language import read_text
from forum.spaces.feature import post_url, tells_of
from forum.spaces.guard import Here, needs
from forum.spaces.models import TITLE_LENGTH, Audience, Item, ItemState
from forum.spaces.policy import Can
from forum.stories import actions, addresses
from forum.stories.actions import NamesSomebody, Telling
from forum.stories.actions.beginning import asks_reader
from forum.stories.forms import TellForm
from forum.stories.models import StoryKind
from forum.stories.parts import AFFECTED, FIXED, UNHELPFUL, compose, read
from forum.stories.queries.one import source_at
from forum.stories.views import Page, blueprint
from forum.stories.words import When
from forum.threads.views import answers, attaching
from forum.threads.views.starting import ALIKE
from forum.web.banners import banner, note_arrival
from forum.web.uploads import takes_files
from forum.web.words import _

AN_HOUR, MORNING = timedelta(hours=1), time(8)


@blueprint.get("/new")
@needs(Can.TELL_STORY)
def new(here: Here) -> Page:
    """Show the form: with the draft that was left in it, or with what a thread or a call for help says."""
    kept = draft_at(here.actor, addresses.tell_place(here.space))
    told = read(kept.body)
    form = TellForm(
        formdata=None,
        title=kept.title,
        saw=told.get("saw", ""),
        fixed=told.get(FIXED, ""),
        affected=told.get(AFFECTED, ""),
        unhelpful=told.get(UNHELPFUL, ""),
        draft_version=kept.version,
    )
    given = request.args.get("from", "")
    source: Item | None = None
    if given:
        source = _prefill(here, form, given, number=request.args.get("post", type=int))
    return _show(here, form, source=source, draft_at=None if kept.is_empty or given else kept.saved_at)


@blueprint.post("/new")
@needs(Can.TELL_STORY)
def tell(here: Here) -> Page:
    """Tell the story. For those without script the same form saves a draft or shows a preview."""
    form = TellForm()
    source = _source(here, form)
    try:
        if "keep" in request.form:
            return _keep(here, form, source)
        if form.validate_on_submit():
            return _tell(here, form, source)
    except Invalid as problem:
        form.add_problems(problem)
    except NamesSomebody as names:
        form.point_out(names.names)
        _keep_unsent(here, form)
        return _show(here, form, source=source, blamed=names), 422
    except TooMany as slow:
        _keep_unsent(here, form)
        return answers.hold_up(slow, _show(here, form, source=source, paused=slow.why))
    return _show(here, form, source=source), 422


@blueprint.post("/new/attach")
@takes_files
@needs(Can.TELL_STORY)
def attach_to_story(here: Here) -> Page | tuple[Response, int]:
    """Attach files to a story that is being told."""
    form = TellForm()
    taken = attaching.attach(here, addresses.tell_place(here.space), form, power=Can.TELL_STORY)
    return attaching.answer(taken) or (_show(here, form, source=_source(here, form)), 422 if taken.problems else 200)


@blueprint.post("/new/draft")
@needs(Can.TELL_STORY)
def save_tell_draft(here: Here) -> tuple[Response, int]:
    """Save a story's draft while it is written: what was seen and what fixed it are one text."""
    body = compose(
        {key: request.form.get(key, "") for key in ("saw", AFFECTED, UNHELPFUL)} | {FIXED: request.form.get("body", "")}
    )
    place = addresses.tell_place(here.space)
    return answers.save_by_script(here.actor, place, body=body, shown=lambda text: read(text).get(FIXED, ""))


@blueprint.post("/new/draft/discard")
@needs(Can.TELL_STORY)
def discard_tell_draft(here: Here) -> Response:
    """Throw a story's draft away."""
    answers.throw_away(here.actor, addresses.tell_place(here.space))
    return redirect(url_for("stories.new", slug=here.space.slug), 303)


@blueprint.post("/new/alike")
@needs(Can.TELL_STORY)
def alike_story(here: Here) -> Response:
    """Show a script what was written before that is like what somebody is about to tell (E5)."""
    hits = _alike(here, request.form.get("title", ""), request.form.get("body", ""))
    return Response(render_template("search/alike.html", hits=hits), headers={ALIKE: "1"})


@blueprint.post("/preview")
@needs(Can.TELL_STORY)
def preview_story(here: Here) -> Page:
    """Render a text for a script that shows it beside."""
    return answers.preview(here.space, author=here.actor)


@blueprint.get("/mentions")
@needs(Can.TELL_STORY)
def mentions(here: Here) -> Response:
    """Offer members whose name begins with what was typed after "@" (A3)."""
    return answers.offer_members(here)


def rendering(here: Here, *, item: Item | None = None, told: Told = NOTHING) -> Any:  # noqa: ANN401  # what `actions.composed` takes
    """Return how a story's text is laid out for this person; `told` is what the form says of its pictures."""
    where = addresses.posts_url(here.space.slug, item.ref) if item else ""

    def render(source: str, field: str) -> Rendered:
        return text_for(
            here.space,
            source,
            author=here.actor,
            item_id=item.id if item else None,
            posts_url=where,
            told=told,
            field=field,
        )

    return render


def _tell(here: Here, form: TellForm, source: Item | None) -> Page:
    told, place = told_by(request.form), addresses.tell_place(here.space)
    text = _checked(here, form, told=told)
    if "preview" in request.form:
        hits = _alike(here, form.title.data or "", text.source)
        return _show(here, form, source=source, preview=Markup(text.html), hits=hits)  # noqa: S704  # made by the renderer
    telling = Telling(
        title=form.title.data or "",
        text=text,
        kind=StoryKind(form.kind.data),
        audience=Audience(form.audience.data),
        source_id=source.id if source else None,
        source_number=form.source_number.data if source else None,
        confirmed=form.confirmed,
        publish_at=_publish_at(here, When(form.when.data)),
    )
    with limits.counting(here, limits.Kind.THREAD, limits.Kind.POST) as count:
        with transaction():
            item = actions.tell(here, telling, once=form.once.data)
            send_with(here, actions.first_post(item), place=place, told=told, text=text)
            drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=compose(form.answers))
        count.written(item.created_at)
    note_arrival(form.once.data)
    _say_what_comes(item, is_later=telling.publish_at is not None)
    return redirect(addresses.story_url(here.space.slug, item.ref, anchor="next"), 303)


def _say_what_comes(item: Item, *, is_later: bool) -> None:
    if item.state is ItemState.HELD:
        said = _("An organiser looks at it before others see it. You hear by mail, and find it here until then.")
        banner(said, kind="wait")
    elif item.state is ItemState.DRAFT and is_later:
        banner(
            _("It is kept, and published when you said. Until then only you see it, and can change it."), kind="wait"
        )
    elif item.state is ItemState.DRAFT:
        banner(
            _("Somebody else of this space reads it before the others do. You hear by mail what they say."), kind="wait"
        )
    else:
        banner(_("Your story is told. Answer a question or two more, whenever you like: each helps somebody find it."))


def _publish_at(here: Here, when: When) -> datetime | None:
    """Return when a story is to be published that isn't published now; in the morning on the space's clock."""
    if when is When.NOW:
        return None
    if when is When.TOMORROW:
        morning = datetime.combine(today(here.space.zone) + timedelta(days=1), MORNING, ZoneInfo(here.space.zone))
        return morning.astimezone(UTC)
    return now() + (AN_HOUR if when is When.HOUR else 4 * AN_HOUR)


def _checked(here: Here, form: TellForm, *, told: Told) -> Rendered:
    """Return the text laid out. Raises Invalid, which names all that is wrong at once: the sentence too."""
    wrong: dict[str, list[str]] = {}
    try:
        actions.checked_title(form.title.data or "")
    except Invalid as problem:
        wrong |= problem.errors
    try:
        fixed = attaching.body_of(form, attaching.attached_at(here, addresses.tell_place(here.space)))
        text = actions.composed({**form.answers, FIXED: fixed}, render=rendering(here, told=told))
    except Invalid as problem:
        raise Invalid({**wrong, **problem.errors}) from None
    if wrong:
        raise Invalid(wrong)
    return text


def _keep(here: Here, form: TellForm, source: Item | None) -> Page:
    newer = answers.save_by_press(
        here.actor, addresses.tell_place(here.space), form, body=compose(form.answers), title=form.title.data or ""
    )
    if newer is not None:
        return _show(here, form, source=source, newer=newer), 409
    return redirect(url_for("stories.new", slug=here.space.slug), 303)


def _keep_unsent(here: Here, form: TellForm) -> None:
    """Save as a draft what wasn't told."""
    answers.keep_unsent(
        here.actor, addresses.tell_place(here.space), form, body=compose(form.answers), title=form.title.data or ""
    )


def _prefill(here: Here, form: TellForm, ref: str, *, number: int | None) -> Item:
    """Put into the form what an item of another room has to tell. Raises Missing for what the person can't see, or tells nothing."""
    item = source_at(here, ref)
    tells = tells_of(item) if item is not None else None
    told = tells(here, item, number) if tells is not None and item is not None else None
    if told is None or item is None:
        raise Missing
    form.title.data = one_line(told.title)[:TITLE_LENGTH]
    form.saw.data, form.fixed.data = told.saw, told.fixed
    form.affected.data, form.unhelpful.data = told.affected, told.unhelpful
    if told.audience is not None and told.audience is not Audience.SPACE:
        form.audience.data = Audience.ORGANISERS.value
    form.source.data, form.source_number.data = item.ref, told.number
    return item


def _source(here: Here, form: TellForm) -> Item | None:
    """Return what the form was filled from. What can't be seen any more is nothing."""
    return source_at(here, form.source.data) if form.source.data else None


def _alike(here: Here, title: str, body: str) -> Any:  # noqa: ANN401  # hits
    return alike(here.actor, read_text(f"{title} {body}"), at=now())


def _show(here: Here, form: TellForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template(
        "stories/new.html",
        form=form,
        draft_version=form.draft_version.data or 0,
        source_url=post_url(more["source"], here.space.slug, 1) if more.get("source") is not None else "",
        is_held=is_held_now(here),
        attached=attaching.attached_at(here, addresses.tell_place(here.space)),
        asks_reader=asks_reader(here.space.id),
        alike_url=url_for("stories.alike_story", slug=here.space.slug),
        is_preview="preview" in request.form,
        **more,
    )
