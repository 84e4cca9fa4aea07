"""Forms of spaces: the shape of the input, all problems at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forum.core import text
from forum.core.halves import EARLIEST_MIDDAY, LATEST_MIDDAY
from forum.core.markup import MAX_SOURCE
from forum.core.markup.source import normalised
from forum.core.time import places, today
from forum.people.fields import AddressesField
from forum.people.models import ADDRESS_LENGTH
from forum.spaces.actions.invitations import LONGEST, MOST_AT_ONCE, MOST_USES
from forum.spaces.models import (
    LABEL_LENGTH,
    ORGANISATION_LENGTH,
    PURPOSE_LENGTH,
    REASON_LENGTH,
    SLUG_LENGTH,
    SPACE_NAME_LENGTH,
    Cloth,
    Role,
    Visibility,
)
from forum.spaces.words import CLOTH_NAMES, ROLE_NAMES, VISIBILITY_NAMES
from forum.web.forms import Form, OnceForm, options
from forum.web.words import LazyString, _, _l

Word = TypeVar("Word", bound=StrEnum)
PASTED = 20_000
"""Characters of a text with addresses: fifty of the longest, with names."""
MIDDAYS = [
    f"{hour}:{minute}" for hour in range(EARLIEST_MIDDAY.hour, LATEST_MIDDAY.hour) for minute in ("00", "30")
] + [f"{LATEST_MIDDAY:%H:%M}"]


def line(value: str | None) -> str | None:
    """Filter of a field of one line: control characters and line breaks are not meant."""
    return text.one_line(value) if value else value


def words(value: str | None) -> str | None:
    """Filter of a field of several lines."""
    return normalised(value).strip() if value else value


def no_longer_than(length: int) -> Length:
    """Return the validator that gives the limit in its sentence."""
    return Length(max=length, message=_l("Use %(number)d characters or fewer.", number=length))


class ChoiceOf(RadioField):
    """One of a fixed list of words. `data` is the member of the list, or None; what isn't in it is refused with our sentence."""

    def __init__(
        self,
        label: LazyString,
        kind: type[Word],
        names: Mapping[Word, LazyString],
        **values: Any,  # noqa: ANN401  # handed on to WTForms
    ) -> None:
        """`names` are the words shown for the members that can be chosen."""
        super().__init__(label, coerce=str, **values)
        self.kind = kind
        self.offer(names, names)

    def offer(self, chosen: Iterable[Word], names: Mapping[Word, LazyString]) -> None:
        """Set the list to what this person may choose."""
        self.choices = [(word.value, names[word]) for word in chosen]
        self.known = {word.value for word in chosen}

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401  # WTForms' own signature
        """Refuse what isn't in the list."""
        del form
        if self.data not in self.known:
            raise ValidationError(_("Choose one of the list."))

    @property
    def word(self) -> Any:  # noqa: ANN401  # a member of the list that this field was made with
        """The member that was chosen. Ask after validation."""
        return self.kind(self.data)


def name_field() -> StringField:
    """Make the field for a space's name."""
    return StringField(
        _l("Name of the space"),
        filters=[line],
        validators=[DataRequired(_l("Give the space a name.")), no_longer_than(SPACE_NAME_LENGTH)],
    )


def purpose_field() -> TextAreaField:
    """Make the field for a space's purpose, a sentence or two."""
    return TextAreaField(_l("What it is for"), filters=[line], validators=[no_longer_than(PURPOSE_LENGTH)])


def reason_field(label: LazyString) -> TextAreaField:
    """Make the field for a reason or note."""
    return TextAreaField(label, filters=[words], validators=[no_longer_than(REASON_LENGTH)])


class DayField(DateField):
    """A day. What is none is refused with our sentence."""

    def process_formdata(self, valuelist: Any) -> None:  # noqa: ANN401  # WTForms' own signature
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Say until which day, like 2026-11-30.")) from None


class NewSpaceForm(OnceForm):
    """A new space."""

    name = name_field()
    slug = StringField(_l("Address"), filters=[line], validators=[Optional(), no_longer_than(SLUG_LENGTH)])
    purpose = purpose_field()
    visibility = ChoiceOf(_l("Who can see it"), Visibility, VISIBILITY_NAMES, default=Visibility.OPEN.value)
    cloth = ChoiceOf(_l("Colour"), Cloth, CLOTH_NAMES, default=Cloth.TEAL.value)


class SettingsForm(Form):
    """What stewards set. `seen` is what it was opened with (`actions.marks_of`)."""

    seen = HiddenField(validators=[Optional(), Length(max=300)])
    name = name_field()
    purpose = purpose_field()
    about = TextAreaField(_l("How it works"), filters=[words], validators=[no_longer_than(MAX_SOURCE)])
    visibility = ChoiceOf(_l("Who can see it"), Visibility, VISIBILITY_NAMES)
    cloth = ChoiceOf(_l("Colour"), Cloth, CLOTH_NAMES)
    zone = SelectField(_l("Time zone"), validate_choice=False)
    midday = SelectField(
        _l("The second half of a day begins at"),
        choices=options((clock, clock) for clock in MIDDAYS),
        validators=[DataRequired(_l("Choose one of the list."))],
    )

    def offer_zones(self, *, keep: str) -> None:
        """Fill the list of zones; `keep` is the one the space has now, whatever it is."""
        names = places()
        self.known_zones = names | {"UTC", keep}
        self.zone.choices = [(name, name.replace("_", " ")) for name in sorted(self.known_zones)]

    def validate_zone(self, field: Field) -> None:
        """Refuse what isn't in the list."""
        if field.data not in self.known_zones:
            raise ValidationError(_("Choose one of the list."))


