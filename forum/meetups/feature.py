"""What the room of meetups registers."""

from datetime import datetime

from flask import url_for

from forum.meetups.closing import give_back, settle
from forum.meetups.day.actions.follow_up import leave_all
from forum.meetups.day.briefing import brief
from forum.meetups.day.deeds import deeds
from forum.meetups.day.finding import findable as minutes_findable
from forum.meetups.day.obligations import ACTION, pass_action, promises_of
from forum.meetups.day.obligations import settled as promises_settled
from forum.meetups.day.points import POINT, end_point, pass_point, points_of, points_settled
from forum.meetups.day.tellers import TELLERS as DAY_TELLERS
from forum.meetups.day.upkeep import let_go_of_promises, remind_of_promises
from forum.meetups.day.words import HEADS_UP, SENTENCES
from forum.meetups.feeds import KINDS as FEEDS
from forum.meetups.finding import findable
from forum.meetups.held import held_by
from forum.meetups.kept import RETENTION
from forum.meetups.nudges import NUDGES
from forum.meetups.obligations import EVERY_TIME, SEAT, end_every_time, end_seat, obligations_of, pass_meetup, settled
from forum.meetups.obligations import let_go as let_host_go
from forum.meetups.personal import PERSONAL
from forum.meetups.polls.finding import findable as polls_findable
from forum.meetups.polls.tellers import TELLERS as POLL_TELLERS
from forum.meetups.polls.upkeep import ask_once_more
from forum.meetups.taking_part import took_part
from forum.meetups.tellers import TELLERS
from forum.meetups.today import TODAY_IF, first_steps
from forum.meetups.upkeep import let_go, make_dates, remind
from forum.meetups.views import blueprint, links
from forum.people.models import Person
from forum.spaces.feature import Feature
from forum.spaces.models import Space
from forum.spaces.parts import ObligationKind, TabRule
from forum.web.words import _l


def lets_go(space: Space, person: Person, at: datetime) -> None:
    """Let nobody host what somebody hosted in a space, and nobody have what they promised there."""
    let_host_go(space, person, at)
    leave_all(space, person.id, at=at)


feature = Feature(
    name="meetups",
    blueprints=(blueprint, links),
    tabs=(TabRule(label=_l("Meetups"), endpoint="meetups.index", order=30),),
    tellers=(*TELLERS, *POLL_TELLERS, *DAY_TELLERS),
    today_if=TODAY_IF,
    first_steps=first_steps,
    findable=(findable, minutes_findable, polls_findable),
    upkeep=(make_dates, let_go, ask_once_more, let_go_of_promises),
    jobs=(remind, remind_of_promises),
    brief=brief,
    deeds=deeds,
    carried={"meetup": lambda slug, ref: url_for("meetups.series", slug=slug, ref=ref)},
    holds=held_by,
    nudges=NUDGES,
    took_part=took_part,
    heads_up=HEADS_UP,
    personal=PERSONAL,
    retention=RETENTION,
    on_closing=settle,
    lets_go=lets_go,
    on_leaving=lambda space, person, at: give_back(person, space=space, at=at),
    obligations_of=lambda person, span: [
        *obligations_of(person, span),
        *points_of(person, span),
        *promises_of(person, span),
    ],
    obligation_kinds={
        "meetup": ObligationKind(label=_l("Meetup to host"), passes=pass_meetup, settled=settled),
        SEAT: ObligationKind(label=_l("Seat at a meetup"), ends=end_seat, is_own=True, has_own_title=True),
        EVERY_TIME: ObligationKind(label=_l("Coming every time"), ends=end_every_time, is_own=True),
        POINT: ObligationKind(
            label=_l("Something for an agenda"),
            passes=pass_point,
            ends=end_point,
            settled=points_settled,
            has_own_title=True,
        ),
        ACTION: ObligationKind(
            label=_l("Promised action"), passes=pass_action, settled=promises_settled, has_own_title=True
        ),
    },
    feeds=FEEDS,
    log_sentences={
        "scheduled meetup": _l("%(actor)s planned the meetup %(item)s."),
        "changed meetup": _l("%(actor)s changed %(item)s on %(day)s."),
        "moved meetup": _l("%(actor)s moved a date of %(item)s: it is on %(day)s now."),
        "cancelled meetup": _l("%(actor)s cancelled %(item)s on %(day)s."),
        "restored meetup": _l("%(actor)s let %(item)s on %(day)s take place after all."),
        "changed series": _l("%(actor)s changed the dates to come of %(item)s."),
        "paused series": _l("%(actor)s paused %(item)s."),
        "resumed series": _l("%(actor)s let %(item)s go on."),
        "passed meetup": _l("%(actor)s hosts %(item)s instead of %(person)s."),
        "opened date poll": _l("%(actor)s asked when people can: %(item)s."),
        "changed date poll": _l("%(actor)s changed the poll %(item)s."),
        "added poll day": _l("%(actor)s offered one more day in the poll %(item)s: %(day)s."),
        "removed poll day": _l("%(actor)s took a day away from the poll %(item)s: %(day)s."),
        "decided date poll": _l("%(actor)s chose %(day)s in the poll %(item)s."),
        "cancelled date poll": _l("%(actor)s cancelled the poll %(item)s."),
        "reopened date poll": _l("%(actor)s let the poll %(item)s go on."),
        "took back end": _l("%(actor)s let %(item)s go on after all."),
        "ended series": _l("%(actor)s cancelled all dates to come of %(item)s."),
        **SENTENCES,
    },
)
