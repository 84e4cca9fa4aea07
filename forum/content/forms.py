"""What every form shares in which somebody writes: the text, and the draft that it came from."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from forum.content.models import NOTE_LENGTH
from forum.spaces.models import REASON_LENGTH
from forum.web.forms import Form, OnceForm, strip
from forum.web.words import LazyString, _, _l

LARGEST = 2**31 - 1


def text_field(label: LazyString, *, empty: LazyString) -> TextAreaField:
    """Return a field for Markdown. How long a text may be is said by the renderer: a browser would cut what is pasted in silence."""
    return TextAreaField(label, validators=[DataRequired(empty)])


def files_field() -> MultipleFileField:
    """Return the field for files. What comes of them is said by who takes them in: a form that fails keeps the others."""
    return MultipleFileField(_l("Attach files"))


class DraftForm(OnceForm):
    """What may have a draft; `draft_version` is the one that the page knew."""

    draft_version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)


class WritingForm(DraftForm):
    """A text that may have a draft, and files."""

    files = files_field()


class ReplyForm(WritingForm):
    """A reply, to the whole or to one post."""

    body = text_field(_l("Your reply"), empty=_l("Write something first."))
    reply_to = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST)])


class RemoveForm(Form):
    """Why a post is removed. Authors need not say."""

    reason = StringField(_l("Why it is removed"), filters=[strip], validators=[Length(max=REASON_LENGTH)])


NO_DAY, TOMORROW, NEXT_WEEK, ON_A_DAY = "none", "tomorrow", "next week", "day"
FARTHEST = timedelta(days=366)


class BookmarkForm(Form):
    """A note to oneself beside a post, and when to be reminded of it."""

    note = StringField(
        _l("A note to yourself"),
        filters=[strip],
        validators=[Length(max=NOTE_LENGTH, message=_l("Use %(max)d characters or fewer."))],
    )
    remind = RadioField(_l("Remind me"), default=NO_DAY, validate_choice=False)
    day = DateField(_l("Which day"), validators=[Optional()])

    def offer(self, words: Mapping[str, str], *, tomorrow: date) -> None:
        """Set the words of the choices, and from which day on one can be reminded: in the person's own zone."""
        self.remind.choices = list(words.items())
        self.first, self.last = tomorrow, tomorrow + FARTHEST

    def validate_remind(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in {NO_DAY, TOMORROW, NEXT_WEEK, ON_A_DAY}:
            raise ValidationError(_("Choose one of the list."))
        if field.data == ON_A_DAY and not any(self.day.raw_data or ()):
            raise ValidationError(_("Say on which day."))

    def validate_day(self, field: DateField) -> None:
        """Take a day from tomorrow on, for a year, where one is asked for."""
        if self.remind.data == ON_A_DAY and field.data is not None and not self.first <= field.data <= self.last:
            raise ValidationError(_("Choose a day from tomorrow on, within a year."))


class EditForm(Form):
    """A post's text again; `version` is the one that the page showed."""

    body = text_field(_l("The post"), empty=_l("A post can’t be empty. Write what should stand here."))
    reason = StringField(
        _l("Why you change somebody else’s post"), filters=[strip], validators=[Length(max=REASON_LENGTH)]
    )
    files = files_field()
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])
