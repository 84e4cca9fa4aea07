"""How the lists of a copied story form follow the original: new entries, and those that are called something else there (F6)."""

from flask import url_for

from forum.spaces.copied import Followed, Follower
from forum.stories.actions.sorting import add_choice, rename_choice
from forum.stories.models import ListName
from forum.stories.words import LISTS
from forum.web.words import _l

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
