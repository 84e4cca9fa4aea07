"""When mail comes."""

from forum.notify.models import MailRhythm
from forum.people.fields import ChoiceField
from forum.people.forms import WEEKDAYS
from forum.spaces.forms import ChoiceOf
from forum.web.forms import Form, options
from forum.web.words import _l

RHYTHMS = {
    MailRhythm.AT_ONCE: _l("At once"),
    MailRhythm.DAILY: _l("One mail a day"),
    MailRhythm.WEEKLY: _l("One mail a week"),
    MailRhythm.NEVER: _l("No mail about posts"),
}
HOURS = 24


class MailForm(Form):
    """In which rhythm somebody has mail about posts, and for a digest the hour, for a weekly one the day."""

    rhythm = ChoiceOf(_l("Mail about posts"), MailRhythm, RHYTHMS)
    hour = ChoiceField(_l("Hour"), coerce=int, choices=options((hour, f"{hour:02}:00") for hour in range(HOURS)))
    weekday = ChoiceField(_l("Day of the weekly mail"), coerce=int, choices=options(enumerate(WEEKDAYS)))
