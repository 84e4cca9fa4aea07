"""What the roster registers."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select

from forum.core.apart import apart
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.roster import models  # noqa: F401  # its tables
from forum.roster.actions.accounts import ask_about_accounts, end_second, pass_second
from forum.roster.actions.escalating import escalate_due
from forum.roster.actions.leaving import stop
from forum.roster.actions.passing import coming_of, pass_cover, pass_deputy
from forum.roster.actions.seats import remind
from forum.roster.actions.settling import lend_anew, settle_for, settle_space
from forum.roster.actions.vacating import end_due, keep_up, vacate
from forum.roster.actions.warning import warn_all
from forum.roster.briefing import brief
from forum.roster.calendars.feeds import KINDS as FEEDS
from forum.roster.figures import FIGURES
from forum.roster.finding import findable
from forum.roster.health import measures
from forum.roster.held import held_by
from forum.roster.kept import RETENTION
from forum.roster.models import CoverRequest
from forum.roster.obligations import before_closing, cover_settled, deputy_settled, obligations_of, second_settled
from forum.roster.personal import PERSONAL
from forum.roster.queries.asked import asked_here, how_many_asked
from forum.roster.queries.away import away_on
from forum.roster.queries.holding import duties_in, holders
from forum.roster.queries.standing import meets, stand_ins
from forum.roster.tellers import TELLERS
from forum.roster.telling import HEADS_UP, tell_no_more
from forum.roster.today import TODAY_IF, parts
from forum.roster.views import away, blueprint, leaving_blueprint, links, register
from forum.spaces.feature import Feature
from forum.spaces.models import Item, Space
from forum.spaces.parts import ObligationKind, TabRule
from forum.spaces.policy import Can
from forum.web.words import _l


def look_after() -> None:
    """Settle cover that nobody's press settled: whoever covered left the space, or the holder did."""
    for space_id in db.session.scalars(select(Space.id).order_by(Space.id)).all():
        with apart("the cover of space", space_id):
            settle_space(space_id, at=now())


def warn_of_gaps() -> None:
    """Warn of gaps that come."""
    warn_all(at=now())


def ask_again() -> None:
    """Ask about accounts that nobody has looked at for long, and remind sponsors: once each."""
    ask_about_accounts(at=now())
    remind(at=now())


def take_further() -> None:
    """Take further what nobody took: it may be done often, and does each step once."""
    escalate_due()


def let_leave() -> None:
    """Let everybody go whose last day has passed, and bring the kits of the others up to date."""
    end_due()
    keep_up()


def let_go(person: Person) -> None:
    """Look for others where an erased account covered, and end what was asked for it. Its memberships have ended before."""
    settle_for(person, at=now())
    leaving = coming_of(person.id)
    if leaving is not None:
        leaving.ended_at = now()


def stay(person: Person) -> None:
    """Take a last day back with the closing of the account."""
    leaving = coming_of(person.id)
    if leaving is not None and leaving.space_id is None:
        stop(leaving, at=now())


def lets_go(space: Space, person: Person, at: datetime) -> None:
    """Let what somebody holds in a space be vacant, as they stop belonging to it."""
    vacate(space, person, at=at)


def days_changed(space: Space, at: datetime) -> None:
    """Let what is lent for covers begin and end with the halves of the days, as they are now."""
    here = select(Item.id).where(Item.space_id == space.id)
    lend_anew(CoverRequest.duty_id.in_(here), at=at)


