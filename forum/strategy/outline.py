"""The outline of a strategy, as it comes along in a copied space: its headings and how often it is reviewed, and none of its words."""

import json
from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select, update

from forum.core.db import db
from forum.spaces.copied import KEY, Row, Rows, Start
from forum.spaces.models import Item
from forum.strategy.content import Content, digest_of, stored
from forum.strategy.models import Strategy, Version
from forum.strategy.parts import CYCLES, QUARTERLY
from forum.web.words import _

FIRST = 1


def outline_of(text: str) -> str:
    """Return what of a stored version comes along. Also of a text that somebody else's file holds, of which nothing is believed."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    cycle = said.get("cycle") if isinstance(said, dict) else None
    if not isinstance(cycle, int) or isinstance(cycle, bool) or cycle not in CYCLES:
        cycle = QUARTERLY
    return stored(Content(title=title(), cycle=cycle))


def title() -> str:
    """Return what a strategy is called of which nothing is written yet."""
    return _("Our strategy")


def leave_words(rows: Rows) -> None:
    """Leave of each strategy its outline alone; a space has one, with one version."""
    found = rows.get("strategy", [])
    texts = {row["strategy_id"]: row["content"] for row in rows.get("strategy_version", ())}
    kept = next((row[KEY] for row in found if row[KEY] in texts), None)
    gone = {row[KEY] for row in found} - {kept}
    for table in ("strategy", "item"):
        rows.get(table, [])[:] = [row for row in rows.get(table, []) if row[KEY] not in gone]
    rows.get("strategy_version", [])[:] = (
        [{"strategy_id": kept, "content": outline_of(texts[kept])}] if kept is not None else []
    )
    for row in rows.get("item", ()):
        if row[KEY] == kept:
            row["title"] = title()


def begin_anew(version: Row, _start: Start) -> None:
    """Let a version be the first of the copy. What it is signed by is made when the copy's strategy has its name: see `seal`."""
    version["number"], version["digest"] = FIRST, ""


def seal(strategy_ids: Collection[int], _start: Start) -> None:
    """Give the first version of each copied strategy the digest of its own (G1)."""
    for strategy_id in strategy_ids:
        one = (Version.strategy_id == strategy_id, Version.number == FIRST)
        text, uuid = db.session.execute(
            select(Version.content, Item.uuid).join(Item, Item.id == Version.strategy_id).where(*one)
        ).one()
        digest = digest_of(text, strategy=uuid, number=FIRST)
        db.session.execute(update(Version).where(*one).values(digest=digest))


def is_shown() -> ColumnElement[bool]:
    """Return the condition on the version that everybody is shown."""
    shown = select(func.coalesce(Strategy.signed, Strategy.version)).where(Strategy.id == Version.strategy_id)
    return Version.number == shown.scalar_subquery()
