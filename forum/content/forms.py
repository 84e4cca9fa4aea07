"""What every form shares in which somebody writes: the text, and the draft that it came from."""

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from forum.spaces.models import REASON_LENGTH
from forum.web.forms import Form, OnceForm, strip
from forum.web.words import LazyString, _l

LARGEST = 2**31 - 1


def text_field(label: LazyString, *, empty: LazyString) -> TextAreaField:
    """Return a field for Markdown. How long a text may be is said by the renderer: a browser would cut what is pasted in silence."""
    return TextAreaField(label, validators=[DataRequired(empty)])


class WritingForm(OnceForm):
    """A text that may have a draft; `draft_version` is the one that the page knew."""

    draft_version = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)], default=0)


class ReplyForm(WritingForm):
    """A reply, to the whole or to one post."""

    body = text_field(_l("Your reply"), empty=_l("Write something first."))
    reply_to = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST)])


class RemoveForm(Form):
    """Why a post is removed. Authors need not say."""

    reason = StringField(_l("Why it is removed"), filters=[strip], validators=[Length(max=REASON_LENGTH)])


class EditForm(Form):
    """A post's text again; `version` is the one that the page showed."""

    body = text_field(_l("The post"), empty=_l("A post can’t be empty. Write what should stand here."))
    reason = StringField(
        _l("Why you change somebody else’s post"), filters=[strip], validators=[Length(max=REASON_LENGTH)]
    )
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST)])
