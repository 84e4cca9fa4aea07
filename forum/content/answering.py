"""Where a person answers a post by mail: an address of their own for each post, which works from their own address only.

The address of a digest has a key too, so that whoever answers there is told why nothing came of it.
"""

import re
from functools import lru_cache

from flask import current_app
from sqlalchemy import select

from forum.config import REPLY_KEY, Settings
from forum.content.models import Post
from forum.core.db import db
from forum.core.secrets import hashed, token_from
from forum.notify.derived import token_for
from forum.notify.models import ReplyKey
from forum.notify.returning import is_return_address
from forum.people.models import Person
from forum.spaces.feature import kind_of
from forum.spaces.guard import here_for
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can

PURPOSE = "reply by mail"
KEY = r"[0-9a-f]{48}"
WRAP = r"(?:=?\r?\n[> \t]*)?"
"""What mail programmes put between two letters of a long word: a new line, and marks of a quote."""


def reply_address(person: Person, post_id: int | None) -> str:
    """Return where `person` answers a post, or (None) their digest: the same in each message. "" when no reply address is set."""
    pattern = _settings().reply_pattern
    if not pattern:
        return ""
    return pattern.replace(REPLY_KEY, token_for(ReplyKey, derive=_token, person_id=person.id, post_id=post_id))


def asked_unnamed(person: Person, item: Item, post_id: int) -> bool:
    """Say whether somebody asked there through an organiser: no address invites a reply, which would give away who they are."""
    askers_in = kind_of(item).askers_in
    askers, writers = askers_in(item.id, post_id) if askers_in and _settings().reply_pattern else ((), ())
    return person.id in {*askers, *writers}


def may_answer(person: Person, item: Item, space: Space) -> bool:
    """Say whether a reply by mail would appear now: what a mail's footer claims is true."""
    here = here_for(person, space.slug)
    return here.may(Can.WRITE_POST) and not kind_of(item).why_not_reply(here, item)


def keys_in(text: str) -> list[str]:
    """Return the keys of reply addresses in a text, each once, in order."""
    pattern = _settings().reply_pattern
    return list(dict.fromkeys(found.lower() for found in _addresses(pattern).findall(text))) if pattern else []


def is_reply_address(address: str) -> bool:
    """Say whether mail to an address comes back to us, with a key or without."""
    settings = _settings()
    bare = settings.reply_address if REPLY_KEY not in settings.reply_address else ""
    return bool(keys_in(address)) or is_return_address(address) or address.casefold() == bare.casefold() != ""


def key_of(token: str) -> tuple[ReplyKey, Person] | None:
    """Return a key and whose it is; None for one that was never made, is forgotten, or was of an account that is closed."""
    found = db.session.execute(
        select(ReplyKey, Person)
        .join(Person, Person.id == ReplyKey.person_id)
        .where(ReplyKey.token_hash == hashed(token))
    ).one_or_none()
    return (found[0], found[1]) if found else None


def without_keys(text: str, *secrets: str) -> str:
    """Return a text in which no reply address and none of `secrets` can be read, also where a mail programme broke it into lines."""
    pattern = _settings().reply_pattern
    if pattern:
        text = _broken(pattern).sub("…", text)
    for secret in secrets:
        text = re.sub(WRAP.join(map(re.escape, secret)), "…", text, flags=re.IGNORECASE)
    return text


@lru_cache(maxsize=8)
def _addresses(pattern: str) -> re.Pattern[str]:
    before, _key, after = pattern.partition(REPLY_KEY)
    return re.compile(rf"(?<![\w.+-]){re.escape(before)}({KEY}){re.escape(after)}(?![\w-]|\.\w)", re.IGNORECASE)


@lru_cache(maxsize=8)
def _broken(pattern: str) -> re.Pattern[str]:
    """Match a key with what stands beside it in a reply address, broken or not."""
    before, _key, after = pattern.partition(REPLY_KEY)
    key = rf"[0-9a-f](?:{WRAP}[0-9a-f]){{47}}"
    return re.compile(
        WRAP.join(map(re.escape, before)) + WRAP + key + WRAP + WRAP.join(map(re.escape, after)), re.IGNORECASE
    )


def answered_post(key: ReplyKey) -> Post | None:
    """Return the post that a key answers; None for a digest's."""
    return db.session.get(Post, key.post_id) if key.post_id is not None else None


def _token(nonce: str) -> str:
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)


def _settings() -> Settings:
    found: Settings = current_app.extensions["baton"].settings
    return found
