"""How copied sections and tags follow the original: new ones, and those that are called something else there (F6)."""

from flask import url_for

from forum.core.db import db
from forum.core.errors import Missing
from forum.spaces.copied import Followed, Follower, Said
from forum.spaces.guard import Here
from forum.threads.actions import add_section, change_sections
from forum.threads.actions.curating import make_tag, rename_tag
from forum.threads.models import Tag
from forum.web.words import _l


def take_section(here: Here, section_id: int, said: Said) -> None:
    """Let a section say something else; its address stays. Raises Missing, Denied, Invalid."""
    change_sections(here, {section_id: (said["name"], said["description"])})


def new_section(here: Here, said: Said) -> int:
    """Make a section at the end. Raises Denied, Invalid."""
    return add_section(here, name=said["name"], description=said["description"]).id


def take_tag(here: Here, tag_id: int, said: Said) -> None:
    """Let a tag be called something else. Raises Missing, Denied, Invalid."""
    tag = db.session.get(Tag, tag_id)
    if tag is None:
        raise Missing
    rename_tag(here, tag, name=said["name"])


SECTIONS = Follower(
    part="sections",
    table="section",
    columns=(
        Followed(name="name", label=_l("Name"), is_line=True, is_needed=True),
        Followed(name="description", label=_l("What it is for"), is_line=True),
    ),
    take=take_section,
    add=new_section,
    url=lambda slug, _ref: url_for("threads.sections", slug=slug),
    named_by="name",
)
TAGS = Follower(
    part="tags",
    table="tag",
    columns=(Followed(name="name", label=_l("Name"), is_line=True, is_needed=True),),
    take=take_tag,
    add=lambda here, said: make_tag(here, name=said["name"]).id,
    url=lambda slug, _ref: url_for("threads.tags", slug=slug),
    named_by="name",
)
