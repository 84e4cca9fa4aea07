"""Forms of playbooks: the shape of what is typed."""

import re
from collections.abc import Sequence
from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from forum.content.forms import LARGEST
from forum.core.errors import Invalid
from forum.playbooks.content import Content, StepText
from forum.playbooks.models import Outcome
from forum.playbooks.words import AUDIENCES, OUTCOMES
from forum.spaces.models import REASON_LENGTH, Audience
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import LazyString, _, _l

TYPED = 1000
STEP_FIELD = re.compile(r"s(\d{1,4})-text")
NONE = "none"


class StepFields(PlainForm):
    """The fields of a step. Its names begin with "s0-", "s1-", … in the order of the page."""

    key = HiddenField()
    text = TextAreaField(_l("What is done"))
    warning = StringField(_l("Watch out"))
    proof = StringField(_l("How to tell it worked"))

    @property
    def said(self) -> StepText:
        """What was typed."""
        return StepText(
            key=self.key.data or "",
            text=self.text.data or "",
            warning=self.warning.data or "",
            proof=self.proof.data or "",
        )


class EditorForm(OnceForm):
    """A whole playbook: its title, when to use it, and its steps. `version` is the one that it was made from."""

    title = StringField(_l("What it is called"), filters=[strip])
    when = TextAreaField(_l("When to use it"))
    version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST)], default=1)
    draft_version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)

    def __init__(self, *args: Any, content: Content | None = None, **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        if content is not None:
            super().__init__(*args, formdata=None, title=content.title, when=content.when, **kwargs)
            self.show(content.steps)
        else:
            super().__init__(*args, **kwargs)
            self.steps = _typed()
        self.step_problems: list[str] = []

    def show(self, steps: Sequence[StepText]) -> None:
        """Put these steps on the page."""
        self.steps = [
            StepFields(prefix=f"s{number}-", key=step.key, text=step.text, warning=step.warning, proof=step.proof)
            for number, step in enumerate(steps or [StepText(text="")])
        ]

    @property
    def content(self) -> Content:
        """What was typed."""
        return Content(title=self.title.data or "", when=self.when.data or "", steps=[step.said for step in self.steps])

    def add_problems(self, problems: Invalid) -> None:
        """Show what a rule found beside the field of the step that it names."""
        fields = {field.name: field for step in self.steps for field in step}
        rest = {}
        for name, messages in problems.errors.items():
            if name in fields:
                fields[name].errors = [*fields[name].errors, *messages]
            elif name == "steps":
                self.step_problems += messages
            else:
                rest[name] = messages
        super().add_problems(Invalid(rest))

    @property
    def all_problems(self) -> list[tuple[str, str]]:
        """Every problem of the page with the id of the field it is about, "" for none: for the summary on top."""
        fields = [*self, *(field for step in self.steps for field in step)]
        found = [(_place_of(field), str(problem)) for field in fields for problem in field.errors]
        return found + [("", problem) for problem in [*self.step_problems, *map(str, self.form_errors)]]


def _place_of(field: Any) -> str:  # noqa: ANN401  # a field of any kind
    """Return the id to which a problem leads; "" for a field that nobody sees."""
    if getattr(field.widget, "input_type", "") == "hidden":
        return ""
    is_group = getattr(getattr(field, "option_widget", None), "input_type", "") == "radio"
    return f"{field.id}-0" if is_group else str(field.id)


def _typed() -> list[StepFields]:
    """Return the steps that the request holds, in their order."""
    numbers = sorted({int(match[1]) for name in request.form if (match := STEP_FIELD.fullmatch(name))})
    made = [StepFields(request.form, prefix=f"s{number}-") for number in numbers]
    steps = [step.said for step in made]
    return [
        StepFields(prefix=f"s{number}-", key=step.key, text=step.text, warning=step.warning, proof=step.proof)
        for number, step in enumerate(steps or [StepText(text="")])
    ]


class NewForm(EditorForm):
    """A new playbook; `story` is the ref of the one that it comes from."""

    audience = RadioField(
        _l("Who may see it?"),
        choices=options((one.value, words) for one, words in AUDIENCES.items()),
        default=Audience.SPACE.value,
        validate_choice=False,
    )
    story = HiddenField(validators=[Optional(), Length(max=20)])

    def validate_audience(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in {one.value for one in AUDIENCES}:
            raise ValidationError(_("Choose who may see it."))


def reason_field(label: LazyString) -> StringField:
    """Return a field for a reason."""
    return StringField(
        label,
        filters=[strip],
        validators=[Length(max=REASON_LENGTH, message=_l("Keep it under %(max)d characters."))],
    )


class ChangeForm(EditorForm):
    """A playbook that its keeper changes; `proposal` is the ref of what is taken over."""

    reason = reason_field(_l("Why it changes"))
    proposal = HiddenField(validators=[Optional(), Length(max=20)])


class ProposeForm(EditorForm):
    """A change that is proposed, with the reason and the story that caused it."""

    reason = reason_field(_l("Why it should change"))
    cause = SelectField(_l("Which story caused it?"), validate_choice=False, default="")

    def offer(self, stories: Sequence[tuple[int, str]]) -> None:
        """Fill the list of stories."""
        self.cause.choices = options(
            [
                ("", _("Choose the story")),
                *((str(key), title) for key, title in stories),
                (NONE, _("No story: I noticed it another way")),
            ]
        )

    def validate_cause(self, field: SelectField) -> None:
        """Ask for the story: it is what others learn from. None is said by choosing so."""
        if not field.data:
            raise ValidationError(_("Choose the story that caused it, or that there is none."))
        if field.data not in {str(getattr(one, "value", one)) for one in field.choices or ()}:
            raise ValidationError(_("Choose one of the list."))

    @property
    def story_id(self) -> int | None:
        """The story that was chosen."""
        return int(self.cause.data) if (self.cause.data or NONE) != NONE else None


class CiteForm(Form):
    """One more story that a playbook comes from."""

    story = SelectField(_l("Which story"), validate_choice=False, default="")

    def offer(self, stories: Sequence[tuple[int, str]]) -> None:
        """Fill the list."""
        self.story.choices = options([("", _("Choose a story")), *((str(key), title) for key, title in stories)])

    def validate_story(self, field: SelectField) -> None:
        """Refuse what isn't offered."""
        if not field.data or field.data not in {str(getattr(one, "value", one)) for one in field.choices or ()}:
            raise ValidationError(_("Choose one of the list."))


class StartForm(OnceForm):
    """For what a playbook is run, and whether the space sees it."""

    purpose = StringField(_l("What for?"), filters=[strip], validators=[Length(max=TYPED)])
    is_shared = BooleanField(_l("Let members see this run, and tick it with me"))


class FinishForm(Form):
    """What came of a run."""

    outcome = RadioField(
        _l("What came of it?"),
        choices=options((one.value, words) for one, words in OUTCOMES.items()),
        validate_choice=False,
    )
    result = TextAreaField(_l("In a sentence or two"))
    gives_notes = BooleanField(_l("Let whoever keeps this playbook read what I noted, without my name"))

    def validate_outcome(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in tuple(Outcome):
            raise ValidationError(_("Choose what came of it."))


class WithdrawForm(Form):
    """Why a playbook is withdrawn. Who wrote it need not say."""

    reason = reason_field(_l("Why it is withdrawn"))


class DeclineForm(Form):
    """Why a proposed change isn't made."""

    reason = StringField(
        _l("Why not"),
        filters=[strip],
        validators=[
            InputRequired(_l("Say why. Whoever proposed it reads this.")),
            Length(max=REASON_LENGTH, message=_l("Keep it under %(max)d characters.")),
        ],
    )
