"""Whom relays concern. Mails to keepers name nobody: who asks stands on a page that only the two can open.

Each is asked again at sending whether it still holds (A3).
"""

from collections.abc import Iterable

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.people.models import Person
from forum.spaces.models import Membership, Space
from forum.threads.behind.events import RelayChanged, RelayOverdue
from forum.threads.behind.models import Relay, RelayAct, RelayState
from forum.threads.behind.queries import is_kept, steps_of
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _

FOR_KEEPER = {RelayAct.ASKED, RelayAct.ASKED_ANOTHER}


def whom_it_concerns(fact: RelayChanged) -> Iterable[Recipient]:
    """Tell the keeper what waits for them, and the asker what became of it."""
    relay = db.session.get(Relay, fact.relay_id)
    if relay is None:
        return []
    return [Recipient(person_id=relay.keeper_id if fact.act in FOR_KEEPER else relay.asker_id)]


def tell_changed(fact: RelayChanged, recipient: Recipient) -> Mail | None:
    """Say what happened, unless something else did meanwhile."""
    relay = db.session.get(Relay, fact.relay_id)
    person = _member(relay, recipient)
    if relay is None or person is None:
        return None
    keeper = db.session.get_one(Person, relay.keeper_id)
    if fact.act in FOR_KEEPER:
        if relay.state is not RelayState.WAITING or keeper.id != person.id or not is_kept(relay):
            return None
        return _letter(
            relay,
            person,
            subject=_("A colleague asks you to pass something on"),
            says=_("A member of the space asks you to pass something on without their name. Only you see who it is."),
            why=_("You get this because you look after the space."),
        )
    if fact.act != relay.state:
        return None
    if relay.state is RelayState.PASSED:
        subject = _("%(name)s has passed it on for you", name=keeper.name)
        return _letter(relay, person, subject=subject, says=_("The space can read it now, without your name."))
    reason = next((step.reason for step in reversed(steps_of(relay, person)) if step.act is RelayAct.DECLINED), "")
    return _letter(
        relay,
        person,
        subject=_("%(name)s hasn’t passed it on", name=keeper.name),
        says=_("The reason: %(reason)s", reason=reason),
        then=_("You can ask through somebody else, or in your own name."),
    )


def who_waits(fact: RelayOverdue) -> Iterable[Recipient]:
    """Tell who asked."""
    relay = db.session.get(Relay, fact.relay_id)
    return [Recipient(person_id=relay.asker_id)] if relay and _is_overdue(relay, fact) else []


def tell_overdue(fact: RelayOverdue, recipient: Recipient) -> Mail | None:
    """Say that nothing has happened, while that is so."""
    relay = db.session.get(Relay, fact.relay_id)
    person = _member(relay, recipient)
    if relay is None or person is None or not _is_overdue(relay, fact):
        return None
    return _letter(
        relay,
        person,
        subject=_("What you asked still waits to be passed on"),
        says=_("Nothing has happened for three days. Organisers do this beside their own work."),
        then=_("You can wait, choose somebody else, or take it back."),
    )


def _is_overdue(relay: Relay, fact: RelayOverdue) -> bool:
    return relay.state is RelayState.WAITING and relay.chosen_at.isoformat() == fact.moment


def _member(relay: Relay | None, recipient: Recipient) -> Person | None:
    """Return the recipient, if they can be told anything of this relay: while they belong to its space."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if relay is None or person is None or not person.is_active or not person.email:
        return None
    belongs = select(Membership.id).where(
        Membership.space_id == relay.space_id, Membership.person_id == person.id, Membership.ended_at.is_(None)
    )
    return person if db.session.scalar(belongs) is not None else None


def _letter(relay: Relay, person: Person, *, subject: str, says: str, **more: str) -> Mail:
    space = db.session.get_one(Space, relay.space_id)
    return letter(
        "threads/relay",
        to=person.email or "",
        subject=subject,
        why=more.pop("why", _("You get this because you asked something through an organiser.")),
        says=says,
        then=more.get("then", ""),
        space=space,
        url=absolute("threads.asked_one", slug=space.slug, relay=relay.ref),
    )


TELLERS = (
    Teller(fact=RelayChanged, recipients=whom_it_concerns, compose=tell_changed),
    Teller(fact=RelayOverdue, recipients=who_waits, compose=tell_overdue),
)
