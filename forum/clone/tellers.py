"""Whom the facts of showcases concern, and what their mails say."""

from collections.abc import Iterable

from forum.clone.archive.making import still_may
from forum.clone.archive.models import SpaceArchive
from forum.clone.events import ArchiveReady, ConsentAsked
from forum.clone.models import Consent, ShowcaseItem
from forum.core.db import db
from forum.core.errors import Denied, Missing
from forum.core.events import Recipient, Teller
from forum.core.leased import WorkState
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person
from forum.roster.tellers.common import news, reader_of
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _


def the_one(fact: ConsentAsked) -> Iterable[Recipient]:
    """Return the person of the fact."""
    return [Recipient(person_id=fact.person_id)]


def tell_asked(fact: ConsentAsked, recipient: Recipient) -> Mail | None:
    """Ask whether others may read what somebody wrote; unless they said so already, or it isn't wanted any more."""
    to, by = reader_of(recipient, fact.item_id), db.session.get(Person, fact.actor_id or 0)
    consent = db.session.get(Consent, (fact.item_id, recipient.person_id))
    if to is None or by is None or consent is None or consent.agreed is not None:
        return None
    if db.session.get(ShowcaseItem, fact.item_id) is None:
        return None
    return news(
        to,
        subject=_("May other teams read this? %(title)s", title=to.item.title),
        lines=[
            _(
                "%(name)s would like to show it to other teams, who may take it along into a space of their own.",
                name=by.name,
            ),
            _("Your name isn’t shown. Nothing is shown until you say yes, and you may say no without a reason."),
        ],
        why=_("You get this because you wrote in it."),
        label=_("Say yes or no"),
        url=absolute("clone.asked", slug=to.space.slug, ref=to.item.ref),
    )


def whose_archive(fact: ArchiveReady) -> Iterable[Recipient]:
    """Tell who asked for it."""
    asked = db.session.get(SpaceArchive, fact.archive_id)
    return [Recipient(person_id=asked.person_id)] if asked else []


def tell_archive(fact: ArchiveReady, _recipient: Recipient) -> Mail | None:
    """Say that an archive can be downloaded, unless its time is over or they may have it no more."""
    asked = db.session.get(SpaceArchive, fact.archive_id)
    if asked is None or asked.state is not WorkState.READY or asked.expires_at is None or asked.expires_at <= now():
        return None
    try:
        here = still_may(asked)
    except (Missing, Denied):
        return None
    if not here.actor.email:
        return None
    return letter(
        "clone/archive_ready",
        to=here.actor.email,
        subject=_subject(asked, here.space.name),
        asked=asked,
        why=_("You get this because you asked for it."),
        person=here.actor,
        space=here.space,
        until=asked.expires_at,
        url=absolute("clone.archives", slug=here.space.slug),
    )


def _subject(asked: SpaceArchive, space: str) -> str:
    if asked.as_pages:
        return _("The pages of %(space)s to read are ready", space=space)
    if asked.with_names:
        return _("The archive of %(space)s with names and addresses is ready", space=space)
    return _("The archive of %(space)s without names is ready", space=space)


TELLERS = (
    Teller(fact=ConsentAsked, recipients=the_one, compose=tell_asked),
    Teller(fact=ArchiveReady, recipients=whose_archive, compose=tell_archive, at_any_hour=True),
)
