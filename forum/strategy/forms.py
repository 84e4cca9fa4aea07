"""Forms of the strategy: what it says, part by part; who signs; what a measure is; what is answered at a review."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import wtforms
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from forum.content.forms import LARGEST
from forum.core.errors import Invalid
from forum.core.text import new_ref, one_line
from forum.people.models import Person
from forum.roster.models import Engagement, Mode
from forum.spaces.forms import words
from forum.strategy.content import Activity, Content, Measure
from forum.strategy.figures import all_figures
from forum.strategy.models import NOTE_LENGTH
from forum.strategy.parts import CYCLES, MOST_ACTIVITIES, MOST_MEASURES, PARTS, QUARTERLY
from forum.strategy.typing_in import amount_or_problem, day_or_problem, tidy
from forum.strategy.words import ENGAGEMENTS, MODES, QUESTIONS
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import _, _l

MOST_TYPED = 200_000
MOST_ROWS = 40
"""More than fit, so that what is too much is said and not dropped."""
BLANK_ACTIVITIES, BLANK_MEASURES = 2, 1
KEY = re.compile(r"[0-9]{1,10}")
NOT_KEPT = {"csrf_token", "once", "base", "draft_version"}


class Row(wtforms.Form):
    """Base of rows within a form."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not any(
            str(field.data or "").strip()
            for field in self
            if field.name.rpartition("-")[2] == "duty" or not isinstance(field, (SelectField, HiddenField))
        )


class ActivityRow(Row):
    """An activity."""

    what = StringField(_l("What is done"), filters=[strip])
    mode = SelectField(
        _l("Kind"), choices=options([(one.value, words) for one, words in MODES.items()]), validate_choice=False
    )
    engagement = SelectField(
        _l("It is"),
        choices=options([("", _l("Not said")), *((one.value, words) for one, words in ENGAGEMENTS.items())]),
        validate_choice=False,
    )
    duty = SelectField(_l("Who holds it"), choices=options([("", _l("Nobody yet"))]), validate_choice=False)
    day = StringField(_l("By or until"), filters=[strip])


class MeasureRow(Row):
    """A measure."""

    key = HiddenField()
    words = StringField(_l("What is counted"), filters=[strip])
    unit = StringField(_l("In"), filters=[strip])
    source = SelectField(_l("Its values"), validate_choice=False)
    baseline = StringField(_l("It was"), filters=[strip])
    baseline_on = StringField(_l("On"), filters=[strip])
    target = StringField(_l("It should become"), filters=[strip])
    target_on = StringField(_l("By"), filters=[strip])


class WriteForm(OnceForm):
    """All of a strategy. `base` is the version that it began from."""

    title = StringField(_l("Title"), filters=[strip], validators=[Length(max=MOST_TYPED)])
    vision_on = StringField(_l("On which day?"), filters=[strip])
    cycle = SelectField(
        _l("How often do we look at it again?"), coerce=int, choices=options(list(CYCLES.items())), default=QUARTERLY
    )
    activities = FieldList(FormField(ActivityRow), max_entries=MOST_ROWS)
    measures = FieldList(FormField(MeasureRow), max_entries=MOST_ROWS)
    base = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)
    draft_version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)

    def offer(self, duties: Sequence[tuple[int, str]]) -> None:
        """Fill the lists of each row, and add empty rows to write on."""
        for rows, blank, most in (
            (self.activities, BLANK_ACTIVITIES, MOST_ACTIVITIES),
            (self.measures, BLANK_MEASURES, MOST_MEASURES),
        ):
            filled = sum(not row.form.is_empty for row in rows)
            while len(rows) < min(filled + blank, most):
                rows.append_entry()
        for row in self.activities:
            row.form.duty.choices = options([("", _("Nobody yet")), *((str(key), name) for key, name in duties)])
        for one in self.measures:
            drawn = ((figure.name, figure.label) for figure in all_figures())
            one.form.source.choices = options(
                [
                    ("", _("Noted by hand")),
                    *((name, _("Drawn from here: %(what)s", what=label)) for name, label in drawn),
                ]
            )

    @property
    def content(self) -> Content:
        """What was typed. Raises Invalid for days and numbers that are none."""
        problems: dict[str, list[str]] = {}
        typed = Content(
            title=self.title.data or "",
            vision_on=day_or_problem(self.vision_on.data, "vision_on", problems),
            texts={key: text for key in PARTS if (text := tidy(self[key].data))},
            activities=tuple(_activity(row.form, problems) for row in self.activities if not row.form.is_empty),
            measures=tuple(_measure(row.form, problems) for row in self.measures if not row.form.is_empty),
            cycle=self.cycle.data if self.cycle.data in CYCLES else QUARTERLY,
        )
        if problems:
            raise Invalid(problems)
        return typed

    @property
    def kept(self) -> str:
        """All that was typed, for a draft."""
        return json.dumps({key: value for key, value in self.data.items() if key not in NOT_KEPT}, ensure_ascii=False)

    def flat(self) -> dict[str, str]:
        """What was typed by the names of the fields, for a script that puts it back."""
        found = {
            field.name: str(field.data or "")
            for field in self
            if field.name not in {*NOT_KEPT, "activities", "measures"}
        }
        for rows in (self.activities, self.measures):
            found |= {field.name: str(field.data or "") for row in rows for field in row.form}
        return found


