"""Forms for what is to change because of a story."""

from collections.abc import Sequence

from wtforms import DateField, SelectField, StringField, ValidationError
from wtforms.validators import Length, Optional

from forum.stories.forms import TYPED
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import _, _l


class HandOnForm(Form):
    """Who is to do it, and by when."""

    holder = SelectField(_l("Who does it"), validate_choice=False, default="")
    due_on = DateField(_l("By when"), validators=[Optional()])

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Fill the list."""
        self.holder.choices = options([("", _("Nobody yet")), *((str(key), name) for key, name in people)])

    def validate_holder(self, field: SelectField) -> None:
        """Refuse what isn't offered."""
        if field.data and field.data not in {str(value) for value, _label, *_rest in field.iter_choices()}:
            raise ValidationError(_("Choose a member of this space."))

    @property
    def holder_id(self) -> int | None:
        """The person that was chosen."""
        return int(self.holder.data) if self.holder.data else None


class ActionForm(HandOnForm, OnceForm):
    """What is to change."""

    todo = StringField(_l("What is to change"), filters=[strip], validators=[Length(max=TYPED)])


class DropForm(Form):
    """Why nobody needs to do it."""

    reason = StringField(_l("Why nobody needs to do it"), filters=[strip], validators=[Length(max=TYPED)])
