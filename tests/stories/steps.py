"""Small steps that tests of stories share."""

from collections.abc import Mapping

from forum.core.db import db, transaction
from forum.core.markup import Rendered, render
from forum.people.models import Person
from forum.spaces.models import Item
from forum.stories.access import Told, story_for
from forum.stories.actions import Telling, tell
from forum.stories.models import Story
from forum.stories.parts import compose
from tests.content.steps import standing

FIX = "1. Open the settings\n2. Set version 3.4"


def text_of(answers: Mapping[str, str]) -> Rendered:
    """Return the text of a story."""
    return render(compose(answers), field="fixed")


def told_by(person: Person, *, title: str = "The map went blank", **answers: str) -> Story:
    """Have somebody tell a story in Champions."""
    telling = Telling(title=title, text=text_of({"fixed": FIX, **answers}))
    with transaction():
        item = tell(standing(person), telling)
    return db.session.get_one(Story, item.id)


def as_seen(person: Person, story: Story) -> Told:
    """Return a story as somebody sees it. Raises Missing."""
    ref = db.session.get_one(Item, story.id).ref
    return story_for(standing(person), ref)
