"""Asking for help, in earnest or as a drill: it is written down and goes out in the same write."""

from dataclasses import dataclass
from datetime import datetime

from forum.content import actions as posts
from forum.content.order.holding import why_held_now
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.markup.source import normalised
from forum.core.text import once_key, one_line
from forum.core.time import now
from forum.help.actions.paging import go_further
from forum.help.events import HelpAsked
from forum.help.models import AFFECTS_LENGTH, KIND, Case
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import TITLE_LENGTH, Audience, Item
from forum.spaces.policy import Can
from forum.web.words import _

LONGEST_TRIED = 20_000


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What somebody asks. `text` says what happened, or the one sentence again (`first_words`); `until` is when it is too late."""

    title: str
    text: Rendered
    affects: str = ""
    tried: str = ""
    until: datetime | None = None
    audience: Audience = Audience.SPACE
    is_drill: bool = False


def ask(here: Here, asking: Asking, *, once: str | None = None, at: datetime | None = None) -> Item:
    """Ask for help, and ask who is on duty now. A second press gives back the first one's item.

    What somebody writes whose posts wait for an organiser goes to organisers and those on duty only, so it needn't wait (A5).
    Raises Missing, Denied, and Invalid by field.
    """
    here = guard.hold(here, Can.KEEP_HELP if asking.is_drill else Can.ASK_FOR_HELP)
    moment = at or now()
    title = checked_title(asking.title, is_drill=asking.is_drill)
    tried = checked_tried(asking.tried)
    affects = _checked_more(asking, at=moment)
    key = once_key(once, KIND, here.space.id, title, asking.text.source, affects, tried)
    earlier = posts.written_before(here.actor, key)
    if earlier is not None:
        return db.session.get_one(Item, earlier.item_id)
    audience = Audience.ON_DUTY if why_held_now(here) else asking.audience
    item = make_item(here.space, kind=KIND, title=title, author=here.actor, audience=audience, at=moment)
    case = Case(id=item.id, is_drill=asking.is_drill, affects=affects, tried=tried, until=asking.until, round=1, step=0)
    db.session.add(case)
    post = posts.add_post(here, item, text=asking.text, key=key, at=moment)
    go_further(case, item, here.space, at=moment)
    if asking.is_drill:
        record("began drill", actor=here.actor, space=here.space, item=item, at=moment)
    else:
        announce_begun(item, post.id)
    return item


def announce_begun(item: Item, post_id: int) -> None:
    """Announce that somebody asked for help, to those who hear of everything there."""
    announce(HelpAsked(actor_id=item.author_id, item_id=item.id, post_id=post_id))


def checked_title(title: str, *, is_drill: bool = False) -> str:
    """Return a title as it is kept: of a drill it says so, wherever it is read. Raises Invalid for `title`."""
    title = one_line(title)
    if not title:
        raise Invalid({"title": [_("Say in one sentence what is wrong. Whoever comes reads this first.")]})
    whole = titled(title, is_drill=is_drill)
    if len(whole) > TITLE_LENGTH:
        most = TITLE_LENGTH - len(whole) + len(title)
        raise Invalid({"title": [_("Keep it under %(most)s characters; the rest fits below.", most=most)]})
    return whole


def titled(title: str, *, is_drill: bool) -> str:
    """Return what a call is named in lists, feeds, mails and the app, from the sentence that was typed."""
    return _("Drill: %(title)s", title=title) if is_drill else title


def untitled(title: str, *, is_drill: bool) -> str:
    """Return the sentence that was typed, from what a call is named."""
    return title.removeprefix(titled("", is_drill=is_drill))


def checked_affects(affects: str) -> str:
    """Return whom it affects as it is kept. Raises Invalid for `affects`."""
    affects = one_line(affects)
    if len(affects) > AFFECTS_LENGTH:
        raise Invalid({"affects": [_("Keep it under %(most)s characters.", most=AFFECTS_LENGTH)]})
    return affects


def first_words(title: str, typed: str) -> str:
    """Return what the first post says: what happened, or the one sentence where nothing else was typed."""
    return typed if typed.strip() else one_line(title)


def checked_tried(tried: str) -> str:
    """Return what was tried as it is kept. Raises Invalid for `tried`."""
    tried = normalised(tried).strip()
    if len(tried) > LONGEST_TRIED:
        said = _(
            "This has %(length)s characters, and %(most)s fit. Keep the lines round the error; nothing here was thrown away.",
            length=f"{len(tried):,}",
            most=f"{LONGEST_TRIED:,}",
        )
        raise Invalid({"tried": [said]})
    return tried


def _checked_more(asking: Asking, *, at: datetime) -> str:
    """Return whom it affects. Raises Invalid by field, for all that is wrong at once."""
    problems: dict[str, list[str]] = {}
    affects = ""
    try:
        affects = checked_affects(asking.affects)
    except Invalid as problem:
        problems |= problem.errors
    if asking.until is not None and asking.until <= at:
        problems["until"] = [_("That time has passed. Pick a later one, or leave it empty.")]
    if asking.audience not in {Audience.SPACE, Audience.ON_DUTY}:
        problems["audience"] = [_("Choose who may see it.")]
    if problems:
        raise Invalid(problems)
    return affects
