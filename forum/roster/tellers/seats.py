"""What is told about sponsors, volunteers and accounts."""

from collections.abc import Iterable

from forum.core.db import db
from forum.core.errors import Missing
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.time import local, now
from forum.roster.actions import seats
from forum.roster.events import AccountDue, EndorsementAnswered, EndorsementAsked, VolunteerAnswered, VolunteerCame
from forum.roster.models import Account, Endorsement, Volunteer, VolunteerState
from forum.roster.queries.book import who_hold
from forum.roster.tellers.common import name_of, news, only, reader_of
from forum.roster.tokens import endorsement_token
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries import holders_of, is_holder
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def sponsor(fact: EndorsementAsked) -> Iterable[Recipient]:
    """Ask the address that was written down."""
    asked = db.session.get(Endorsement, fact.endorsement_id)
    return [Recipient(address=asked.address)] if asked else []


def tell_sponsor(fact: EndorsementAsked, recipient: Recipient) -> Mail | None:
    """Ask to stand behind a seat, unless that was answered, taken back, or is void."""
    asked = db.session.get(Endorsement, fact.endorsement_id)
    if asked is None or not asked.is_open or not recipient.address:
        return None
    token = endorsement_token(asked.nonce)
    try:
        found = seats.opened(token)
    except Missing:
        return None
    values = {"department": found.department.name, "name": found.by.name, "space": found.space.name}
    subject = (
        _("Still waiting for you: the digital champion of %(department)s", **values)
        if fact.again
        else _("Would you stand behind the digital champion of %(department)s?", **values)
    )
    return letter(
        "roster/news",
        to=recipient.address,
        subject=subject,
        heading=subject,
        lines=[
            _("%(name)s asks you, for “%(space)s”.", **values),
            _(
                "A champion helps colleagues work well online, on the side of the desk. A boss who says so makes it possible."
            ),
            _(
                "The link is for you alone, works once and until %(day)s. You need no account.",
                day=long_day(local(asked.expires_at, found.space.zone).date()),
            ),
        ],
        why=_("You get this because %(name)s wrote down your address as the one to ask.", **values),
        label=_("Read what it is, and say yes or no"),
        url=absolute("sponsors.endorsement", token=token),
        space=found.space,
    )


def who_asked_sponsor(fact: EndorsementAnswered) -> Iterable[Recipient]:
    """Tell who asked, and whose seat it is."""
    asked = db.session.get(Endorsement, fact.endorsement_id)
    if asked is None:
        return []
    held = who_hold([asked.duty_id], now()).get(asked.duty_id)
    return only(asked.asked_by_id, held.owner_id if held else None)


def tell_endorsed(fact: EndorsementAnswered, recipient: Recipient) -> Mail | None:
    """Say whether the sponsor stands behind the seat. Only who asked is told of a no."""
    asked, to = db.session.get(Endorsement, fact.endorsement_id), reader_of(recipient, fact.item_id)
    if asked is None or to is None:
        return None
    if asked.given_at is not None:
        return news(
            to,
            subject=_("%(name)s stands behind “%(title)s”", name=asked.name, title=to.item.title),
            lines=[_("%(name)s, %(post)s.", name=asked.name, post=asked.post)],
            why=_("You get this because you asked, or because it is your seat."),
        )
    if asked.declined_at is None or to.person.id != asked.asked_by_id:
        return None
    return news(
        to,
        subject=_("No sponsor yet for “%(title)s”", title=to.item.title),
        lines=[_("Whom you asked said no. The seat is as it was. Ask somebody else in the department.")],
        why=_("You get this because you asked."),
    )


def keepers(fact: VolunteerCame) -> Iterable[Recipient]:
    """Tell the organisers."""
    item = db.session.get(Item, fact.item_id)
    space = db.session.get(Space, item.space_id) if item else None
    found = holders_of(space, Can.KEEP_ROSTER, at=now()) if space else []
    return only(*(person.id for person in found if person.id != fact.actor_id))


def tell_came(fact: VolunteerCame, recipient: Recipient) -> Mail | None:
    """Say who puts themselves forward, unless somebody answered."""
    volunteer, to = db.session.get(Volunteer, fact.volunteer_id), reader_of(recipient, fact.item_id)
    if volunteer is None or to is None or volunteer.state is not VolunteerState.WAITING:
        return None
    if not is_holder(to.person, to.space, Can.KEEP_ROSTER, at=now()):
        return None
    return news(
        to,
        subject=_("%(name)s would take on “%(title)s”", name=name_of(volunteer.person_id), title=to.item.title),
        lines=[volunteer.note, _("Agree, and it is theirs from today. If it doesn’t fit, say so in a line.")],
        why=_("You get this because you look after the space."),
        label=_("Answer"),
        url=absolute("roster.volunteers", slug=to.space.slug, ref=to.item.ref),
    )


def who_came(fact: VolunteerAnswered) -> Iterable[Recipient]:
    """Tell who put themselves forward."""
    volunteer = db.session.get(Volunteer, fact.volunteer_id)
    return only(volunteer.person_id) if volunteer else ()


def tell_volunteer(fact: VolunteerAnswered, recipient: Recipient) -> Mail | None:
    """Say that it is theirs, or kindly that it isn't."""
    volunteer, to = db.session.get(Volunteer, fact.volunteer_id), reader_of(recipient, fact.item_id)
    if volunteer is None or to is None:
        return None
    title = to.item.title
    if volunteer.state is VolunteerState.AGREED:
        subject, lines = _("“%(title)s” is yours. Thank you", title=title), [_("It is yours from today on.")]
    elif volunteer.state is VolunteerState.DECLINED:
        subject = _("Thank you for offering to take on “%(title)s”", title=title)
        lines = [
            _("This time it goes another way. That you offered is what keeps this going: please do it again."),
            volunteer.answer,
        ]
    else:
        return None
    return news(to, subject=subject, lines=lines, why=_("You get this because you put yourself forward."))


def who_has_account(fact: AccountDue) -> Iterable[Recipient]:
    """Ask whoever has it now, or the organisers while nobody does."""
    item = db.session.get(Item, fact.item_id)
    space = db.session.get(Space, item.space_id) if item else None
    if item is None or space is None:
        return []
    held = who_hold([item.id], now()).get(item.id)
    if held is not None and held.person_id is not None:
        return only(held.person_id)
    return only(*(person.id for person in holders_of(space, Can.KEEP_ROSTER, at=now())))


def tell_due(fact: AccountDue, recipient: Recipient) -> Mail | None:
    """Ask whether what is known is still right, unless somebody said so since."""
    account = db.session.get(Account, fact.item_id) if fact.item_id else None
    to = reader_of(recipient, fact.item_id)
    if account is None or to is None or account.asked_on is None:
        return None
    held = who_hold([to.item.id], now()).get(to.item.id)
    if not (held and held.person_id == to.person.id) and not is_holder(to.person, to.space, Can.KEEP_ROSTER, at=now()):
        return None
    return news(
        to,
        subject=_("Is this still right: “%(title)s”?", title=to.item.title),
        lines=[
            _("Who can sign in, who gets it back, where the vault is: have a look, and press “Still right”."),
            _("You are asked once."),
        ],
        why=_("You get this because you look after the account."),
        label=_("Have a look"),
    )
