"""Forms of date polls."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from forum.core.errors import Invalid
from forum.core.markup import Rendered
from forum.core.time import zones
from forum.meetups.forms import LONGEST_ABOUT, TYPED, offered_zones
from forum.meetups.polls.actions import Asked, Proposed
from forum.meetups.polls.models import MOST_OPTIONS, DatePoll
from forum.spaces.models import Item
from forum.web.forms import Form, OnceForm, strip
from forum.web.words import _, _l

FIRST_ROWS = 4
HOUR = 60
PAIR = ("day", "time")


class PollDetails(Form):
    """What is asked."""

    title = StringField(_l("What for"), filters=[strip], validators=[Length(max=TYPED)])
    about = TextAreaField(_l("What it is about"), filters=[strip], validators=[Length(max=LONGEST_ABOUT)])
    minutes = IntegerField(_l("How many minutes it takes"), default=HOUR, validators=[Optional()])
    place = StringField(_l("Place"), filters=[strip], validators=[Length(max=TYPED)])
    link = StringField(_l("Joining link"), filters=[strip], validators=[Length(max=TYPED)])
    answer_by = DateField(_l("Answers wished for by"), validators=[Optional()])

    def asked(self, zone: str, about: Rendered | None) -> Asked:
        """Return what was typed."""
        return Asked(
            title=self.title.data or "",
            zone=zone,
            minutes=HOUR if self.minutes.data is None else self.minutes.data,
            place=self.place.data or "",
            link=self.link.data or "",
            answer_by=self.answer_by.data,
            about=about,
        )


class NewPollForm(OnceForm, PollDetails):
    """A poll that is opened, with its days: `day_1` with `time_1` and so on."""

    zone = SelectField(_l("Time zone"), validate_choice=False)

    def offer(self, zone: str) -> None:
        """Fill the list of zones; `zone` is the one that is chosen first."""
        self.zone.choices = offered_zones(zone)
        self.zone.data = self.zone.data or zone

    def validate_zone(self, field: SelectField) -> None:
        """Refuse a zone that does not exist."""
        if field.data not in zones():
            raise ValidationError(_("There is no such time zone. Pick one of the list."))

    def rows(self, wanted: int) -> list[tuple[DateField, TimeField]]:
        """Return the pairs of fields that are shown: all that hold something, and as many as wanted."""
        filled = [number for number in _numbers() if self[f"day_{number}"].raw_data or self[f"day_{number}"].data]
        used = [number for number in filled if any(self[f"day_{number}"].raw_data or [self[f"day_{number}"].data])]
        last = min(MOST_OPTIONS, max(wanted, *used, FIRST_ROWS))
        return [(self[f"day_{number}"], self[f"time_{number}"]) for number in range(1, last + 1)]

    def proposed(self) -> Sequence[Proposed]:
        """Return the days that were given."""
        return [proposed(self[f"day_{row}"].data, self[f"time_{row}"].data) for row in self._given()]

    def add_problems(self, problems: Invalid) -> None:
        """Show what a rule found beside the fields it names. It counts the days that were given; rows between them may be empty."""
        named = {f"{name}_{number}": f"{name}_{row}" for number, row in enumerate(self._given(), 1) for name in PAIR}
        super().add_problems(Invalid({named.get(name, name): said for name, said in problems.errors.items()}))

    def _given(self) -> list[int]:
        return [row for row in _numbers() if self[f"day_{row}"].data is not None]


class DayForm(Form):
    """One more day."""

    day = DateField(_l("Another day"), validators=[InputRequired(_l("Pick a day."))])
    time = TimeField(_l("From"), validators=[Optional()])


def proposed(day: date, clock: time | None) -> Proposed:
    """Return a day with a time, or without one."""
    wall = (clock or time()).replace(second=0, microsecond=0, tzinfo=None)
    return Proposed(start=datetime.combine(day, wall), has_time=clock is not None)


def form_of(poll: DatePoll, item: Item) -> PollDetails:
    """Return the form as a poll is."""
    return PollDetails(
        formdata=None,
        title=item.title,
        about=poll.about,
        minutes=poll.minutes,
        place=poll.place,
        link=poll.link,
        answer_by=poll.answer_by,
    )


def _numbers() -> Iterable[int]:
    return range(1, MOST_OPTIONS + 1)


for _number in _numbers():
    setattr(NewPollForm, f"day_{_number}", DateField(_l("Day %(number)s", number=_number), validators=[Optional()]))
    setattr(NewPollForm, f"time_{_number}", TimeField(_l("From"), validators=[Optional()]))
