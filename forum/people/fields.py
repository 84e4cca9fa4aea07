"""Fields of this room's forms, and what cleans their text."""

from contextlib import suppress
from typing import Any

from wtforms import (
    EmailField,
    Field,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from forum.core.markup.source import normalised
from forum.core.text import different_lines, one_line
from forum.people import addresses
from forum.people.models import ADDRESS_LENGTH, NAME_LENGTH
from forum.web.forms import strip
from forum.web.words import LazyString, _, _l, _n, listed

MOST_NAMES = 100
"""How many departments are added at once."""
BEGINNING = 30
"""How many characters of something wrong are named."""


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


class AddressesField(TextAreaField):
    """Several mail addresses, pasted as they come. `data` stays as typed; `addresses` are those that were read, each once."""

    def __init__(self, label: LazyString, *, most: int, **values: Any) -> None:  # noqa: ANN401  # handed on to WTForms
        """`most` is how many may be given at once."""
        super().__init__(label, **values)
        self.most = most
        self.addresses: list[str] = []

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401  # WTForms' own signature
        """Read the addresses. Refuse too many, and those that are none, by name."""
        del form
        given = addresses.pieces(self.data or "")
        if len(given) > self.most:
            raise ValidationError(
                _("These are %(number)d. Give %(most)d at once, then the others.", number=len(given), most=self.most)
            )
        read = [(piece, addresses.normal(piece)) for piece in given]
        self.addresses = [address for _piece, address in read if address]
        wrong = [f"“{piece[:BEGINNING]}”" for piece, address in read if not address]
        if wrong:
            raise ValidationError(
                _n(
                    "%(names)s isn’t a whole address, like name@organisation.example. Mend it or take it out: nothing is sent yet.",
                    "These aren’t whole addresses, like name@organisation.example: %(names)s. Mend them: nothing is sent yet.",
                    len(wrong),
                    names=listed(wrong),
                )
            )


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


class NamesField(TextAreaField):
    """Names of departments, one on each line. `data` stays as typed; `names` are those that are meant."""

    @property
    def names(self) -> list[str]:
        """Return the names, each once."""
        return different_lines(self.data or "")

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401  # WTForms' own signature
        """Refuse too many, and each that is too long, by its beginning."""
        del form
        if len(self.names) > MOST_NAMES:
            raise ValidationError(
                _(
                    "These are %(number)d. Add %(most)d at once, then the others.",
                    number=len(self.names),
                    most=MOST_NAMES,
                )
            )
        long = [f"“{name[:BEGINNING]}…”" for name in self.names if len(name) > NAME_LENGTH]
        if long:
            raise ValidationError(
                _n(
                    "%(names)s is too long: use %(length)d characters or fewer.",
                    "%(names)s are too long: use %(length)d characters or fewer for each.",
                    len(long),
                    names=listed(long),
                    length=NAME_LENGTH,
                )
            )


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
