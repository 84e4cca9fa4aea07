"""What Today says of playbooks: changes to decide, those that are due, a run begun; and what stands beside a story."""

from collections.abc import Sequence

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Integer, bindparam, exists

from forum.core.time import today
from forum.playbooks.addresses import playbook_url
from forum.playbooks.models import KIND
from forum.playbooks.queries.lists import Listed, begun_by, due_of, of_story, waiting_for
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.parts import Beside, BesideLine, Deed, TodayIf, TodayPart
from forum.spaces.policy import Can
from forum.web.words import _, _n

WAITING, DUE, BEGUN = 13, 14, 16
STORY = "story"


def parts(here: Here) -> Sequence[TodayPart]:
    """Return what of playbooks waits for a press of this person."""
    if not here.may(Can.RUN_PLAYBOOK):
        return []
    found = []
    waiting, due, begun = waiting_for(here), due_of(here), begun_by(here)
    if waiting:
        found.append(_part(WAITING, "playbooks/today_waiting.html", {"waiting": waiting}, waits=len(waiting)))
    if due:
        said = _n("%(num)s playbook that you keep", "%(num)s playbooks that you keep", len(due))
        sentence = Markup('<a href="{}">{}</a> {}').format(
            url_for("playbooks.index", slug=here.space.slug, show="mine"),
            said,
            _n("wants to be looked at.", "want to be looked at.", len(due)),
        )
        values: dict[str, object] = {"due": due, "this": today(here.space.zone)}
        found.append(
            TodayPart(order=DUE, template="playbooks/today_due.html", values=values, sentence=sentence, waits=len(due))
        )
    if begun:
        found.append(_part(BEGUN, "playbooks/today_begun.html", {"begun": begun}))
    return found


def _part(order: int, template: str, values: dict[str, object], *, waits: int = 0) -> TodayPart:
    return TodayPart(order=order, template=template, values=values, waits=waits)


def beside(here: Here, item: Item) -> Beside | None:
    """Return the playbooks that cite a story, and the press that makes one of it."""
    if item.kind != STORY or not here.may(Can.SEE_PLAYBOOKS) or item.state is not ItemState.PUBLISHED:
        return None
    found = of_story(here, item.id)
    make = url_for("playbooks.new", slug=here.space.slug, story=item.ref)
    return Beside(
        title=_("As a checklist"),
        lines=[
            BesideLine(words=one.title, url=playbook_url(here.space.slug, one.ref), note=_said(one)) for one in found
        ],
        deed=Deed(words=_("Make a playbook"), url=make) if here.may(Can.WRITE_PLAYBOOK) else None,
        deed_note=_("Its steps become a checklist that others tick as they go."),
    )


def _said(one: Listed) -> str:
    steps = _n("%(num)s step", "%(num)s steps", one.steps)
    if not one.teams:
        return steps
    return f"{steps}, {_n('run in %(num)s team', 'run in %(num)s teams', one.teams)}"


HAS_SOME = exists().where(Item.space_id == bindparam("space_id", type_=Integer), Item.kind == KIND)
TODAY_IF = (TodayIf(may=HAS_SOME, parts=parts),)
