"""What a copied space carries of its stories: what was told and what it is about, without who, when, and what teams said of it (F1)."""

from collections.abc import Sequence

from sqlalchemy import select

from forum.core.db import db
from forum.core.lineage import Copy, Policy, Posts, never
from forum.spaces.copied import Cloner, Part
from forum.spaces.models import Space
from forum.stories.growing import LISTED, TOLD
from forum.stories.models import Choice, CoAuthor
from forum.stories.queries.teams import helped_count
from forum.web.words import _l, _n

POLICY: Policy = {
    "story_choice": {
        "id": Copy.BLANK,
        "space_id": Copy.REPOINT,
        "list": Copy.COPY,
        "name": Copy.COPY,
        "position": Copy.COPY,
        "retired_at": Copy.COPY,
    },
    "story": {
        "id": Copy.REPOINT,
        "kind": Copy.COPY,
        "mode": Copy.COPY,
        "engagement": Copy.COPY,
        "channel_id": Copy.REPOINT,
        "area_id": Copy.REPOINT,
        "cause_id": Copy.REPOINT,
        "is_lasting": Copy.COPY,
        "skipped": Copy.BLANK,
        "source_id": Copy.BLANK,
        "source_number": Copy.BLANK,
        "holder_id": Copy.BLANK,
        "duty_id": Copy.BLANK,
        "verified_on": Copy.BLANK,
        "verified_by_id": Copy.BLANK,
        "due_on": Copy.BLANK,
        "asked_on": Copy.BLANK,
        "key_hash": Copy.BLANK,
    },
    "story_unnamed": never(
        "ref", "space_id", "title", "source", "html", "renderer", "kind", "audience", "told_on", "key_hash"
    ),
    "story_rule": {"space_id": Copy.REPOINT, "asks_reader": Copy.COPY},
    "story_wait": never("story_id", "since", "publish_at", "sent_back_at", "sent_back_by_id", "note"),
    "story_action": never(
        "id",
        "ref",
        "words",
        "holder_id",
        "due_on",
        "state",
        "reason",
        "noted_by_id",
        "noted_at",
        "settled_at",
        "settled_by_id",
        "version",
        "reminded",
        "once",
        "story_id",
        "accepted_at",
    ),
    "story_co_author": never("story_id", "person_id"),
    "story_same": never("story_id", "department_id", "person_id", "day", "variant"),
    "story_try": never("story_id", "department_id", "person_id", "result", "because", "day"),
    "story_saved": never("story_id", "person_id", "step", "words", "day"),
}


def also_told(story_id: int) -> Sequence[int]:
    """Return who tells a story with its author."""
    return db.session.scalars(select(CoAuthor.person_id).where(CoAuthor.story_id == story_id)).all()


def numbers(space: Space) -> list[str]:
    """Say how many teams its stories helped."""
    helped = helped_count(space.id)
    return [_n("Its stories helped one team", "Its stories helped %(num)d teams", helped)] if helped else []


CLONER = Cloner(
    parts=(
        Part(
            name="lists",
            label=_l("Lists of the story form"),
            hint=_l("Channels, areas and causes to choose from"),
            counted=lambda number: _n("one entry of the story lists", "%(num)d entries of the story lists", number),
            order=30,
            tables=("story_choice",),
            which=lambda: Choice.retired_at.is_(None),
            from_start=True,
        ),
        Part(
            name="stories",
            label=_l("Chosen stories"),
            hint=_l("What was told, without names and team results"),
            counted=lambda number: _n("one story", "%(num)d stories", number),
            order=60,
            tables=("story",),
            kind="story",
            by_choice=True,
            posts=Posts.FIRST,
        ),
    ),
    also_wrote=also_told,
    numbers=numbers,
    followers=(LISTED, TOLD),
)
