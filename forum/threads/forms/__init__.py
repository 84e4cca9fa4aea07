"""Forms of threads and sections."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from forum.content.forms import LARGEST, WritingForm, text_field
from forum.content.models import WatchLevel
from forum.core.text import one_line
from forum.people.models import Person
from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH
from forum.threads.behind.forms import offer_keepers, through_field
from forum.threads.forms.first import end_field
from forum.threads.models import DESCRIPTION_LENGTH, MOST_TAGS, SECTION_NAME_LENGTH, TAG_LENGTH, Section
from forum.threads.polls.forms import PollFields
from forum.threads.queries import TagCounted
from forum.web.forms import Form, OnceForm, options, strip
from forum.web.words import LazyString, _, _l

QUESTION, TALK, ANNOUNCEMENT = "question", "talk", "announcement"
AS_USUAL = "as usual"


def tags_field() -> SelectMultipleField:
    """Make the field for a thread's tags: a box for each. Which there are, and how many, is asked under the lock."""
    return SelectMultipleField(
        _l("Tags"),
        choices=[],
        validate_choice=False,
        validators=[Length(max=MOST_TAGS, message=_l("Choose %(max)d tags at the most."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


def wish_field() -> StringField:
    """Make the field for a tag that isn't there yet."""
    return StringField(
        _l("Suggest a tag that isn’t there"),
        filters=[strip],
        validators=[Length(max=TAG_LENGTH, message=_l("Keep a tag under %(max)d characters."))],
    )


def title_field() -> StringField:
    """Make the field for a thread's title."""
    return StringField(
        _l("Title"),
        filters=[strip],
        validators=[
            DataRequired(_l("Give it a title that tells a colleague what this is about.")),
            Length(max=TITLE_LENGTH, message=_l("Keep the title under %(max)d characters; the rest fits below.")),
        ],
    )


class StartForm(WritingForm, PollFields):
    """A question, or another thread, with a poll in it if one was written; for organisers an announcement, too.

    The sections are those of the space, by their address.
    """

    kind = RadioField(
        _l("What is it?"),
        default=QUESTION,
        validators=[InputRequired(_l("Say whether you are asking something."))],
        validate_choice=False,
    )
    section = SelectField(
        _l("Section"), validators=[InputRequired(_l("Choose where it belongs."))], validate_choice=False
    )
    title = title_field()
    body = text_field(_l("Your text"), empty=_l("Write something first: a sentence or two is enough."))
    until = end_field()
    closed = BooleanField(_l("Nobody but organisers replies"))
    through = through_field(_l("Ask as"))
    tags = tags_field()
    wish = wish_field()

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # a form's own
        sections: Sequence[Section],
        keepers: Sequence[Person] = (),
        offered: Sequence[TagCounted] = (),
        announces: bool = False,
        **kwargs: Any,  # noqa: ANN401  # a form's own
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tags.choices = options((tag.slug, tag.name) for tag in offered)
        kinds = {QUESTION: _l("A question"), TALK: _l("Something to share or talk over")}
        if announces:
            kinds[ANNOUNCEMENT] = _l("An announcement to all members")
        self.kinds, self.kind.choices = kinds.keys(), options(kinds.items())
        self.section.choices = [(section.slug, section.name) for section in sections]
        self.sections, self.known = sections, {section.slug for section in sections}
        offer_keepers(self.through, keepers, nobody=_l("Myself, with my name"))

    def validate_kind(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in self.kinds:
            raise ValidationError(_("Choose one of the list."))

    @property
    def is_announcement(self) -> bool:
        """Whether all members are told of it."""
        return bool(self.kind.data == ANNOUNCEMENT)

    def validate_section(self, field: SelectField) -> None:
        """Refuse a section that isn't one of this space's (A2)."""
        if field.data not in self.known:
            raise ValidationError(_("Choose one of the list."))


class SectionForm(Form):
    """A section's name and what belongs in it."""

    name = StringField(
        _l("Name"),
        filters=[strip],
        validators=[
            DataRequired(_l("Give the section a name.")),
            Length(max=SECTION_NAME_LENGTH, message=_l("Keep the name under %(max)d characters.")),
        ],
    )
    description = StringField(
        _l("What belongs in it"),
        filters=[strip],
        validators=[Length(max=DESCRIPTION_LENGTH, message=_l("Keep it under %(max)d characters."))],
    )
    shown = HiddenField()
    """What stood in both when the page was made: what nobody typed in overwrites nothing that another steward saved since."""

    @property
    def words(self) -> tuple[str, str]:
        """What was typed, as it is stored."""
        return one_line(self.name.data or ""), one_line(self.description.data or "")

    @property
    def is_touched(self) -> bool:
        """Whether something else stands in it than the page showed."""
        return " | ".join(self.words) != (self.shown.data or " | ")


class MergeForm(Form):
    """The section into which another one is merged, by its address."""

    into = SelectField(
        _l("Into"), validators=[InputRequired(_l("Choose the section that stays."))], validate_choice=False
    )

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        self.into.choices = options((section.slug, section.name) for section in sections)
        self.known = {section.slug for section in sections}

    def validate_into(self, field: SelectField) -> None:
        """Refuse a section that isn't one of this space's, or that is the same one (A2)."""
        if field.data not in self.known:
            raise ValidationError(_("Choose one of the list."))


class CloseForm(Form):
    """Why nobody replies here any more."""

    reason = StringField(
        _l("Why"),
        filters=[strip],
        validators=[
            DataRequired(_l("Say why, in a sentence. It stands at the end of the thread.")),
            Length(max=REASON_LENGTH, message=_l("Keep it under %(max)d characters.")),
        ],
    )


class MoveForm(Form):
    """The section in which a thread stands, by its address."""

    section = SelectField(
        _l("Section"), validators=[InputRequired(_l("Choose where it belongs."))], validate_choice=False
    )

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        self.section.choices = options((section.slug, section.name) for section in sections)
        self.known = {section.slug for section in sections}

    def validate_section(self, field: SelectField) -> None:
        """Refuse a section that isn't one of this space's (A2)."""
        if field.data not in self.known:
            raise ValidationError(_("Choose one of the list."))


class RelocateForm(Form):
    """A section of another space, as "space/section"."""

    target = SelectField(_l("Where to"), validators=[InputRequired(_l("Choose where it goes."))], validate_choice=False)

    def __init__(self, *args: Any, targets: Sequence[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        self.target.choices = options(targets)
        self.known = {target for target, _words in targets}

    def validate_target(self, field: SelectField) -> None:
        """Refuse what isn't offered: spaces in which the person is no organiser (A2, A3)."""
        if field.data not in self.known:
            raise ValidationError(_("Choose one of the list."))


class ChangeForm(Form):
    """A thread's title, and what it is."""

    title = title_field()
    kind = RadioField(
        _l("What is it?"),
        choices=options([(QUESTION, _l("A question")), (TALK, _l("Something to share or talk over"))]),
        validators=[InputRequired(_l("Say whether it asks something."))],
        validate_choice=False,
    )
    reason = StringField(
        _l("Why you change somebody else’s thread"), filters=[strip], validators=[Length(max=REASON_LENGTH)]
    )

    def validate_kind(self, field: RadioField) -> None:
        """Refuse what isn't offered."""
        if field.data not in {QUESTION, TALK}:
            raise ValidationError(_("Choose one of the list."))


class WatchForm(Form):
    """How much somebody wants to hear of something."""

    level = SelectField(_l("Tell me about"), choices=options([(AS_USUAL, _l("As usual"))]), validate_choice=False)

    def say(self, levels: Mapping[WatchLevel, LazyString], *, usual: WatchLevel | None) -> None:
        """Fill the list; `usual` is the level that holds when nothing is chosen."""
        as_usual = _("As usual: %(level)s", level=str(levels[usual]).lower()) if usual else _("As usual")
        self.level.choices = options([(AS_USUAL, as_usual), *((level.value, words) for level, words in levels.items())])

    def validate_level(self, field: SelectField) -> None:
        """Refuse what isn't offered."""
        if field.data != AS_USUAL and field.data not in tuple(WatchLevel):
            raise ValidationError(_("Choose one of the list."))


class TagsForm(Form):
    """The tags on a thread, and one that is wished for."""

    tags = tags_field()
    wish = wish_field()

    def __init__(self, *args: Any, offered: Sequence[TagCounted], **kwargs: Any) -> None:  # noqa: ANN401  # a form's own
        super().__init__(*args, **kwargs)
        self.tags.choices = options((tag.slug, tag.name) for tag in offered)


class PartForm(OnceForm):
    """The next part of a long thread."""

    title = title_field()
    leave_open = BooleanField(_l("Leave this thread open"))


class SummaryForm(Form):
    """What stands on top of a long thread; `version` is the one that the page showed."""

    body = TextAreaField(_l("The summary"), filters=[strip])
    post = IntegerField(_l("Or a post of the thread, by its number"), validators=[Optional(), NumberRange(1, LARGEST)])
    version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)

    def validate_body(self, field: TextAreaField) -> None:
        """Ask for one of the two."""
        if not field.data and self.post.data is None and not self.post.errors:
            raise ValidationError(_("Write a summary, or name a post."))
        if field.data and self.post.data is not None:
            raise ValidationError(_("Either a summary or a post: empty one of the two."))
