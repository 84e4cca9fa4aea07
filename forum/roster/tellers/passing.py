"""What is told of handing over and rehearsing."""

from collections.abc import Iterable

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.time import end_of_day, now
from forum.roster.events import (
    HandoverAnswered,
    HandoverMoved,
    HandoverOffered,
    LineAnswered,
    LineAsked,
    RehearsalAsked,
    RehearsalNoted,
)
from forum.roster.models import (
    Handover,
    HandoverItem,
    HandoverQuestion,
    HandoverState,
    Rehearsal,
)
from forum.roster.tellers.common import name_of, news, only, reader_of
from forum.spaces.models import Space
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def _handover_of_line(line_id: int) -> Handover:
    return db.session.get_one(Handover, db.session.get_one(HandoverItem, line_id).handover_id)


def _url(handover: Handover, space: Space) -> str:
    return absolute("roster.handover", slug=space.slug, ref=handover.ref)


def who_takes(fact: HandoverOffered | HandoverMoved) -> Iterable[Recipient]:
    """Tell who takes it."""
    handover = db.session.get(Handover, fact.handover_id)
    return only(handover.taker_id) if handover else ()


def tell_offered(fact: HandoverOffered, recipient: Recipient) -> Mail | None:
    """Ask whether they take it, unless that is settled."""
    handover, to = db.session.get(Handover, fact.handover_id), reader_of(recipient, fact.item_id)
    if handover is None or to is None or handover.state is not HandoverState.OFFERED:
        return None
    if handover.taker_id != to.person.id:
        return None
    line = _(
        "%(name)s asks whether you would take this over from %(day)s.",
        name=name_of(fact.actor_id),
        day=long_day(handover.day),
    )
    return news(
        to,
        subject=_("Would you take over “%(title)s”?", title=to.item.title),
        lines=[
            line,
            _("There is a list of what it involves. Ask beside each line what you want to know."),
            _("It isn’t yours until you say yes. Saying no is fine, and costs one press."),
        ],
        why=_("You get this because you are asked, as a member of the space."),
        label=_("Read what it is, and answer"),
        url=_url(handover, to.space),
    )


def tell_moved(fact: HandoverMoved, recipient: Recipient) -> Mail | None:
    """Say on which day it passes now."""
    handover, to = db.session.get(Handover, fact.handover_id), reader_of(recipient, fact.item_id)
    if handover is None or to is None or handover.state is not HandoverState.ACCEPTED:
        return None
    if fact.day not in {"", handover.day.isoformat()} or fact.version not in {0, handover.version}:
        return None
    return news(
        to,
        subject=_("“%(title)s” is yours from another day", title=to.item.title),
        lines=[_("It passes to you on %(day)s now.", day=long_day(handover.day))],
        why=_("You get this because you took it over."),
    )


def who_gives(fact: HandoverAnswered) -> Iterable[Recipient]:
    """Tell whose it was, and who began it."""
    handover = db.session.get(Handover, fact.handover_id)
    return [
        one
        for one in (only(handover.giver_id, handover.made_by_id) if handover else ())
        if one.person_id != fact.actor_id
    ]


def tell_answered(fact: HandoverAnswered, recipient: Recipient) -> Mail | None:
    """Say whether they took it."""
    handover, to = db.session.get(Handover, fact.handover_id), reader_of(recipient, fact.item_id)
    if handover is None or to is None:
        return None
    name = name_of(handover.taker_id)
    if handover.state is HandoverState.ACCEPTED:
        subject = _("%(name)s takes over “%(title)s”", name=name, title=to.item.title)
        line = _("From %(day)s on.", day=long_day(handover.day))
    elif handover.state is HandoverState.DECLINED:
        subject = _("%(name)s can’t take over “%(title)s”", name=name, title=to.item.title)
        line = handover.reason or _("Ask somebody else.")
    else:
        return None
    why = _("You get this because you hand it over.")
    return news(to, subject=subject, lines=[line], why=why, url=_url(handover, to.space))


