"""Before others see a story: what waits for a second reader, and what its author does with it meanwhile."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.content.actions import Overtaken
from forum.content.attachments.queries import not_shown, of_post
from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing
from forum.people.models import Person
from forum.spaces.guard import Here, needs
from forum.spaces.models import ItemState
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import Told, may_read_first, story_for, waiting_story, was_taken_back
from forum.stories.actions import waiting as deeds
from forum.stories.others_forms import NoteForm, RuleForm, SecondForm
from forum.stories.parts import shown
from forum.stories.queries.waiting import to_read
from forum.stories.views import Page, blueprint
from forum.stories.views.story_page import ORDER, part_label
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/waiting")
@needs(Can.TELL_STORY)
def waiting(here: Here) -> Page:
    """List what waits for this person to read it before the others do."""
    return render_template("stories/waiting.html", stories=to_read(here))


@blueprint.get("/<ref>/second")
@needs(Can.TELL_STORY)
def second(here: Here, ref: str) -> Page:
    """Show a story to its second reader; when it waits no more, say what became of it."""
    try:
        told = waiting_story(here, ref)
    except Missing:
        return _led_on(here, ref)
    return _show(told, NoteForm(formdata=None))


def _led_on(here: Here, ref: str) -> Response:
    """Lead who comes to a story that waits no more to where it is now. Raises Missing when that is nowhere for them."""
    if may_read_first(here, ref, is_sent_back=True):
        banner(_("It has been read, and was sent back to who told it."), kind="info")
        return redirect(url_for("stories.waiting", slug=here.space.slug), 303)
    told = story_for(here, ref)
    if told.item.state is ItemState.PUBLISHED:
        banner(_("It has been read, and is published."), kind="info")
    return redirect(addresses.story_url(here.space.slug, ref), 303)


@blueprint.post("/<ref>/second")
@needs(Can.TELL_STORY)
def pass_on(here: Here, ref: str) -> Page:
    """Publish what one has read."""
    form = SecondForm()
    is_fine = form.validate_on_submit()
    try:
        told = waiting_story(here, ref)
        with transaction():
            item = deeds.pass_on(
                here,
                told.story.id,
                version=(form.version.data or 0) if is_fine else 0,
                item_version=form.item_version.data or 0,
            )
    except Missing:
        return _led_on(here, ref)
    except Overtaken:
        why = _("It was changed after you opened it. This is how it reads now.")
        return _show(waiting_story(here, ref), NoteForm(formdata=None), why=why), 409
    if item.state is ItemState.PUBLISHED:
        banner(_("It is published. Whoever told it hears that you read it."))
        return redirect(addresses.story_url(here.space.slug, ref), 303)
    banner(_("Thank you. An organiser looks at it too, because of who told it."), kind="wait")
    return redirect(url_for("stories.waiting", slug=here.space.slug), 303)


@blueprint.post("/<ref>/second/back")
@needs(Can.TELL_STORY)
def send_back(here: Here, ref: str) -> Page:
    """Send it back to who told it, with a note."""
    form = NoteForm()
    try:
        told = waiting_story(here, ref)
    except Missing:
        return _led_on(here, ref)
    try:
        if form.validate_on_submit():
            with transaction():
                deeds.send_back(here, told.story.id, note=form.note.data or "")
            banner(_("It went back with your note."))
            return redirect(url_for("stories.waiting", slug=here.space.slug), 303)
    except Missing:
        return _led_on(here, ref)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(told, form), 422


@blueprint.post("/<ref>/publish")
@needs(Can.TELL_STORY)
def publish_now(here: Here, ref: str) -> Response:
    """Publish one's own story now that was to be published later."""
    told = story_for(here, ref)
    with transaction():
        item = deeds.publish_now(here, told.story.id)
    if item.state is ItemState.PUBLISHED:
        banner(_("It is published."))
    else:
        banner(
            _("Somebody else of this space reads it before the others do. You hear by mail what they say."), kind="wait"
        )
    return redirect(addresses.story_url(here.space.slug, ref), 303)


@blueprint.post("/<ref>/ask-again")
@needs(Can.TELL_STORY)
def ask_again(here: Here, ref: str) -> Response:
    """Let it be read again, after it was sent back."""
    told = story_for(here, ref)
    with transaction():
        deeds.ask_again(here, told.story.id)
    banner(_("It waits for a second reader again."), kind="wait")
    return redirect(addresses.story_url(here.space.slug, ref), 303)


@blueprint.post("/<ref>/take-back")
@needs(Can.TELL_STORY)
def take_back(here: Here, ref: str) -> Response:
    """Let one's own story that waits be a draft again. A second press leads there too."""
    try:
        told = story_for(here, ref)
        with transaction():
            deeds.take_back(here, told.story.id)
    except Missing:
        if not was_taken_back(here, ref):
            raise
    banner(_("It is your draft again, and nobody has seen it."))
    return redirect(url_for("stories.new", slug=here.space.slug), 303)


@blueprint.post("/rule")
@needs(Can.KEEP_STORIES)
def set_rule(here: Here) -> Response:
    """Let this space ask for a second reader, or not any more."""
    asks = bool(RuleForm().asks_reader.data)
    with transaction():
        deeds.ask_for_reader(here, asks=asks)
    banner(
        _("From now on somebody else reads each story first.")
        if asks
        else _("From now on stories are published at once.")
    )
    return redirect(url_for("stories.lists", slug=here.space.slug), 303)


def _show(told: Told, form: NoteForm, why: str = "") -> str:
    parts = shown(told.post.html)
    author = db.session.get(Person, told.item.author_id) if told.item.author_id is not None else None
    return render_template(
        "stories/second.html",
        item=told.item,
        story=told.story,
        author=author,
        files_below=not_shown(of_post(told.post), told.post.html),
        parts=[(key, part_label(key, told.story.kind), parts[key]) for key in ORDER if key in parts],
        form=form,
        read=SecondForm(formdata=None, version=told.post.version, item_version=told.item.version),
        why=why,
    )
