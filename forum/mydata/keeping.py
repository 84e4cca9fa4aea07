"""Ending what is older than the settings say. A dry run counts with the same conditions as the run."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.retention import Kept
from forum.core.time import now
from forum.mydata.registry import retention


@dataclass(frozen=True, kw_only=True)
class Line:
    """What is to end of one kind: how many rows, from before which moment. No moment: they are kept for good."""

    what: str
    setting: str
    before: datetime | None
    rows: int


def plan(*, at: datetime | None = None) -> list[Line]:
    """Return what would end now, kind by kind. Changes nothing."""
    at = at or now()
    return [_line(kept, at) for kept in retention()]


def run(*, at: datetime | None = None) -> list[Line]:
    """End what is older than the settings say, each kind in a transaction of its own, and return what it was."""
    at = at or now()
    lines = []
    for kept in retention():
        with transaction():
            line = _line(kept, at)
            if line.rows and line.before is not None:
                kept.settle(kept.old(line.before))
        lines.append(line)
    return lines


def keep_house() -> None:
    """End what is old, for the worker."""
    run()


def _line(kept: Kept, at: datetime) -> Line:
    settings: Settings = current_app.extensions["baton"].settings
    days: int = getattr(settings, kept.setting)
    if not days:
        return Line(what=kept.what, setting=kept.setting, before=None, rows=0)
    before = at - timedelta(days=days)
    rows = db.session.scalar(select(func.count()).select_from(kept.model).where(kept.old(before))) or 0
    return Line(what=kept.what, setting=kept.setting, before=before, rows=rows)
