"""Where webhooks may be sent to: hosts that an admin allowed."""

import re
from collections.abc import Sequence

from flask import current_app
from sqlalchemy import delete, select

from forum.config import Settings
from forum.core.db import db, insert
from forum.core.time import now
from forum.notify.hooks.models import HOST_LENGTH, HookHost
from forum.people.actions.standing import hold_admins
from forum.people.models import Person
from forum.spaces.log import record
from forum.spaces.models import LogAudience

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
ALLOWABLE = re.compile(rf"(?:\*\.)?{LABEL}(?:\.{LABEL})+")
LEAST_LABELS_BELOW = 3
"""Of "*.logic.azure.com" and the like: "*.com" would be everybody."""
SHARED = frozenset(
    {
        "ac", "asn", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt", "gv", "id",
        "ltd", "me", "mil", "ne", "net", "nhs", "nic", "or", "org", "plc", "police", "sch", "school",
    }
)  # fmt: skip
"""Under a country, names that belong to nobody alone: "*.co.uk" and "*.gov.uk" would be everybody, too."""
COUNTRY = 2


def host_typed(typed: str) -> str | None:
    """Return the host that somebody means, from its name or a whole address; None when it is none that can be allowed."""
    host = typed.strip().lower()
    host = re.sub(r"^https?://", "", host).partition("/")[0].partition(":")[0].rstrip(".")
    if len(host) > HOST_LENGTH or not ALLOWABLE.fullmatch(host):
        return None
    return None if host.startswith("*.") and _is_everybody(host.split(".")[1:]) else host


def _is_everybody(labels: Sequence[str]) -> bool:
    """Say whether below a name stand hosts of whoever wants one."""
    is_shared = len(labels) == LEAST_LABELS_BELOW - 1 and len(labels[-1]) == COUNTRY and labels[0] in SHARED
    return len(labels) < LEAST_LABELS_BELOW - 1 or is_shared


def hosts() -> Sequence[HookHost]:
    """Return what is allowed, by name."""
    return db.session.scalars(select(HookHost).order_by(HookHost.host)).all()


def is_allowed(host: str) -> bool:
    """Say whether an admin allowed a host: itself, or all below one of its parents."""
    parts = host.split(".")
    above = ["*." + ".".join(parts[place:]) for place in range(1, len(parts))]
    return db.session.scalar(select(HookHost.id).where(HookHost.host.in_([host, *above])).limit(1)) is not None


def allow(host: str, *, actor: Person) -> None:
    """Let webhooks be sent to a host. One that is allowed already stays as it is. Use inside `transaction()`. Raises Missing."""
    hold_admins(acting=actor)
    made = insert(HookHost).values(host=host, added_by_id=actor.id, added_at=now()).on_conflict_do_nothing()
    if db.session.scalar(made.returning(HookHost.id)) is not None:
        record("allowed webhook host", actor=actor, audience=LogAudience.ADMINS, host=host)


def disallow(host_id: int, *, actor: Person) -> None:
    """Let nothing be sent to a host from now on. Use inside `transaction()`. Raises Missing."""
    hold_admins(acting=actor)
    host = db.session.scalar(delete(HookHost).where(HookHost.id == host_id).returning(HookHost.host))
    if host is not None:
        record("disallowed webhook host", actor=actor, audience=LogAudience.ADMINS, host=host)


def to_this_machine() -> bool:
    """Say whether webhooks may be sent to this machine, as in development they may."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.hooks_to_this_machine and not settings.is_production
