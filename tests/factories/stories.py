"""Stories."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from forum.content.models import Post, PostState
from forum.core.db import db, transaction
from forum.core.markup import render
from forum.core.secrets import hashed
from forum.core.time import now, today
from forum.people.models import Department, Person
from forum.roster.keeping import A_QUARTER
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.stories.models import (
    KIND,
    Choice,
    ListName,
    Result,
    Same,
    Saved,
    Story,
    StoryAction,
    StoryKind,
    Try,
    Waiting,
)
from forum.stories.parts import compose
from tests.factories.numbers import next_number


def make_story(
    space: Space,
    *,
    author: Person | None,
    title: str | None = None,
    answers: Mapping[str, str] | None = None,
    kind: StoryKind = StoryKind.WENT_WRONG,
    state: ItemState = ItemState.PUBLISHED,
    audience: Audience = Audience.SPACE,
    replies: Mapping[str, Person] | None = None,
    at: datetime | None = None,
    ref: str | None = None,
    key: str | None = None,
    waits: bool = False,
    **others: object,
) -> Story:
    """Make a story, told a day ago, with replies by whoever wrote them. With `key` it was told without a name.

    With `waits` it waits for a second reader.
    """
    told = at or now() - timedelta(days=1)
    text = render(
        compose(answers or {"saw": "A grey box.", "fixed": "1. Open the settings\n2. Set version 3.4"}), field="x"
    )
    with transaction():
        item = Item(
            kind=KIND,
            space_id=space.id,
            author_id=author.id if author else None,
            title=title or f"Story {next_number()}",
            state=ItemState.DRAFT if waits else state,
            audience=audience,
            created_at=told,
            last_number=1,
            last_at=told,
            last_by_id=author.id if author else None,
        )
        if ref is not None:
            item.ref = ref
        db.session.add(item)
        db.session.flush()
        values: dict[str, object] = {
            "holder_id": author.id if author else None, "due_on": today(space.zone) + A_QUARTER, "skipped": "",
            "key_hash": hashed(key) if key else None, **others,
        }  # fmt: skip
        story = Story(id=item.id, kind=kind, **values)
        post = Post(item_id=item.id, number=1, author_id=item.author_id, source=text.source, html=text.html, renderer=2)
        post.created_at = told
        db.session.add_all([story, post])
        if waits:
            post.state = PostState.HELD
            db.session.flush()
            db.session.add(Waiting(story_id=item.id, since=told, note=""))
        for words, by in (replies or {}).items():
            item.last_number += 1
            reply = Post(
                item_id=item.id,
                number=item.last_number,
                author_id=by.id,
                source=words,
                html=f"<p>{words}</p>",
                renderer=2,
            )
            reply.created_at = told + timedelta(minutes=item.last_number)
            db.session.add(reply)
    return story


def make_choice(space: Space, *, name: str, which: ListName = ListName.CHANNEL) -> Choice:
    """Add an entry to one of a space's lists."""
    with transaction():
        choice = Choice(space_id=space.id, list=which, name=name, position=next_number())
        db.session.add(choice)
    return choice


def make_use(
    story: Story,
    team: Department,
    *,
    by: Person,
    result: Result | None = None,
    words: str = "",
    saves: bool = False,
    day: date | None = None,
) -> None:
    """Let a team say what came of the fix; without a result, that the same happened there; or somebody, that it saved them."""
    row: Same | Try | Saved
    day = day or today("Europe/London")
    if saves:
        row = Saved(story_id=story.id, person_id=by.id, step=1, words=words, day=day)
    elif result is None:
        row = Same(story_id=story.id, department_id=team.id, person_id=by.id, variant=words, day=day)
    else:
        row = Try(story_id=story.id, department_id=team.id, person_id=by.id, result=result, because=words, day=day)
    with transaction():
        db.session.add(row)


def make_story_action(
    story: Story,
    *,
    words: str = "Ask the supplier to warn us",
    holder: Person | None = None,
    by: Person | None = None,
    due_on: date | None = None,
    accepted: bool = False,
    ref: str | None = None,
) -> StoryAction:
    """Make something that is to change because of a story; with `accepted` its holder has said yes."""
    with transaction():
        made = StoryAction(story_id=story.id, words=words, due_on=due_on, noted_at=now(), version=1, reminded=0)
        made.holder_id, made.noted_by_id = holder.id if holder else None, by.id if by else None
        made.accepted_at = now() if accepted else None
        if ref is not None:
            made.ref = ref
        db.session.add(made)
    return made