def who_answers(fact: LineAsked) -> Iterable[Recipient]:
    """Tell who hands it over."""
    question = db.session.get(HandoverQuestion, fact.question_id)
    handover = _handover_of_line(question.line_id) if question else None
    people = (handover.giver_id or handover.made_by_id,) if handover else ()
    return [one for one in only(*people) if one.person_id != fact.actor_id]


def tell_asked(fact: LineAsked, recipient: Recipient) -> Mail | None:
    """Say what is asked, unless it is answered."""
    question, to = db.session.get(HandoverQuestion, fact.question_id), reader_of(recipient, fact.item_id)
    if question is None or to is None or question.answered_at is not None:
        return None
    return news(
        to,
        subject=_("%(name)s asks about “%(title)s”", name=name_of(question.asker_id), title=to.item.title),
        lines=[db.session.get_one(HandoverItem, question.line_id).words, question.question],
        why=_("You get this because you hand it over."),
        label=_("Answer"),
        url=_url(_handover_of_line(question.line_id), to.space),
    )


def who_asked(fact: LineAnswered) -> Iterable[Recipient]:
    """Tell who asked."""
    question = db.session.get(HandoverQuestion, fact.question_id)
    return only(question.asker_id) if question and question.asker_id != fact.actor_id else ()


def tell_line_answered(fact: LineAnswered, recipient: Recipient) -> Mail | None:
    """Say what the answer is."""
    question, to = db.session.get(HandoverQuestion, fact.question_id), reader_of(recipient, fact.item_id)
    if question is None or to is None:
        return None
    return news(
        to,
        subject=_("Your question about “%(title)s” is answered", title=to.item.title),
        lines=[question.question, question.answer],
        why=_("You get this because you asked."),
        url=_url(_handover_of_line(question.line_id), to.space),
    )


def who_rehearses(fact: RehearsalAsked) -> Iterable[Recipient]:
    """Tell who runs it."""
    rehearsal = db.session.get(Rehearsal, fact.rehearsal_id)
    return only(rehearsal.person_id) if rehearsal else ()


def tell_rehearsal(fact: RehearsalAsked, recipient: Recipient) -> Mail | None:
    """Ask to run it on a day, unless that was done or the day is over."""
    rehearsal, to = db.session.get(Rehearsal, fact.rehearsal_id), reader_of(recipient, fact.item_id)
    if rehearsal is None or to is None or rehearsal.noted_at is not None:
        return None
    if end_of_day(rehearsal.day, to.space.zone) <= now():
        return None
    return news(
        to,
        subject=_("Would you run “%(title)s” for a day?", title=to.item.title),
        lines=[
            _(
                "%(name)s asks you, as the deputy: %(day)s.",
                name=name_of(rehearsal.asked_by_id),
                day=long_day(rehearsal.day),
            ),
            _("Do it as if nobody else were there. Note afterwards what was missing."),
        ],
        why=_("You get this because you are its deputy."),
        url=absolute("roster.passport", slug=to.space.slug, ref=to.item.ref),
    )


def who_asked_rehearsal(fact: RehearsalNoted) -> Iterable[Recipient]:
    """Tell who asked for it."""
    rehearsal = db.session.get(Rehearsal, fact.rehearsal_id)
    return [one for one in (only(rehearsal.asked_by_id) if rehearsal else ()) if one.person_id != fact.actor_id]


def tell_noted(fact: RehearsalNoted, recipient: Recipient) -> Mail | None:
    """Say what was missing."""
    rehearsal, to = db.session.get(Rehearsal, fact.rehearsal_id), reader_of(recipient, fact.item_id)
    if rehearsal is None or to is None:
        return None
    return news(
        to,
        subject=_("%(name)s has run “%(title)s”", name=name_of(rehearsal.person_id), title=to.item.title),
        lines=[_("This was missing:"), *rehearsal.missing.splitlines()],
        why=_("You get this because you asked for it."),
        url=absolute("roster.passport", slug=to.space.slug, ref=to.item.ref),
    )