class AskForm(Form):
    """A request to be let in."""

    note = reason_field(_l("A line to the organisers"))


class AcceptForm(Form):
    """As what somebody is let in."""

    role = ChoiceOf(
        _l("Role"),
        Role,
        {role: ROLE_NAMES[role] for role in (Role.CHAMPION, Role.READER)},
        default=Role.CHAMPION.value,
    )


class DeclineForm(Form):
    """Why somebody isn't let in."""

    answer = reason_field(_l("Why not, in a line or two"))


class RoleForm(Form):
    """Another role for a member."""

    role = ChoiceOf(_l("Role"), Role, ROLE_NAMES)
    reason = reason_field(_l("Reason"))


class RemoveForm(Form):
    """Why a member is removed."""

    reason = reason_field(_l("Reason"))


class SuspendForm(Form):
    """Until which day a member only reads, and why."""

    until = DayField(_l("Until the end of"), validators=[InputRequired(_l("Say until which day."))])
    reason = StringField(
        _l("Why"),
        filters=[line],
        validators=[
            DataRequired(_l("Say why. They read it in the mail, and members in the log.")),
            no_longer_than(REASON_LENGTH),
        ],
    )


class EndSuspensionForm(Form):
    """Why a suspension ends before its day."""

    reason = reason_field(_l("Reason"))


class InviteForm(OnceForm):
    """Invitations to one address or several."""

    addresses = AddressesField(
        _l("Work e-mail addresses"),
        most=MOST_AT_ONCE,
        filters=[words],
        validators=[DataRequired(_l("Write the address of each person you invite.")), no_longer_than(PASTED)],
    )
    role = ChoiceOf(_l("They come in as"), Role, ROLE_NAMES, default=Role.CHAMPION.value)

    def offer_roles(self, roles: Sequence[Role]) -> None:
        """Narrow the roles to those that the person may give."""
        self.role.offer(roles, ROLE_NAMES)


class CountField(IntegerField):
    """A whole number. What is none is refused by the field's range, with its sentence."""

    def process_formdata(self, valuelist: Any) -> None:  # noqa: ANN401  # WTForms' own signature
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None


class LinkForm(OnceForm):
    """A link for several people."""

    uses = CountField(
        _l("How many people can use it"),
        default=10,
        validators=[
            InputRequired(_l("Say how many people can use it.")),
            NumberRange(1, MOST_USES, _l("Choose a number from 1 to %(most)d.", most=MOST_USES)),
        ],
    )
    label = StringField(_l("What it is for"), filters=[line], validators=[no_longer_than(LABEL_LENGTH)])
    until = DayField(_l("Works until"), validators=[InputRequired(_l("Say until which day it works."))])
    role = ChoiceOf(_l("They come in as"), Role, ROLE_NAMES, default=Role.CHAMPION.value)

    def offer_roles(self, roles: Sequence[Role]) -> None:
        """Narrow the roles to those that the person may give."""
        self.role.offer(roles, ROLE_NAMES)

    def offer_days(self, zone: str) -> None:
        """Set which days can be chosen, in the person's own zone: from tomorrow to the longest that a link lasts."""
        self.first, self.last = today(zone) + timedelta(days=1), today(zone) + LONGEST
        if self.until.raw_data is None:
            self.until.data = today(zone) + timedelta(days=14)

    def validate_until(self, field: Field) -> None:
        """Refuse days that are over, and those too far away."""
        chosen: date | None = field.data
        if chosen is not None and chosen < self.first:
            raise ValidationError(_("That day has passed, or is today. Pick a later one."))
        if chosen is not None and chosen > self.last:
            raise ValidationError(_("A link lasts 90 days at the most. Pick an earlier day."))


def organisation_field() -> StringField:
    """Return the field for the organisation's name: the first run asks for it, and an admin changes it."""
    return StringField(
        _l("Your organisation"),
        filters=[line],
        validators=[DataRequired(_l("Say which organisation this is for.")), Length(max=ORGANISATION_LENGTH)],
    )


class OrganisationForm(Form):
    """What the organisation is called."""

    organisation = organisation_field()


class AppointForm(Form):
    """Who becomes steward of a space that has none."""

    person = StringField(
        _l("Who becomes its steward"),
        filters=[line],
        validators=[DataRequired(_l("Write a handle or an e-mail address.")), no_longer_than(ADDRESS_LENGTH)],
    )
    reason = reason_field(_l("Reason"))
