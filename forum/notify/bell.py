"""What the bell in the bar leaves out: the conversation that the page just shows, whose posts count as read once it is drawn."""

from flask import g


def is_being_read(item_id: int) -> None:
    """Note that the page which is drawn shows what is new in an item."""
    g.being_read = item_id


def being_read() -> int | None:
    """Return the item that is shown, if any."""
    found: int | None = g.get("being_read")
    return found
