"""What an archive of a space carries of nudges: nothing."""

from forum.core.archiving import Archived, stay
from forum.home.clone import POLICY

ARCHIVED: Archived = {
    **stay(POLICY, "nudge"),
}
