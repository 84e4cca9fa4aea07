"""Webhooks, and where they may go."""

from forum.core.db import db, transaction
from forum.core.outbox import DeliveryState
from forum.core.secrets import hashed, new_nonce
from forum.core.time import now
from forum.notify.hooks.models import Hook, HookDelivery, HookHost, HookShape
from forum.people.models import Person
from forum.spaces.models import Space


def make_host(host: str = "hooks.example.com", *, by: Person) -> HookHost:
    """Let webhooks go to a host."""
    with transaction():
        row = HookHost(host=host, added_by_id=by.id, added_at=now())
        db.session.add(row)
    return row


def make_webhook(
    space: Space,
    *,
    by: Person,
    key: str,
    label: str = "Channel",
    url: str = "https://hooks.example.com/x",
    answer: str = "",
) -> Hook:
    """Give a space a webhook by its `key`, and it a test that was given up, by the same key."""
    at = now()
    with transaction():
        hook = Hook(
            uuid=key,
            space_id=space.id,
            label=label,
            shape=HookShape.JSON,
            url=url,
            url_hash=hashed(url),
            events=["post.written"],
            nonce=new_nonce(),
            made_by_id=by.id,
            made_at=at,
        )
        db.session.add(hook)
        db.session.flush()
        given_up = {
            "state": DeliveryState.FAILED,
            "at": at,
            "due_at": at,
            "attempts": 10,
            "status": 500,
            "answer": answer,
        }
        db.session.add(HookDelivery(uuid=key, hook_id=hook.id, event="test", **given_up))
    return hook
