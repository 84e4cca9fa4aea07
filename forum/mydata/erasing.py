"""Erasing an account: who it was is taken out of every table as the rooms declared, what was written stays as "former member" (A15)."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    String,
    Table,
    and_,
    bindparam,
    cast,
    delete,
    false,
    or_,
    select,
    true,
    update,
)

from forum.content.models import Post, PostRevision
from forum.core.db import db, transaction
from forum.core.ownership import HTML, OWN, Column, Fate, Ref, Words
from forum.core.redaction import Redactor
from forum.core.time import now
from forum.mydata.registry import belongs, declared, table_of, words_in
from forum.people.actions.closing import forget, may_close
from forum.people.models import Person, PersonState
from forum.spaces.feature import features
from forum.spaces.models import Item, Membership, Space

logger = logging.getLogger(__name__)


def close_due(*, at: datetime | None = None) -> int:
    """Erase the accounts whose date has come, each in a transaction of its own. Return how many."""
    at, number = at or now(), 0
    due = select(Person.id).where(Person.closes_at <= at, Person.state != PersonState.CLOSED).order_by(Person.closes_at)
    for person_id in db.session.scalars(due).all():
        try:
            number += _close(person_id, at=at)
        except Exception:
            logger.exception("account %d could not be closed; the others are, and this one is tried again", person_id)
    return number


def _close(person_id: int, *, at: datetime) -> bool:
    with transaction():
        person = db.session.get_one(Person, person_id, populate_existing=True)
        if not may_close(person, at=at):
            logger.warning("account %d stays: nobody else looks after the installation", person_id)
            return False
        erase(person)
    return True


def erase(person: Person) -> None:
    """Take somebody out of everything. The account is held. Use inside `transaction()`."""
    redactor = Redactor(handle=person.handle, name=person.name, address=person.email)
    everything = declared()
    _hold(person, redactor)
    for feature in features():
        if feature.on_closing:
            feature.on_closing(person)
    db.session.flush()
    for name, columns in everything.items():
        _redact(name, columns, redactor, own=belongs(name, person.id, everything=everything))
    for fate in (Fate.DELETE, Fate.UNNAME):
        for table in reversed(current_tables(everything)):
            _settle(table, everything[table.name], person.id, fate)
    db.session.expire_all()
    forget(db.session.get_one(Person, person.id))


def _hold(person: Person, redactor: Redactor) -> None:
    """Hold the spaces and then the items in which something changes: every write holds these before their posts.

    Else who holds an item waits for a post that is held here, and here is waited for the item. SQLite holds everything already.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        return
    spaces = select(Membership.space_id).where(Membership.person_id == person.id)
    here = or_(Space.maker_id == person.id, Space.id.in_(spaces))
    own = or_(Post.author_id == person.id, Post.gone_by_id == person.id)
    texts = {OWN: (Post.source, PostRevision.source), HTML: (Post.html, PostRevision.html)}
    named = [_names(text.expression, what, redactor, own) for what, columns in texts.items() for text in columns]
    posts = select(Post.item_id).outerjoin(PostRevision, PostRevision.post_id == Post.id).where(or_(own, *named))
    there = or_(Item.author_id == person.id, Item.last_by_id == person.id, Item.id.in_(posts))
    for model, condition in ((Space, here), (Item, there)):
        rows = select(model.id).where(condition).order_by(model.id)
        db.session.execute(rows.with_for_update(key_share=True)).all()


def current_tables(everything: Mapping[str, Mapping[str, Column]]) -> list[Table]:
    """Return the declared tables, those that others refer to first."""
    return [table for table in Person.metadata.sorted_tables if table.name in everything]


def _settle(table: Table, columns: Mapping[str, Column], person_id: int, fate: Fate) -> None:
    """Delete the rows that name the person, or empty the reference."""
    for name, what in columns.items():
        if isinstance(what, Ref) and what.fate is fate:
            found = table.c[name] == person_id
            db.session.execute(
                delete(table).where(found) if fate is Fate.DELETE else update(table).where(found).values({name: None})
            )


def _redact(name: str, columns: Mapping[str, Column], redactor: Redactor, *, own: ColumnElement[bool]) -> None:
    """Take the person out of a table's texts: of all rows their handle and address, of their own rows their name too."""
    table, words = table_of(name), words_in(columns)
    for column, what in words.items():
        if what.is_mailbox and redactor.address:
            db.session.execute(delete(table).where(table.c[column].icontains(redactor.address, autoescape=True)))
    texts = {column: what for column, what in words.items() if what.has_handle}
    if not texts:
        return
    keys = list(table.primary_key.columns)
    found = select(*keys, *(table.c[column] for column in texts), own.label("is_own")).where(
        or_(*(_names(table.c[column], what, redactor, own) for column, what in texts.items()))
    )
    changes = []
    for row in db.session.execute(found).mappings():
        changed = {
            column: _without(row[column], what, redactor, table.c[column].type, is_own=row["is_own"])
            for column, what in texts.items()
        }
        changes.append({**changed, **{f"key_{key.name}": row[key.name] for key in keys}})
    if changes:
        here = and_(*(key == bindparam(f"key_{key.name}") for key in keys))
        new = {column: bindparam(column, type_=table.c[column].type) for column in texts}
        db.session.connection().execute(update(table).where(here).values(new), changes)


def _names(
    column: ColumnElement[Any], what: Words, redactor: Redactor, own: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return the condition that a text names the person somehow."""
    text = cast(column, String) if isinstance(column.type, JSON) else column

    def holds(*pieces: str) -> ColumnElement[bool]:
        spelt = (json.dumps(piece)[1:-1] if isinstance(column.type, JSON) else piece for piece in pieces)
        return or_(false(), *(text.icontains(piece, autoescape=True) for piece in spelt))

    named = true() if what.has_name else own if redactor.is_full_name else false()
    captions = holds(*redactor.captions()) if what.is_html else false()
    return or_(holds(*redactor.needles()), and_(named, holds(redactor.name)), captions)


def _without(value: Any, what: Words, redactor: Redactor, kind: Any, *, is_own: bool) -> Any:  # noqa: ANN401  # a column's value
    with_name = what.has_name or (is_own and redactor.is_full_name)
    if isinstance(value, dict):
        return {key: _without(part, what, redactor, None, is_own=is_own) for key, part in value.items()}
    if isinstance(value, list):
        return [_without(part, what, redactor, None, is_own=is_own) for part in value]
    if not isinstance(value, str):
        return value
    text = (redactor.html if what.is_html else redactor.text)(value, with_name=with_name)
    length = getattr(kind, "length", None)
    return text[:length] if length else text


def close_due_accounts() -> None:
    """Erase what is due, for the worker."""
    if number := close_due():
        logger.info("%d accounts closed", number)
