"""Whom the facts of playbooks concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from forum.content.models import Watch, WatchLevel
from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.people.models import Person
from forum.playbooks.credits import named
from forum.playbooks.events import (
    ChangeProposed,
    PlaybookChanged,
    PlaybookDue,
    PlaybookHeldBy,
    PlaybookWithdrawn,
    ProposalDecided,
    SentBackDecided,
)
from forum.playbooks.models import Edition, Playbook, Proposal, Run, Stage
from forum.roster.keeping import asked_of
from forum.roster.tellers.common import Reader, name_of, news, only, reader_of, reader_of_withdrawn
from forum.spaces.models import Item, Membership, Role, Space
from forum.spaces.policy import POWERS, Can
from forum.spaces.queries import stewards_of
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _

KEEPING = [role for role in Role if Can.KEEP_PLAYBOOKS in POWERS[role]]


def deciders(fact: ChangeProposed) -> Iterable[Recipient]:
    """Return who decides about what was proposed: whoever keeps the playbook; the organisers where nobody does."""
    playbook, item = db.session.get(Playbook, fact.item_id), db.session.get(Item, fact.item_id)
    if playbook is None or item is None:
        return []
    asked = asked_of(playbook, db.session.get_one(Space, item.space_id)) - {fact.actor_id}
    return only(*sorted(asked or _organisers(item.space_id) - {fact.actor_id or 0}))


def _organisers(space_id: int) -> set[int]:
    query = select(Membership.person_id).where(
        Membership.space_id == space_id, Membership.ended_at.is_(None), Membership.role.in_(KEEPING)
    )
    return set(db.session.scalars(query))


def tell_proposed(fact: ChangeProposed, recipient: Recipient) -> Mail | None:
    """Say that a change is proposed; unless it was withdrawn or decided meanwhile."""
    to, proposal = reader_of(recipient, fact.item_id), db.session.get(Proposal, fact.proposal_id)
    playbook = db.session.get(Playbook, fact.item_id)
    if to is None or proposal is None or proposal.stage is not Stage.OPEN or playbook is None:
        return None
    if to.person.id not in asked_of(playbook, to.space) | _organisers(to.space.id):
        return None
    return news(
        to,
        subject=_("A change is proposed: %(title)s", title=to.item.title),
        lines=[
            _("%(name)s proposes to change it.", name=_whose(proposal)),
            _("Why: %(reason)s", reason=proposal.reason),
            _("Nothing changes until you accept it. If you decline, they read why."),
        ],
        why=_("You get this because you keep this playbook, or look after this space."),
        label=_("Look at the change"),
        url=absolute("playbooks.proposal", slug=to.space.slug, ref=proposal.ref),
    )


def _whose(proposal: Proposal) -> str:
    person = db.session.get(Person, proposal.proposer_id) if proposal.proposer_id else None
    return named(person.name if person else None, proposal.credit) or name_of(None)


def senders(fact: SentBackDecided) -> Iterable[Recipient]:
    """Return the stewards of the space that sent it, and who pressed."""
    proposal, item = db.session.get(Proposal, fact.proposal_id), db.session.get(Item, fact.item_id)
    if proposal is None or item is None:
        return []
    return only(proposal.sender_id, *(person.id for person in stewards_of(item.space_id)))


def tell_sent_back(fact: SentBackDecided, recipient: Recipient) -> Mail | None:
    """Say what became of what was sent to the original. It isn't named, nor who decided: they may not be known here (F6)."""
    to, proposal = reader_of(recipient, fact.item_id), db.session.get(Proposal, fact.proposal_id)
    if to is None or proposal is None or proposal.stage not in {Stage.ACCEPTED, Stage.DECLINED}:
        return None
    is_in = proposal.stage is Stage.ACCEPTED
    subject = (
        _("The original took your change: %(title)s") if is_in else _("The original declined your change: %(title)s")
    )
    return news(
        to,
        subject=subject % {"title": to.item.title},
        lines=[
            _("What you sent is in force there. Thank you: every team that follows it is offered it now.")
            if is_in
            else _("Why: %(reason)s", reason=proposal.answer),
            "" if is_in else _("Your own version stays as it is."),
        ],
        why=_("You get this because you look after the space that sent it."),
        label=_("Go to the playbook"),
        url=_url(to),
    )


