"""Who hears that a kept search found something: its person. What they may see is asked again when the mail leaves (A3, A5)."""

from collections.abc import Iterable
from datetime import datetime

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person
from forum.search.events import SearchFound
from forum.search.finding import found_between
from forum.search.language import read
from forum.search.models import SavedSearch
from forum.web.letters import letter
from forum.web.links import absolute, whole
from forum.web.words import _


def whose_search(fact: SearchFound) -> Iterable[Recipient]:
    """Tell whoever keeps it."""
    one = db.session.get(SavedSearch, fact.saved_id)
    return [Recipient(person_id=one.person_id)] if one is not None and one.tells else []


def tell_found(fact: SearchFound, recipient: Recipient) -> Mail | None:
    """Say what is new, as far as it can still be seen."""
    one = db.session.get(SavedSearch, fact.saved_id)
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if one is None or not one.tells or person is None or one.person_id != person.id:
        return None
    if not person.is_active or not person.email:
        return None
    after, until = datetime.fromisoformat(fact.after), datetime.fromisoformat(fact.until)
    hits = found_between(person, read(one.query), after=after, until=until, at=now())
    if not hits:
        return None
    return letter(
        "search/found",
        to=person.email,
        subject=_("New for your search “%(query)s”", query=one.query),
        why=_("You get this because you keep this search and asked to be told."),
        query=one.query,
        hits=[(hit, whole(hit.parts[0].url if hit.parts else hit.shown.url)) for hit in hits],
        url=absolute("search.results", q=one.query),
        manage=absolute("search.kept"),
    )


TELLERS = (Teller(fact=SearchFound, recipients=whose_search, compose=tell_found),)
