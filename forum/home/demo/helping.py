"""The demo's calls for help: one that became a story, one that nobody has yet, a drill; and who said that they may be asked."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from forum.core.db import db
from forum.help.actions import choosing, closing, taking
from forum.help.actions.asking import Asking, ask
from forum.home.demo.roster import first_turn
from forum.notify.models import HeadsUp
from forum.spaces.models import Item
from forum.stories.models import Story

if TYPE_CHECKING:
    from forum.home.demo.loading import Loading

SPACE, KEEPER, DRIVER = "digital-champions", "aisha.rahman", "joan.tiller"
BECAME = "The gritting page said “all routes done” while it was snowing"
"""The story that was told of the closed one."""
GRITTING = (
    "It has been snowing since four and the gritting page says **all routes done**, in green. People are ringing to say that "
    "they are stuck on Mill Lane. Whoever changes the page after each round has gone home."
)
HELPED = (
    "Aisha put a line over it by hand: “Gritting goes on. Last changed at 17:40.” The depot told us that the green only ever "
    "meant *the round before*."
)
STATIONS = (
    "The polling station finder shows **last year’s stations** for everything east of the river. I tried four postcodes. "
    "The cards with the right ones arrived today, so people are looking now."
)
DRILL = "A made-up one: the home page is blank for everybody outside of our network. Who would notice, and who would you ring?"
DONE = "Tom had it after six minutes and knew whom to ring. The number in the handover note was an old one; it is right now."
TEXTS = (GRITTING, HELPED, STATIONS, DRILL, DONE)
WILLING = ("kofi.mensah", "elspeth.ward", "sunil.rao")


def ask_for_help(loading: Loading) -> None:
    """Have the calls made, taken and closed. The roster stands already."""
    for handle in WILLING:
        choosing.may_be_asked(loading.here(handle, SPACE), is_willing=True)
    _snow(loading)
    _drill(loading)
    asking = Asking(
        title="The polling station finder shows last year’s stations",
        text=loading.texts[STATIONS, 0, 0],
        affects="Everybody east of the river who looks for their polling station",
        tried="Emptied the cache of the page, and looked from my phone. The same.",
        until=loading.at + timedelta(hours=20),
    )
    ask(loading.here("hannah.cole", SPACE), asking, at=loading.at - timedelta(minutes=6))


def _snow(loading: Loading) -> None:
    """Somebody took it within minutes, and it was told as a story afterwards."""
    told = db.session.execute(
        select(Story, Item.created_at).join(Item, Item.id == Story.id).where(Item.title == BECAME)
    ).one()
    at: datetime = (told.created_at - timedelta(days=1)).replace(hour=17, minute=5)
    asking = Asking(
        title="The gritting page says “all routes done”, and it is snowing",
        text=loading.texts[GRITTING, 0, 0],
        affects="Drivers, and the 40 who have rung so far",
        tried="Reloading. The depot’s number rings out after five.",
        until=at + timedelta(hours=2),
    )
    item = ask(loading.here(DRIVER, SPACE), asking, at=at)
    taking.take(loading.here(KEEPER, SPACE), item.id, at=at + timedelta(minutes=4))
    helped = loading.texts[HELPED, 0, 0]
    closing.close(loading.here(KEEPER, SPACE), item.id, text=helped, at=at + timedelta(minutes=41))
    told.Story.source_id, told.Story.source_number = item.id, 2
    _is_past(item, at=told.created_at)


def _drill(loading: Loading) -> None:
    zone = loading.spaces[SPACE].zone
    at = datetime.combine(first_turn(loading) + timedelta(days=1), time(10, 10), ZoneInfo(zone)).astimezone(UTC)
    asking = Asking(title="The home page is blank from outside", text=loading.texts[DRILL, 0, 0], is_drill=True)
    item = ask(loading.here(KEEPER, SPACE), asking, at=at)
    taking.take(loading.here("tom.okafor", SPACE), item.id, at=at + timedelta(minutes=6))
    done = loading.texts[DONE, 0, 0]
    closing.close(loading.here("tom.okafor", SPACE), item.id, text=done, at=at + timedelta(minutes=22))
    _is_past(item, at=at + timedelta(days=1))


def _is_past(item: Item, *, at: datetime) -> None:
    """Let everybody have seen what they were told of it."""
    db.session.flush()
    db.session.execute(update(HeadsUp).where(HeadsUp.item_id == item.id).values(read_at=at))
