"""What an archive of a space carries of mail that came in: nothing."""

from forum.core.archiving import Archived, stay
from forum.mailin.clone import POLICY

ARCHIVED: Archived = {
    **stay(POLICY, "received_mail"),
}