def proposer(fact: ProposalDecided) -> Iterable[Recipient]:
    """Return who proposed it."""
    proposal = db.session.get(Proposal, fact.proposal_id)
    return only(proposal.proposer_id) if proposal is not None and proposal.proposer_id != fact.actor_id else []


def tell_decided(fact: ProposalDecided, recipient: Recipient) -> Mail | None:
    """Say what became of what somebody proposed."""
    to, proposal = reader_of(recipient, fact.item_id), db.session.get(Proposal, fact.proposal_id)
    if to is None or proposal is None or proposal.stage not in {Stage.ACCEPTED, Stage.DECLINED}:
        return None
    name = name_of(proposal.decided_by_id)
    is_in = proposal.stage is Stage.ACCEPTED
    subject = _("Your change is in: %(title)s") if is_in else _("Your change was declined: %(title)s")
    lines = (
        [
            _("%(name)s accepted what you proposed. Thank you.", name=name),
            _("It stands in the versions with your name."),
        ]
        if is_in
        else [
            _("%(name)s declined what you proposed.", name=name),
            _("Why: %(reason)s", reason=proposal.answer),
            _("What you wrote is still there, and you can propose it again another way."),
        ]
    )
    return news(
        to,
        subject=subject % {"title": to.item.title},
        lines=lines,
        why=_("You get this because you proposed a change to this playbook."),
        label=_("Go to the playbook") if is_in else _("Look at what you proposed"),
        url=_url(to) if is_in else absolute("playbooks.proposal", slug=to.space.slug, ref=proposal.ref),
    )


def followers(fact: PlaybookChanged) -> Iterable[Recipient]:
    """Return who wants to hear of changes, and who is in the middle of a run; not who made the change, nor whose idea it was."""
    watching = select(Watch.person_id).where(Watch.item_id == fact.item_id, Watch.level == WatchLevel.EVERYTHING)
    running = select(Run.person_id).where(
        Run.playbook_id == fact.item_id, Run.finished_at.is_(None), Run.person_id.is_not(None)
    )
    off = select(Watch.person_id).where(Watch.item_id == fact.item_id, Watch.level == WatchLevel.OFF)
    edition = _edition(fact)
    people = {*db.session.scalars(watching), *db.session.scalars(running)} - set(db.session.scalars(off))
    return only(*sorted(people - {fact.actor_id, edition.proposer_id if edition else None} - {None}))


def tell_changed(fact: PlaybookChanged, recipient: Recipient) -> Mail | None:
    """Say that a new version is in force; unless a later one came meanwhile."""
    to, playbook, edition = reader_of(recipient, fact.item_id), db.session.get(Playbook, fact.item_id), _edition(fact)
    if to is None or playbook is None or edition is None or playbook.version != fact.number:
        return None
    return news(
        to,
        subject=_("The playbook changed: %(title)s", title=to.item.title),
        lines=[
            _("Version %(number)s is in force, by %(name)s.", number=fact.number, name=name_of(edition.editor_id)),
            _("Why: %(reason)s", reason=edition.reason) if edition.reason else "",
            _(
                "A run that you have begun goes on with the version that it began with; you can let it follow the new one."
            ),
        ],
        why=_("You get this because you follow this playbook, or are in the middle of a run."),
        label=_("See what changed"),
        url=absolute("playbooks.version", slug=to.space.slug, ref=to.item.ref, number=fact.number),
    )


def _edition(fact: PlaybookChanged) -> Edition | None:
    query = select(Edition).where(Edition.playbook_id == fact.item_id, Edition.number == fact.number)
    return db.session.scalar(query)


