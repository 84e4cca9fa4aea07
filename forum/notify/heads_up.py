"""Telling people in the app of something that is no post: minutes, a day that has come. Each once, whoever asks how often."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Select, bindparam, delete, func, select, update

from forum.core.db import db, insert, transaction_of_marks
from forum.core.prepared import prepared
from forum.core.time import now
from forum.notify.models import HeadsUp
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries.visible import VIEWER, viewing, visible_to_viewer

MOST = 50
COUNTED = 100


def tell(
    people: Collection[int],
    *,
    item_id: int,
    kind: str,
    key: str,
    path: str,
    number: int = 0,
    day: date | None = None,
    words: str = "",
    at: datetime | None = None,
) -> None:
    """Tell people of something; `key` names it for good, so that nobody is told twice. Use inside `transaction()`."""
    what = {"kind": kind, "path": path, "number": number, "day": day, "words": words}
    values = {**what, "item_id": item_id, "key": key, "at": at or now()}
    rows = [{"person_id": person_id, **values} for person_id in people]
    if rows:
        db.session.execute(insert(HeadsUp).on_conflict_do_nothing(), rows)


def forget(*begins: str, item_id: int) -> None:
    """Take back what nobody has read yet and isn't so any more: of an item, with keys that begin so. Use inside `transaction()`."""
    unread = select(HeadsUp.id, HeadsUp.key).where(HeadsUp.item_id == item_id, HeadsUp.read_at.is_(None))
    gone = [id_ for id_, key in db.session.execute(unread) if key.startswith(begins)]
    if gone:
        still = (HeadsUp.id.in_(gone), HeadsUp.read_at.is_(None))
        db.session.execute(delete(HeadsUp).where(*still).execution_options(synchronize_session=False))


def keep_only(
    person_id: int,
    *,
    kinds: Collection[str],
    keys: Collection[str],
    item_ids: Collection[int] | None = None,
    before: datetime | None = None,
) -> None:
    """Take back what somebody hasn't read yet of some kinds, but for what `keys` name: the rest isn't so any more.

    Only of some items, or what they were told `before` a moment, where these are given. Use inside `transaction()`.
    """
    gone = [HeadsUp.person_id == person_id, HeadsUp.kind.in_(list(kinds)), HeadsUp.read_at.is_(None)]
    gone += [HeadsUp.item_id.in_(item_ids)] if item_ids is not None else []
    gone += [HeadsUp.at < before] if before is not None else []
    unread = db.session.execute(select(HeadsUp.id, HeadsUp.key).where(*gone).order_by(HeadsUp.id))
    ids = [id_ for id_, key in unread if key not in keys]
    if ids:
        still = (HeadsUp.id.in_(ids), HeadsUp.read_at.is_(None))
        db.session.execute(delete(HeadsUp).where(*still).execution_options(synchronize_session=False))


def who_has_unread(kinds: Collection[str], *, item_ids: Collection[int] | None = None) -> Sequence[int]:
    """Return who hasn't read yet something of some kinds that they were told, of any item or of these, in order of key."""
    unread = select(HeadsUp.person_id).distinct().where(HeadsUp.kind.in_(list(kinds)), HeadsUp.read_at.is_(None))
    if item_ids is not None:
        unread = unread.where(HeadsUp.item_id.in_(item_ids))
    return db.session.scalars(unread.order_by(HeadsUp.person_id)).all()


def was_told(person_id: int, *, key: str) -> bool:
    """Say whether somebody was told something already."""
    query = select(HeadsUp.id).where(HeadsUp.person_id == person_id, HeadsUp.key == key)
    return db.session.scalar(query) is not None


def has_read(person_id: int, *, item_id: int, begins: str) -> bool:
    """Say whether somebody read what they were told of an item, with a key that begins so."""
    query = select(HeadsUp.id).where(
        HeadsUp.person_id == person_id,
        HeadsUp.item_id == item_id,
        HeadsUp.key.startswith(begins, autoescape=True),
        HeadsUp.read_at.is_not(None),
    )
    return db.session.scalar(query.limit(1)) is not None


def lines_for(person: Person, *, is_read: bool) -> list[tuple[HeadsUp, str, str]]:
    """Return what somebody was told, as far as they may see it now, the latest first: with the item's title and the space's name."""
    read = HeadsUp.read_at.is_not(None) if is_read else HeadsUp.read_at.is_(None)
    rows = db.session.execute(
        _theirs(HeadsUp, Item.title, Space.name)
        .where(read)
        .order_by(HeadsUp.at.desc(), HeadsUp.id.desc())
        .limit(MOST + 1),
        viewing(person, now()),
    )
    return [(row, title, space) for row, title, space in rows]


@prepared
def waiting() -> Select[int]:
    """Return the query that counts, up to COUNTED, what the VIEWER was told of and hasn't seen; the item `but_not` doesn't count."""
    found = _theirs(HeadsUp.id).where(HeadsUp.read_at.is_(None), HeadsUp.item_id != bindparam("but_not", type_=Integer))
    return select(func.count()).select_from(found.limit(COUNTED).subquery())


def _theirs(*what: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401  # whatever is asked for
    mine = select(Membership.space_id).where(Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    query: Select[*tuple[Any, ...]] = (
        select(*what)
        .select_from(HeadsUp)
        .join(Item, Item.id == HeadsUp.item_id)
        .join(Space, Space.id == Item.space_id)
        .where(HeadsUp.person_id == VIEWER, visible_to_viewer(), Item.space_id.in_(mine))
    )
    return query


def read(person: Person, *, item_id: int) -> None:
    """Count as read what somebody was told of an item whose page they see. Looks before it asks for the write lock."""
    unread = select(HeadsUp.id).where(
        HeadsUp.person_id == person.id, HeadsUp.item_id == item_id, HeadsUp.read_at.is_(None)
    )
    if db.session.scalar(unread.limit(1)) is not None:
        with transaction_of_marks():
            _mark(HeadsUp.id.in_(unread), at=now())


def read_there(person: Person, *, path: str) -> None:
    """Count as read what somebody was told of a page that they see, whatever it is about. Looks before it asks for the write lock."""
    unread = select(HeadsUp.id).where(HeadsUp.person_id == person.id, HeadsUp.path == path, HeadsUp.read_at.is_(None))
    if db.session.scalar(unread.limit(1)) is not None:
        with transaction_of_marks():
            _mark(HeadsUp.id.in_(unread), at=now())


def read_all(person_id: int, *, until: datetime, at: datetime) -> int:
    """Count as read all that somebody was told until a moment; return how many. Use inside `transaction()`."""
    return _mark(HeadsUp.person_id == person_id, HeadsUp.read_at.is_(None), HeadsUp.at <= until, at=at)


def unread_again(person_id: int, *, at: datetime) -> int:
    """Let be unread what counts as read since just this instant; return how many. Use inside `transaction()`."""
    done = db.session.execute(
        update(HeadsUp)
        .where(HeadsUp.person_id == person_id, HeadsUp.read_at == at)
        .values(read_at=None)
        .returning(HeadsUp.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())


def _mark(*where: object, at: datetime) -> int:
    done = db.session.execute(
        update(HeadsUp)
        .where(*where)  # type: ignore[arg-type]  # conditions
        .values(read_at=at)
        .returning(HeadsUp.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())
