"""Where a message comes back to: an address of its own for each delivery (VERP), so that a report has to quote nothing.

It stands in the envelope only, and goes to where replies go: without a reply address there is none. Its key holds the delivery's number
and what only this installation can make of it, so nothing is stored.
"""

import hmac
import re
from functools import lru_cache

from flask import current_app
from sqlalchemy import select

from forum.config import REPLY_KEY, Settings
from forum.core.db import db
from forum.core.outbox import Delivery
from forum.core.secrets import token_from

PURPOSE = "mail comes back"
MADE = 32
"""So many digits are made of the number; with it, a key is no longer than that of a reply address."""
KEY = rf"([0-9a-f]{{1,8}})-([0-9a-f]{{{MADE}}})"
LARGEST = 2**31


def return_address(delivery: Delivery) -> str:
    """Return the envelope's sender for a delivery; "" when no reply address is set."""
    pattern = _pattern()
    return pattern.replace(REPLY_KEY, f"{delivery.id:x}-{_made(delivery)}") if pattern else ""


def deliveries_in(text: str) -> list[int]:
    """Return the deliveries whose return addresses a text names: those that are ours."""
    pattern, found = _pattern(), []
    for number, made in _addresses(pattern).findall(text) if pattern else ():
        delivery_id = int(number, 16)
        delivery = (
            db.session.scalar(select(Delivery).where(Delivery.id == delivery_id)) if delivery_id < LARGEST else None
        )
        if delivery is not None and hmac.compare_digest(made.lower(), _made(delivery)):
            found.append(delivery.id)
    return list(dict.fromkeys(found))


def is_return_address(address: str) -> bool:
    """Say whether an address looks like one to which messages come back."""
    pattern = _pattern()
    return bool(pattern) and _addresses(pattern).fullmatch(address) is not None


def _made(delivery: Delivery) -> str:
    own = f"{delivery.id}\0{delivery.message_id}"
    return token_from(own, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)[:MADE]


def _pattern() -> str:
    settings: Settings = current_app.extensions["baton"].settings
    return settings.reply_pattern


@lru_cache(maxsize=8)
def _addresses(pattern: str) -> re.Pattern[str]:
    before, _key, after = pattern.partition(REPLY_KEY)
    return re.compile(rf"(?<![\w.+-]){re.escape(before)}{KEY}{re.escape(after)}(?![\w-]|\.\w)", re.IGNORECASE)
