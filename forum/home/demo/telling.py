"""The demo's stories: what went wrong and what fixed it, with what teams said of it; one lapsed, one without a name."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forum.content.models import Post
from forum.core.db import db
from forum.core.markup import Rendered
from forum.core.secrets import hashed, new_token
from forum.core.time import local
from forum.people.models import Person
from forum.roster.keeping import A_QUARTER
from forum.roster.models import Engagement, Mode
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.stories import actions
from forum.stories.actions import Telling, follow_up, sharing
from forum.stories.actions.unnamed import first_second
from forum.stories.models import Choice, ListName, Result, Same, Saved, Story, StoryKind, Try
from forum.stories.parts import FIXED, PARTS, compose, shown, steps_of

SPACE, KEEPER = "digital-champions", "aisha.rahman"
HereOf = Callable[[str, str], Here]
Given = Mapping[str, Any]


@cache
def told() -> tuple[Given, ...]:
    """Return the stories as the file has them."""
    path = Path(__file__).with_name("stories.toml")
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))["story"])


def sources() -> Iterator[tuple[str, str]]:
    """Yield the text of each story, by its title: rendered before anything is written."""
    for given in told():
        yield given["title"], compose({key: given[key].strip() for key in PARTS if key in given})


def tell_one(here_of: HereOf, given: Given, text: Rendered, *, at: datetime, now: datetime, source: int | None) -> None:
    """Tell one of the stories at `at`, and let teams say of it what they said until `now`. Inside `transaction()`."""
    is_unnamed = given.get("unnamed", False)
    here = here_of(KEEPER if is_unnamed else given["by"], SPACE)
    kind = StoryKind(given.get("kind", StoryKind.WENT_WRONG.value))
    item = actions.tell(here, Telling(title=given["title"], text=text, kind=kind, source_id=source), at=at)
    story = db.session.get_one(Story, item.id)
    if is_unnamed:
        _take_the_name_away(item, story, first_second(local(at, here.space.zone).date(), here.space))
    _say_what_it_is_about(here, given, story)
    _keep_true(here_of, given, story, now=now)
    _use(here_of, given, story, text, now=now)
    _go_further(here_of, given, story, now=now)


def _go_further(here_of: HereOf, given: Given, story: Story, *, now: datetime) -> None:
    """Share it with everybody, and note what is to change because of it."""
    here = here_of(given.get("by", KEEPER), SPACE)
    if given.get("everywhere"):
        sharing.share(here, story.id, everywhere=True)
    for words, holder, days, is_accepted in given.get("change", ()):
        whose = here_of(holder, SPACE)
        due = local(now, here.space.zone).date() + timedelta(days=days)
        action = follow_up.note(here, story.id, words=words, holder_id=whose.actor.id, due_on=due)
        if is_accepted:
            follow_up.accept(whose, action)


def _take_the_name_away(item: Item, story: Story, at: datetime) -> None:
    item.author_id = item.last_by_id = story.holder_id = None
    item.created_at = item.last_at = at
    story.key_hash = hashed(new_token())
    post = db.session.scalars(select(Post).where(Post.item_id == item.id)).one()
    post.author_id, post.once, post.created_at = None, None, at


def _say_what_it_is_about(here: Here, given: Given, story: Story) -> None:
    for which in ListName:
        if name := given.get(which.value):
            query = select(Choice.id).where(Choice.space_id == here.space.id, Choice.list == which, Choice.name == name)
            setattr(story, f"{which.value}_id", db.session.scalars(query).one())
    story.mode = Mode(given["mode"]) if "mode" in given else None
    story.engagement = Engagement(given["engagement"]) if "engagement" in given else None
    story.is_lasting = given.get("lasting")


def _keep_true(here_of: HereOf, given: Given, story: Story, *, now: datetime) -> None:
    today = now.date()
    if "holder" in given:
        story.holder_id = here_of(given["holder"], SPACE).actor.id
    if "verified" in given:
        who, days = given["verified"]
        story.verified_on, story.verified_by_id = today - timedelta(days=days), here_of(who, SPACE).actor.id
        story.due_on = story.verified_on + A_QUARTER
    if "due" in given:
        story.due_on = story.asked_on = today + timedelta(days=given["due"])
    elif story.due_on is not None and story.due_on <= today:
        story.due_on = today + timedelta(days=20)


def _use(here_of: HereOf, given: Given, story: Story, text: Rendered, *, now: datetime) -> None:
    today = now.date()
    steps = steps_of(shown(text.html).get(FIXED, ""))

    def by(handle: str) -> Person:
        return here_of(handle, SPACE).actor

    for handle, result, days, words in given.get("tried", ()):
        person, day = by(handle), today - timedelta(days=days)
        row = Try(story_id=story.id, department_id=person.department_id, person_id=person.id, because=words, day=day)
        row.result = Result(result)
        db.session.add(row)
    for handle, days, words in given.get("same", ()):
        person, day = by(handle), today - timedelta(days=days)
        db.session.add(
            Same(story_id=story.id, department_id=person.department_id, person_id=person.id, variant=words, day=day)
        )
    for handle, step, days in given.get("saved", ()):
        words = steps[step - 1][:200] if step else ""
        day = today - timedelta(days=days)
        db.session.add(Saved(story_id=story.id, person_id=by(handle).id, step=step, words=words, day=day))
