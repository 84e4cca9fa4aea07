"""Forms of keeping order."""

from collections.abc import Mapping
from datetime import date, timedelta

from wtforms import DateField, IntegerField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from forum.content.forms import LARGEST, text_field
from forum.content.order.members import LONGEST
from forum.content.order.models import FlagReason
from forum.content.order.words import FLAG_REASONS
from forum.core.time import today
from forum.spaces.models import REASON_LENGTH
from forum.web.forms import Form, options, strip
from forum.web.words import LazyString, _, _l

SHORT_ENOUGH = Length(max=REASON_LENGTH, message=_l("Use %(max)d characters or fewer."))
KNOWN: Mapping[str, FlagReason] = {reason.value: reason for reason in FlagReason}


def reason_field(label: LazyString) -> StringField:
    """Return a field for a reason in a line or two."""
    return StringField(label, filters=[strip], validators=[SHORT_ENOUGH])


class FlagForm(Form):
    """Why an organiser should look at a post."""

    reason = RadioField(_l("What is wrong with it"), validate_choice=False)
    note = reason_field(_l("In your words"))

    def offer(self) -> None:
        """Set the reasons that can be chosen."""
        self.reason.choices = options((reason.value, words) for reason, words in FLAG_REASONS.items())

    def validate_reason(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in KNOWN:
            raise ValidationError(_("Choose what comes closest."))


class HideForm(Form):
    """Why a post is hidden."""

    reason = reason_field(_l("Why it is hidden"))


class DecideForm(Form):
    """What an organiser says about a post when they decide, and which flag and which versions of it they saw last."""

    reason = reason_field(_l("What you say about it"))
    upto = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)
    version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST)], default=1)
    item_version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST)], default=1)


class HeldForm(Form):
    """The text of a post that waits; `version` is the one that the page showed."""

    body = text_field(_l("Your text"), empty=_l("A post can’t be empty. Take it back if nobody should read it."))
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])


class HoldForm(Form):
    """Until which day what a member writes is held, and why."""

    until = DateField(_l("Until the end of"), validators=[DataRequired(_l("Say until which day."))])
    reason = StringField(
        _l("Why"), filters=[strip], validators=[DataRequired(_l("Say why. The mail to them says it.")), SHORT_ENOUGH]
    )

    def offer_days(self, zone: str) -> None:
        """Set which days can be chosen, in the space's zone: from today, for a year."""
        self.first = today(zone)
        self.last = self.first + LONGEST - timedelta(days=2)

    def validate_until(self, field: DateField) -> None:
        """Refuse days that are over, and those too far away."""
        chosen: date | None = field.data
        if chosen is not None and not self.first <= chosen <= self.last:
            raise ValidationError(_("Choose a day from today on, within a year."))
