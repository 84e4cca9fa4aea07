"""Whom calls for help concern, and what their mails say. Each is asked again at sending whether it still holds (A3).

These mails leave at once, at night and on days off too: who is told of a call has said that they may be, or has the duty.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from forum.content.letters import tell_posts
from forum.content.models import Post, PostState
from forum.content.telling import nobody, notices_of
from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.markup import plain
from forum.core.notices import Notice
from forum.core.time import local, now
from forum.help.events import (
    HelpAsked,
    HelpAskedAnew,
    HelpClosed,
    HelpDeclined,
    HelpOffered,
    HelpPaged,
    HelpTaken,
    HelpUnanswered,
)
from forum.help.models import GAVE_BACK, Case, CaseState, Page
from forum.help.queries.reach import can_be_asked
from forum.help.tokens import answer_token
from forum.people.models import Person
from forum.roster.tellers.common import Reader, name_of, news, only, reader_of
from forum.spaces.models import Item
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _

EXCERPT = 600


def told_of_case(fact: HelpAsked) -> Iterable[Notice]:
    """Tell those who are named in it, and those who hear of everything there; not whoever is asked to help anyway."""
    asked = set(db.session.scalars(select(Page.person_id).where(Page.case_id == fact.item_id)))
    return [notice for notice in notices_of(fact.post_id) if notice.person_id not in asked]


def who_is_at_it(item_id: int) -> Collection[int]:
    """Return who asked and who has it, until it is closed: what they write to each other there can't wait."""
    case, item = db.session.get(Case, item_id), db.session.get(Item, item_id)
    if case is None or item is None or case.is_closed:
        return ()
    return {one for one in (item.author_id, case.holder_id) if one is not None}


def whom_paged(fact: HelpPaged) -> Iterable[Recipient]:
    """Return who is asked."""
    return only(*fact.person_ids)


def tell_paged(fact: HelpPaged, recipient: Recipient) -> Mail | None:
    """Ask somebody to help, unless somebody has it by now, or they can't be asked any more: they are away."""
    to, case = _still(recipient, fact.item_id)
    if to is None or case is None or case.state is not CaseState.OPEN or case.round != fact.round:
        return None
    if not can_be_asked(to.space, [to.person.id], now()):
        return None
    return news(
        to,
        subject=_("Help now: %(title)s", title=to.item.title),
        lines=[_drill(case), *_what(case, to)],
        why=_("You get this because you are on duty, look after the space, or said that you may be asked."),
        label=_("I’ve got this"),
        url=answer_url(case, to),
    )


def answer_url(case: Case, to: Reader) -> str:
    """Return the address at which somebody who is asked takes a case without signing in."""
    return absolute("help_links.answer", token=answer_token(to.item.ref, case.round, to.person.id))


def whom_taken(fact: HelpTaken) -> Iterable[Recipient]:
    """Return who asked and, when nobody had it before, everybody who was asked; else who had it before."""
    item = db.session.get(Item, fact.item_id)
    if item is None:
        return []
    others = _asked(fact.item_id, fact.round) if fact.before_id is None else [fact.before_id]
    return [one for one in only(item.author_id, *others) if one.person_id not in {fact.person_id, fact.actor_id}]


def tell_taken(fact: HelpTaken, recipient: Recipient) -> Mail | None:
    """Say who has it; unless that has changed."""
    to, case = _still(recipient, fact.item_id)
    if to is None or case is None or case.state is not CaseState.TAKEN or case.holder_id != fact.person_id:
        return None
    is_own = to.item.author_id == to.person.id
    name = name_of(fact.person_id)
    assert case.taken_at is not None
    time = f"{local(case.taken_at, to.space.zone):%H:%M}"
    then = _("Write to them on the page.") if is_own else _("You needn’t do anything. Thank you for being there.")
    return _news(
        to,
        case,
        subject=_("%(name)s has got this: %(title)s", name=name, title=to.item.title),
        lines=[_("%(name)s took it at %(time)s.", name=name, time=time), then],
        why=_("You get this because you asked for help.") if is_own else _("You get this because you were asked."),
    )


def the_one(fact: HelpOffered) -> Iterable[Recipient]:
    """Return who is asked to take it over."""
    return only(fact.person_id)


def tell_offered(fact: HelpOffered, recipient: Recipient) -> Mail | None:
    """Ask somebody to take a case over, unless that was taken back, or they are away by now."""
    to, case = _still(recipient, fact.item_id)
    if to is None or case is None or case.offered_to_id != to.person.id:
        return None
    if not can_be_asked(to.space, [to.person.id], now()):
        return None
    return news(
        to,
        subject=_("Would you take this over? %(title)s", title=to.item.title),
        lines=[
            _drill(case),
            _("%(name)s asks you. Until you say yes it stays with them.", name=name_of(fact.actor_id)),
            *_what(case, to),
        ],
        why=_("You get this because you are asked, as a member of the space."),
        label=_("Read it, and answer"),
        url=answer_url(case, to),
    )


def whose_it_stays(fact: HelpDeclined) -> Iterable[Recipient]:
    """Return who has it."""
    case = db.session.get(Case, fact.item_id)
    return only(case.holder_id) if case is not None else []


def tell_declined(fact: HelpDeclined, recipient: Recipient) -> Mail | None:
    """Say who can't take it over."""
    to, case = _still(recipient, fact.item_id)
    if to is None or case is None or case.state is not CaseState.TAKEN or case.holder_id != to.person.id:
        return None
    return _news(
        to,
        case,
        subject=_("%(name)s can’t take it over: %(title)s", name=name_of(fact.person_id), title=to.item.title),
        lines=[_("It is still yours. Ask somebody else, or give it back: then it is asked round again.")],
        why=_("You get this because you have this call for help."),
    )


