"""What a copied space takes of the index and of what people looked for: nothing. Its own texts are indexed as they are written (F1)."""

from forum.core.lineage import Policy, never

POLICY: Policy = {
    "search_entry": never("id", "item_id", "number", "author_id", "at", "scope", "title", "tags", "body"),
    "search_due": never("id", "item_id", "number"),
    "search_build": never("kind", "last_key"),
    "recent_search": never("person_id", "query", "at"),
    "saved_search": never("id", "ref", "person_id", "query", "tells", "looked_at", "made_at"),
}
