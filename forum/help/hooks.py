"""What webhooks are told of help."""

from forum.content.hooks import news_of
from forum.core.hooks import News
from forum.help.events import HelpAsked
from forum.spaces.parts import HookEvent
from forum.web.words import _, _l


def told_of_call(fact: HelpAsked) -> News | None:
    """Tell that somebody asked for help, if everybody in the space may know."""
    return news_of(fact.post_id, lambda name, title: _("%(name)s needs help now: “%(title)s”", name=name, title=title))


EVENTS = (HookEvent(name="help.asked", label=_l("A call for help"), fact=HelpAsked, news=told_of_call),)
