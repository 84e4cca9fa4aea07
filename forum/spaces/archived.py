"""What an archive of a space carries of the spaces' own tables. Ways in, lent rights and shares stay where they are."""

from sqlalchemy import ColumnElement, and_, or_, select

from forum.core.archiving import Archived, Shown, Taken, kept, stay
from forum.spaces.clone import POLICY
from forum.spaces.models import Audience, Item, ItemPerson, ItemState, LogAudience, LogEntry

ARCHIVED: Archived = {
    **stay(POLICY, "former_place", "item_share", "grant", "join_request", "invitation", "installation"),
    "space": kept(
        "name",
        "purpose",
        "about_source",
        "cloth",
        "zone",
        "midday",
        "created_at",
        "archived_at",
        "holds_newcomers",
        made=("about_html", "about_renderer", "id", "uuid"),
        left=("slug", "visibility", "origin_uuid", "maker_id", "once"),
    ),
    "item": kept(
        "kind",
        "space_id",
        "author_id",
        "title",
        "state",
        "audience",
        "created_at",
        "version",
        "last_number",
        "last_at",
        "last_by_id",
        "inherited",
        made=("ref", "id", "uuid"),
        left=("origin_uuid", "base_hash"),
    ),
    "membership": kept("space_id", "person_id", "role", "joined_at", "ended_at", made=("id",)),
    "suspension": kept("space_id", "person_id", "since", "until", "by_id", "reason"),
    "item_person": kept("item_id", "person_id"),
    "log_entry": kept(
        "at",
        "space_id",
        "actor_id",
        "on_behalf_of_id",
        "verb",
        "person_id",
        "details",
        "reason",
        "audience",
        made=("id",),
        only_with=("item_id",),
    ),
}


def seen_by(asker: int) -> ColumnElement[bool]:
    """Return the condition on the items that a steward may see: no drafts, nothing withdrawn, nothing for others by name (A3).

    What is held or hidden waits for those who look after the space, so it comes along where they are asked about it.
    """
    named = select(ItemPerson.item_id).where(ItemPerson.person_id == asker)
    return and_(
        Item.state.in_((ItemState.PUBLISHED, ItemState.HELD, ItemState.HIDDEN)),
        or_(Item.audience != Audience.NAMED, Item.id.in_(named)),
    )


def is_for_all() -> ColumnElement[bool]:
    """Return the condition on items that all members may read."""
    return and_(Item.state == ItemState.PUBLISHED, Item.audience == Audience.SPACE)


TAKEN = Taken(
    which={"item": seen_by, "log_entry": lambda _asker: LogEntry.audience != LogAudience.ADMINS},
    shown={"item": Shown(rows=is_for_all)},
)
