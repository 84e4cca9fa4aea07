"""Forms of stories: the shape of what is typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from forum.content.forms import LARGEST, WritingForm, files_field
from forum.roster.models import Engagement, Mode
from forum.spaces.models import REASON_LENGTH, Audience
from forum.stories.actions.sorting import Sorted
from forum.stories.models import Choice, ListName, Result, StoryKind
from forum.stories.parts import AFFECTED, FIXED, LASTING, PARTS, UNHELPFUL
from forum.stories.words import AUDIENCES, ENGAGEMENT, KINDS, LISTS, MODES, RESULTS, WHEN, When
from forum.web.forms import Form, options, strip
from forum.web.words import LazyString, _, _l

TYPED = 1000


def _offered(field: SelectField) -> set[str]:
    """Return the values of a list."""
    return {str(getattr(one, "value", one)) for one in field.choices or ()}


YES, NO = "yes", "no"


class _Confirming(Form):
    """What stands in every form whose text may name somebody as the cause (E4): the names that were pointed out, and the tick."""

    names = HiddenField(default="")
    as_it_stands = BooleanField(_l("Yes, it is to stand so. I have thought of how it reads to them."))

    @property
    def confirmed(self) -> frozenset[str]:
        """The names that may stand as they do."""
        return frozenset((self.names.data or "").split("\n")) if self.as_it_stands.data else frozenset()

    def point_out(self, names: frozenset[str]) -> None:
        """Ask about these names with the next press."""
        self.names.data, self.as_it_stands.data = "\n".join(sorted(names)), False


class TellForm(WritingForm, _Confirming):
    """What it takes to tell a story (E1), and what one may add at once."""

    kind = RadioField(
        _l("What sort of thing was it?"),
        choices=options((one.value, words) for one, words in KINDS.items()),
        default=StoryKind.WENT_WRONG.value,
        validate_choice=False,
    )
    title = StringField(_l("What happened, in one sentence"), filters=[strip], validators=[Length(max=TYPED)])
    saw = TextAreaField(_l("What did you see?"))
    fixed = TextAreaField(_l("What fixed it?"))
    affected = TextAreaField(PARTS[AFFECTED].question)
    unhelpful = TextAreaField(PARTS[UNHELPFUL].question)
    audience = RadioField(
        _l("Who may see it?"),
        choices=options((one.value, words) for one, words in AUDIENCES.items()),
        default=Audience.SPACE.value,
        validate_choice=False,
    )
    when = SelectField(
        _l("When others see it"),
        choices=options((one.value, words) for one, words in WHEN.items()),
        default=When.NOW.value,
        validate_choice=False,
    )
    source = HiddenField(validators=[Optional(), Length(max=20)])
    source_number = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST)])

    @property
    def body(self) -> TextAreaField:
        """The text that shows the pictures which are attached."""
        return self.fixed

    def validate_kind(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in tuple(StoryKind):
            raise ValidationError(_("Choose one of the list."))

    def validate_audience(self, field: RadioField) -> None:
        """Refuse what isn't offered, and nothing: who may see it is for who tells it to say."""
        if field.data not in {one.value for one in AUDIENCES}:
            raise ValidationError(_("Choose who may see it."))

    def validate_when(self, field: SelectField) -> None:
        """Refuse what isn't offered."""
        if field.data not in tuple(When):
            raise ValidationError(_("Choose one of the list."))

    @property
    def answers(self) -> dict[str, str]:
        """What was typed, by the key of its part."""
        given = {"saw": self.saw.data or "", FIXED: self.fixed.data or ""}
        return given | {key: self[key].data or "" for key in (AFFECTED, UNHELPFUL)}


class PartsForm(_Confirming):
    """Everything that a story says."""

    kind: Any = TellForm.kind
    title: Any = TellForm.title
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])

    validate_kind = TellForm.validate_kind

    @property
    def answers(self) -> dict[str, str]:
        """What was typed, by the key of its part."""
        return {key: self[key].data or "" for key in PARTS}


for _part in PARTS.values():
    setattr(PartsForm, _part.key, TextAreaField(_part.question))


class ChangeForm(PartsForm):
    """A story that is changed by who is known."""

    reason = StringField(
        _l("Why you change somebody else’s story"), filters=[strip], validators=[Length(max=REASON_LENGTH)]
    )
    files = files_field()

    @property
    def body(self) -> TextAreaField:
        """The text that shows the pictures which are attached."""
        field: TextAreaField = self[FIXED]
        return field


class KeyedForm(PartsForm):
    """A story that is changed by who has its key."""

    key = HiddenField()


