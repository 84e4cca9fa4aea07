"""The forms that close an account."""

from typing import Any

from wtforms import PasswordField, StringField
from wtforms.validators import Length

from forum.people.fields import single_line
from forum.people.forms import ask_for_old
from forum.spaces.models import REASON_LENGTH
from forum.web.forms import Form
from forum.web.words import _l


class CloseForm(Form):
    """One's own account: whoever sits at the machine has to know the password, where there is one."""

    old_password = PasswordField(_l("Password"))

    def __init__(self, *, has_password: bool, **values: Any) -> None:  # noqa: ANN401  # handed on to WTForms
        """Without a password there is no field for it."""
        super().__init__(**values)
        ask_for_old(self, has_password=has_password)


class CloseOtherForm(Form):
    """Another's account, by an admin."""

    reason = StringField(
        _l("Why"),
        filters=[single_line],
        validators=[Length(max=REASON_LENGTH, message=_l("Use %(number)d characters or fewer.", number=REASON_LENGTH))],
    )
