"""What is said about a date goes into its conversation, which begins with what is written first. Inside `transaction()`."""

from sqlalchemy import select

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Denied
from forum.core.markup import Rendered
from forum.meetups.actions.turning_up import held_occurrence
from forum.meetups.models import Occurrence, OccurrenceTalk
from forum.meetups.words import date_words
from forum.spaces.feature import kind_of, talks
from forum.spaces.guard import Here
from forum.spaces.models import TITLE_LENGTH, Item, ItemState
from forum.spaces.parts import Talk
from forum.spaces.policy import Can

SHOWN = 3


def write(here: Here, series_id: int, occurrence_id: int, *, text: Rendered, place: str, once: str) -> Item:
    """Write in the conversation of a date; without one begin it at `place`. The second press writes nothing new.

    One that nobody else can see, because it waits for an organiser or was taken away, gives way to a new one.
    Raises Missing, Denied, RuleBroken when it takes no replies, Invalid for `place`.
    """
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    here.require(Can.WRITE_POST)
    one = held_occurrence(series_id, occurrence_id)
    link = db.session.get(OccurrenceTalk, one.id, populate_existing=True)
    talk = talks().latest(here, link.item_id, 0) if link else None
    if talk is not None and talk.item.state is ItemState.PUBLISHED:
        if link is not None and once and link.once == once and talk.item.author_id == here.actor.id:
            return talk.item
        kind = kind_of(talk.item)
        if why := kind.why_not_reply(here, talk.item):
            raise Denied(why)
        kind.reply(here, talk.item, text, None, once)
        return talk.item
    begun = talks().begin(here, title_of(one, item), place, text, once)
    if link is None:
        db.session.add(OccurrenceTalk(occurrence_id=one.id, item_id=begun.id, once=once[:32]))
    else:
        link.item_id, link.once = begun.id, once[:32]
    db.session.flush()
    return begun


def title_of(one: Occurrence, item: Item) -> str:
    """Return what the conversation of a date is called: the meetup's name and the day."""
    day = f", {date_words(one.local_start.date())}"
    return f"{(one.title or item.title)[: TITLE_LENGTH - len(day)]}{day}"


def talk_of(here: Here, one: Occurrence) -> Talk | None:
    """Return the conversation of a date as the reader may see it."""
    key = db.session.scalar(select(OccurrenceTalk.item_id).where(OccurrenceTalk.occurrence_id == one.id))
    return talks().latest(here, key, SHOWN) if key else None


def usual_place(here: Here, one: Occurrence) -> str:
    """Return where the latest conversation of the same meetup stands, else the last place: what is about the community itself."""
    query = (
        select(OccurrenceTalk.item_id)
        .join(Occurrence, Occurrence.id == OccurrenceTalk.occurrence_id)
        .where(Occurrence.series_id == one.series_id)
        .order_by(OccurrenceTalk.item_id.desc())
        .limit(1)
    )
    key = db.session.scalar(query)
    talk = talks().latest(here, key, 0) if key else None
    offered = [address for address, _name in talks().places(here)]
    return talk.place if talk and talk.place in offered else (offered[-1] if offered else "")
