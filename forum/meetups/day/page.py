"""What the page of a date shows of its day: the agenda, who was there, minutes, decisions, actions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from forum.content.drafts import Kept, draft_at
from forum.core.time import local, now
from forum.meetups.day.forms import ActionForm, AgendaForm, DecisionForm
from forum.meetups.day.models import Decision
from forum.meetups.day.queries.agenda import OnAgenda, agenda_for
from forum.meetups.day.queries.follow_up import Promised, actions_of, brought_forward, is_next
from forum.meetups.day.queries.minutes import There, Written, attendance_of, decisions_of, minutes_of
from forum.meetups.models import Occurrence
from forum.meetups.queries.one import members_of
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can


@dataclass(kw_only=True)
class DayForms:
    """The forms of the page; one that was sent and needs changing is given, the others are empty."""

    agenda: AgendaForm | None = None
    decision: DecisionForm | None = None
    action: ActionForm | None = None

    @property
    def wrong(self) -> AgendaForm | DecisionForm | ActionForm | None:
        """The one that needs changing."""
        return self.agenda or self.decision or self.action


@dataclass(frozen=True, kw_only=True)
class Point:
    """Something on the agenda, with the time at which it begins if that can be said."""

    on: OnAgenda
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Day:
    """All of it. What the reader may not see, such as minutes that aren't published, isn't there."""

    may_lead: bool
    may_propose: bool
    points: Sequence[Point]
    total: int
    forward: Sequence[Promised]
    there: Sequence[There] = ()
    am_there: bool = False
    written: Written | None = None
    draft: Kept | None = None
    decisions: Sequence[Decision] = ()
    promised: Sequence[Promised] = ()
    agenda_form: AgendaForm
    decision_form: DecisionForm | None = None
    action_form: ActionForm | None = None
    wrong: AgendaForm | DecisionForm | ActionForm | None = field(default=None)


def draft_place(one: Occurrence) -> str:
    """Return where somebody's draft of the minutes of a date lies."""
    return f"minutes:{one.id}"


def day_of(here: Here, one: Occurrence, item: Item, *, may_lead: bool, forms: DayForms | None = None) -> Day:
    """Return what there is of a day. Three queries before it begins, and seven after."""
    forms, at = forms or DayForms(), now()
    has_begun = one.is_planned and one.starts_at <= at
    agenda = agenda_for(here, one.id)
    may_propose = here.may(Can.WRITE_POST, item) and one.is_planned and one.ends_at > at
    people = members_of(here.space) if may_lead and one.is_planned else []
    before = {
        "may_lead": may_lead,
        "may_propose": may_propose,
        "points": _points(agenda, one),
        "total": sum(point.row.minutes or 0 for point in agenda),
        "forward": brought_forward(here, one) if one.is_planned and one.ends_at > at and is_next(one) else [],
        "agenda_form": _agenda_form(here, forms.agenda, people),
        "wrong": forms.wrong,
    }
    if not has_begun:
        return Day(**before)  # type: ignore[arg-type]  # one after the other
    there, written = attendance_of(one.id), minutes_of(one.id)
    sees = may_lead or (written is not None and written.minutes.is_published)
    action_form = forms.action or ActionForm(formdata=None)
    action_form.offer(people)
    return Day(
        **before,  # type: ignore[arg-type]  # likewise
        there=there,
        am_there=any(one.person.id == here.actor.id for one in there),
        written=written if sees else None,
        draft=_draft_of(here, one) if may_lead else None,
        decisions=decisions_of(one.id) if sees else [],
        promised=actions_of(here, one.id),
        decision_form=forms.decision or DecisionForm(formdata=None),
        action_form=action_form,
    )


def _agenda_form(here: Here, form: AgendaForm | None, people: Sequence[tuple[int, str]]) -> AgendaForm:
    form = form or AgendaForm(formdata=None)
    form.offer(people, own=here.actor.id)
    return form


def _draft_of(here: Here, one: Occurrence) -> Kept | None:
    kept = draft_at(here.actor, draft_place(one))
    return None if kept.is_empty else kept


def _points(agenda: Sequence[OnAgenda], one: Occurrence) -> list[Point]:
    """Give each a time, as far as everything before it says how long it takes."""
    begins: datetime | None = local(one.starts_at, one.zone)
    points = []
    for row in agenda:
        points.append(Point(on=row, at=begins))
        taken = row.row.minutes
        begins = begins + timedelta(minutes=taken) if begins is not None and taken else None
    return points