class AnswerForm(_Confirming):
    """The answer to the question that the page asks."""

    question = HiddenField(validators=[DataRequired()])
    answer = TextAreaField(_l("Your answer"))
    draft_version: Any = TellForm.draft_version

    @property
    def is_lasting_answer(self) -> bool | None:
        """What was said of whether the fix lasts, None for nothing."""
        said = (self.answer.data or "").strip()
        return {YES: True, NO: False}.get(said) if self.question.data == LASTING else None


class SortForm(Form):
    """What a story is about."""

    mode = SelectField(_l("In what work"), validate_choice=False)
    engagement = SelectField(_l("With the public"), validate_choice=False)
    channel = SelectField(LISTS[ListName.CHANNEL], validate_choice=False)
    area = SelectField(LISTS[ListName.AREA], validate_choice=False)
    cause = SelectField(LISTS[ListName.CAUSE], validate_choice=False)
    lasting = SelectField(_l("Does the fix last?"), validate_choice=False)

    def offer(self, lists: Mapping[ListName, Sequence[Choice]], *, kept: Sequence[Choice] = ()) -> None:
        """Fill the lists; `kept` are retired entries that the story has."""
        nothing = ("", _("Not said"))
        self.mode.choices = options([nothing, *((one.value, words) for one, words in MODES.items())])
        self.engagement.choices = options([nothing, *((one.value, words) for one, words in ENGAGEMENT.items())])
        self.lasting.choices = options([nothing, (YES, _("Yes, for good")), (NO, _("No, it is a way round"))])
        for which in ListName:
            there = [*lists[which], *(one for one in kept if one.list is which)]
            self[which.value].choices = options([nothing, *((str(one.id), one.name) for one in there)])

    def validate(self, extra_validators: object = None) -> bool:
        """Refuse what isn't offered, in every list."""
        is_fine = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field, SelectField) and field.data not in _offered(field):
                field.errors = [_("Choose one of the list.")]
                is_fine = False
        return is_fine

    @property
    def wanted(self) -> Sorted:
        """What was chosen."""
        keys = {
            f"{which.value}_id": int(self[which.value].data) if self[which.value].data else None for which in ListName
        }
        return Sorted(
            mode=Mode(self.mode.data) if self.mode.data else None,
            engagement=Engagement(self.engagement.data) if self.engagement.data else None,
            is_lasting={YES: True, NO: False}.get(self.lasting.data),
            **keys,
        )


class SameForm(Form):
    """That the same happened in one's team."""

    day = DateField(_l("When"), validators=[Optional()])
    variant = StringField(_l("What was different"), filters=[strip], validators=[Length(max=TYPED)])


class TryForm(Form):
    """What came of the fix in one's team."""

    result = RadioField(
        _l("How did it go?"),
        choices=options((one.value, words) for one, words in RESULTS.items()),
        default=Result.WORKED.value,
        validate_choice=False,
    )
    because = StringField(_l("Because"), filters=[strip], validators=[Length(max=TYPED)])

    def validate_result(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in tuple(Result):
            raise ValidationError(_("Choose one of the list."))


class ThankForm(Form):
    """Which step saved somebody."""

    step = RadioField(_l("Which step did it?"), default="0", validate_choice=False)

    def offer(self, steps: Sequence[str]) -> None:
        """Fill the list of steps."""
        self.step.choices = options(
            [("0", _("All of it"))] + [(str(n), f"{n}. {one}") for n, one in enumerate(steps, 1)]
        )

    @property
    def number(self) -> int:
        """The step that was chosen; -1 for none there is."""
        said = self.step.data or ""
        return int(said[:3]) if said.isascii() and said.isdigit() else -1


class PersonForm(Form):
    """Who is asked into the telling."""

    person = SelectField(_l("Who tells it with you"), validate_choice=False)

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Fill the list."""
        self.person.choices = options([("", _("Choose somebody")), *((str(key), name) for key, name in people)])

    def validate_person(self, field: SelectField) -> None:
        """Refuse what isn't offered."""
        if not field.data or field.data not in _offered(field):
            raise ValidationError(_("Choose a member who can write here."))


def why_field(label: LazyString) -> StringField:
    """Return a field for a reason."""
    return StringField(label, filters=[strip], validators=[Length(max=REASON_LENGTH)])


class WithdrawForm(Form):
    """Why a story is withdrawn. Who told it need not say."""

    reason = why_field(_l("Why it is withdrawn"))
    key = HiddenField(validators=[Optional(), Length(max=200)])


class KeyForm(Form):
    """The key of a story that was told without a name."""

    key = StringField(_l("The key"), filters=[strip], validators=[InputRequired(_l("Paste the key."))])
