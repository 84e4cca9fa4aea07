"""The demo's copy: the libraries' front desks began with what the champions show, three weeks ago. Two changes have waited since."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from forum.clone.gathering import gather
from forum.clone.models import Lineage, Origin, Showcase
from forum.clone.upstream.noting import note_what_came
from forum.clone.writing import make_ready, new_space, write
from forum.core.db import db
from forum.core.time import local
from forum.home.demo.telling import KEEPER, SPACE
from forum.spaces.copied import Start
from forum.spaces.log import record
from forum.spaces.models import Cloth, LogEntry, Membership
from forum.threads.models import Section
from forum.web.links import whole

if TYPE_CHECKING:
    from forum.home.demo.loading import Loading

MAKER, NAME, SLUG = "beth.larkin", "Library front desks", "library-front-desks"
PARTS = ("welcome", "sections", "lists", "playbooks", "stories")
AGO = timedelta(days=21)
REWORDED = "channels"
"""The section that both reworded since, and who, how many days ago, as what."""
ANEW = (
    (
        SLUG,
        MAKER,
        12,
        "Social media, texts, e-mail and the screens in the foyers: what we use, what we say there, and what we stop.",
    ),
    (
        SPACE,
        KEEPER,
        5,
        "Social media, texts, e-mail, chat and the radio: what we use, what we say there, who answers, and what we stop.",
    ),
)


def grow_another(loading: Loading) -> None:
    """Make the copy as it was made three weeks ago. Inside the transaction that loads the demo."""
    source, maker, at = loading.spaces[SPACE], loading.people[MAKER], loading.at - AGO
    ready = make_ready(gather(source, PARTS, site=whole("")), slug=SLUG)
    space = new_space(maker, ready.bundle, name=NAME, slug=SLUG, cloth=Cloth.MOSS)
    today = local(at, space.zone).date()
    keys = write(ready, space, Start(at=at, today=today, first_day=today))
    note_what_came(ready, source, space, keys)
    space.created_at = at
    db.session.execute(update(Membership).where(Membership.space_id == space.id).values(joined_at=at))
    db.session.execute(update(LogEntry).where(LogEntry.space_id == space.id).values(at=at))
    version = db.session.get_one(Showcase, source.id).version
    db.session.add(Lineage(space_id=space.id, origin=Origin.SPACE, origin_id=source.id, version=version, at=at))
    record("grew another space", actor=maker, space=source, at=at)
    record("began as copy", actor=None, space=space, at=at)
    loading.spaces[SLUG] = space


def reword(loading: Loading) -> None:
    """Let both say of a section what it is for in other words. Inside the transaction that loads the demo."""
    for slug, handle, days, words in ANEW:
        space = loading.spaces[slug]
        section = db.session.scalars(
            select(Section).where(Section.space_id == space.id, Section.slug == REWORDED)
        ).one()
        section.description = words
        at = loading.at - timedelta(days=days)
        record(
            "changed section", actor=loading.people[handle], space=space, at=at, name=section.name, before=section.name
        )
