"""What of threads can be followed besides a space and a conversation: a section."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import ColumnElement, and_, select

from forum.content.feeds.entries import stands_in
from forum.content.feeds.kinds import ATOM
from forum.content.feeds.writing import posts_of
from forum.core.db import db
from forum.core.feeds import FeedNow, Followed
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.spaces.parts import FeedKind
from forum.threads.models import Section, Thread
from forum.web.words import _, _l

SECTION = "posts of section"


def _section_now(person: Person, key: str) -> FeedNow | None:
    inside = (
        select(Thread.id)
        .join(Section, Section.id == Thread.section_id)
        .join(Space, Space.id == Section.space_id)
        .where(_is_seen(person, [key]))
    )
    return posts_of(person, Item.id.in_(inside), followed=lambda: _sections(person, [key]).get(key))


def _sections(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    rows = db.session.execute(
        select(Section.uuid, Section.name, Section.slug, Space.name.label("space"), Space.slug.label("place"))
        .join(Space, Space.id == Section.space_id)
        .where(_is_seen(person, keys))
    )
    return {
        row.uuid: Followed(
            name=_("%(section)s, %(space)s", section=row.name, space=row.space),
            url=url_for("threads.index", slug=row.place, section=row.slug),
        )
        for row in rows
    }


def _is_seen(person: Person, keys: Collection[str]) -> ColumnElement[bool]:
    return and_(Section.uuid.in_(keys), stands_in(person))


KINDS = (
    FeedKind(name=SECTION, label=_l("Section"), ending="atom", media_type=ATOM, now=_section_now, followed=_sections),
)
