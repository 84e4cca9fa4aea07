"""Forms of webhooks: the shape of the input, all problems at once."""

from typing import Any

from wtforms import StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired

from forum.core.outward import LONGEST_URL
from forum.notify.hooks.hosts import host_typed
from forum.notify.hooks.models import LABEL_LENGTH, HookShape
from forum.notify.hooks.queries import hook_events
from forum.people.fields import ChoicesField
from forum.spaces.forms import ChoiceOf, line, no_longer_than
from forum.web.forms import Form, options, strip
from forum.web.words import _, _l

SHAPES = {
    HookShape.TEAMS: _l("Microsoft Teams"),
    HookShape.SLACK: _l("Slack"),
    HookShape.JSON: _l("Something else (plain JSON)"),
}


def _events() -> list[Any]:
    return options((event.name, event.label) for event in hook_events())


class HookForm(Form):
    """A webhook as a steward wants it."""

    label = StringField(
        _l("What it is for"),
        filters=[line],
        validators=[DataRequired(_l("Give it a name, such as “The team’s channel”.")), no_longer_than(LABEL_LENGTH)],
    )
    shape = ChoiceOf(_l("Where it goes"), HookShape, SHAPES, validators=[InputRequired(_l("Choose one of these."))])
    url = StringField(_l("Address"), filters=[strip], validators=[no_longer_than(LONGEST_URL)])
    events = ChoicesField(_l("What it is told"), coerce=str, choices=_events)

    def validate_events(self, field: ChoicesField) -> None:
        """Refuse a webhook that is told nothing."""
        if not field.data:
            raise ValidationError(_("Choose at least one."))


class NewHookForm(HookForm):
    """A webhook that is made: the address must be given."""

    url = StringField(
        _l("Address"),
        filters=[strip],
        validators=[
            DataRequired(_l("Paste the address that the other service gave you.")),
            no_longer_than(LONGEST_URL),
        ],
    )


class HostForm(Form):
    """A host that is allowed. `meant` is what was understood."""

    host = StringField(
        _l("Host"),
        filters=[strip],
        validators=[DataRequired(_l("Write the host’s name.")), no_longer_than(LONGEST_URL)],
    )
    meant = ""

    def validate_host(self, field: StringField) -> None:
        """Refuse what is no host, or would be too many of them."""
        found = host_typed(field.data or "")
        if found is None:
            raise ValidationError(
                _("Write a host such as hooks.slack.com, or *.example.org for all hosts below that one.")
            )
        self.meant = found
