"""What an archive of a space carries of people and accounts: nothing. Whoever is named has a line of their own in it."""

from forum.core.archiving import Archived, stay
from forum.people.clone import POLICY

ARCHIVED: Archived = {
    **stay(POLICY, "department", "person", "identity", "web_session", "secret_link"),
}
