"""Forms of meetups: the shape of what is typed."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from forum.content.forms import text_field
from forum.core.time import local, now, places, zones
from forum.meetups.actions.changing import Change
from forum.meetups.actions.details import Details
from forum.meetups.actions.talking import usual_place
from forum.meetups.models import ACCESS_LENGTH, Mode, Occurrence, Series
from forum.meetups.recurrence import Clock, Plan, Rhythm, clock_at, ends_at, instant, on_wall
from forum.meetups.words import MODES
from forum.spaces.feature import talks
from forum.spaces.guard import Here
from forum.spaces.models import REASON_LENGTH
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import LazyString, _, _l

LONGEST_ABOUT = 20_000
TYPED = 1000
A_DAY = 24 * 60
LONGEST_NIGHT = 12 * 60
"""So long may take what ends on the next day; else it is more likely that the times were typed the wrong way round."""
YEARS = range(1990, 9000)
"""In which each time on the wall is an instant."""
BY_DUTY = "duty:"
RHYTHMS: Sequence[tuple[Rhythm, LazyString]] = (
    (Rhythm.ONCE, _l("Once")),
    (Rhythm.WEEKLY, _l("Every week, or every few weeks")),
    (Rhythm.WEEKDAY, _l("Every month on the same weekday, such as the second Tuesday")),
    (Rhythm.LAST_WEEKDAY, _l("Every month on the last such weekday")),
    (Rhythm.DAY, _l("Every month on the same day, such as the 15th")),
    (Rhythm.LAST_DAY, _l("Every month on its last day")),
)


def offered_zones(zone: str) -> list[Any]:
    """Return the choices of time zones, with `zone` among them."""
    return options((name, name.replace("_", " ")) for name in sorted(places() | {"UTC", zone}))


class When(Form):
    """A day with a beginning and an end, on the clock of a place."""

    day = DateField(_l("Day"), validators=[InputRequired(_l("Pick a day."))])
    time = TimeField(_l("From"), validators=[InputRequired(_l("Say when it begins, such as 10:00."))])
    ends = TimeField(_l("To"), validators=[InputRequired(_l("Say when it ends, such as 11:00."))])
    second = BooleanField(_l("The second time: clocks go back on that day, and show this time twice"))

    def validate_ends(self, field: TimeField) -> None:
        """Refuse an end that isn't after the beginning."""
        if self.time.data is not None and field.data is not None and self.minutes <= 0:
            raise ValidationError(_("It ends before it starts. Pick a later end."))

    @property
    def start(self) -> datetime:
        """The beginning, on the wall."""
        day, clock = self.day.data or date.min, self.time.data or time()
        return datetime.combine(day, clock.replace(second=0, microsecond=0, tzinfo=None))

    @property
    def minutes(self) -> int:
        """How long it takes on clocks that go on and on. An end before the beginning is on the next day, if that is soon."""
        first, last = self.time.data or time(), self.ends.data or time()
        minutes = (last.hour - first.hour) * 60 + last.minute - first.minute
        return minutes + A_DAY if minutes < 0 and minutes + A_DAY <= LONGEST_NIGHT else minutes

    def minutes_in(self, zone: str, *, fold: int) -> int:
        """How long it takes on that very day: the end is a time on the wall too, though clocks change in between (C4)."""
        if zone not in zones() or self.start.year not in YEARS:
            return self.minutes
        begins, ends = self.start, self.start + timedelta(minutes=self.minutes)
        taken = (instant(ends, zone, fold=fold) - instant(begins, zone, fold=fold)) // timedelta(minutes=1)
        return taken if taken > 0 else self.minutes

    def is_doubled_in(self, zone: str) -> bool:
        """Whether the time comes twice on that day."""
        has_both = self.day.data is not None and self.time.data is not None and zone in zones()
        return has_both and self.start.year > 1 and clock_at(self.start, zone) is Clock.DOUBLED


class Where(Form):
    """A place, a link, or both; and for how many."""

    place = StringField(_l("Place"), filters=[strip], validators=[Length(max=TYPED)])
    link = StringField(_l("Joining link"), filters=[strip], validators=[Length(max=TYPED)])
    room_seats = IntegerField(_l("Seats in the room"), validators=[Optional()])
    online_seats = IntegerField(_l("Seats online"), validators=[Optional()])


