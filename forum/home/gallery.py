"""What the page of components (/ui, in development) shows: a form with everything in it, right and wrong."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from forum.core.time import now
from forum.web.forms import options


class GalleryForm(FlaskForm):
    """One field of every kind."""

    name = StringField(_l("Name of the space"))
    email = EmailField(_l("Work e-mail address"))
    password = PasswordField(_l("Password"))
    when = DateField(_l("First day"))
    section = SelectField(
        _l("Section"), choices=options([("questions", _l("Questions")), ("show", _l("Show and tell"))])
    )
    visibility = RadioField(
        _l("Who may come in"),
        choices=options(
            [
                ("open", _l("Everyone who is signed in")),
                ("request", _l("Whoever asks and is let in")),
                ("private", _l("Only people who are invited")),
            ]
        ),
    )
    days = SelectMultipleField(
        _l("Working days"),
        choices=options([("0", _l("Monday")), ("1", _l("Tuesday")), ("2", _l("Wednesday"))]),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    stay = BooleanField(_l("Keep me signed in on this device"))
    body = TextAreaField(_l("Your reply"))


def gallery() -> dict[str, object]:
    """Return what templates/home/ui.html shows, with times that are always near."""
    right = GalleryForm(formdata=None, prefix="right-", visibility="request", days=["0", "2"], stay=True)
    wrong = GalleryForm(formdata=None, prefix="wrong-", name="Digital champions", email="priya.nair@fenbridge")
    wrong.name.errors = [_l("A space of that name exists. Choose another name.")]
    wrong.email.errors = [_l("Write the whole address, like priya.nair@fenbridge.example.")]
    wrong.visibility.errors = [_l("Choose who may come in.")]
    wrong.form_errors = [_l("You have made three spaces today. Wait until tomorrow.")]
    moment: datetime = now()
    return {
        "right": right,
        "wrong": wrong,
        "moments": [moment - ago for ago in (timedelta(minutes=20), timedelta(days=1, hours=2), timedelta(days=400))],
    }
