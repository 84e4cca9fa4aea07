"""Who may touch a relay: its asker, and the keeper whom it waits for or who passed it on. For everybody else there is none."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.text import REF_LENGTH
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.policy import Can
from forum.threads.behind.models import Relay, RelayState

FOR_KEEPER = (RelayState.WAITING, RelayState.PASSED, RelayState.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A relay, and whether its reader is who asked."""

    relay: Relay
    is_asker: bool


def relay_for(here: Here, ref: str) -> Reading:
    """Load the relay at `ref` for its asker or its keeper. Raises Missing for everybody else, whatever their role."""
    found = None
    if len(ref) == REF_LENGTH and ref.isalnum():
        found = db.session.scalar(
            select(Relay)
            .where(Relay.ref == ref, Relay.space_id == here.space.id)
            .options(joinedload(Relay.asker), joinedload(Relay.keeper))
        )
    if found is None or not (_is_asker(here, found) or _keeps(here, found)):
        raise Missing
    return Reading(relay=found, is_asker=_is_asker(here, found))


def hold_as_asker(here: Here, relay: Relay, *, power: Can) -> tuple[Here, Relay]:
    """Lock a relay until the transaction ends, for who asked. Use first inside `transaction()`. Raises Missing, Denied."""
    held, here = lock(Relay, relay.id), as_it_is_now(here)
    if held is None or held.space_id != here.space.id or not _is_asker(here, held):
        raise Missing
    here.require(power)
    return here, held


def hold_as_keeper(here: Here, relay: Relay) -> tuple[Here, Relay]:
    """Likewise, for the keeper through whom it is asked now, while they are one. Raises Missing."""
    held, here = lock(Relay, relay.id), as_it_is_now(here)
    if held is None or held.space_id != here.space.id or not _keeps(here, held):
        raise Missing
    return here, held


def _is_asker(here: Here, relay: Relay) -> bool:
    return relay.asker_id == here.actor.id and here.is_member


def _keeps(here: Here, relay: Relay) -> bool:
    may = here.may(Can.ASK_FOR_COLLEAGUE)
    return may and relay.keeper_id == here.actor.id and relay.state in FOR_KEEPER
