"""Forms of calls for help: the shape of what is typed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from forum.content.drafts import Kept
from forum.content.forms import LARGEST, DraftForm
from forum.core.markup.source import normalised
from forum.core.sections import joined, parted
from forum.core.time import local, now
from forum.help.words import AUDIENCES
from forum.spaces.models import REASON_LENGTH, Audience
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import _, _l

TYPED = 2000
FAR = timedelta(days=366)


AFFECTS, TRIED, DAY, TIME, SEEN = (
    "Whom it affects",
    "What was tried",
    "Until which day",
    "Until what time",
    "Who may see it",
)
DRAFTED: Mapping[str, str] = {
    AFFECTS: "affects",
    TRIED: "tried",
    DAY: "until_day",
    TIME: "until_time",
    SEEN: "audience",
}
"""How the fields are called in the draft of a call, which is one text: what happened stands first, without a heading."""


class AskForm(DraftForm):
    """A call for help."""

    title = StringField(_l("What is wrong, in one sentence"), filters=[strip], validators=[Length(max=TYPED)])
    body = TextAreaField(_l("What happened?"))
    affects = StringField(_l("Whom does it affect?"), filters=[strip], validators=[Length(max=TYPED)])
    until_day = DateField(_l("Until which day is help of use?"), validators=[Optional()])
    until_time = TimeField(_l("And what time?"), validators=[Optional()])
    tried = TextAreaField(_l("What have you tried?"))
    audience = RadioField(
        _l("Who may see it?"),
        choices=options((one.value, words) for one, words in AUDIENCES.items()),
        default=Audience.SPACE.value,
        validate_choice=False,
        render_kw={"data-draft-with": ""},
    )
    drill = HiddenField(validators=[Optional(), Length(max=1)])

    @classmethod
    def of_draft(cls, kept: Kept, *, drill: str) -> "AskForm":
        """Return the form as somebody left it."""
        said = parted(kept.body, list(DRAFTED))
        values = {name: said.get(heading, "") for heading, name in DRAFTED.items()}
        return cls(
            formdata=None,
            title=kept.title,
            body=said.get("", ""),
            affects=values["affects"],
            tried=values["tried"],
            until_day=_day(values["until_day"]),
            until_time=_clock(values["until_time"]),
            audience=values["audience"] if values["audience"] in tuple(AUDIENCES) else Audience.SPACE.value,
            draft_version=kept.version,
            drill=drill,
        )

    @property
    def as_draft(self) -> str:
        """All that was typed but the one sentence, as one text. Who may see it is noted where it isn't what is usual."""
        said = {heading: _typed(self[name]) for heading, name in DRAFTED.items()}
        if said[SEEN] == Audience.SPACE.value:
            said[SEEN] = ""
        return joined({"": _typed(self.body), **said}, list(DRAFTED))

    def validate_audience(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in {one.value for one in AUDIENCES}:
            raise ValidationError(_("Choose who may see it."))

    def validate_until_day(self, field: DateField) -> None:
        """Refuse days that are no answer: a year ahead, or before calendars begin."""
        if field.data is not None and not 1990 <= field.data.year <= (now() + FAR).year:  # noqa: PLR2004  # a year
            raise ValidationError(_("Choose a day within the next year, or leave it empty."))

    def until_in(self, zone: str) -> datetime | None:
        """Return until when help is of use, on the clock of the space; a day alone means its end, a time alone means today."""
        day, clock = self.until_day.data, self.until_time.data
        if day is None and clock is None:
            return None
        day = day or local(now(), zone).date()
        return datetime.combine(day, clock or time(23, 59), ZoneInfo(zone)).astimezone(UTC)

    @property
    def is_drill(self) -> bool:
        """Whether it is one."""
        return bool(self.drill.data)


def what_happened(draft: str) -> str:
    """Return what a draft says that happened: the text with which a script saves it."""
    return parted(draft, list(DRAFTED)).get("", "")


def _typed(field: Field) -> str:
    """Return what was typed into a field, whether it can be read or not."""
    return normalised(str(next(iter(field.raw_data or ()), None) or ""))


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _clock(words: str) -> time | None:
    try:
        return time.fromisoformat(words)
    except ValueError:
        return None


class ChangeForm(Form):
    """What is changed of a call: what happened is edited as any post is."""

    title = StringField(_l("What is wrong, in one sentence"), filters=[strip], validators=[Length(max=TYPED)])
    affects = StringField(_l("Whom does it affect?"), filters=[strip], validators=[Length(max=TYPED)])
    tried = TextAreaField(_l("What was tried?"))
    reason = StringField(_l("Why do you change it?"), filters=[strip], validators=[Length(max=REASON_LENGTH)])
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])


class CloseForm(OnceForm):
    """What helped."""

    body = TextAreaField(_l("What helped?"))


class HandOnForm(Form):
    """Who is asked to take a case over."""

    person = SelectField(_l("Who takes it over"), validate_choice=False)

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Fill the list."""
        self.person.choices = options([("", _("Choose somebody")), *((str(key), name) for key, name in people)])

    def validate_person(self, field: SelectField) -> None:
        """Refuse what isn't offered."""
        offered = {str(getattr(one, "value", one)) for one in field.choices or ()}
        if not field.data or field.data not in offered:
            raise ValidationError(_("Choose somebody of the list."))


class MinutesForm(Form):
    """How long a call waits before it goes further."""

    minutes = IntegerField(
        _l("Minutes until the next are asked"), validators=[InputRequired(_l("Say how many minutes."))]
    )
