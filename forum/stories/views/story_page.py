"""What stands on a story's page: what was told, how it was used, the next question, and the conversation."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for

from forum.content.around import around
from forum.content.attachments.told import told_by
from forum.content.drafts import draft_at
from forum.content.forms import ReplyForm
from forum.content.queries import PostShown, posts_between
from forum.core.db import db
from forum.core.paging import Page as Pages
from forum.core.paging import page
from forum.core.time import today
from forum.people.models import Person
from forum.roster.models import Mode
from forum.spaces.feature import beside_of, deeds_for, post_url, stand_ins
from forum.spaces.guard import Here
from forum.spaces.models import ItemState
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import may_tell_on, why_not_change, why_not_share, why_not_sort, why_not_withdraw
from forum.stories.actions.beginning import asks_reader
from forum.stories.addresses import POSTS
from forum.stories.blame import who_forgot
from forum.stories.forms import AnswerForm, SameForm, ThankForm, TryForm, WithdrawForm
from forum.stories.models import Result, StoryKind, Waiting
from forum.stories.parts import ASKED, FIXED, LASTING, PARTS, read
from forum.stories.queries.follow_up import actions_of
from forum.stories.queries.one import Head, authors_of, source_of, use_of
from forum.stories.words import ENGAGEMENT, RESULTS, SHORT_KINDS, SHORT_MODES
from forum.threads.views import talk
from forum.web.words import LazyString, _, _l

ORDER = ("saw", "error", FIXED, "check", "prevent", "easy", "affected", "noticed", "unhelpful", "well")
NEAR_FIX = _l("What stopped it in time")


def show_story(here: Here, head: Head, *, form: ReplyForm, version: int, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    """Render a story with the page of its conversation that the address asks for."""
    pages = pages_of(head)
    posts = posts_between(head.item.id, after=max(pages.before, 1), size=POSTS - (pages.current == 1))
    people = {shown.author.id for shown in posts if shown.author} | {
        one.id for one in (head.author, head.holder) if one is not None
    }
    place_url = partial(_place_url, pages=pages, here=here, head=head)
    values = {
        **_story(here, head, more),
        **_on_posts(here, head, posts, pages),
        **talk.at_end(here, head, form, posts, pages, why_not=why_no_reply(here, head), url=place_url),
        **({"held": ()} if head.item.state is ItemState.DRAFT else {}),  # what waits stands above, whole
        **talk.heard(here, head, started=_("Because you told it.")),
        "away": stand_ins(here, people),
        "beside": beside_of(here, head.item) if pages.current == 1 else (),
        "deeds": deeds_for(here, head.item),
        "head": head,
        "item": head.item,
        "story": head.story,
        "posts": posts,
        "pages": pages,
        "draft_version": version,
        "place_url": place_url,
    }
    return render_template("stories/story.html", **{**values, **more})


def told_and_used(here: Here, head: Head, more: dict[str, Any]) -> dict[str, Any]:
    """Return what a page of a story says of what was told, and of how it was used; and the forms for using it."""
    story, parts = head.story, head.parts
    use = use_of(here, story)
    thank = more.get("thank") or ThankForm(formdata=None)
    thank.offer(head.steps)
    mine = next((one for one in use.tried if one.is_mine), None)
    return {
        "use": use,
        "parts": [(key, part_label(key, story.kind), parts[key]) for key in ORDER if key in parts],
        "results": RESULTS,
        "is_lapsed": head.is_lapsed(here.space),
        "authors": authors_of(story),
        "facts": _facts(head),
        "may_same": here.may(Can.SAY_SAME_HERE),
        "may_try": here.may(Can.TRY_STORY),
        "is_own": head.item.author_id == here.actor.id,
        "has_team": here.actor.department_id is not None,
        "my_same": next((one for one in use.same if one.is_mine), None),
        "my_try": mine,
        "my_thanks": next((one for one in use.saved if one.is_mine), None),
        "same": SameForm(formdata=None),
        "tried": TryForm(formdata=None, result=mine.result.value if mine and mine.result else Result.WORKED.value),
        "thank": thank,
        "today": today(here.space.zone),
    }


def _story(here: Here, head: Head, more: dict[str, Any]) -> dict[str, Any]:
    story, answers = head.story, read(head.post.source)
    may_change, source = not why_not_change(here, head.item), source_of(here, story)
    return {
        **told_and_used(here, head, more),
        "may_verify": here.may(Can.TRY_STORY),
        "may_share": not why_not_share(here, head.item) and head.item.state is ItemState.PUBLISHED,
        **_wait(here, head),
        "to_change": actions_of(here, story.id),
        "source": source,
        "source_url": post_url(source, here.space.slug, 1) if source is not None else "",
        "may_change": may_change,
        "is_teller": may_tell_on(here, head.item),
        "may_sort": not why_not_sort(here, head.item),
        "may_withdraw": not why_not_withdraw(here, head.item) and head.item.state is ItemState.PUBLISHED,
        "withdraw": WithdrawForm(formdata=None),
        "hint": _forgot(head, answers) if may_change else "",
        **(_next(here, head, answers) if may_change else {}),
    }


def _wait(here: Here, head: Head) -> dict[str, Any]:
    """Return what its author is told of a story that waits before others see it."""
    if head.item.state is not ItemState.DRAFT:
        return {"wait": None}
    wait = db.session.get(Waiting, head.item.id)
    by = db.session.get(Person, wait.sent_back_by_id) if wait is not None and wait.sent_back_by_id else None
    return {"wait": wait, "sent_back_by": by, "asks_reader": asks_reader(here.space.id)}


def part_label(key: str, kind: StoryKind) -> LazyString:
    """Return how a part is called on the page."""
    return NEAR_FIX if key == FIXED and kind is StoryKind.NEAR_MISS else PARTS[key].label


def _forgot(head: Head, answers: dict[str, str]) -> str:
    return who_forgot(" \n".join([head.item.title, *answers.values()]))


def _next(here: Here, head: Head, answers: dict[str, str]) -> dict[str, Any]:
    """Return the question that the page asks next: the first one of its order that has no answer and wasn't put off."""
    wish = request.args.get("ask", "")
    put_off = set(head.story.skipped.split())
    open_ones = [key for key in ASKED if not (head.story.is_lasting is not None if key == LASTING else key in answers)]
    left = [key for key in open_ones if key not in put_off]
    key = wish if wish in open_ones else next(iter(left), None)
    if key is None:
        return {"asks": None, "open_ones": open_ones, "questions": _questions()}
    place = addresses.answer_place(head.item.ref, key)
    kept = draft_at(here.actor, place)
    return {
        "asks": key,
        "open_ones": [one for one in open_ones if one != key],
        "questions": _questions(),
        "ask_hint": PARTS[key].hint if key in PARTS else "",
        "answered_count": len(ASKED) - len(open_ones),
        "asked_count": len(ASKED),
        "ask": AnswerForm(formdata=None, question=key, answer=kept.body, draft_version=kept.version),
        "answer_draft_at": None if kept.is_empty else kept.saved_at,
        "answer_draft_url": url_for("stories.save_answer_draft", slug=here.space.slug, ref=head.item.ref, question=key),
    }


