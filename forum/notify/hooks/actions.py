"""What stewards do with the webhooks of their space. All of it stands in the space's log; what is told stops with none of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update

from forum.core.db import db
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.outbox import DeliveryState
from forum.core.outward import RefusedTargetError, host_of, target_of
from forum.core.secrets import hashed, new_nonce
from forum.core.time import now
from forum.notify.hooks.hosts import is_allowed, to_this_machine
from forum.notify.hooks.models import Hook, HookDelivery, HookShape
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.policy import Can
from forum.web.words import _

MOST_HOOKS = 10
TEST = "test"


@dataclass(frozen=True, kw_only=True)
class Wished:
    """A webhook as a steward wants it. `url` is "" to leave the address as it is."""

    label: str
    shape: HookShape
    url: str
    events: Sequence[str]


def make_hook(here: Here, wished: Wished) -> Hook:
    """Let another service be told of what happens in a space. Use inside `transaction()`.

    Raises Missing, Denied; Invalid for an address that can't be used; RuleBroken when there are ten.
    """
    here = hold(here, Can.KEEP_WEBHOOKS)
    host = _checked(here, wished.url, but=None)
    if (db.session.scalar(select(func.count()).where(Hook.space_id == here.space.id)) or 0) >= MOST_HOOKS:
        raise RuleBroken(_("A space has ten webhooks at the most. Remove one first."))
    hook = Hook(
        space_id=here.space.id,
        label=wished.label,
        shape=wished.shape,
        url=wished.url,
        url_hash=hashed(wished.url),
        events=list(wished.events),
        nonce=new_nonce(),
        made_by_id=here.actor.id,
        made_at=now(),
    )
    db.session.add(hook)
    db.session.flush()
    record("made webhook", actor=here.actor, space=here.space, name=wished.label, host=host)
    return hook


def change_hook(here: Here, uuid: str, wished: Wished) -> None:
    """Change what a webhook is told, and how and where. Use inside `transaction()`. Raises as `make_hook`."""
    here, hook = _held(here, uuid)
    host = host_of(urlsplit(hook.url))
    if wished.url:
        host = _checked(here, wished.url, but=hook)
        hook.url, hook.url_hash, hook.failures, hook.rest_until = wished.url, hashed(wished.url), 0, None
    hook.label, hook.shape, hook.events = wished.label, wished.shape, list(wished.events)
    record("changed webhook", actor=here.actor, space=here.space, name=hook.label, host=host)


def pause_hook(here: Here, uuid: str) -> None:
    """Tell a webhook nothing until it goes on. What happens meanwhile isn't kept for it. Use inside `transaction()`."""
    here, hook = _held(here, uuid)
    if hook.paused_at is None:
        hook.paused_at = now()
        record("paused webhook", actor=here.actor, space=here.space, name=hook.label)


def resume_hook(here: Here, uuid: str) -> None:
    """Let a webhook go on. Use inside `transaction()`."""
    here, hook = _held(here, uuid)
    if hook.paused_at is not None:
        hook.paused_at, hook.failures, hook.rest_until = None, 0, None
        record("resumed webhook", actor=here.actor, space=here.space, name=hook.label)


def remove_hook(here: Here, uuid: str) -> None:
    """Remove a webhook, and with it what waited for it. Use inside `transaction()`."""
    here, hook = _held(here, uuid)
    record("removed webhook", actor=here.actor, space=here.space, name=hook.label)
    db.session.execute(delete(HookDelivery).where(HookDelivery.hook_id == hook.id))
    db.session.delete(hook)


def send_test(here: Here, uuid: str) -> None:
    """Send a test at once, also to a webhook that rests after a failure. One that waits already is enough.

    Use inside `transaction()`. Raises RuleBroken for one that is paused.
    """
    here, hook = _held(here, uuid)
    if hook.paused_at is not None:
        raise RuleBroken(_("This webhook is paused. Let it go on, then send a test."))
    waiting = select(HookDelivery.id).where(
        HookDelivery.hook_id == hook.id, HookDelivery.fact_id.is_(None), HookDelivery.state == DeliveryState.DUE
    )
    hook.rest_until = None
    if db.session.scalar(waiting.limit(1)) is None:
        at = now()
        db.session.add(HookDelivery(hook_id=hook.id, event=TEST, at=at, due_at=at))


def send_again(here: Here, uuid: str, delivery: str) -> None:
    """Send something that was given up, or waits for its next try, now. Use inside `transaction()`."""
    here, hook = _held(here, uuid)
    at = now()
    waits = HookDelivery.state.in_((DeliveryState.FAILED, DeliveryState.DUE)), HookDelivery.claimed_until.is_(None)
    hook.rest_until = None
    db.session.execute(
        update(HookDelivery)
        .where(HookDelivery.hook_id == hook.id, HookDelivery.uuid == delivery, *waits)
        .values(state=DeliveryState.DUE, attempts=0, at=at, due_at=at)
        .execution_options(synchronize_session=False)
    )


def hook_for(here: Here, uuid: str) -> Hook:
    """Load a webhook of this space. Raises Missing (A2)."""
    hook = db.session.scalar(
        select(Hook).where(Hook.uuid == uuid, Hook.space_id == here.space.id).execution_options(populate_existing=True)
    )
    if hook is None:
        raise Missing
    return hook


def _held(here: Here, uuid: str) -> tuple[Here, Hook]:
    held = hold(here, Can.KEEP_WEBHOOKS)
    return held, hook_for(held, uuid)


def _checked(here: Here, url: str, *, but: Hook | None) -> str:
    """Return the host of an address that may be used. Raises Invalid."""
    try:
        host = host_of(target_of(url, this_machine=to_this_machine()))
    except RefusedTargetError as refused:
        raise Invalid({"url": [str(refused)]}) from None
    if not is_allowed(host):
        why = _("Nothing may be sent to %(host)s. Ask an admin of this installation to allow it.", host=host)
        raise Invalid({"url": [why]})
    taken = select(Hook.id).where(
        Hook.space_id == here.space.id, Hook.url_hash == hashed(url), Hook.id.is_distinct_from(but.id if but else None)
    )
    if db.session.scalar(taken) is not None:
        raise Invalid({"url": [_("This space has a webhook with this address already.")]})
    return host