feature = Feature(
    name="roster",
    blueprints=(blueprint, away, leaving_blueprint, register, links),
    tellers=TELLERS,
    tabs=(
        TabRule(
            label=_l("Roster"),
            endpoint="roster.index",
            order=50,
            count=asked_here,
            waits=how_many_asked,
            count_label=_l("asked of you"),
            shown=lambda here: here.may(Can.SEE_ROSTER),
        ),
    ),
    today=parts,
    today_if=TODAY_IF,
    findable=(findable,),
    upkeep=(look_after, warn_of_gaps, ask_again, take_further, let_leave, tell_no_more),
    heads_up=HEADS_UP,
    retention=RETENTION,
    feeds=FEEDS,
    brief=brief,
    personal=PERSONAL,
    before_closing=before_closing,
    on_closing=let_go,
    on_keeping=stay,
    lets_go=lets_go,
    days_changed=days_changed,
    obligation_kinds={
        "duty": ObligationKind(label=_l("Duty")),
        "cover": ObligationKind(label=_l("Promised cover"), passes=pass_cover, settled=cover_settled),
        "deputy": ObligationKind(label=_l("Deputy"), passes=pass_deputy, settled=deputy_settled),
        "second": ObligationKind(
            label=_l("Second administrator"), passes=pass_second, ends=end_second, settled=second_settled
        ),
    },
    obligations_of=obligations_of,
    stand_ins=stand_ins,
    meets=meets,
    away_on=away_on,
    holds=held_by,
    health=measures,
    duties_in=duties_in,
    carried={"duty": lambda slug, ref: url_for("roster.duty", slug=slug, ref=ref)},
    figures=FIGURES,
    holders=holders,
    log_sentences={
        "made duty": _l("%(actor)s made the duty %(item)s."),
        "changed duty": _l("%(actor)s changed what the duty %(item)s says."),
        "noted incident": _l("%(actor)s noted what happened to %(item)s."),
        "asked department": _l("%(actor)s asked colleagues of the department to take on %(item)s."),
        "ended duty": _l("%(actor)s ended the duty %(item)s."),
        "took up duty": _l("%(actor)s took up the duty %(item)s again."),
        "offered duty": _l("%(actor)s asked %(person)s to take on %(item)s."),
        "took back offer": _l("%(actor)s no longer asks %(person)s to take on %(item)s."),
        "accepted duty": _l("%(actor)s took on %(item)s."),
        "gave up duty": _l("%(actor)s gave up %(item)s."),
        "ended holding": _l("%(actor)s ended that %(person)s has %(item)s."),
        "took up part": _l("%(actor)s took back that %(person)s has %(item)s no more."),
        "set turns": _l("%(actor)s set who takes turns in %(item)s."),
        "ended turns": _l("%(actor)s ended the turns in %(item)s."),
        "swapped turns": _l("%(actor)s swapped turns with %(person)s in %(item)s."),
        "swapped covers": _l("%(actor)s swapped covers with %(person)s: %(item)s."),
        "described account": _l("%(actor)s wrote down what is known of the account %(item)s."),
        "asked sponsor": _l("%(actor)s asked a sponsor to stand behind %(item)s."),
        "seat endorsed": _l("A sponsor stands behind %(item)s."),
        "sponsor declined": _l("A sponsor who was asked about %(item)s said no."),
        "agreed volunteer": _l("%(actor)s agreed that %(person)s, who had offered, takes on %(item)s."),
        "asked for cover": _l("%(actor)s asked for cover of %(item)s."),
        "took cover": _l("%(actor)s covers %(item)s."),
        "ended cover": _l("The cover of %(item)s by %(person)s ended, or became shorter."),
        "shortened request": _l("Cover of %(item)s is asked for on fewer days than before."),
        "brought back cover": _l("%(actor)s undid what had ended the cover of %(item)s by %(person)s."),
        "withdrew request": _l("%(actor)s no longer asks for cover of %(item)s."),
        "offered handover": _l("%(actor)s offered %(person)s to take over %(item)s."),
        "withdrew handover": _l("%(actor)s no longer hands over %(item)s."),
        "accepted handover": _l("%(actor)s took over %(item)s."),
        "set last day": _l("%(actor)s set the last day of %(person)s here."),
        "took back last day": _l("%(actor)s took back the last day of %(person)s here."),
        "left on last day": _l("%(person)s left the space after their last day."),
        "took back absence": _l("%(actor)s took back that %(person)s is away."),
        "stays as steward": _l("%(person)s stays after their last day, as the only steward."),
        "filed absence": _l("%(actor)s noted that %(person)s is away."),
    },
)
