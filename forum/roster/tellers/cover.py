"""What is told about absences and cover."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.halves import begins
from forum.core.mail import Mail
from forum.core.time import now
from forum.notify.heard import heard_by, is_undo_news
from forum.people.models import Person
from forum.roster.events import (
    AbsenceFiled,
    AbsenceTakenBack,
    CoverAsked,
    CoverDeclined,
    CoverGoesOn,
    CoverLost,
    CoverOver,
    CoverTaken,
    CoverUntaken,
)
from forum.roster.models import Absence, CoverAsk, CoverRequest, CoverState
from forum.roster.tellers.common import Reader, days_of, name_of, news, only, reader_of
from forum.roster.tokens import answer_token
from forum.spaces.models import Item, Space
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _

SOON = timedelta(hours=48)
"""Within it a calendar programme that follows the roster may not have looked yet."""


def who_is_away(fact: AbsenceFiled | AbsenceTakenBack) -> Iterable[Recipient]:
    """Tell for whom it was filed."""
    absence = db.session.get(Absence, fact.absence_id)
    return only(absence.person_id) if absence else ()


def tell_filed(fact: AbsenceFiled, recipient: Recipient) -> Mail | None:
    """Say what was filed and by whom, and that it is theirs to correct (D6)."""
    absence = db.session.get(Absence, fact.absence_id)
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    space = db.session.get(Space, absence.filed_in_id) if absence and absence.filed_in_id else None
    if absence is None or space is None or person is None or not person.is_active or not person.email:
        return None
    if absence.returned_at is not None:
        return None
    return letter(
        "roster/news",
        to=person.email,
        subject=_("You are down as away"),
        why=_("You get this because it is about you."),
        heading=_("You are down as away"),
        lines=[
            _("%(name)s noted it for you: %(days)s.", name=name_of(absence.filed_by_id), days=days_of(absence.span)),
            _("Nothing is noted about why. If the days are wrong, correct them, or say that you are back."),
        ],
        label=_("See what was noted"),
        url=absolute("away.absence", absence_id=absence.id),
        space=space,
    )


def tell_unfiled(fact: AbsenceTakenBack, recipient: Recipient) -> Mail | None:
    """Say that they aren't down as away after all."""
    absence = db.session.get(Absence, fact.absence_id)
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    space = db.session.get(Space, absence.filed_in_id) if absence and absence.filed_in_id else None
    if absence is None or space is None or person is None or not person.is_active or not person.email:
        return None
    if absence.returned_at is None:  # they say themselves that they are away, by now
        return None
    return letter(
        "roster/news",
        to=person.email,
        subject=_("You are not down as away any more"),
        why=_("You get this because it is about you."),
        heading=_("You are not down as away any more"),
        lines=[
            _("%(name)s had noted it: %(days)s.", name=name_of(fact.actor_id), days=days_of(absence.span)),
            _("They took it back. If you are away all the same, say so."),
        ],
        label=_("See when you are away"),
        url=absolute("away.index"),
        space=space,
    )


def whom_asked(fact: CoverAsked) -> Iterable[Recipient]:
    """Tell who is asked in particular."""
    return only(*fact.person_ids)


def tell_asked(fact: CoverAsked, recipient: Recipient) -> Mail | None:
    """Ask whether they cover, unless somebody does already or they have said that they can't."""
    request, to = db.session.get(CoverRequest, fact.request_id), reader_of(recipient, fact.item_id)
    if request is None or to is None or request.state is not CoverState.OPEN:
        return None
    asked = db.session.get(CoverAsk, (request.id, to.person.id))
    if asked is None or asked.declined_at is not None:
        return None
    return news(
        to,
        subject=_("Would you cover “%(title)s”?", title=to.item.title),
        lines=[
            _("%(name)s asks you: %(days)s.", name=name_of(fact.actor_id), days=days_of(request.span)),
            request.note,
            _("You can take all of it or some days. Saying no is fine, and costs one press."),
        ],
        why=_("You get this because you are asked, as a member of the space."),
        label=_("Read what it is, and answer"),
        url=answer_url(request, to),
    )


def answer_url(request: CoverRequest, to: Reader) -> str:
    """Return the address at which somebody who was asked answers without signing in."""
    return absolute("away.answer", token=answer_token(request.ref, to.person.id))


def who_waits(fact: CoverTaken | CoverDeclined | CoverLost) -> Iterable[Recipient]:
    """Tell who is away, and who asked."""
    request = db.session.get(CoverRequest, fact.request_id)
    people = (request.away_id, request.asked_by_id) if request else ()
    return [recipient for recipient in only(*people) if recipient.person_id != fact.actor_id]


def who_minds(fact: CoverTaken) -> Iterable[Recipient]:
    """Tell who is away and who asked; and whoever covers, when it begins so soon that their calendar may not have it yet."""
    request = db.session.get(CoverRequest, fact.request_id)
    covers = only(request.accepted_by_id) if request and _begins_soon(request) else []
    return [*who_waits(fact), *covers]


def _begins_soon(request: CoverRequest) -> bool:
    where = select(Space).join(Item, Item.space_id == Space.id).where(Item.id == request.duty_id)
    space = db.session.scalars(where).one()
    return begins(request.span.first, zone=space.zone, midday=space.midday) <= now() + SOON


