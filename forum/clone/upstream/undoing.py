"""Taking back what was answered to the original: as long as nobody has changed it here since (F6)."""

from datetime import datetime
from typing import Any

from forum.clone.models import LineageItem, LineageRow, UpstreamAnswer
from forum.clone.upstream.answering import latest_answer
from forum.clone.upstream.rows import own_id_of
from forum.clone.upstream.ways import way_of
from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.spaces.copied import Grower, LaidOut
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.words import _


class UndoneBefore(RuleBroken):
    """Somebody has undone it already: a second press, or another steward."""

    def __init__(self) -> None:
        super().__init__(_("It was undone already."))


def ready_to_undo(here: Here, key: str, *, number: int) -> LaidOut:
    """Lay out what stood before a change was taken; None where nothing has to be put back. Raises Missing, UndoneBefore."""
    answer = _answer(here, key, number)
    return _way_of(here, answer).lay(answer.before["said"]) if answer.before else None


def _way_of(here: Here, answer: UpstreamAnswer) -> Grower:
    """Return how what was answered follows the original: it does, or it could not have been changed."""
    item = db.session.get_one(Item, answer.item_id) if answer.item_id is not None else None
    way = way_of(item, None if item else db.session.get(LineageRow, (here.space.id, answer.origin_uuid)))
    if way is None:
        raise Missing
    return way


def _answer(here: Here, key: str, number: int) -> UpstreamAnswer:
    """Return the latest answer about a thing, if it is the one of a number: a second press takes no other back."""
    if number < 1:
        raise Missing
    answer = latest_answer(here, key)
    if answer is None or answer.version < number:
        raise UndoneBefore
    if answer.version > number:
        raise RuleBroken(_("It was answered once more since. Undo the latest answer first."))
    return answer


def undo(here: Here, key: str, laid: LaidOut, *, number: int) -> bool:
    """Take the latest answer back: it is offered again. Says whether something stands here again as before.

    Raises Missing, Denied, UndoneBefore, RuleBroken for what is new here, or has been changed since.
    """
    here = hold(here, Can.CHANGE_SPACE)
    answer = _answer(here, key, number)
    if answer.is_taken:
        if answer.before is None:
            if answer.item_id is None:
                raise RuleBroken(_("This is part of the space now. Remove it where it stands."))
            raise RuleBroken(_("This is part of the space now. Withdraw it from its own page."))
        _put_back(here, answer, answer.before, laid)
    elif (row := _remembered_of(here, answer)) is not None:
        _forget_decline(row)
    db.session.delete(answer)
    db.session.flush()
    item = db.session.get(Item, answer.item_id) if answer.item_id else None
    record("undid answer to original", actor=here.actor, space=here.space, item=item)
    return answer.is_taken


def _remembered_of(here: Here, answer: UpstreamAnswer) -> LineageItem | LineageRow | None:
    if answer.item_id is not None:
        return lock(LineageItem, answer.item_id)
    return lock(LineageRow, (here.space.id, answer.origin_uuid))


def _forget_decline(row: LineageItem | LineageRow) -> None:
    """Let it be offered again: nobody knows what it was when it was answered."""
    if isinstance(row, LineageRow) and row.own_key is None:
        db.session.delete(row)
    else:
        row.mark = None


def _put_back(here: Here, answer: UpstreamAnswer, before: dict[str, Any], laid: LaidOut) -> None:
    way, row = _way_of(here, answer), _remembered_of(here, answer)
    own_id = answer.item_id or (own_id_of(here, row) if isinstance(row, LineageRow) else None) or 0
    if row is None or way.stands([own_id]).get(own_id) != before["after"] or laid is None:
        raise RuleBroken(_("This has been changed here since. Change it in its editor instead."))
    way.take(here, own_id, laid, _("Back to what stood before the change from the original"))
    row.base, row.mark = before["base"], before.get("mark")
    row.at = datetime.fromisoformat(before["at"]) if before["at"] else None
    if isinstance(row, LineageItem):
        row.version = before["version"]
