"""The demo's meetups: a weekly one with a past, of which one week is moved and one cancelled; a full one; a poll under way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.markup import Rendered
from forum.core.time import local
from forum.meetups import actions
from forum.meetups.actions import changing, seating, talking, turning_up
from forum.meetups.actions.changing import Change
from forum.meetups.actions.details import Details
from forum.meetups.models import Answer, Mode, Occurrence, Series
from forum.meetups.polls.actions import Asked, Proposed, answer, open_poll, options_of
from forum.meetups.polls.models import Vote
from forum.meetups.recurrence import Plan, Rhythm
from forum.spaces.guard import Here

WEDNESDAYS = "Wednesday show and tell"
PLACE = "Meeting room 2, Central Library, Mill Lane"
LINK = "https://meet.fenbridge.example/wednesday"
ACCESS = "The lift is left of the main desk. The side door in Mill Lane has a bell. Hearing loop in the room."
SPACE, KEEPER, HOST = "digital-champions", "aisha.rahman", "priya.nair"
ALWAYS = (
    "priya.nair", "tom.okafor", "marek.zielinski", "dan.whitlock", "beth.larkin", "hannah.cole", "elspeth.ward", "kofi.mensah",
    "iwan.rees", "joan.tiller",
)  # fmt: skip
"""Who comes every Wednesday, in the order in which they said so; there are eight seats."""
ONLINE = ("gwen.pritchard",)
ABOUT = "Bring one thing that went wrong and one that worked. Ten minutes each, and no slides unless they are ugly."
CLINIC_ABOUT = "One screen, four chairs, an hour. Bring the pictures that you don’t know how to describe."
SAID = {"y": Vote.YES, "m": Vote.IF_NEED_BE, "n": Vote.NO}
PLANNING = {
    "aisha.rahman": "yyyy", "tom.okafor": "ynyn", "hannah.cole": "nyym", "dan.whitlock": "yyny", "beth.larkin": "mnyn",
    "elspeth.ward": "nyyy", "kofi.mensah": "ymy-", "gwen.pritchard": "nnym",
}  # fmt: skip
"""Who said what of the four days of the poll: yes, if need be (m for maybe), no; one has not answered for a day."""
TALK_PLACE = "show-and-tell"
TALKING = (
    (
        "beth.larkin",
        "Should I bring the parking permit form? It has a field called “Reference” and nobody knows which one is meant.",
    ),
    (
        "tom.okafor",
        "Please do. That field alone is worth ten minutes. If you have a number of how many give up there, bring that too.",
    ),
)
"""Who says what about the Wednesday on forms."""
TEXTS = (ABOUT, CLINIC_ABOUT, *(words for _handle, words in TALKING))
WEEKS_AGO = 10
WEDNESDAY = 2

HereOf = Callable[[str, str], Here]


def meet(here_of: HereOf, texts: Mapping[str, Rendered], *, zone: str, at: datetime) -> None:
    """Plan the meetups, have people come to them and say when they can. `texts` are TEXTS, rendered. Inside `transaction()`."""
    about, clinic = texts[ABOUT], texts[CLINIC_ABOUT]
    today = local(at, zone).date()
    following = today + timedelta(days=(WEDNESDAY - today.weekday() - 1) % 7 + 1)
    forms = _wednesdays(here_of, about, zone=zone, following=following, at=at)
    for handle, words in TALKING:
        talking.write(here_of(handle, SPACE), forms.series_id, forms.id, text=texts[words], place=TALK_PLACE, once="")
    _clinic(here_of, clinic, zone=zone, day=following + timedelta(days=6), at=at)
    _poll(here_of, zone=zone, day=following + timedelta(days=2), at=at)


def _wednesdays(here_of: HereOf, about: Rendered, *, zone: str, following: date, at: datetime) -> Occurrence:
    """Have the weekly meetup, and return the date that people talk about."""
    first = datetime.combine(following - timedelta(weeks=WEEKS_AGO), time(10))
    then = at - timedelta(weeks=WEEKS_AGO + 2)
    keeper = here_of(KEEPER, SPACE)
    details = Details(
        title=WEDNESDAYS,
        place=PLACE,
        access=ACCESS,
        confirmed_on=following - timedelta(weeks=5),
        link=LINK,
        room_seats=8,
        host_id=here_of(HOST, SPACE).actor.id,
        about=about,
    )
    plan = Plan(start=first, zone=zone, minutes=60, rhythm=Rhythm.WEEKLY)
    series, _item = actions.schedule(keeper, plan=plan, details=details, at=then)
    _come_always(here_of, series, ALWAYS, mode=Mode.ROOM, at=then)
    _come_always(here_of, series, ONLINE, mode=Mode.ONLINE, at=then)
    actions.extend(series, at=at)
    coming = seating.to_come(series.id, at=at)
    upstairs, forms, count = [one for one in coming if one.local_start.date() >= following][:3]
    changing.change_one(
        keeper,
        series.id,
        upstairs.id,
        Change(
            start=datetime.combine(following, time(10, 30)),
            minutes=60,
            topic="One web page that your department is quietly ashamed of. Biscuits are from Highways.",
            place="Reading room, first floor, Central Library",
            link=LINK,
            room_seats=8,
        ),
        at=at,
    )
    about_forms = "Tom shows how the repairs form went from 31 fields to 9. Bring a form you are ashamed of."
    changing.change_one(
        keeper,
        series.id,
        forms.id,
        Change(
            start=forms.local_start,
            minutes=60,
            title="Forms people finish",
            topic=about_forms,
            place=PLACE,
            link=LINK,
            room_seats=8,
        ),
        at=at,
    )
    changing.cancel_one(keeper, series.id, count.id, reason="Half of us are at the count that morning.", at=at)
    turning_up.say(here_of("hannah.cole", SPACE), series.id, upstairs.id, answer=Answer.NO, mode=Mode.ROOM, at=at)
    turning_up.be_late(here_of("dan.whitlock", SPACE), series.id, upstairs.id, at=at)
    return forms


def _clinic(here_of: HereOf, about: Rendered, *, zone: str, day: date, at: datetime) -> None:
    details = Details(
        title="Alt text clinic",
        place="Library, upstairs, the table by the window",
        room_seats=4,
        host_id=here_of("elspeth.ward", SPACE).actor.id,
        about=about,
    )
    plan = Plan(start=datetime.combine(day, time(14)), zone=zone, minutes=60)
    series, _item = actions.schedule(here_of(KEEPER, SPACE), plan=plan, details=details, at=at - timedelta(days=4))
    one = db.session.scalars(select(Occurrence).where(Occurrence.series_id == series.id)).one()
    for handle in ("elspeth.ward", "kofi.mensah", "joan.tiller", "beth.larkin", "tom.okafor", "gwen.pritchard"):
        here = here_of(handle, SPACE)
        turning_up.say(here, series.id, one.id, answer=Answer.GOING, mode=Mode.ROOM, at=at - timedelta(days=3))


def _poll(here_of: HereOf, *, zone: str, day: date, at: datetime) -> None:
    """Have Aisha ask when the spring can be planned; most have said, and two are yet to."""
    asked = Asked(
        title="Planning the spring: what do we want to be better at?",
        zone=zone,
        minutes=120,
        place="Central Library, the room with the good chairs",
        answer_by=day,
    )
    days = [
        Proposed(start=datetime.combine(day + timedelta(days=ahead), time(hour)), has_time=True)
        for ahead, hour in ((4, 10), (4, 14), (6, 10), (11, 13))
    ]
    poll, _item = open_poll(here_of(KEEPER, SPACE), asked, days, at=at - timedelta(days=3))
    keys = [one.id for one in options_of(poll.id)]
    for number, (handle, said) in enumerate(PLANNING.items()):
        votes = {key: SAID[letter] for key, letter in zip(keys, said, strict=True) if letter in SAID}
        answer(here_of(handle, SPACE), poll.id, votes, at=at - timedelta(days=2) + timedelta(hours=number))


def _come_always(here_of: HereOf, series: Series, handles: Sequence[str], *, mode: Mode, at: datetime) -> None:
    for number, handle in enumerate(handles):
        turning_up.come_always(here_of(handle, SPACE), series.id, mode=mode, at=at + timedelta(minutes=number))
