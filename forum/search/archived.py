"""What an archive of a space carries of the index and of what people looked for: nothing."""

from forum.core.archiving import Archived, stay
from forum.search.clone import POLICY

ARCHIVED: Archived = {
    **stay(POLICY, "search_entry", "search_due", "search_build", "recent_search", "saved_search"),
}
