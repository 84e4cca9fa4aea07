"""What webhooks are told of threads."""

from sqlalchemy import select

from forum.content.hooks import news_of
from forum.core.db import db
from forum.core.hooks import News
from forum.spaces.parts import HookEvent
from forum.threads.events import AnnouncementMade, AnswerAccepted, ThreadStarted
from forum.threads.models import Thread
from forum.web.words import _, _l


def told_of_thread(fact: ThreadStarted) -> News | None:
    """Tell of a thread that was started."""
    if fact.is_question:
        return news_of(fact.post_id, lambda name, title: _("%(name)s asks: “%(title)s”", name=name, title=title))
    return news_of(fact.post_id, lambda name, title: _("%(name)s started “%(title)s”", name=name, title=title))


def told_of_announcement(fact: AnnouncementMade) -> News | None:
    """Tell of an announcement."""
    return news_of(fact.post_id, lambda name, title: _("%(name)s announced “%(title)s”", name=name, title=title))


def told_of_answer(fact: AnswerAccepted) -> News | None:
    """Tell of an answer that was accepted, if it still is."""
    is_answer = Thread.id == fact.item_id, Thread.accepted_number == fact.number
    if db.session.scalar(select(Thread.id).where(*is_answer)) is None:
        return None
    return news_of(fact.post_id, lambda name, title: _("%(name)s answered “%(title)s”", name=name, title=title))


EVENTS = (
    HookEvent(
        name="thread.started", label=_l("A new question or conversation"), fact=ThreadStarted, news=told_of_thread
    ),
    HookEvent(name="announcement.made", label=_l("An announcement"), fact=AnnouncementMade, news=told_of_announcement),
    HookEvent(name="answer.accepted", label=_l("An accepted answer"), fact=AnswerAccepted, news=told_of_answer),
)
