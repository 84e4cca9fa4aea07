"""The part of a form that asks for a poll. In the form of a new thread it is left empty for none."""

from collections.abc import Sequence

from wtforms import DateField, Form, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from forum.core.time import end_of_day, local
from forum.spaces.models import Space
from forum.threads.polls.actions import PollWords
from forum.threads.polls.models import MOST_OPTIONS, Poll, Results
from forum.web.forms import Form as BaseForm
from forum.web.forms import options, strip
from forum.web.words import LazyString, _, _l

POLL_FIELDS = ("poll_question", "poll_options", "poll_most", "poll_results", "poll_until")
LAST_YEAR = 2100
LONGEST = 5000
WHEN_SEEN: Sequence[tuple[Results, LazyString]] = (
    (Results.ALWAYS, _l("By everybody, from the start")),
    (Results.AFTER_VOTING, _l("By who has voted; by everybody at the end")),
    (Results.AT_THE_END, _l("By nobody before the end")),
)


class PollFields(Form):
    """What a poll asks, and how."""

    poll_question = StringField(_l("What people vote on"), filters=[strip])
    poll_options = TextAreaField(_l("Options"), filters=[strip])
    poll_most = IntegerField(
        _l("How many options one person may choose"), default=1, validators=[Optional(), NumberRange(1, MOST_OPTIONS)]
    )
    poll_results = RadioField(
        _l("Who sees the counts"),
        default=Results.ALWAYS.value,
        choices=options((one.value, words) for one, words in WHEN_SEEN),
        validate_choice=False,
    )
    poll_until = DateField(_l("Last day to vote"), validators=[Optional()])

    def validate_poll_results(self, field: RadioField) -> None:
        """Refuse what isn't offered; a form without the part says nothing of it."""
        if field.data and field.data not in tuple(Results):
            raise ValidationError(_("Choose one of the list."))

    def validate_poll_until(self, field: DateField) -> None:
        """Refuse a day that nobody lives to see, and one that no calendar reaches."""
        if field.data is not None and not 1 < field.data.year <= LAST_YEAR:
            raise ValidationError(_("That is too far away. Pick an earlier day, or leave it empty."))

    @property
    def has_poll(self) -> bool:
        """Whether anything of a poll was written."""
        return bool(self.poll_question.data or self.poll_options.data)

    @property
    def is_unfolded(self) -> bool:
        """Whether the part stands open: there is something in it, or wrong with it."""
        return self.has_poll or any(field.errors for field in self if field.name in POLL_FIELDS)

    def poll_words(self, space: Space) -> PollWords:
        """Return what was written. The last day ends in the space's zone."""
        results = self.poll_results.data
        return PollWords(
            question=self.poll_question.data or "",
            options=(self.poll_options.data or "")[:LONGEST].splitlines(),
            most=1 if self.poll_most.data is None else self.poll_most.data,
            results=Results(results) if results in tuple(Results) else Results.ALWAYS,
            ends_at=end_of_day(None if self.poll_until.errors else self.poll_until.data, space.zone),
        )


class PollForm(BaseForm, PollFields):
    """A poll by itself: made later, or corrected."""

    @classmethod
    def of(cls, poll: Poll | None, words: Sequence[str], *, space: Space) -> "PollForm":
        """Return the form as the poll stands."""
        if poll is None:
            return cls(None)
        return cls(
            None,
            poll_question=poll.question,
            poll_options="\n".join(words),
            poll_most=poll.most,
            poll_results=poll.results.value,
            poll_until=local(poll.ends_at, space.zone).date() if poll.ends_at else None,
        )
