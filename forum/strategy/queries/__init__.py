"""Reads of the strategy, shaped for its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from forum.core.db import db
from forum.people.models import Person
from forum.spaces.feature import duties_in
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item
from forum.strategy.models import SignOff, Strategy, Version

PAGE = 20


def open_duties(here: Here) -> Mapping[int, str]:
    """Return the duties that can stand on the page, by key: those that every member sees, since the page is for everybody (A3)."""
    named = dict(duties_in(here))
    query = select(Item.id).where(Item.id.in_(named), Item.audience == Audience.SPACE)
    return {key: named[key] for key in db.session.scalars(query.order_by(Item.title, Item.id))} if named else {}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A version in the list."""

    version: Version
    author: Person | None


def versions_of(strategy: Strategy, *, before: int | None = None, with_drafts: bool) -> Sequence[Listed]:
    """Return versions, the latest first, one more than a page holds: without drafts those that everybody was shown once signed."""
    query = (
        select(Version, Person)
        .outerjoin(Person, Person.id == Version.author_id)
        .where(Version.strategy_id == strategy.id)
        .order_by(Version.number.desc())
        .limit(PAGE + 1)
    )
    if not with_drafts:
        query = query.where(is_for_all(strategy))
    if before is not None:
        query = query.where(Version.number < before)
    return [Listed(version=version, author=author) for version, author in db.session.execute(query)]


def is_for_all(strategy: Strategy) -> ColumnElement[bool]:
    """The condition that a version is for everybody: signed as a whole, or the latest while none is."""
    return or_(Version.signed_at.is_not(None), Version.number == strategy.shown)


def signed_before(strategy: Strategy, number: int) -> int | None:
    """Return the version that was signed as a whole before another one."""
    return db.session.scalar(
        select(func.max(Version.number)).where(
            Version.strategy_id == strategy.id, Version.number < number, Version.signed_at.is_not(None)
        )
    )


def signoffs_of(strategy: Strategy, number: int | None = None) -> Sequence[SignOff]:
    """Return who was asked to sign a version, or any, in their order; without those of whom it isn't asked any more."""
    query = select(SignOff).where(SignOff.strategy_id == strategy.id, SignOff.withdrawn_at.is_(None))
    if number is not None:
        query = query.where(SignOff.number == number)
    return db.session.scalars(
        query.order_by(SignOff.number, SignOff.place).execution_options(populate_existing=True)
    ).all()


def asked_for(strategy: Strategy, number: int) -> Sequence[SignOff]:
    """Return whom a version waits for: asked, or to be asked when those before have signed."""
    return [one for one in signoffs_of(strategy, number) if one.is_open]


def asked_before(strategy: Strategy) -> Sequence[SignOff]:
    """Return who was asked to sign the version before the latest for which anybody was asked, in their order."""
    rows = [one for one in signoffs_of(strategy) if one.number < strategy.version]
    return [one for one in rows if one.number == rows[-1].number]


def last_change(strategy: Strategy, number: int) -> datetime | None:
    """Return when the version after this one was written: since then a link for it opens nothing to sign."""
    return db.session.scalar(select(Version.at).where(Version.strategy_id == strategy.id, Version.number == number + 1))
