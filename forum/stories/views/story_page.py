"""What stands on a story's page: what was told, how it was used, the next question, and the conversation."""

from typing import Any

from flask import render_template, request, url_for

from forum.content.access import why_not_edit
from forum.content.around import around
from forum.content.drafts import draft_at
from forum.content.forms import ReplyForm
from forum.content.models import ReactionKind, WatchReason
from forum.content.order.queries import own_held_in
from forum.content.queries import PostShown, author_of, posts_between
from forum.content.reacting import POWER, Said
from forum.core.paging import Page as Pages
from forum.core.paging import page, page_of
from forum.core.time import today
from forum.spaces.feature import stand_ins
from forum.spaces.guard import Here
from forum.spaces.models import ItemState
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import may_tell_on, why_not_change, why_not_sort, why_not_withdraw
from forum.stories.addresses import POSTS
from forum.stories.blame import who_forgot
from forum.stories.forms import AnswerForm, SameForm, ThankForm, TryForm, WithdrawForm
from forum.stories.models import Mode, Result, StoryKind
from forum.stories.parts import ASKED, FIXED, LASTING, PARTS, read
from forum.stories.queries.one import Head, authors_of, source_of, use_of
from forum.stories.words import ENGAGEMENT, RESULTS, SHORT_KINDS, SHORT_MODES
from forum.threads.views.thread_page import Answered, Press
from forum.threads.views.watching import BECAUSE, watch_form
from forum.threads.words import REACTIONS
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
    values = {
        **_story(here, head, more),
        **_on_posts(here, head, posts, pages),
        **_at_end(here, head, form, posts, pages),
        "away": stand_ins(here, people),
        "head": head,
        "item": head.item,
        "story": head.story,
        "posts": posts,
        "pages": pages,
        "draft_version": version,
        "place_url": lambda number: _place_url(number, pages, here=here, head=head),
    }
    return render_template("stories/story.html", **{**values, **more})


def _story(here: Here, head: Head, more: dict[str, Any]) -> dict[str, Any]:
    story, answers = head.story, read(head.post.source)
    parts = head.parts
    use = use_of(here, story)
    may_change = not why_not_change(here, head.item)
    thank = more.get("thank") or ThankForm(formdata=None)
    thank.offer(head.steps)
    mine = next((one for one in use.tried if one.is_mine), None)
    return {
        "use": use,
        "parts": [(key, part_label(key, story.kind), parts[key]) for key in ORDER if key in parts],
        "results": RESULTS,
        "lead": Result,
        "is_lapsed": head.is_lapsed(here.space),
        "source": source_of(here, story),
        "authors": authors_of(story),
        "facts": _facts(head),
        "may_change": may_change,
        "is_teller": may_tell_on(here, head.item),
        "may_sort": not why_not_sort(here, head.item),
        "may_withdraw": not why_not_withdraw(here, head.item) and head.item.state is ItemState.PUBLISHED,
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
        "withdraw": WithdrawForm(formdata=None),
        "hint": _forgot(head, answers) if may_change else "",
        "today": today(here.space.zone),
        **(_next(here, head, answers) if may_change else {}),
    }


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
        return _("This waits for an organiser, and can be replied to when everybody can read it.")
    return ""


def _on_posts(here: Here, head: Head, posts: list[PostShown], pages: Pages) -> dict[str, Any]:
    found = around(head.item, here.actor, after=pages.before, size=POSTS, place=addresses.reply_place(head.item.ref))
    return {
        "files": found.files,
        "accepts": False,
        "editable": {shown.number for shown in posts if _is_mine(here, shown) and _may_edit(here, head, shown)},
        "presses": {shown.number: _presses(here, shown, found.said.get(shown.number, {})) for shown in posts},
        "may_put_back": {shown.number for shown in posts if shown.gone and _may_put_back(here, head, shown)},
        "unread": {
            shown.number
            for shown in posts
            if here.membership is not None
            and head.read_to
            and shown.number > head.read_to
            and not shown.gone
            and not _is_mine(here, shown)
        },
    }


def _at_end(here: Here, head: Head, form: ReplyForm, posts: list[PostShown], pages: Pages) -> dict[str, Any]:
    is_end = pages.current == pages.last or request.method == "POST"
    why_not = why_no_reply(here, head)
    has_form = is_end and not why_not
    usual = None if head.chosen_level else head.level
    return {
        "is_end": is_end,
        "form": form if has_form else None,
        "answered": _answered(here, head, form.reply_to.data, posts, pages) if has_form else None,
        "held": own_held_in(head.item, here.actor) if is_end and head.has_own_held else (),
        "is_held": head.holds_viewer and not here.may(Can.KEEP_ORDER),
        "may_reply": not why_not,
        "why_not": why_not,
        "may_join": here.may(Can.JOIN_SPACE),
        "watch_form": watch_form(chosen=head.chosen_level, usual=usual) if here.may(Can.WATCH_THREAD) else None,
        "why_watched": _why_watched(head),
    }


def _why_watched(head: Head) -> str:
    if head.chosen_level is not None:
        return _("You chose this.")
    if head.space_level is not None:
        return _("As you chose for all of this space.")
    if head.watch_reason is WatchReason.STARTED:
        return _("Because you told it.")
    return str(BECAUSE[head.watch_reason]) if head.watch_reason is not None else ""


def _answered(here: Here, head: Head, number: int | None, posts: list[PostShown], pages: Pages) -> Answered | None:
    if not number or not 1 <= number <= head.item.last_number:
        return None
    on_page = next((shown for shown in posts if shown.number == number and not shown.gone), None)
    name = (on_page.author.name if on_page.author else "") if on_page else author_of(head.item.id, number)
    if name is None:
        return None
    return Answered(number, name or _("Former member"), _place_url(number, pages, here=here, head=head))


def _may_edit(here: Here, head: Head, shown: PostShown) -> bool:
    author_id = shown.author.id if shown.author else None
    return not shown.gone and not why_not_edit(
        here, head.item, author_id=author_id, created_at=shown.created_at, is_held=head.holds_viewer
    )


def _presses(here: Here, shown: PostShown, said: dict[ReactionKind, Said] | Any) -> list[Press]:  # noqa: ANN401  # a mapping
    found = []
    for kind, words in REACTIONS.items():
        one = said.get(kind, Said())
        does = "" if _is_mine(here, shown) or not here.may(POWER[kind]) else "take" if one.by_me else "give"
        if one.people or (does and kind is ReactionKind.THANKS):
            found.append(Press(kind, words, one.people, does))
    return found


def _may_put_back(here: Here, head: Head, shown: PostShown) -> bool:
    if shown.gone is None or shown.gone.is_hidden:
        return False
    is_mine = not shown.gone.by and _is_mine(here, shown) and here.may(Can.EDIT_OWN_POST)
    return is_mine or here.may(Can.REMOVE_ANY_POST, head.item)


def _is_mine(here: Here, shown: PostShown) -> bool:
    return shown.author is not None and shown.author.id == here.actor.id


def _place_url(number: int, pages: Pages, *, here: Here, head: Head) -> str:
    if number > 1 and page_of(number, size=POSTS) == pages.current:
        return f"#p{number}"
    return addresses.post_url(here.space.slug, head.item.ref, number)
