"""What an archive of a space carries of downloads: nothing."""

from forum.core.archiving import Archived, stay
from forum.mydata.clone import POLICY

ARCHIVED: Archived = {
    **stay(POLICY, "download"),
}
