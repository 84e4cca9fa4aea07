"""What is done with stories. Each runs inside `transaction()` and holds the row that its rules stand on."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select

from forum.content import actions as posts
from forum.content.access import hold_item
from forum.content.actions import Overtaken
from forum.content.attachments.queries import Attached
from forum.content.models import Post, PostState
from forum.content.order.holding import why_held_now
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.markup import Rendered
from forum.core.text import once_key, one_line
from forum.core.time import local, now
from forum.people.models import Person, PersonState
from forum.roster.keeping import A_QUARTER
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import TITLE_LENGTH, Audience, Item, ItemState, Membership, Space
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.stories.access import allow, may_tell_on, why_not_change
from forum.stories.actions.beginning import announce_begun, asks_reader
from forum.stories.blame import named_as_cause
from forum.stories.models import KIND, Story, StoryKind, Waiting
from forum.stories.parts import ERROR, FIXED, LONGEST_ERROR, compose, read
from forum.web.words import _


class NamesSomebody(RuleBroken):
    """A story names members as the cause: it waits until who tells it says that it is to stand so (E4)."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__(
            _(
                "This reads as if %(names)s were the cause. Stories say what made it easy to go wrong, not who. "
                "Nothing is published yet: word it another way, or say below that it is to stand so.",
                names=", ".join(sorted(names)),
            )
        )
        self.names = frozenset(names)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What somebody tells. `text` was made of `compose(answers)`; `confirmed` are the names that may stand in it as they do."""

    title: str
    text: Rendered
    kind: StoryKind = StoryKind.WENT_WRONG
    audience: Audience = Audience.SPACE
    source_id: int | None = None
    source_number: int | None = None
    confirmed: Collection[str] = field(default=())
    publish_at: datetime | None = None
    """When it is published, if not at once: somebody wants to sleep on it."""


def tell(here: Here, telling: Telling, *, once: str | None = None, at: datetime | None = None) -> Item:
    """Tell a story. A second press gives back the first one's item.

    Raises Missing, Denied, Invalid for `title`, NamesSomebody.
    """
    here = guard.hold(here, Can.TELL_STORY)
    title, moment = checked_title(telling.title), at or now()
    key = once_key(once, KIND, here.space.id, title, telling.text.source)
    earlier = posts.written_before(here.actor, key)
    if earlier is not None:
        return db.session.get_one(Item, earlier.item_id)
    require_no_blame(here, {"title": title, **read(telling.text.source)}, confirmed=telling.confirmed)
    why = why_held_now(here)
    waits = why is None and (telling.publish_at is not None or asks_reader(here.space.id))
    state = ItemState.HELD if why else ItemState.DRAFT if waits else ItemState.PUBLISHED
    item = make_item(
        here.space,
        kind=KIND,
        title=title,
        author=here.actor,
        state=state,
        audience=checked_audience(telling.audience),
        at=moment,
    )
    story = Story(
        id=item.id,
        kind=telling.kind,
        holder_id=here.actor.id,
        due_on=local(moment, here.space.zone).date() + A_QUARTER,
        source_id=_source_of(here, telling),
        source_number=telling.source_number,
        skipped="",
    )
    db.session.add(story)
    post = posts.add_post(here, item, text=telling.text, key=key, at=moment, why_held=why, is_put_by=waits)
    if waits:
        db.session.add(Waiting(story_id=item.id, since=moment, publish_at=telling.publish_at, note=""))
        db.session.flush()
    elif why is None:
        announce_begun(item, post.id)
    return item


def change(  # every part of the form
    here: Here,
    story_id: int,
    *,
    title: str,
    text: Rendered,
    kind: StoryKind,
    version: int,
    reason: str = "",
    confirmed: Collection[str] = (),
    files: Collection[Attached] | None = None,
) -> Post:
    """Change what a story says; what it said before stays in its history. `files` is what is attached, as the form says it is.

    Raises Missing, Denied, Overtaken, NamesSomebody, and Invalid for `title`, or `reason` when it is somebody else's.
    """
    here, item, story, post = hold_story(here, story_id)
    allow(why_not_change(here, item))
    title = checked_title(title)
    before = {"title": item.title, **read(post.source)}
    require_no_blame(here, {"title": title, **read(text.source)}, confirmed=confirmed, before=before)
    is_new_title, is_new = title != item.title, post.source != text.source
    if (is_new_title or is_new) and post.version != version:
        raise Overtaken
    if not may_tell_on(here, item) and not reason and (is_new_title or is_new):
        raise Invalid({"reason": [_("Say why. The reason stands in the log, where members can read it.")]})
    item.title, story.kind = title, kind
    item.version += is_new_title
    if post.state is PostState.HELD:
        write_held(post, text, version=version)
        return post
    changed = posts.edit(here, post, text=text, version=version, reason=reason, files=files, is_theirs=may_tell_on)
    if is_new_title and changed.version == version and not may_tell_on(here, item):
        record("changed story", actor=here.actor, space=here.space, item=item, reason=reason)
    return changed


def answer(
    here: Here, story_id: int, *, key: str, text: Rendered, version: int, confirmed: Collection[str] = ()
) -> Post:
    """Put in the answer to one question; `text` is the whole text with it. Raises Missing, Denied, Overtaken, NamesSomebody."""
    here, item, story, post = hold_story(here, story_id)
    allow(why_not_change(here, item))
    before = {"title": item.title, **read(post.source)}
    require_no_blame(here, {"title": item.title, **read(text.source)}, confirmed=confirmed, before=before)
    story.skipped = " ".join(one for one in story.skipped.split() if one != key)
    if post.state is PostState.HELD:
        write_held(post, text, version=version)
        return post
    reason = "" if may_tell_on(here, item) else _("Added an answer.")
    return posts.edit(here, post, text=text, version=version, reason=reason, is_theirs=may_tell_on)


def write_held(post: Post, text: Rendered, *, version: int) -> None:
    """Let a story that others haven't seen say something else; it has no history. Raises Overtaken."""
    if post.source == text.source:
        return
    if post.version != version:
        raise Overtaken
    post.source, post.html, post.renderer, post.version = text.source, text.html, text.renderer, version + 1