def who_asked(fact: HelpAskedAnew | HelpUnanswered) -> Iterable[Recipient]:
    """Return who asked for help."""
    item = db.session.get(Item, fact.item_id)
    return [one for one in only(item.author_id if item else None) if one.person_id != fact.actor_id]


def tell_anew(fact: HelpAskedAnew, recipient: Recipient) -> Mail | None:
    """Say to who asked that it is asked round again."""
    to, case = _still(recipient, fact.item_id)
    if to is None or case is None or case.state is not CaseState.OPEN or case.round != fact.round:
        return None
    return _news(
        to,
        case,
        subject=_("It is asked round again: %(title)s", title=to.item.title),
        lines=[_("Nobody has it just now. Who is on duty was asked at once; you hear when somebody takes it.")],
        why=_("You get this because you asked for help."),
    )


def tell_unanswered(fact: HelpUnanswered, recipient: Recipient) -> Mail | None:
    """Say to who asked that nobody has taken it, and what they can do."""
    to, case = _still(recipient, fact.item_id)
    if to is None or case is None or case.state is not CaseState.OPEN or case.round != fact.round:
        return None
    drill = _("The drill ends here: in earnest the organisers would be asked now, then whoever said that they may be.")
    return _news(
        to,
        case,
        subject=_("Nobody has taken it yet: %(title)s", title=to.item.title),
        lines=[
            _("Everybody was asked who can be, and nobody has taken it so far."),
            drill if case.is_drill else _("Whoever comes on duty is asked at once. If it can’t wait, ring somebody."),
        ],
        why=_("You get this because you asked for help."),
    )


def whom_closed(fact: HelpClosed) -> Iterable[Recipient]:
    """Return who asked, who had it, and, when nobody had, everybody who was asked."""
    item, case = db.session.get(Item, fact.item_id), db.session.get(Case, fact.item_id)
    if item is None or case is None:
        return []
    others = _asked(fact.item_id, fact.round) if fact.was_open else []
    return [one for one in only(item.author_id, case.holder_id, *others) if one.person_id != fact.actor_id]


def tell_closed(fact: HelpClosed, recipient: Recipient) -> Mail | None:
    """Say that it is over, and what helped."""
    to, case = _still(recipient, fact.item_id)
    if to is None or case is None or not case.is_closed:
        return None
    helped = _words_of(case, case.helped_number) if case.helped_number else ""
    return _news(
        to,
        case,
        subject=_("It is over: %(title)s", title=to.item.title),
        lines=[
            _("%(name)s closed it.", name=name_of(fact.actor_id)),
            _("What helped: %(words)s", words=helped) if helped else _("It is sorted. Nothing is to be done any more."),
        ],
        why=_("You get this because you asked, were asked, or had it."),
    )


def _still(recipient: Recipient, item_id: int | None) -> tuple[Reader | None, Case | None]:
    """Return the recipient with the case, if they may be told now and what happened can be read (A3, A5)."""
    to, case = reader_of(recipient, item_id), db.session.get(Case, item_id or 0)
    if to is None or case is None or not _words_of(case, 1):
        return None, None
    return to, case


def _words_of(case: Case, number: int) -> str:
    query = select(Post.html).where(Post.item_id == case.id, Post.number == number, Post.state == PostState.PUBLISHED)
    words = " ".join(plain(db.session.scalar(query) or "").split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rsplit(' ', 1)[0]} …"


def _what(case: Case, to: Reader) -> list[str]:
    until = local(case.until, to.space.zone) if case.until else None
    asker = db.session.get(Person, to.item.author_id or 0)
    return [
        _("%(name)s asks: %(words)s", name=asker.name if asker else _("A former member"), words=_words_of(case, 1)),
        _("Whom it affects: %(words)s", words=case.affects) if case.affects else "",
        _("Until: %(day)s, %(time)s", day=long_day(until.date()), time=f"{until:%H:%M}") if until else "",
        _("What was tried: %(words)s", words=" ".join(case.tried[:EXCERPT].split())) if case.tried else "",
    ]


def _news(to: Reader, case: Case, *, subject: str, lines: list[str], why: str) -> Mail:
    url = absolute("help.case", slug=to.space.slug, ref=to.item.ref)
    given = [_drill(case), *lines]
    return news(to, subject=subject, lines=given, why=why, label=_("Go to the call for help"), url=url)


def _drill(case: Case) -> str:
    return _("This is a drill. Nothing is wrong: do what you would do in earnest.") if case.is_drill else ""


def _asked(item_id: int | None, number: int) -> list[int]:
    query = select(Page.person_id).where(Page.case_id == item_id, Page.round == number, Page.step != GAVE_BACK)
    return list(db.session.scalars(query.order_by(Page.person_id)))


TELLERS = (
    Teller(fact=HelpAsked, recipients=nobody, notices=told_of_case, compose=tell_posts),
    Teller(fact=HelpPaged, recipients=whom_paged, compose=tell_paged, at_any_hour=True),
    Teller(fact=HelpTaken, recipients=whom_taken, compose=tell_taken, at_any_hour=True),
    Teller(fact=HelpOffered, recipients=the_one, compose=tell_offered, at_any_hour=True),
    Teller(fact=HelpDeclined, recipients=whose_it_stays, compose=tell_declined, at_any_hour=True),
    Teller(fact=HelpAskedAnew, recipients=who_asked, compose=tell_anew, at_any_hour=True),
    Teller(fact=HelpUnanswered, recipients=who_asked, compose=tell_unanswered, at_any_hour=True),
    Teller(fact=HelpClosed, recipients=whom_closed, compose=tell_closed, at_any_hour=True),
)
