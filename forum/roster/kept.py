"""How long it is known when somebody was away, and what is left over of looking ahead."""

from datetime import datetime

from sqlalchemy import ColumnElement

from forum.core.retention import Kept
from forum.roster.models import Absence, AbsencePlan, GapWarning


def _is_past(before: datetime) -> ColumnElement[bool]:
    """Tell of absences that ended before the day on which `before` is."""
    return Absence.end_day < before.date()


RETENTION = (
    Kept(
        what="absences that are over (that somebody covered stays with the duty)",
        setting="keep_absences_days",
        model=Absence,
        old=_is_past,
    ),
    Kept(
        what="absences that were read from a calendar, and what was done with them",
        setting="keep_unsent_days",
        model=AbsencePlan,
        old=lambda before: AbsencePlan.made_at < before,
    ),
    Kept(
        what="which gaps of the roster were told of",
        setting="keep_deliveries_days",
        model=GapWarning,
        old=lambda before: GapWarning.warned_at < before,
    ),
)