for _key, _part in PARTS.items():
    setattr(WriteForm, _key, TextAreaField(_part.asks, validators=[Length(max=MOST_TYPED)]))


def typed_of(content: Content) -> dict[str, Any]:
    """Return what a form shows of a version."""
    return {
        "title": content.title,
        "vision_on": _iso(content.vision_on),
        "cycle": content.cycle,
        **{key: content.of(key) for key in PARTS},
        "activities": [
            {
                "what": one.what, "mode": one.mode.value, "engagement": one.engagement or "",
                "duty": str(one.duty_id or ""), "day": _iso(one.day),
            }
            for one in content.activities
        ],
        "measures": [
            {
                "key": one.key, "words": one.words, "unit": one.unit, "source": one.source, "baseline": _number(one.baseline),
                "baseline_on": _iso(one.baseline_on), "target": _number(one.target), "target_on": _iso(one.target_on),
            }
            for one in content.measures
        ],
    }  # fmt: skip


def _activity(row: Any, problems: dict[str, list[str]]) -> Activity:  # noqa: ANN401  # a row's own fields
    duty = row.duty.data or ""
    return Activity(
        what=one_line(row.what.data or ""),
        mode=Mode(row.mode.data) if row.mode.data in tuple(Mode) else Mode.USUAL,
        engagement=Engagement(row.engagement.data) if row.engagement.data in tuple(Engagement) else None,
        duty_id=int(duty) if KEY.fullmatch(duty) and int(duty) < LARGEST else None,
        day=day_or_problem(row.day.data, "activities", problems),
    )


def _measure(row: Any, problems: dict[str, list[str]]) -> Measure:  # noqa: ANN401  # a row's own fields
    return Measure(
        key=row.key.data
        if row.key.data and row.key.data.isalnum() and len(row.key.data) <= len(new_ref())
        else new_ref(),
        words=one_line(row.words.data or ""),
        unit=one_line(row.unit.data or ""),
        source=row.source.data or "",
        baseline=amount_or_problem(row.baseline.data, problems),
        baseline_on=day_or_problem(row.baseline_on.data, "measures", problems),
        target=amount_or_problem(row.target.data, problems),
        target_on=day_or_problem(row.target_on.data, "measures", problems),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(amount: float | None) -> str:
    return "" if amount is None else format(Decimal(repr(amount)), "f").removesuffix(".0")


class AskForm(OnceForm):
    """Who is asked to sign, in their order: an address a line."""

    addresses = TextAreaField(_l("Whom to ask, in this order"), filters=[strip], validators=[Length(max=4_000)])
    number = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)])


class SignForm(Form):
    """Who signs."""

    name = StringField(_l("Your name"), filters=[strip], validators=[Length(max=300)])
    post = StringField(_l("What you are"), filters=[strip], validators=[Length(max=300)])
    is_me = BooleanField(_l("It is me whom this was sent to, and I have read the page"))
    digest = HiddenField(validators=[Length(max=64)])


class DeclineForm(Form):
    """Why somebody doesn't sign."""

    reason = StringField(_l("Why not, in a sentence"), filters=[strip], validators=[Length(max=2_000)])


class ValueForm(OnceForm):
    """What a measure was on a day."""

    amount = StringField(_l("What it was"), filters=[strip], validators=[Length(max=60)])
    day = DateField(_l("On which day"), validators=[Optional()])
    note = StringField(_l("A note, such as where it is from"), filters=[strip], validators=[Length(max=NOTE_LENGTH)])


class AnswersForm(Form):
    """The four questions."""

    q1 = TextAreaField(QUESTIONS[1], filters=[words], validators=[Length(max=MOST_TYPED)])
    q2 = TextAreaField(QUESTIONS[2], filters=[words], validators=[Length(max=MOST_TYPED)])
    q3 = TextAreaField(QUESTIONS[3], filters=[words], validators=[Length(max=MOST_TYPED)])
    q4 = TextAreaField(QUESTIONS[4], filters=[words], validators=[Length(max=MOST_TYPED)])

    since = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)])

    @property
    def answers(self) -> dict[int, str]:
        """What was answered, by the number of the question."""
        return {number: (self[f"q{number}"].data or "").strip() for number in range(1, 5)}


class CloseForm(Form):
    """What came of a review."""

    conclusion = TextAreaField(_l("What comes of it"), filters=[words], validators=[Length(max=MOST_TYPED)])
    base = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)])


class HolderForm(Form):
    """Who keeps the strategy."""

    holder = SelectField(_l("A member"), validate_choice=False)

    def offer(self, people: Iterable[Person]) -> None:
        """Fill the list."""
        self.holder.choices = options([("", _("Nobody")), *((one.handle, one.name) for one in people)])
