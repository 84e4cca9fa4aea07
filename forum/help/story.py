"""What a closed case has to tell as a story: another room makes one of it."""

from forum.content.queries import source_of
from forum.core.db import db
from forum.help.models import Case
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import Told


def tells(_here: Here, item: Item, number: int | None) -> Told | None:
    """Return what happened and what helped, once a case is closed. A drill has nothing to tell: it didn't happen."""
    case = db.session.get(Case, item.id)
    if case is None or case.is_drill or not case.is_closed:
        return None
    number = number if number and number > 1 else case.helped_number
    fixed = (source_of(item.id, number) or "") if number else ""
    return Told(
        title=item.title,
        saw=source_of(item.id, 1) or "",
        fixed=fixed,
        number=number if fixed else None,
        affected=case.affects,
        unhelpful=case.tried,
        audience=item.audience,
    )
