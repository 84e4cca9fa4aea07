"""Asking for everything of one's own, and calling it off."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from forum.core.db import db, lock
from forum.core.errors import Missing, TooMany
from forum.core.leased import UNDER_WAY, WorkState
from forum.core.time import now
from forum.mydata.models import Download
from forum.people.models import Person

A_DAY = timedelta(days=1)
DOWNLOADS_A_DAY = 3


def ask(person: Person) -> Download:
    """Ask for everything of one's own. While one is under way, it is that one. Use inside `transaction()`.

    Raises TooMany past DOWNLOADS_A_DAY; those that failed or were called off count, or calling off would be a way round.
    """
    lock(Person, person.id)
    running = under_way(person)
    if running is not None:
        return running
    at = now()
    lately = (Download.person_id == person.id, Download.asked_at > at - A_DAY)
    asked, first = db.session.execute(select(func.count(), func.min(Download.asked_at)).where(*lately)).one()
    if asked >= DOWNLOADS_A_DAY:
        raise TooMany(int((first + A_DAY - at).total_seconds()) + 1)
    made = Download(person_id=person.id, asked_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:
        running = under_way(person)
        if running is None:
            raise
        return running
    return made


def cancel(person: Person, key: str) -> None:
    """Call a download off. One that is done stays. Use inside `transaction()`. Raises Missing for another person's."""
    found = own(person, key)
    db.session.execute(
        update(Download)
        .where(Download.id == found.id, Download.state.in_(UNDER_WAY))
        .values(state=WorkState.CANCELLED, claimed_until=None)
    )


def own(person: Person, key: str) -> Download:
    """Find one of a person's downloads. Raises Missing."""
    found = db.session.scalar(select(Download).where(Download.uuid == key, Download.person_id == person.id))
    if found is None:
        raise Missing
    return found


def under_way(person: Person) -> Download | None:
    """Find the download that is being made for somebody."""
    return db.session.scalar(select(Download).where(Download.person_id == person.id, Download.state.in_(UNDER_WAY)))


def newest(person: Person) -> Download | None:
    """Find the download that somebody asked for last."""
    mine = (
        select(Download).where(Download.person_id == person.id).order_by(Download.asked_at.desc(), Download.id.desc())
    )
    return db.session.scalar(mine.limit(1))