def _questions() -> dict[str, LazyString]:
    return {**{key: part.question for key, part in PARTS.items()}, LASTING: _l("Is it fixed for good?")}


def _facts(head: Head) -> list[tuple[str, object]]:
    story = head.story
    lasting = {True: _("For good"), False: _("A way round, still open")}
    pairs: list[tuple[str, object]] = [(_("Kind"), SHORT_KINDS[story.kind])]
    if story.is_lasting is not None:
        pairs.append((_("Fixed"), lasting[story.is_lasting]))
    pairs += [(words, name) for words, name in ((_("Channel"), head.channel), (_("Service area"), head.area)) if name]
    pairs += [(_("Cause"), head.cause)] if head.cause else []
    pairs += [(_("Work"), SHORT_MODES[Mode(story.mode)])] if story.mode else []
    return pairs + ([(_("With the public"), ENGAGEMENT[story.engagement])] if story.engagement else [])


def pages_of(head: Head) -> Pages:
    """Return the page of the conversation that the address asks for."""
    return page(request.args.get("page"), total=max(head.item.last_number, 1), size=POSTS)


def why_no_reply(here: Here, head: Head) -> str:
    """Return "" when the person may reply, else the sentence that says why not."""
    if not here.may(Can.WRITE_POST):
        return here.why_not(Can.WRITE_POST)
    if head.item.state is not ItemState.PUBLISHED:
        return _("This isn’t published yet, and can be replied to when everybody can read it.")
    return ""


def _on_posts(here: Here, head: Head, posts: list[PostShown], pages: Pages) -> dict[str, Any]:
    told = told_by(request.form)
    found = around(head.item, here.actor, after=pages.before, size=POSTS, place=addresses.reply_place(head.item.ref))
    return {
        "files": found.files,
        "files_below": found.files.below(1, head.post.html),
        "attached": [one.as_told(told) for one in found.files.unsent],
        "accepts": False,
        **talk.on_posts(here, head, posts, found.said, unread=talk.new_since(here, head, posts)),
    }


def _place_url(number: int, pages: Pages, *, here: Here, head: Head) -> str:
    """Return how the page links to a post: what was told stands on its own page."""
    if number == 1:
        return addresses.post_url(here.space.slug, head.item.ref, number)
    return talk.place_url(
        number, pages, size=POSTS, elsewhere=partial(addresses.post_url, here.space.slug, head.item.ref)
    )
