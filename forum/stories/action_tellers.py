"""Who is told of what is to change because of a story: who is asked, who asked, and who has it on its day."""

from collections.abc import Iterable

from forum.content.promises import PromiseState
from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.roster.keeping import covers_of
from forum.roster.tellers.common import Reader, name_of, news, only, reader_of
from forum.stories.events import StoryActionAnswered, StoryActionDue, StoryActionOffered, StoryActionSettled
from forum.stories.models import StoryAction
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def who_is_asked(fact: StoryActionOffered) -> Iterable[Recipient]:
    """Return who is asked to do it."""
    action = db.session.get(StoryAction, fact.action_id)
    return only(action.holder_id) if action is not None and action.holder_id != fact.actor_id else []


def tell_offered(fact: StoryActionOffered, recipient: Recipient) -> Mail | None:
    """Ask somebody whether they do it; unless it was offered to another since, or they have answered."""
    to, action = _about(fact.item_id, fact.action_id, recipient)
    if to is None or action is None or action.version != fact.version or action.holder_id != to.person.id:
        return None
    if not action.is_offered:
        return None
    return news(
        to,
        subject=_("Will you do it? %(words)s", words=action.words),
        lines=[
            _("%(name)s asks you, because of the story “%(title)s”.", name=name_of(fact.actor_id), title=to.item.title),
            _due(action),
            _("It is yours once you say yes. Say no, and it is free for somebody else."),
        ],
        why=_("You get this because you are asked to do something."),
        label=_("Say yes or no"),
        url=_url(to, action),
    )


def who_asked(fact: StoryActionAnswered | StoryActionSettled) -> Iterable[Recipient]:
    """Return who noted it and who has it, but for whoever did something with it."""
    action = db.session.get(StoryAction, fact.action_id)
    people = (action.noted_by_id, action.holder_id) if action is not None else ()
    return only(*(one for one in people if one != fact.actor_id))


def tell_answered(fact: StoryActionAnswered, recipient: Recipient) -> Mail | None:
    """Say whether somebody does it."""
    to, action = _about(fact.item_id, fact.action_id, recipient)
    if to is None or action is None or not action.is_open:
        return None
    name = name_of(fact.actor_id)
    return news(
        to,
        subject=_("%(name)s does it: %(words)s", name=name, words=action.words)
        if fact.is_yes
        else _("Nobody has it: %(words)s", words=action.words),
        lines=[
            _due(action)
            if fact.is_yes
            else _("%(name)s can’t do it. Ask somebody else, or drop it with a reason.", name=name)
        ],
        why=_("You get this because you noted it."),
        label=_("Go to it"),
        url=_url(to, action),
    )


def whose_day(fact: StoryActionDue) -> Iterable[Recipient]:
    """Return who is reminded."""
    return only(fact.person_id)


def tell_due(fact: StoryActionDue, recipient: Recipient) -> Mail | None:
    """Remind somebody; if it is still open, of that day, and theirs or that of somebody for whom they cover."""
    to, action = _about(fact.item_id, fact.action_id, recipient)
    if to is None or action is None or not action.is_open or action.version != fact.version:
        return None
    if to.person.id not in covers_of(action.holder_id, to.space):
        return None
    return news(
        to,
        subject=_("Due: %(words)s", words=action.words),
        lines=[
            _("It is to change because of the story “%(title)s”.", title=to.item.title),
            _due(action),
            _("Say that it is done, or that nobody needs to do it, on its page."),
        ],
        why=_("You get this because it is yours to do, or you cover for who has it."),
        label=_("Go to it"),
        url=_url(to, action),
    )


def tell_settled(fact: StoryActionSettled, recipient: Recipient) -> Mail | None:
    """Say what became of it, unless it is open again."""
    to, action = _about(fact.item_id, fact.action_id, recipient)
    if to is None or action is None or action.is_open:
        return None
    name, is_done = name_of(fact.actor_id), action.state is PromiseState.DONE
    return news(
        to,
        subject=_("Done: %(words)s", words=action.words) if is_done else _("Dropped: %(words)s", words=action.words),
        lines=[_("%(name)s says that it is done.", name=name)]
        if is_done
        else [_("%(name)s says that nobody needs to do it any more.", name=name), f"“{action.reason}”"],
        why=_("You get this because you noted it, or it was yours."),
        label=_("Go to it"),
        url=_url(to, action),
    )


def _about(item_id: int | None, action_id: int, recipient: Recipient) -> tuple[Reader | None, StoryAction | None]:
    return reader_of(recipient, item_id), db.session.get(StoryAction, action_id)


def _due(action: StoryAction) -> str:
    return _("By %(day)s.", day=long_day(action.due_on)) if action.due_on else ""


def _url(to: Reader, action: StoryAction) -> str:
    return absolute("stories.action", slug=to.space.slug, ref=to.item.ref, action_ref=action.ref)


TELLERS = (
    Teller(fact=StoryActionOffered, recipients=who_is_asked, compose=tell_offered),
    Teller(fact=StoryActionAnswered, recipients=who_asked, compose=tell_answered),
    Teller(fact=StoryActionDue, recipients=whose_day, compose=tell_due),
    Teller(fact=StoryActionSettled, recipients=who_asked, compose=tell_settled),
)
