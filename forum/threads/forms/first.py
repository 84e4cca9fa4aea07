"""Forms of what stands first in the lists, until the end of a day."""

from wtforms import DateField
from wtforms.validators import Optional, ValidationError

from forum.web.forms import Form
from forum.web.words import _, _l

LAST_YEAR = 2100


def end_field() -> DateField:
    """Make the field for the last day on which something stands first."""
    return DateField(_l("Until"), validators=[Optional(), not_too_far])


def not_too_far(_form: Form, field: DateField) -> None:
    """Refuse a day that nobody lives to see, and one that no calendar reaches."""
    if field.data is not None and field.data.year > LAST_YEAR:
        raise ValidationError(_("That is too far away. Pick an earlier day, or leave it empty."))


class PinForm(Form):
    """Until which day a thread stands first; without one, until it is unpinned."""

    until = end_field()


class AnnouncedForm(Form):
    """Until which day an announcement stands out; without one, until somebody ends that."""

    until = end_field()
