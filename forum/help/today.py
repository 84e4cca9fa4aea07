"""What Today says of help: the cases that wait for this person, first of all. Who is on duty stands beside, by the roster."""

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Integer, bindparam, exists

from forum.help.models import KIND, Case, CaseState
from forum.help.queries.cases import Listed, waiting_for
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import TodayIf, TodayPart
from forum.web.words import _n

CASES = 1
LISTED = 5


def parts(here: Here) -> list[TodayPart]:
    """Return the cases that concern this person."""
    found = []
    waiting = waiting_for(here, most=LISTED) if here.is_member and here.space.archived_at is None else []
    if waiting:
        values: dict[str, object] = {"cases": waiting}
        found.append(
            TodayPart(
                order=CASES,
                template="help/today_cases.html",
                values=values,
                sentence=_sentence(here, waiting),
                waits=sum((one.state == "open" and one.is_asked) or one.is_mine for one in waiting),
            )
        )
    return found


def _sentence(here: Here, waiting: list[Listed]) -> Markup | str:
    """Say that others need help; whoever called for it knows, and finds the call in the list."""
    open_ones = [one for one in waiting if one.state == "open" and not one.is_drill and not one.is_own]
    if not open_ones:
        return ""
    said = _n("Somebody needs help now.", "There are %(num)d calls for help now.", len(open_ones))
    return Markup('<a href="{}">{}</a>').format(url_for("help.index", slug=here.space.slug), said)


NOT_OVER = exists().where(
    Case.id == Item.id,
    Item.space_id == bindparam("space_id", type_=Integer),
    Item.kind == KIND,
    Case.state != CaseState.CLOSED,
)
TODAY_IF = (TodayIf(may=NOT_OVER, parts=parts),)
