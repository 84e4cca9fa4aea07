"""When mail comes."""

from wtforms import ValidationError

from forum.notify.models import MailRhythm
from forum.people.fields import ChoiceField
from forum.people.forms import WEEKDAYS
from forum.spaces.forms import ChoiceOf
from forum.web.forms import Form, options
from forum.web.words import _, _l

RHYTHMS = {
    MailRhythm.AT_ONCE: _l("At once"),
    MailRhythm.DAILY: _l("One mail a day"),
    MailRhythm.WEEKLY: _l("One mail a week"),
    MailRhythm.NEVER: _l("No mail about posts"),
}
HOURS = 24


class MailForm(Form):
    """In which rhythm somebody has mail about posts; for a digest the hour, for a weekly one the day; and the hours of all mail."""

    rhythm = ChoiceOf(_l("Mail about posts"), MailRhythm, RHYTHMS)
    hour = ChoiceField(_l("Hour"), coerce=int, choices=options((hour, f"{hour:02}:00") for hour in range(HOURS)))
    weekday = ChoiceField(_l("Day of the weekly mail"), coerce=int, choices=options(enumerate(WEEKDAYS)))
    from_hour = ChoiceField(
        _l("Working hours from"), coerce=int, choices=options((hour, f"{hour:02}:00") for hour in range(HOURS))
    )
    to_hour = ChoiceField(
        _l("Working hours until"), coerce=int, choices=options((hour, f"{hour:02}:00") for hour in range(1, HOURS + 1))
    )

    def validate_to_hour(self, field: ChoiceField) -> None:
        """Refuse hours that end before they begin."""
        if self.from_hour.data is not None and field.data is not None and field.data <= self.from_hour.data:
            raise ValidationError(_("Choose an hour after the first one."))
