"""How the demo's people follow what happens elsewhere: feeds, and a webhook that told a channel until it was paused."""

from datetime import datetime, timedelta

from forum.core.db import db
from forum.core.outbox import DeliveryState
from forum.core.secrets import hashed, new_nonce, new_token
from forum.notify.feeds.models import FeedLink
from forum.notify.hooks.models import Hook, HookDelivery, HookHost, HookShape
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item

HOST = "chat.fenbridge.example"
"""Leads nowhere, wherever the demo runs; and the webhook is paused besides."""
TOLD = (
    (12, "test", DeliveryState.SENT, 200, "ok", 1),
    (9, "thread.started", DeliveryState.SENT, 200, "ok", 1),
    (8, "post.written", DeliveryState.SENT, 200, "ok", 2),
    (5, "announcement.made", DeliveryState.FAILED, 503, "The chat is being moved to another server.", 10),
)
"""Days ago, what, what became of it, what was answered, and at which try."""


def follow(person: Person, item: Item, *, at: datetime) -> None:
    """Give somebody two feeds. Inside `transaction()`."""
    for kind, key, days in (("posts of all", "", 40), ("posts of item", item.uuid, 6)):
        fetched_at = at - timedelta(minutes=25) if not key else None
        made_at = at - timedelta(days=days)
        link = FeedLink(person_id=person.id, kind=kind, key=key, token_hash=hashed(new_token()), made_at=made_at)
        link.fetched_at = fetched_at
        db.session.add(link)


def tell_a_channel(here: Here, admin: Person, *, at: datetime) -> None:
    """Give a space a webhook with a past. Inside `transaction()`."""
    made_at, url = at - timedelta(days=12), f"https://{HOST}/hooks/{new_nonce()}"
    db.session.add(HookHost(host=HOST, added_by_id=admin.id, added_at=made_at))
    hook = Hook(
        space_id=here.space.id,
        label="The champions’ channel",
        shape=HookShape.SLACK,
        url=url,
        url_hash=hashed(url),
        events=["thread.started", "announcement.made", "answer.accepted", "post.written"],
        nonce=new_nonce(),
        made_by_id=here.actor.id,
        made_at=made_at,
        paused_at=at - timedelta(days=4),
    )
    db.session.add(hook)
    db.session.flush()
    record("made webhook", actor=here.actor, space=here.space, at=made_at, name=hook.label, host=HOST)
    record("paused webhook", actor=here.actor, space=here.space, at=hook.paused_at, name=hook.label)
    for days, event, state, status, answer, attempts in TOLD:
        told_at = at - timedelta(days=days)
        told = HookDelivery(hook_id=hook.id, event=event, state=state, at=told_at, due_at=told_at, attempts=attempts)
        told.status, told.answer = status, answer
        db.session.add(told)
