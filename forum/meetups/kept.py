"""How long what of meetups is kept."""

from forum.core.retention import Kept
from forum.meetups.importing.models import MeetupImport

RETENTION = (
    Kept(
        what="meetups that were read from a calendar file, and what was planned of them",
        setting="keep_unsent_days",
        model=MeetupImport,
        old=lambda before: MeetupImport.made_at < before,
    ),
)