def tell_taken(fact: CoverTaken, recipient: Recipient) -> Mail | None:
    """Say who covers; to whoever does what it is, as it begins soon."""
    request, to = db.session.get(CoverRequest, fact.request_id), reader_of(recipient, fact.item_id)
    if request is None or to is None or request.state is not CoverState.ACCEPTED:
        return None
    if request.accepted_at is None or fact.taken not in {"", request.accepted_at.isoformat()}:
        return None
    if request.accepted_by_id == to.person.id:
        return news(
            to,
            subject=_("You cover “%(title)s”, and it begins soon", title=to.item.title),
            lines=[
                _("%(days)s.", days=days_of(request.span)),
                request.note,
                _(
                    "It begins within two days. Your calendar may not show it until then: most look only every 8 to 24 hours."
                ),
            ],
            why=_("You get this because you cover it."),
            label=_("Read what it is"),
        )
    return news(
        to,
        subject=_("%(name)s covers “%(title)s”", name=name_of(request.accepted_by_id), title=to.item.title),
        lines=[_("%(days)s.", days=days_of(request.span))],
        why=_("You get this because you asked for it."),
    )


def tell_declined(fact: CoverDeclined, recipient: Recipient) -> Mail | None:
    """Say who can't."""
    request, to = db.session.get(CoverRequest, fact.request_id), reader_of(recipient, fact.item_id)
    if request is None or to is None or request.state is not CoverState.OPEN:
        return None
    then = _("Everybody is asked now.") if request.to_all else _("Others who were asked haven’t answered yet.")
    return news(
        to,
        subject=_("%(name)s can’t cover “%(title)s”", name=name_of(fact.person_id), title=to.item.title),
        lines=[_("%(days)s.", days=days_of(request.span)), then],
        why=_("You get this because you asked for it."),
    )


def who_covers(fact: CoverOver | CoverGoesOn) -> Iterable[Recipient]:
    """Tell who covers."""
    request = db.session.get(CoverRequest, fact.request_id)
    return only(request.accepted_by_id) if request else ()


def tell_over(fact: CoverOver, recipient: Recipient) -> Mail | None:
    """Say that the cover isn't needed any more, or for how long it still is."""
    request, to = db.session.get(CoverRequest, fact.request_id), reader_of(recipient, fact.item_id)
    if request is None or to is None or fact.version not in {0, request.version}:
        return None
    is_over = request.state is CoverState.ENDED
    line = (
        _("You needn’t do anything more. Thank you.")
        if is_over
        else _("It is still yours: %(days)s.", days=days_of(request.span))
    )
    return news(
        to,
        subject=_("Your cover of “%(title)s” is over", title=to.item.title)
        if is_over
        else _("Your cover of “%(title)s” has become shorter", title=to.item.title),
        lines=[line],
        why=_("You get this because you covered."),
    )


def tell_goes_on(fact: CoverGoesOn, recipient: Recipient) -> Mail | None:
    """Say that somebody covers after all, to who heard that it is over."""
    request, to = db.session.get(CoverRequest, fact.request_id), reader_of(recipient, fact.item_id)
    if request is None or to is None or request.state is not CoverState.ACCEPTED:
        return None
    if fact.version != request.version or not _is_undo_news(fact, recipient):
        return None
    return news(
        to,
        subject=_("You cover “%(title)s” after all", title=to.item.title),
        lines=[
            _("%(name)s has taken back what had ended it.", name=name_of(fact.actor_id)),
            _("It is yours as you promised: %(days)s.", days=days_of(request.span)),
            _("If you can’t any more, give it back with one press. Somebody else is looked for then."),
        ],
        why=_("You get this because you cover it."),
        label=_("Read what it is"),
        url=absolute("roster.cover_request", slug=to.space.slug, ref=request.ref),
    )


def _is_undo_news(fact: CoverGoesOn, recipient: Recipient) -> bool:
    found = heard_by(recipient, CoverOver.kind(), fact.kind(), item_id=fact.item_id)
    return is_undo_news(
        [one for one in found if one.payload.get("request_id") == fact.request_id],
        is_off=lambda one: one.kind == CoverOver.kind(),
        is_back=lambda one: one.kind == fact.kind(),
    )


def tell_lost(fact: CoverLost, recipient: Recipient) -> Mail | None:
    """Say who can't cover any more, and that somebody else is looked for."""
    request, to = db.session.get(CoverRequest, fact.request_id), reader_of(recipient, fact.item_id)
    if request is None or to is None or request.state is not CoverState.OPEN:
        return None
    return news(
        to,
        subject=_("%(name)s can’t cover “%(title)s” after all", name=name_of(fact.person_id), title=to.item.title),
        lines=[
            _("%(days)s.", days=days_of(request.span)),
            _("Everybody is asked now. Nothing is to be done unless you want to ask somebody yourself."),
        ],
        why=_("You get this because it is your duty, or you asked for cover."),
    )


def who_may_help(fact: CoverUntaken) -> Iterable[Recipient]:
    """Tell the deputy or the organisers, as the fact names them."""
    return only(*fact.person_ids)


def tell_untaken(fact: CoverUntaken, recipient: Recipient) -> Mail | None:
    """Say that nobody has taken it so far; the deputy can answer at once."""
    request, to = db.session.get(CoverRequest, fact.request_id), reader_of(recipient, fact.item_id)
    if request is None or to is None or request.state is not CoverState.OPEN:
        return None
    asked = db.session.get(CoverAsk, (request.id, to.person.id))
    if asked is not None and asked.declined_at is not None:
        return None
    url = absolute("roster.cover_request", slug=to.space.slug, ref=request.ref)
    return news(
        to,
        subject=_("Nobody covers “%(title)s” yet", title=to.item.title),
        lines=[
            _("%(days)s.", days=days_of(request.span)),
            request.note,
            _("Colleagues were asked, and nobody has taken it. Can you, or do you know who could?"),
        ],
        why=_("You get this because you are the deputy, or look after the space."),
        label=_("Read what it is, and answer"),
        url=answer_url(request, to) if asked is not None else url,
    )
