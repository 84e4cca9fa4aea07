"""How what a copy has of stories follows the original: what they tell, and the lists of their form (F6)."""

from flask import url_for

from forum.core.errors import Invalid
from forum.core.markup import Rendered
from forum.spaces.copied import Followed, Follower, Said
from forum.spaces.guard import Here
from forum.stories.actions import NamesSomebody, change, hold_story
from forum.stories.actions.sorting import add_choice, rename_choice
from forum.stories.addresses import story_url
from forum.stories.models import ListName
from forum.stories.words import LISTS
from forum.web.turns import lay_out
from forum.web.words import _, _l


def lay(said: Said) -> tuple[Said, Rendered]:
    """Lay out what is told. Raises Invalid."""
    return said, lay_out(said["source"], name="source")


def take(here: Here, story_id: int, laid: tuple[Said, Rendered]) -> None:
    """Let a story tell this; what it told before stays in its history. Raises Missing, Denied, Invalid.

    Whom it names as the cause here is said where the story itself is changed (E4): nobody confirms that in passing.
    """
    said, text = laid
    here, _item, story, post = hold_story(here, story_id)
    reason = _("From the original")
    try:
        change(here, story_id, title=said["title"], text=text, kind=story.kind, version=post.version, reason=reason)
    except NamesSomebody as named:
        names = ", ".join(sorted(named.names))
        raise Invalid(
            {
                "source": [
                    _(
                        "Here this reads as if %(names)s were the cause. Leave it, and change the story itself in your own words.",
                        names=names,
                    )
                ]
            }
        ) from named


TOLD = Follower(
    part="stories",
    table="story",
    columns=(
        Followed(name="title", label=_l("What it is called"), is_line=True, is_needed=True),
        Followed(name="source", label=_l("What is told"), is_needed=True, in_first_post=True),
    ),
    lay=lay,
    take=take,
    url=story_url,
    named_by="title",
)

LISTED = Follower(
    part="lists",
    table="story_choice",
    columns=(
        Followed(
            name="list",
            label=_l("List"),
            said=lambda value: str(LISTS[ListName(value)]),
            is_typed=False,
            is_needed=True,
        ),
        Followed(name="name", label=_l("Name"), is_line=True, is_needed=True),
    ),
    take=lambda here, choice_id, said: rename_choice(here, choice_id, name=said["name"]),
    add=lambda here, said: add_choice(here, which=ListName(said["list"]), name=said["name"]).id,
    url=lambda slug, _ref: url_for("stories.lists", slug=slug),
    named_by="name",
)
