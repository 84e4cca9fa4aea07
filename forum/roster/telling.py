"""What colleagues ask of people, told in the app: once each, with where it is answered. Mail says the same: see `tellers/`.

The list follows what is asked: `tell_asked` is called with each new question, and `no_more_asked` where one is answered or falls away.
What falls away by itself, as its day passes, is taken out within the hour.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, Select, select

from forum.core.apart import apart
from forum.core.db import db, transaction
from forum.core.prepared import prepared
from forum.core.time import now
from forum.notify import heads_up
from forum.people.models import Person
from forum.roster.queries.asks import What, asks
from forum.spaces.models import Item, Space
from forum.spaces.queries.visible import viewing, visible_to_viewer
from forum.web.links import path_of
from forum.web.words import _

HEADS_UP: Mapping[str, Callable[[int], str]] = {
    "asked: handover": lambda _number: _("You are asked to take it over"),
    "asked: left": lambda _number: _("You are asked to take over what a colleague leaves"),
    "asked: holder": lambda _number: _("You are asked to take it on"),
    "asked: deputy": lambda _number: _("You are asked to be the deputy"),
    "asked: turn": lambda _number: _("You are asked to swap turns"),
    "asked: cover": lambda _number: _("You are asked to cover it"),
    "asked: cover swap": lambda _number: _("You are asked to swap covers"),
    "asked: rehearsal": lambda _number: _("You are asked, as the deputy, to run it once"),
}
"""How the list of what one was told says it; the day follows."""
PAGES = {
    What.HANDOVER: "roster.handover",
    What.LEFT: "roster.leaving",
    What.TURN: "roster.turns",
    What.COVER: "roster.cover_request",
    What.COVER_SWAP: "roster.cover",
    What.REHEARSAL: "roster.passport",
}
"""Where each kind is answered; else on the duty's page."""
ASKED = "asked: "
SETTLED_AFTER = timedelta(minutes=10)
WITHOUT_REF = (What.LEFT, What.COVER_SWAP)


def tell_asked(*people: int, about: int | None, at: datetime | None = None) -> None:
    """Tell people what they are asked about an item, what they weren't told yet. Use inside `transaction()`, while it is held."""
    db.session.flush()
    for person_id in people:
        for what, key, ref, day, item_id, item_ref, slug in _asked_of(person_id):
            if item_id == about:
                heads_up.tell(
                    [person_id],
                    item_id=item_id,
                    kind=f"{ASKED}{what}",
                    key=f"{ASKED}{what} {key}",
                    path=_path(What(what), slug, ref or item_ref),
                    day=day,
                    at=at,
                )


def no_more_asked(*item_ids: int | None) -> None:
    """Tell nobody any more of what was answered about some items, or fell away. Use inside `transaction()`, while they are held.

    Of other items nothing is taken out: what is asked about them in this moment isn't seen from here.
    """
    about = [item_id for item_id in item_ids if item_id is not None]
    if about:
        db.session.flush()
        for person_id in heads_up.who_has_unread(HEADS_UP, item_ids=about):
            heads_up.keep_only(person_id, kinds=HEADS_UP, keys=_keys(person_id), item_ids=about)


def tell_no_more() -> None:
    """Take out what fell away by itself. Nothing is held meanwhile, so what was told in these minutes stays."""
    for person_id in heads_up.who_has_unread(HEADS_UP):
        with apart("what is asked of person", person_id), transaction():
            heads_up.keep_only(person_id, kinds=HEADS_UP, keys=_keys(person_id), before=now() - SETTLED_AFTER)


def _keys(person_id: int) -> list[str]:
    return [f"{ASKED}{row[0]} {row[1]}" for row in _asked_of(person_id)]


def _asked_of(person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    return db.session.execute(_asked(), viewing(db.session.get_one(Person, person_id), now())).all()


@prepared
def _asked() -> Select[*tuple[Any, ...]]:
    some = asks()
    columns = [some.c[name] for name in ("what", "key", "ref", "day")]
    return (
        select(*columns, Item.id, Item.ref, Space.slug)
        .select_from(some)
        .join(Item, Item.id == some.c.item_id)
        .join(Space, Space.id == Item.space_id)
        .where(visible_to_viewer(), Space.archived_at.is_(None))
        .order_by(some.c.day, some.c.what, some.c.key)
    )


def _path(what: What, slug: str, ref: str) -> str:
    page = partial(path_of, PAGES.get(what, "roster.duty"), slug=slug)
    return page() if what in WITHOUT_REF else page(ref=ref)
