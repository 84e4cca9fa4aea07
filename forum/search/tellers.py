"""Who hears that a kept search found something: its person. What they may see is asked again when the mail leaves (A3, A5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.notices import Notice, Reason
from forum.core.time import now
from forum.people.models import Person
from forum.search.events import SearchFound
from forum.search.finding import Hit, found_between
from forum.search.keeping import findables
from forum.search.language import read
from forum.search.models import SavedSearch
from forum.web.letters import letter
from forum.web.links import absolute, whole
from forum.web.words import _


def whose_search(fact: SearchFound) -> Iterable[Recipient]:
    """Tell whoever keeps it."""
    one = db.session.get(SavedSearch, fact.saved_id)
    return [Recipient(person_id=one.person_id)] if one is not None and one.tells else []


def posts_found(fact: SearchFound) -> Iterable[Notice]:
    """Tell them in the app too, of the posts among it. Their mail is this fact's, whatever else they are told of the posts."""
    person, hits = _found(fact)
    if person is None:
        return ()
    keys = [(hit.shown.item_id, part.number) for hit in hits for part in hit.parts]
    rooms = [one.post_ids for one in findables().values() if one.post_ids is not None]
    return [
        Notice(person_id=person.id, post_id=post_id, reason=Reason.SEARCH, is_quiet=True)
        for post_ids in rooms
        for post_id in post_ids(keys)
    ]


def _found(fact: SearchFound) -> tuple[Person | None, Sequence[Hit]]:
    """Return whose search it is, and what is new as far as they can still see it; None for nobody to tell."""
    one = db.session.get(SavedSearch, fact.saved_id)
    person = db.session.get(Person, one.person_id) if one is not None and one.tells else None
    if one is None or person is None or not person.is_active:
        return None, ()
    after, until = datetime.fromisoformat(fact.after), datetime.fromisoformat(fact.until)
    return person, found_between(person, read(one.query), after=after, until=until, at=now())


def tell_found(fact: SearchFound, recipient: Recipient) -> Mail | None:
    """Say what is new, as far as it can still be seen."""
    person, hits = _found(fact)
    if person is None or person.id != recipient.person_id or not person.email or not hits:
        return None
    query = db.session.get_one(SavedSearch, fact.saved_id).query
    return letter(
        "search/found",
        to=person.email,
        subject=_("New for your search “%(query)s”", query=query),
        why=_("You get this because you keep this search and asked to be told."),
        query=query,
        hits=[(hit, whole(hit.parts[0].url if hit.parts else hit.shown.url)) for hit in hits],
        url=absolute("search.results", q=query),
        manage=absolute("search.kept"),
    )


TELLERS = (Teller(fact=SearchFound, recipients=whose_search, notices=posts_found, compose=tell_found),)
