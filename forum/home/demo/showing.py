"""The demo's showcase: the champions show other teams how they work, with some of their stories, to which who told them agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from forum.clone.actions.showing import Wish, answer, choose, describe
from forum.clone.models import Consent
from forum.clone.rooms import house
from forum.core.db import db
from forum.home.demo.telling import KEEPER, SPACE, told
from forum.people.models import Person
from forum.spaces.guard import here_for
from forum.spaces.models import Item

if TYPE_CHECKING:
    from forum.home.demo.loading import Loading

HOW = """\
We are one person from each department. Nobody is an expert; each knows something that others don’t.

- **Questions** are answered within a working day. Whoever looks in first answers, or asks somebody who may know.
- **Every first Wednesday** we meet for an hour: what went wrong, what worked, what we try next.
- **When something broke** and we mended it, one of us tells it as a story. It saves the next department a morning.
- **Who goes on holiday** asks for cover here, so nothing waits for them.

What we would tell a team that begins: invite three people you like working with, meet once, and tell one small story yourself.
"""
SHOWN = 3
"""Stories that are chosen, the first ones of the file that somebody told with their name."""


def show_themselves(loading: Loading) -> None:
    """Open the showcase. Inside the transaction that loads the demo."""
    here = loading.here(KEEPER, SPACE)
    parts = [part.name for part in house().parts]
    wish = Wish(is_open=True, offers_copy=True, shows_numbers=True, parts=parts, how=loading.texts[HOW, 0, 0])
    describe(here, wish)
    titles = [given["title"] for given in told() if not given.get("unnamed")][:SHOWN]
    for item in db.session.scalars(select(Item).where(Item.title.in_(titles), Item.kind == "story").order_by(Item.id)):
        choose(here, item.ref)
        for person_id in db.session.scalars(select(Consent.person_id).where(Consent.item_id == item.id)).all():
            answer(here_for(db.session.get_one(Person, person_id), SPACE), item.ref, agrees=True)
