"""Forms of the day and after: the shape of what is typed."""

from collections.abc import Sequence

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from forum.content.forms import LARGEST
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import _, _l

TYPED = 1000
ADDRESS_LENGTH = 500
People = Sequence[tuple[int, str]]


def key_of(typed: str | None) -> int | None:
    """Return the key that a list sent, None for anything else."""
    typed = typed or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len(str(2**31)) else None


class AgendaForm(OnceForm):
    """Something for the agenda."""

    title = StringField(_l("What to talk about"), filters=[strip], validators=[Length(max=TYPED)])
    note = StringField(_l("A word more"), filters=[strip], validators=[Length(max=TYPED)])
    minutes = IntegerField(_l("Minutes"), validators=[Optional()])
    brought_by = SelectField(_l("Who brings it"), validate_choice=False, default="")
    carried = StringField(
        _l("A thread or something else to carry along"), filters=[strip], validators=[Length(max=ADDRESS_LENGTH)]
    )

    def offer(self, people: People, *, own: int) -> None:
        """Fill the list of who may bring it; `own` is who is asked."""
        self.brought_by.choices = options((str(key), name) for key, name in people)
        self.brought_by.data = self.brought_by.data or str(own)


class TakeOutForm(Form):
    """Why something goes off the agenda."""

    reason = StringField(_l("Why"), filters=[strip], validators=[Length(max=TYPED)])


class MinutesForm(OnceForm):
    """Minutes. `base` is the version that was on the page, `draft_version` that of the draft."""

    body = TextAreaField(_l("What was said"), validators=[DataRequired(_l("Write something first."))])
    base = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)
    draft_version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)


class DecisionForm(OnceForm):
    """A decision."""

    decided = StringField(
        _l("What was decided"),
        filters=[strip],
        validators=[InputRequired(_l("Say in a sentence what was decided.")), Length(max=TYPED)],
    )


class HolderForm(Form):
    """Who does something, and by when."""

    holder = SelectField(_l("Who does it"), validate_choice=False, default="")
    due_on = DateField(_l("By when"), validators=[Optional()])

    def offer(self, people: People) -> None:
        """Fill the list of who may have it."""
        self.holder.choices = options([("", _("Nobody yet")), *((str(key), name) for key, name in people)])


class ActionForm(OnceForm, HolderForm):
    """Something that is to be done."""

    todo = StringField(
        _l("What is to be done"),
        filters=[strip],
        validators=[InputRequired(_l("Say what is to be done.")), Length(max=TYPED)],
    )


class DropForm(Form):
    """Why nobody needs to do something."""

    reason = StringField(
        _l("Why nobody needs to do it"),
        filters=[strip],
        validators=[InputRequired(_l("Say in a sentence why nobody needs to do it.")), Length(max=TYPED)],
    )
