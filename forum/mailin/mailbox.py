"""Fetching mail from a mailbox (IMAP).

A message is marked only after what came of it is committed; one that can't be settled waits for the next time, and keeps no other
from its turn.
"""

import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import case

from forum.config import Settings
from forum.core.db import db, insert, transaction
from forum.core.errors import TooMany
from forum.core.outbox import Mailbox
from forum.core.text import one_line, without_addresses
from forum.core.time import now
from forum.mailin.arriving import BEGINNING, settle
from forum.web.limits import limit

logger = logging.getLogger(__name__)
TIMEOUT = 20.0
AT_ONCE = 50
"""Messages of one visit; the rest has its turn with the next."""
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
ERRORS = (imaplib.IMAP4.error, OSError, EOFError)
_looked: dict[str, float] = {}
_stuck: set[str] = set()
"""Messages that could not be settled: they come after all others the next time."""


class MailboxError(Exception):
    """The mailbox can't be used. Says so in a sentence."""


def poll() -> bool:
    """Look into the mailbox if that is due, and say whether there was something. One process looks at a time."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # each message has a context of its own
    settings: Settings = app.extensions["baton"].settings
    if not settings.imap_host or time.monotonic() < _looked.get(settings.imap_host, 0.0):
        return False
    _looked[settings.imap_host] = time.monotonic() + settings.imap_seconds
    try:
        limit("mailbox", settings.imap_host, times=1, within=timedelta(seconds=settings.imap_seconds))
    except TooMany:
        return False
    try:
        done = fetch(app)
    except MailboxError as error:
        logger.warning("%s", error)
        _note(settings.imap_host, error=str(error))
        return False
    _note(settings.imap_host)
    return done > 0


def _note(host: str, *, error: str | None = None) -> None:
    """Keep that the mailbox was read, or can't be used: for `/readyz` and the admins' page. An outage keeps its beginning."""
    at = now()
    since = case((Mailbox.down_since.is_not(None), Mailbox.down_since), else_=at) if error else None
    told = (
        {"good_at": at, "down_since": None, "error": None} if error is None else {"error": error, "down_since": since}
    )
    first = {**told, "down_since": at if error else None}
    with transaction():
        made = insert(Mailbox).values(host=host, **first)
        db.session.execute(made.on_conflict_do_update(index_elements=[Mailbox.host], set_=told))


def fetch(app: Flask) -> int:
    """Settle what is new in the mailbox, oldest first; return how many messages that were. Raises MailboxError."""
    settings: Settings = app.extensions["baton"].settings
    done = 0
    with _opened(settings) as box:
        waiting = _waiting(box)
        _stuck.intersection_update(waiting)
        for uid in sorted(waiting, key=_stuck.__contains__)[:AT_ONCE]:
            if _settle_one(app, box, uid, settings=settings):
                done += 1
                _stuck.discard(uid)
            else:
                _stuck.add(uid)
    return done


def _settle_one(app: Flask, box: imaplib.IMAP4, uid: str, *, settings: Settings) -> bool:
    """Settle a message and mark it. Raises what ends the visit: a connection that is lost."""
    try:
        raw, is_cut = _message(box, uid, most=settings.largest_mail)
        if raw is None:
            return False
        settle(app, raw, is_cut=is_cut)
        _mark(box, uid, folder=settings.imap_done_folder)
    except (imaplib.IMAP4.abort, OSError):
        raise
    except Exception:
        logger.exception("a message in the mailbox could not be settled, and waits for the next time")
        return False
    return True


@contextmanager
def _opened(settings: Settings) -> Iterator[imaplib.IMAP4]:
    box: imaplib.IMAP4 | None = None
    try:
        box = _connected(settings)
        box.login(settings.imap_user, settings.imap_password)
        _ok(box.select(_quoted(settings.imap_folder)), f"There is no folder {settings.imap_folder}")
        yield box
    except ERRORS as error:
        said = one_line(without_addresses(str(error))) or type(error).__name__
        raise MailboxError(f"The mailbox at {settings.imap_host}:{settings.imap_port} can’t be used: {said}") from error
    finally:
        if box is not None:
            with suppress(*ERRORS):
                box.logout()


def _connected(settings: Settings) -> imaplib.IMAP4:
    host, port = settings.imap_host, settings.imap_port
    if settings.imap_security == "tls":
        return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
    box = imaplib.IMAP4(host, port, timeout=TIMEOUT)
    if settings.imap_security == "starttls":
        box.starttls(ssl_context=ssl.create_default_context())
    return box


def _waiting(box: imaplib.IMAP4) -> list[str]:
    found = _ok(box.uid("SEARCH", "UNSEEN", "UNDELETED"), "The folder can’t be searched")
    return (found[0] or b"").decode("ascii").split() if found else []


def _message(box: imaplib.IMAP4, uid: str, *, most: int) -> tuple[bytes | None, bool]:
    """Return a message, or only the beginning of one that is too large; None for one that is gone."""
    said = _ok(box.uid("FETCH", uid, "(RFC822.SIZE)"), "A message can’t be read")
    found = SIZE.search(b" ".join(part for part in said if isinstance(part, bytes)))
    if found is None:
        return None, False
    is_cut = int(found[1]) > most
    what = f"BODY.PEEK[]<0.{BEGINNING}>" if is_cut else "BODY.PEEK[]"
    parts = _ok(box.uid("FETCH", uid, f"({what})"), "A message can’t be read")
    return next((part[1] for part in parts if isinstance(part, tuple)), None), is_cut


def _mark(box: imaplib.IMAP4, uid: str, *, folder: str) -> None:
    """Mark a message as read, and put it aside where that is wished."""
    _ok(box.uid("STORE", uid, "+FLAGS", r"(\Seen)"), "A message can’t be marked")
    if folder:
        _ok(box.uid("COPY", uid, _quoted(folder)), f"Nothing can be put into the folder {folder}")
        _ok(box.uid("STORE", uid, "+FLAGS", r"(\Deleted)"), "A message can’t be removed")
        box.expunge()


def _ok(answer: tuple[str, list[Any]], what: str) -> list[Any]:
    state, data = answer
    if state != "OK":
        raise imaplib.IMAP4.error(what)
    return data


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
