"""Searches that somebody made last, and those that they keep. All of it is theirs alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from forum.core.db import db, insert, lock, transaction
from forum.core.errors import Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.search.events import SearchFound
from forum.search.finding import found_between
from forum.search.language import read
from forum.search.models import QUERY_LENGTH, RecentSearch, SavedSearch
from forum.web.words import _

RECENT = 10
MOST_SAVED = 30
LOOK_EVERY = timedelta(minutes=50)
SETTLED = timedelta(minutes=2)
"""What is younger may still be on its way into the database, and is looked at next time."""


def note_recent(person: Person, query: str) -> None:
    """Keep what was looked for among the last ten; half of a longer one would be another search. Use inside `transaction()`."""
    query = query.strip()
    if not query or len(query) > QUERY_LENGTH:
        return
    put = insert(RecentSearch).values(person_id=person.id, query=query, at=now())
    keys = [RecentSearch.person_id, RecentSearch.query]
    db.session.execute(put.on_conflict_do_update(index_elements=keys, set_={"at": put.excluded.at}))
    mine = select(RecentSearch.query).where(RecentSearch.person_id == person.id)
    old = db.session.scalars(mine.order_by(RecentSearch.at.desc(), RecentSearch.query).offset(RECENT)).all()
    if old:
        db.session.execute(delete(RecentSearch).where(RecentSearch.person_id == person.id, RecentSearch.query.in_(old)))


def recent(person: Person) -> Sequence[str]:
    """Return what somebody looked for last, the latest first."""
    mine = select(RecentSearch.query).where(RecentSearch.person_id == person.id)
    return db.session.scalars(mine.order_by(RecentSearch.at.desc(), RecentSearch.query)).all()


def forget_recent(person: Person) -> None:
    """Forget all that somebody looked for. Use inside `transaction()`."""
    db.session.execute(delete(RecentSearch).where(RecentSearch.person_id == person.id))


def saved(person: Person) -> Sequence[SavedSearch]:
    """Return the searches that somebody keeps, the latest first."""
    mine = select(SavedSearch).where(SavedSearch.person_id == person.id)
    return db.session.scalars(mine.order_by(SavedSearch.made_at.desc(), SavedSearch.id.desc())).all()


def is_saved(person: Person, query: str) -> bool:
    """Say whether somebody keeps this search."""
    mine = select(SavedSearch.id).where(SavedSearch.person_id == person.id, SavedSearch.query == query)
    return db.session.scalar(mine) is not None


def save(person: Person, query: str, *, tells: bool) -> None:
    """Keep a search, or change whether it tells. Use inside `transaction()`. Raises RuleBroken past the most, and for a longer one."""
    query = query.strip()
    if len(query) > QUERY_LENGTH:
        raise RuleBroken(_("Only searches of up to %(most)s signs are kept. Leave some words out.", most=QUERY_LENGTH))
    lock(Person, person.id)
    kept = {one.query: one for one in saved(person)}
    if query in kept:
        change(person, kept[query].ref, tells=tells)
        return
    if len(kept) >= MOST_SAVED:
        raise RuleBroken(_("You keep %(most)s searches already. Delete one first.", most=MOST_SAVED))
    db.session.add(SavedSearch(person_id=person.id, query=query, tells=tells, looked_at=now() - SETTLED, made_at=now()))
    db.session.flush()


def change(person: Person, ref: str, *, tells: bool) -> None:
    """Let a search tell from now on, or stop it. Use inside `transaction()`. Raises Missing."""
    one = _own(person, ref)
    if tells and not one.tells:
        one.looked_at = now() - SETTLED
    one.tells = tells


def drop(person: Person, ref: str) -> None:
    """Keep a search no longer. Use inside `transaction()`. Raises Missing."""
    db.session.delete(_own(person, ref))
    db.session.flush()


def _own(person: Person, ref: str) -> SavedSearch:
    one = None
    if ref.isascii() and ref.isalnum():
        one = db.session.scalar(
            select(SavedSearch)
            .where(SavedSearch.person_id == person.id, SavedSearch.ref == ref)
            .with_for_update(key_share=True)
        )
    if one is None:
        raise Missing
    return one


def due(at: datetime) -> Sequence[int]:
    """Return the searches that tell and were not looked at for an hour."""
    waiting = select(SavedSearch.id).where(SavedSearch.tells, SavedSearch.looked_at <= at - LOOK_EVERY - SETTLED)
    return db.session.scalars(waiting.order_by(SavedSearch.looked_at, SavedSearch.id)).all()


def look(saved_id: int, *, at: datetime) -> bool:
    """Look whether a search finds something new, and let its person be told. Use outside of `transaction()`.

    What is asked may take long, so it is asked before anything is held that others wait for.
    """
    one = db.session.get(SavedSearch, saved_id)
    if one is None or not _is_due(one, at):
        return False
    person, after, until = db.session.get_one(Person, one.person_id), one.looked_at, at - SETTLED
    is_new = person.state is PersonState.ACTIVE and bool(
        found_between(person, read(one.query), after=after, until=until, at=at)
    )
    with transaction():
        held = select(SavedSearch).where(SavedSearch.id == saved_id, SavedSearch.looked_at == after, SavedSearch.tells)
        one = db.session.scalar(held.with_for_update(key_share=True, skip_locked=True))
        if one is None:
            return False
        one.looked_at = until
        if is_new:
            announce(SearchFound(saved_id=one.id, after=after.isoformat(), until=until.isoformat()))
    return is_new


def _is_due(one: SavedSearch, at: datetime) -> bool:
    return one.tells and one.looked_at <= at - LOOK_EVERY - SETTLED