def put_off(here: Here, story_id: int, *, key: str) -> None:
    """Ask no more for one question by itself; it can be answered whenever one likes. Raises Missing, Denied."""
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_change(here, item))
    if key not in story.skipped.split():
        story.skipped = f"{story.skipped} {key}".strip()


def hold_story(here: Here, story_id: int, *, power: Can = Can.SEE_STORIES) -> tuple[Here, Item, Story, Post]:
    """Lock a story's item, then its first post, and return them as they are now. Raises Missing, Denied."""
    here, item = hold_item(here, story_id, power=power)
    story = db.session.get(Story, item.id, populate_existing=True)
    first = db.session.scalar(select(Post.id).where(Post.item_id == item.id, Post.number == 1))
    post = lock(Post, first) if first is not None else None
    if story is None or post is None or post.state not in {PostState.PUBLISHED, PostState.HELD}:
        raise Missing
    return here, item, story, post


def first_post(item: Item) -> Post:
    """Return the post that holds a story's text."""
    return db.session.scalars(select(Post).where(Post.item_id == item.id, Post.number == 1)).one()


def checked_title(title: str) -> str:
    """Return a title as it is kept. Raises Invalid for `title`."""
    title = one_line(title)
    if not title:
        raise Invalid({"title": [_("Say in one sentence what happened.")]})
    if len(title) > TITLE_LENGTH:
        raise Invalid({"title": [_("Keep it under %(most)s characters; the rest fits below.", most=TITLE_LENGTH)]})
    return title


def checked_audience(audience: Audience) -> Audience:
    """Return whom a story is told to. Raises Invalid for `audience`."""
    if audience not in {Audience.SPACE, Audience.ORGANISERS}:
        raise Invalid({"audience": [_("Choose who may see it.")]})
    return audience


def composed(answers: Mapping[str, str], *, render: Callable[[str, str], Rendered]) -> Rendered:
    """Return the text of a story. Takes time, so call it before the transaction; `render` is given a text and the field for problems.

    Raises Invalid for `fixed`, `error` and what `render` raises.
    """
    problems = {}
    if not (answers.get(FIXED) or "").strip():
        problems[FIXED] = [_("Say what fixed it, or what stopped it in time. A workaround counts.")]
    length = len(answers.get(ERROR) or "")
    if length > LONGEST_ERROR:
        problems[ERROR] = [
            _(
                "This has %(length)s characters, and %(most)s fit. Keep the lines round the error; nothing here was thrown away.",
                length=f"{length:,}",
                most=f"{LONGEST_ERROR:,}",
            )
        ]
    if problems:
        raise Invalid(problems)
    return render(compose(answers), FIXED)


def require_no_blame(
    here: Here, answers: Mapping[str, str], *, confirmed: Collection[str], before: Mapping[str, str] | None = None
) -> None:
    """Raise NamesSomebody when the answers name members as the cause whom nobody has confirmed, and who weren't named `before` (E4)."""
    people = [(row.handle, row.name) for row in db.session.execute(_others(here.space, here.actor))]
    named = set(named_as_cause(answers, people)) - set(named_as_cause(before or {}, people))
    if named - set(confirmed):
        raise NamesSomebody(named)


def _others(space: Space, actor: Person) -> Select[str, str]:
    return (
        select(Person.handle, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.space_id == space.id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
            Person.id != actor.id,
        )
        .order_by(Person.id)
    )


def _source_of(here: Here, telling: Telling) -> int | None:
    """Return the item that a story is told from, if the person sees it and it stands here."""
    if telling.source_id is None:
        return None
    query = select(Item.id).where(
        Item.id == telling.source_id, Item.space_id == here.space.id, visible_items(here.actor, now())
    )
    found = db.session.scalar(query)
    if found is None:
        raise Missing
    return found
