"""Forms of accounts: the shape of the input, all problems at once. Passwords are never trimmed and never shown again."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    PasswordField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from forum.core.errors import Invalid
from forum.core.time import places
from forum.people import neighbours, passwords
from forum.people.fields import (
    ChoiceField,
    ChoicesField,
    NamesField,
    address_field,
    current_secret,
    name_field,
    plain_text,
    single_line,
)
from forum.people.models import Department, Person
from forum.web.forms import Form, options
from forum.web.languages import LANGUAGES
from forum.web.links import same_site
from forum.web.words import _, _l

ABOUT_LENGTH = 600
REASON_LENGTH = 200
WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


class AskForm(Form):
    """An address to which a link is to be mailed."""

    email = address_field(_l("Work e-mail address"))


class NextMixin:
    """Where to go afterwards; only to an address of this site (A9)."""

    next = HiddenField()

    @property
    def onward(self) -> str | None:
        """The address, when it is of this site."""
        return same_site(self.next.data)


class SignInForm(NextMixin, AskForm):
    """Ask for a link to sign in."""

    keep = BooleanField(_l("Keep me signed in on this device"))


class PasswordSignInForm(SignInForm):
    """Sign in with a password."""

    password = current_secret(_l("Write your password."))


class KeepForm(Form):
    """The button behind a link to sign in."""

    keep = BooleanField(_l("Keep me signed in on this device"))


class NewPasswordForm(Form):
    """A new password for `owner`."""

    password = PasswordField(_l("New password"), validators=[InputRequired(_l("Write a password."))])

    def __init__(self, owner: Person, **values: Any) -> None:  # noqa: ANN401  # handed on to WTForms
        """`owner` is whom the password must not be about."""
        super().__init__(**values)
        self.owner = owner

    def validate_password(self, field: Field) -> None:
        """Refuse what is short, common, or about the owner."""
        check_secret(field, name=self.owner.name, email=str(self.owner.email))


class ChangePasswordForm(NewPasswordForm):
    """A new password, for somebody who is signed in; the old one is asked for when there is one."""

    old_password = PasswordField(_l("Password now"))
    password = PasswordField(_l("New password"), validators=[InputRequired(_l("Write a new password."))])

    def __init__(self, owner: Person, *, has_password: bool, **values: Any) -> None:  # noqa: ANN401  # as above
        """Without a password there is no field for it."""
        super().__init__(owner, **values)
        ask_for_old(self, has_password=has_password)


class ChangeAddressForm(AskForm):
    """Another address, for somebody who is signed in."""

    email = address_field(_l("New e-mail address"))
    old_password = PasswordField(_l("Password"))

    def __init__(self, *, has_password: bool, **values: Any) -> None:  # noqa: ANN401  # as above
        """Without a password there is no field for it."""
        super().__init__(**values)
        ask_for_old(self, has_password=has_password)


class NewAccountForm(Form):
    """Who somebody is who makes an account; their address is verified already."""

    name = name_field(_l("Your name"), _l("Write your name as colleagues know it."))
    department = ChoiceField(_l("Department"), coerce=int, default=0)
    password = PasswordField(_l("Password"))

    def __init__(self, *, address: str, departments: Sequence[Department], **values: Any) -> None:  # noqa: ANN401  # as above
        """`address` is the verified one, which the password must not be made of."""
        super().__init__(**values)
        self.address = address
        offer_departments(self, departments)

    def validate_password(self, field: Field) -> None:
        """Refuse what is short, common, or about the person. No password at all is fine: a link is as good."""
        if field.data:
            check_secret(field, name=self.name.data or "", email=self.address)


class ProfileForm(Form):
    """What somebody says of themselves."""

    name = name_field(_l("Your name"), _l("Write your name as colleagues know it."))
    department = ChoiceField(_l("Department"), coerce=int, default=0)
    about = TextAreaField(
        _l("Ask me about"),
        filters=[plain_text],
        validators=[
            Length(max=ABOUT_LENGTH, message=_l("Use %(number)d characters or fewer.", number=ABOUT_LENGTH)),
        ],
    )
    working_days = ChoicesField(_l("Working days"), coerce=int, choices=options(enumerate(WEEKDAYS)))
    zone = ChoiceField(_l("Time zone"))
    language = ChoiceField(_l("Language"), choices=options(LANGUAGES.items()))

    def __init__(self, *, departments: Sequence[Department], **values: Any) -> None:  # noqa: ANN401  # as above
        """`departments` are those that can be chosen."""
        super().__init__(**values)
        offer_departments(self, departments)
        offer_zones(self, keep=self.zone.object_data)
        if len(LANGUAGES) == 1:
            del self.language


class DepartmentForm(Form):
    """The name of a department."""

    name = name_field(_l("Name of the department"), _l("Write a name."))


class DepartmentsForm(Form):
    """New departments."""

    names = NamesField(
        _l("Names of the departments"), validators=[DataRequired(_l("Write at least one name."))], filters=[plain_text]
    )


class SuspendForm(Form):
    """Why an account is suspended, for the log that admins read."""

    reason = StringField(
        _l("Reason"),
        filters=[single_line],
        validators=[Length(max=REASON_LENGTH, message=_l("Use %(number)d characters or fewer.", number=REASON_LENGTH))],
    )


def check_secret(field: Field, *, name: str, email: str) -> None:
    """Refuse a new password that is short, common, or about its owner."""
    organisation = neighbours.ask().organisation()
    try:
        passwords.check_strength(field.data or "", name=name, email=email, organisation=organisation)
    except Invalid as refused:
        raise ValidationError(str(refused)) from None


def ask_for_old(form: Any, *, has_password: bool) -> None:  # noqa: ANN401  # either of two forms
    """Ask for the password of now, or take its field away where there is none."""
    if has_password:
        form.old_password.validators = [InputRequired(_("Write the password you have now."))]
        form.old_password.flags.required = True
    else:
        del form.old_password


def offer_departments(form: Any, departments: Iterable[Department]) -> None:  # noqa: ANN401  # either of two forms
    """Fill the choice of departments."""
    form.department.choices = options([(0, _("None of these")), *((each.id, each.name) for each in departments)])


def offer_zones(form: ProfileForm, *, keep: str | None) -> None:
    """Fill the choice of time zones: places, with the person's own even when it is none."""
    names = places() | {"UTC", *([keep] if keep else [])}
    form.zone.choices = options((name, name.replace("_", " ")) for name in sorted(names))
