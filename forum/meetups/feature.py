"""What the room of meetups registers."""

from forum.meetups.closing import settle
from forum.meetups.day.briefing import brief
from forum.meetups.day.deeds import deeds
from forum.meetups.day.finding import findable
from forum.meetups.day.obligations import ACTION, MEETUP, lets_go, obligations_of, pass_action, pass_meetup
from forum.meetups.day.tellers import TELLERS as DAY_TELLERS
from forum.meetups.day.upkeep import let_go_of_promises, remind_of_promises
from forum.meetups.day.words import HEADS_UP, SENTENCES
from forum.meetups.feeds import KINDS as FEEDS
from forum.meetups.personal import PERSONAL
from forum.meetups.tellers import TELLERS
from forum.meetups.today import parts
from forum.meetups.upkeep import let_go, make_dates, remind
from forum.meetups.views import blueprint, links
from forum.spaces.feature import Feature, TabRule
from forum.web.words import _l

feature = Feature(
    name="meetups",
    blueprints=(blueprint, links),
    tabs=(TabRule(label=_l("Meetups"), endpoint="meetups.index", order=30),),
    tellers=(*TELLERS, *DAY_TELLERS),
    findable=(findable,),
    today=parts,
    upkeep=(make_dates, let_go, let_go_of_promises),
    jobs=(remind, remind_of_promises),
    obligations_of=obligations_of,
    lets_go=lets_go,
    passes={MEETUP: pass_meetup, ACTION: pass_action},
    brief=brief,
    deeds=deeds,
    heads_up=HEADS_UP,
    personal=PERSONAL,
    on_closing=settle,
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
        "ended series": _l("%(actor)s cancelled all dates to come of %(item)s."),
        **SENTENCES,
    },
)
