"""What a thread has to tell as a story: its question, and the answer that settled it or one of its posts."""

from forum.content.queries import source_of
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import Told
from forum.threads.access import held_thread


def tells(_here: Here, item: Item, number: int | None) -> Told:
    """Return what a thread says, with the post `number`, or its accepted answer."""
    number = number or held_thread(item).accepted_number
    fixed = (source_of(item.id, number) or "") if number and number > 1 else ""
    return Told(
        title=item.title,
        saw=source_of(item.id, 1) or "",
        fixed=fixed,
        number=number if fixed else None,
        audience=item.audience,
    )
