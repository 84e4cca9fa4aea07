"""The demo's last two Wednesdays: who was there, minutes that were changed, decisions, and what was promised; and the next agenda."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.markup import Rendered
from forum.core.time import local
from forum.meetups.day.actions import agenda, attendance, follow_up, minutes
from forum.meetups.day.actions.agenda import Proposal
from forum.meetups.day.actions.follow_up import Promise
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.spaces.guard import Here
from forum.spaces.models import Item

SPACE, HOST = "digital-champions", "priya.nair"
EARLIER = "\n\n".join(
    (
        "## What went wrong",
        (
            "The bin calendar said Tuesday for every street in Castle ward. @dan.whitlock found it within the hour: one column had "
            "moved in the spreadsheet that Waste sends us."
        ),
        "## What worked",
        "@tom.okafor cut the repairs form from 31 fields to 9. Housing officers ask the rest by phone, and half as many give up.",
    )
)
LATER = "\n\n".join(
    (
        "## What went wrong",
        "Two of us posted the flood warning, with two different phone numbers. Nobody knew who was to post it.",
        "## What worked",
        (
            "@beth.larkin asked three people at the library desk to use the new renewal page before it went live. All three got "
            "stuck at the same word, so it is another word now."
        ),
        "## Next",
        "@kofi.mensah brings the school places form, which nobody finishes.",
    )
)
CHANGED = LATER.replace("three people", "four people").replace("All three", "All four")
WHO = ("priya.nair", "tom.okafor", "dan.whitlock", "beth.larkin", "hannah.cole", "elspeth.ward", "iwan.rees")
AGENDA = (
    ("priya.nair", "Round the table: one thing that went wrong", 15, "Everyone, one minute each."),
    ("tom.okafor", "From 31 fields to 9", 25, "What housing officers said about it."),
    ("beth.larkin", "Bring a form: two of ours, cut live", 15, ""),
)

HereOf = Callable[[str, str], Here]
Texts = dict[str, Rendered]


def hold(here_of: HereOf, texts: Texts, *, about: str, at: datetime) -> None:
    """Let the last two Wednesdays have been. `texts` are EARLIER, LATER and CHANGED; `about` is the title of the meetup."""
    series = db.session.scalars(select(Series).join(Item, Item.id == Series.id).where(Item.title == about)).one()
    dates = select(Occurrence).where(Occurrence.series_id == series.id, Occurrence.state == OccurrenceState.PLANNED)
    past = db.session.scalars(dates.where(Occurrence.ends_at < at).order_by(Occurrence.starts_at.desc())).all()
    last, before = past[0], past[1]
    host = here_of(HOST, SPACE)
    _decide_and_promise(here_of, series, before, last, at=at)
    for one, texts_of in ((before, (EARLIER,)), (last, (LATER, CHANGED))):
        written = one.ends_at + timedelta(hours=2)
        for handle in WHO if one is before else WHO[1:]:
            attendance.say_there(here_of(handle, SPACE), series.id, one.id, is_there=True, at=one.ends_at)
        for base, text in enumerate(texts_of):
            when = min(written + timedelta(hours=base), at)
            minutes.save(host, series.id, one.id, text=texts[text], base=base, publish=True, at=when)
    coming = db.session.scalars(dates.where(Occurrence.starts_at > at).order_by(Occurrence.starts_at)).first()
    for handle, title, taking, note in AGENDA if coming else ():
        proposal = Proposal(title=title, note=note, minutes=taking)
        agenda.propose(here_of(handle, SPACE), series.id, coming.id if coming else 0, proposal, at=at)


def _decide_and_promise(here_of: HereOf, series: Series, before: Occurrence, last: Occurrence, *, at: datetime) -> None:
    host, today = here_of(HOST, SPACE), local(at, last.zone).date()
    people = {handle: here_of(handle, SPACE).actor.id for handle in ("dan.whitlock", "kofi.mensah", "gwen.pritchard")}
    for one, words in (
        (before, "Nobody publishes a table from a spreadsheet until somebody else has opened it on a phone."),
        (last, "Flood warnings are posted by Comms alone. Everybody else shares theirs."),
        (last, "We try every new page with three people who don’t work here, before it goes live."),
    ):
        minutes.decide(host, series.id, one.id, words=words, at=one.ends_at + timedelta(hours=1))
    for one, words, who, days in (
        (before, "Ask Waste to lock the columns of the bin calendar", "dan.whitlock", 1),
        (last, "Bring the school places form", "kofi.mensah", 6),
        (last, "Lend the old iPad to the library desk", "gwen.pritchard", 9),
        (last, "Find out who has the key to room 2", "", 0),
    ):
        due = today + timedelta(days=days) if days else None
        promise = Promise(words=words, holder_id=people.get(who), due_on=due)
        made = follow_up.note(host, series.id, one.id, promise, at=at)
        if who == "gwen.pritchard":
            follow_up.finish(here_of(who, SPACE), made, at=at)