class MeetupForm(OnceForm, When, Where):
    """A meetup that is planned, or whose dates are changed from one on."""

    title = StringField(_l("Name"), filters=[strip], validators=[Length(max=TYPED)])
    about = TextAreaField(_l("What it is about"), filters=[strip], validators=[Length(max=LONGEST_ABOUT)])
    zone = SelectField(_l("Time zone"), validate_choice=False)
    rhythm = RadioField(
        _l("How often"),
        default=Rhythm.ONCE.value,
        choices=options((one.value, words) for one, words in RHYTHMS),
        validate_choice=False,
    )
    every = IntegerField(_l("Every so many weeks or months"), default=1, validators=[Optional()])
    until = DateField(_l("Last day"), validators=[Optional()])
    count = IntegerField(_l("Or a number of dates"), validators=[Optional()])
    access = TextAreaField(_l("How to get in"), filters=[strip], validators=[Length(max=ACCESS_LENGTH)])
    confirmed = BooleanField(_l("I have checked that the place still is as it says here"))
    host = SelectField(_l("Host"), validate_choice=False, default="")

    def offer(self, *, hosts: Sequence[tuple[int, str]], duties: Sequence[tuple[int, str]] = (), zone: str) -> None:
        """Fill the lists of hosts and zones; `zone` is the one that is chosen first."""
        by_duty = [(f"{BY_DUTY}{key}", _("Whoever has the duty: %(duty)s", duty=name)) for key, name in duties]
        self.host.choices = options([("", _("Nobody yet")), *by_duty, *((str(key), name) for key, name in hosts)])
        self.zone.choices = offered_zones(zone)
        self.zone.data = self.zone.data or zone

    def validate_rhythm(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in tuple(Rhythm):
            raise ValidationError(_("Choose one of the list."))

    def validate_zone(self, field: SelectField) -> None:
        """Refuse a zone that does not exist."""
        if field.data not in zones():
            raise ValidationError(_("There is no such time zone. Pick one of the list."))

    @property
    def plan(self) -> Plan:
        """When it takes place, as it was typed."""
        zone, rhythm = self.zone.data or "", Rhythm(self.rhythm.data)
        fold = int(self.second.data and self.is_doubled_in(zone))
        return Plan(
            start=self.start,
            zone=zone,
            minutes=self.minutes_in(zone, fold=fold) if rhythm is Rhythm.ONCE else self.minutes,
            rhythm=rhythm,
            every=1 if self.every.data is None else self.every.data,
            until=self.until.data,
            count=self.count.data,
            fold=fold,
        )

    def details(self, *, before: date | None = None) -> Details:
        """Return what it is besides its time, without the text; `before`: when the place was confirmed last."""
        chosen = self.host.data or ""
        is_duty, key = chosen.startswith(BY_DUTY), chosen.removeprefix(BY_DUTY)
        is_key = key.isascii() and key.isdigit() and len(key) < len(str(2**31))
        confirmed_on = local(now(), self.zone.data).date() if self.confirmed.data else before
        return Details(
            title=self.title.data or "",
            place=self.place.data or "",
            access=self.access.data or "",
            confirmed_on=confirmed_on,
            link=self.link.data or "",
            room_seats=self.room_seats.data,
            online_seats=self.online_seats.data,
            host_id=int(key) if is_key and not is_duty else None,
            host_duty_id=int(key) if is_key and is_duty else None,
        )


def form_of(series: Series, plan: Plan, *, title: str) -> MeetupForm:
    """Return the form as a meetup is from a date on."""
    return MeetupForm(
        formdata=None,
        title=title,
        about=series.about,
        day=plan.start.date(),
        time=plan.start.time(),
        ends=_end_of(plan).time(),
        second=bool(plan.fold),
        zone=plan.zone,
        rhythm=plan.rhythm.value,
        every=plan.every,
        until=plan.until,
        count=plan.count,
        place=series.place,
        access=series.access,
        link=series.link,
        room_seats=series.room_seats,
        online_seats=series.online_seats,
        host=f"{BY_DUTY}{series.host_duty_id}" if series.host_duty_id else str(series.host_id or ""),
    )


def _end_of(plan: Plan) -> datetime:
    if plan.comes_back:
        return plan.start + timedelta(minutes=plan.minutes)
    return on_wall(ends_at(instant(plan.start, plan.zone, fold=plan.fold), plan.minutes), plan.zone)


class DateForm(When, Where):
    """One date of a meetup."""

    title = StringField(_l("Name on this day"), filters=[strip], validators=[Length(max=TYPED)])
    topic = TextAreaField(_l("What it is about on this day"), filters=[strip], validators=[Length(max=TYPED)])

    def change(self, zone: str) -> Change:
        """Return what was typed."""
        fold = int(self.second.data and self.is_doubled_in(zone))
        return Change(
            start=self.start,
            minutes=self.minutes_in(zone, fold=fold),
            fold=fold,
            title=self.title.data or "",
            topic=self.topic.data or "",
            place=self.place.data or "",
            link=self.link.data or "",
            room_seats=self.room_seats.data,
            online_seats=self.online_seats.data,
        )


def date_form_of(one: Occurrence, series: Series, *, title: str) -> DateForm:
    """Return the form as a date is."""
    return DateForm(
        formdata=None,
        title=one.title or title,
        topic=one.topic,
        day=one.local_start.date(),
        time=one.local_start.time(),
        second=instant(one.local_start, one.zone) != one.starts_at,
        ends=on_wall(one.ends_at, one.zone).time(),
        place=series.place if one.place is None else one.place,
        link=series.link if one.link is None else one.link,
        room_seats=one.room_seats,
        online_seats=one.online_seats,
    )


class ReasonForm(Form):
    """Why a date, or all of them, does not take place."""

    reason = StringField(
        _l("Why"),
        filters=[strip],
        validators=[
            InputRequired(_l("Say in a sentence why: it is in the mail to those who wanted to come.")),
            Length(max=REASON_LENGTH),
        ],
    )


class PauseForm(Form):
    """Until when a series rests."""

    resume_on = DateField(_l("First day after the pause"), validators=[Optional()])


class TalkForm(OnceForm):
    """What is said about a date; where its conversation stands is asked when there is none."""

    body = text_field(_l("Your message"), empty=_l("Write something first."))
    place = SelectField(_l("Section"), validate_choice=False)

    @classmethod
    def of(cls, here: Here, one: Occurrence, *, formdata: Any = None) -> "TalkForm":  # noqa: ANN401  # as WTForms takes it
        """Return the form with its places, the usual one chosen."""
        form = cls(formdata=formdata)
        form.place.choices = options(talks().places(here))
        form.place.data = form.place.data or usual_place(here, one)
        return form


class RemindersForm(Form):
    """When one is reminded."""

    week_before = BooleanField(_l("A week before"))
    day_before = BooleanField(_l("A day before"))
    hours_before = BooleanField(_l("Two hours before"))


class AlwaysForm(Form):
    """Coming every time."""

    mode = RadioField(
        _l("How you take part"),
        choices=options([(mode.value, words) for mode, words in MODES.items()]),
        default=Mode.ROOM.value,
        validate_choice=False,
    )
    until_day = DateField(_l("Last day"), validators=[Optional()])