def the_one(fact: PlaybookDue | PlaybookHeldBy) -> Iterable[Recipient]:
    """Return the person of the fact."""
    return only(fact.person_id)


def tell_due(fact: PlaybookDue, recipient: Recipient) -> Mail | None:
    """Ask who keeps a playbook whether it still holds; unless somebody has said so meanwhile, or another keeps it now."""
    to, playbook = reader_of(recipient, fact.item_id), db.session.get(Playbook, fact.item_id)
    day = date.fromisoformat(fact.day)
    if to is None or playbook is None or playbook.due_on != day or to.person.id not in asked_of(playbook, to.space):
        return None
    last = playbook.verified_on
    return news(
        to,
        subject=_("Does it still hold? %(title)s", title=to.item.title),
        lines=[
            _("It was last checked on %(day)s.", day=long_day(last))
            if last
            else _("Nobody has looked since it was written."),
            _(
                "Open it and press “It still holds”, or change what doesn’t. You are asked once; then the page says that it lapsed."
            ),
        ],
        why=_("You get this because you keep this playbook, or cover for who does."),
        label=_("Go to the playbook"),
        url=_url(to),
    )


def tell_held_by(fact: PlaybookHeldBy, recipient: Recipient) -> Mail | None:
    """Say that one keeps a playbook from now on; unless that was changed."""
    to, playbook = reader_of(recipient, fact.item_id), db.session.get(Playbook, fact.item_id)
    by = db.session.get(Person, fact.actor_id or 0)
    if to is None or by is None or playbook is None or playbook.holder_id != to.person.id:
        return None
    return news(
        to,
        subject=_("You keep a playbook: %(title)s", title=to.item.title),
        lines=[
            _("%(name)s asks you to keep this playbook true.", name=by.name),
            _("You decide about changes that others propose. Once a quarter you are asked whether it still holds."),
        ],
        why=_("You get this because you keep this playbook."),
        label=_("Go to the playbook"),
        url=_url(to),
    )


def author_of_withdrawn(fact: PlaybookWithdrawn) -> Iterable[Recipient]:
    """Return who wrote a playbook that somebody else withdrew."""
    item = db.session.get(Item, fact.item_id)
    return only(item.author_id) if item is not None else []


def tell_withdrawn(fact: PlaybookWithdrawn, recipient: Recipient) -> Mail | None:
    """Say to who wrote a playbook that it was withdrawn, by whom and why; unless it is back, or they left."""
    found = reader_of_withdrawn(recipient, fact.item_id, fact.log_id)
    if found is None:
        return None
    to, entry = found
    return news(
        to,
        subject=_("Your playbook was withdrawn: %(title)s", title=to.item.title),
        lines=[
            _("%(name)s withdrew it, so nobody sees it any more.", name=name_of(entry.actor_id)),
            _("Why: %(reason)s", reason=entry.reason) if entry.reason else "",
            _("If you think that this is wrong, ask them: they can put it back."),
        ],
        why=_("You get this because you wrote this playbook."),
        label=_("Go to the playbooks"),
        url=absolute("playbooks.index", slug=to.space.slug),
    )


def _url(to: Reader) -> str:
    return absolute("playbooks.playbook", slug=to.space.slug, ref=to.item.ref)


TELLERS = (
    Teller(fact=ChangeProposed, recipients=deciders, compose=tell_proposed),
    Teller(fact=ProposalDecided, recipients=proposer, compose=tell_decided),
    Teller(fact=SentBackDecided, recipients=senders, compose=tell_sent_back),
    Teller(fact=PlaybookChanged, recipients=followers, compose=tell_changed),
    Teller(fact=PlaybookDue, recipients=the_one, compose=tell_due),
    Teller(fact=PlaybookHeldBy, recipients=the_one, compose=tell_held_by),
    Teller(fact=PlaybookWithdrawn, recipients=author_of_withdrawn, compose=tell_withdrawn),
)
