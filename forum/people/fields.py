"""Fields of this room's forms, and what cleans their text."""

from contextlib import suppress
from typing import Any

from wtforms import EmailField, Field, PasswordField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from forum.core.markup.source import normalised
from forum.core.text import one_line
from forum.people import addresses
from forum.people.models import ADDRESS_LENGTH, NAME_LENGTH
from forum.web.forms import strip
from forum.web.words import LazyString, _, _l


class AddressField(EmailField):
    """A mail address. Valid, its data is the form that is stored; wrong, it stays as typed."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: ANN401, FBT001  # WTForms' own signature
        """Bring a valid address to its one form."""
        del form
        if validation_stopped or self.errors:  # what is too long isn't read at all: that took a second for a megabyte
            return
        found = addresses.normal(self.data or "")
        if found is not None:
            self.data = found
        else:
            raise ValidationError(_("Write the whole address, like name@organisation.example."))


class ChoiceField(SelectField):
    """A choice of a list; what isn't in the list is refused with a sentence of ours."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was sent; of another type than the choices it is none of them."""
        with suppress(ValueError):
            super().process_formdata(valuelist)
            return
        self.data = None

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401  # WTForms' own signature
        """Refuse what isn't in the list."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("Choose one of the list.")) from None


class ChoicesField(SelectMultipleField):
    """Several choices of a list, as checkboxes; what isn't in the list is left out."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was sent."""
        choices: Any = self.choices or ()
        known = {str(choice.value) for choice in choices}
        super().process_formdata([value for value in valuelist if value in known])


def plain_text(value: str | None) -> str | None:
    """Filter of a field: trimmed, line breaks of one kind, no control characters, none that turn the direction of writing."""
    return strip(normalised(value or ""))


def single_line(value: str | None) -> str | None:
    """Filter of a field: one line, white space between words made one space, no control characters."""
    return one_line(value) if value else value


def address_field(label: LazyString) -> AddressField:
    """Make a required field for a mail address."""
    too_long = _l("An address has %(number)d characters at the most.", number=ADDRESS_LENGTH)
    return AddressField(
        label,
        filters=[strip],
        validators=[
            DataRequired(_l("Write your e-mail address.")),
            Length(max=ADDRESS_LENGTH, message=too_long),
        ],
    )


def name_field(label: LazyString, message: LazyString) -> StringField:
    """Make a required field for a name of a person or department."""
    too_long = _l("Use %(number)d characters or fewer.", number=NAME_LENGTH)
    return StringField(
        label, filters=[single_line], validators=[DataRequired(message), Length(max=NAME_LENGTH, message=too_long)]
    )


def current_secret(message: LazyString) -> PasswordField:
    """Make a field for a password that exists. What is too long to be one is simply wrong."""
    return PasswordField(_l("Password"), validators=[InputRequired(message)])


def said(field: Field) -> str:
    """Return what was typed into a field of text: "" for nothing."""
    return str(field.data or "")
