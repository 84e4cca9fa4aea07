"""Facts: what happened, in the past tense, ids only. An action announces a fact in the transaction that made it true.

A room says whom a fact concerns and what their mail says with a `Teller`; the worker expands facts into deliveries and sends.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import event
from sqlalchemy.orm import Session

from forum.core.db import db
from forum.core.mail import Mail
from forum.core.notices import Notice
from forum.core.outbox import FactRow
from forum.core.time import now

bell = threading.Event()
"""Rung when facts were committed in this process: a worker that runs beside the web needn't wait for its next look."""
ANNOUNCED = "baton_announced"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of every fact. Subclasses add ids and short words, nothing that a person may want erased."""

    actor_id: int | None = None
    item_id: int | None = None
    HEAD: ClassVar[frozenset[str]] = frozenset({"actor_id", "item_id"})

    @classmethod
    def kind(cls) -> str:
        """The name under which the fact is stored: the class's, in lower case with spaces."""
        return re.sub(r"(?<!^)(?=[A-Z])", " ", cls.__name__).lower()


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A person, or an address that has no account yet."""

    person_id: int | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Whom a kind of fact concerns, and what their mail says.

    `recipients` and `notices` are pure functions of the fact and the database. `compose` is asked again at sending, and gives None
    when the recipient may not be told any more.
    """

    fact: type[Fact]
    recipients: Callable[[Any], Iterable[Recipient]]
    notices: Callable[[Any], Iterable[Notice]] | None = None
    """Who is told in the app, too. Their mail follows a little later, if they have it at once; see `forum.notify.expansion`."""
    urgent_for: Callable[[Any], Iterable[int]] | None = None
    """For whom it can't wait, such as who is on duty: their mail leaves at once, at night and on days off,
    too. Asked again at sending."""
    is_asked_for: bool = False
    """Whether the recipient waits for just this mail, such as a link to sign in: it leaves though mail to them is paused."""
    at_any_hour: bool = False
    """Whether it leaves at night and on days off. Mail to people waits for their working hours, but what is about the account, what its
    reader did or asked to have at this moment, and a call for help to who may be called."""
    of_use_until: Callable[[Any], datetime | None] | None = None
    """Until when a mail is of use, such as when a meetup begins: it leaves at any hour if it would wait until too near to that."""
    has_own_hour: bool = False
    """Whether its reader chose its hour, as of digests: of their working hours only the days hold."""
    compose: Callable[[Any, Recipient], Mail | None]


def announce(fact: Fact, *, due: datetime | None = None) -> None:
    """Store `fact`, to be committed with the writes that made it true. Use inside `transaction()`.

    With `due` nobody is told of it before that moment: it is what will have come about then, if nothing changes meanwhile.
    """
    at = due or now()
    payload = {name: value for name, value in asdict(fact).items() if name not in Fact.HEAD}
    db.session.add(
        FactRow(kind=fact.kind(), actor_id=fact.actor_id, item_id=fact.item_id, payload=payload, at=at, due_at=at)
    )
    db.session.info[ANNOUNCED] = True


@event.listens_for(db.session, "after_commit")
def _ring(session: Session) -> None:
    if session.info.pop(ANNOUNCED, False):
        bell.set()


def restore(row: FactRow, kinds: Mapping[str, type[Fact]]) -> Fact:
    """Make the fact again from its row. Raises KeyError when no room knows the kind."""
    cls = kinds[row.kind]
    known = {field.name for field in fields(cls)}
    payload = {name: value for name, value in row.payload.items() if name in known}
    return cls(actor_id=row.actor_id, item_id=row.item_id, **payload)
