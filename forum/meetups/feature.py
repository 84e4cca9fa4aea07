"""What the room of meetups registers."""

from forum.meetups.closing import settle
from forum.meetups.feeds import KINDS as FEEDS
from forum.meetups.finding import findable
from forum.meetups.kept import RETENTION
from forum.meetups.obligations import let_go as let_host_go
from forum.meetups.obligations import obligations_of, pass_meetup, settled
from forum.meetups.personal import PERSONAL
from forum.meetups.polls.tellers import TELLERS as POLL_TELLERS
from forum.meetups.polls.upkeep import ask_once_more
from forum.meetups.tellers import TELLERS
from forum.meetups.today import parts
from forum.meetups.upkeep import let_go, make_dates, remind
from forum.meetups.views import blueprint, links
from forum.spaces.feature import Feature, ObligationKind, TabRule
from forum.web.words import _l

feature = Feature(
    name="meetups",
    blueprints=(blueprint, links),
    tabs=(TabRule(label=_l("Meetups"), endpoint="meetups.index", order=30),),
    tellers=(*TELLERS, *POLL_TELLERS),
    today=parts,
    findable=(findable,),
    upkeep=(make_dates, let_go, ask_once_more),
    jobs=(remind,),
    personal=PERSONAL,
    retention=RETENTION,
    on_closing=settle,
    lets_go=let_host_go,
    obligations_of=obligations_of,
    obligation_kinds={"meetup": ObligationKind(label=_l("Meetup you host"), passes=pass_meetup, settled=settled)},
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
        "ended series": _l("%(actor)s cancelled all dates to come of %(item)s."),
    },
)
