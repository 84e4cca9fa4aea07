"""How a message gets in: from a mail server's pipe, read no further than it may be long, or from a mailbox."""

from typing import IO

from flask import Flask

from forum.config import Settings
from forum.core.db import db
from forum.mailin.models import Became
from forum.mailin.taking import take

CHUNK = 1 << 16
BEGINNING = 1 << 18
"""So much is kept of a message that is too large: enough to see whom it is from, and most of what was typed."""


def read_bounded(source: IO[bytes], *, most: int) -> tuple[bytes, bool]:
    """Read a message. Of one with more than `most` bytes only the beginning is kept, and all is read: a pipe must not break."""
    chunks: list[bytes] = []
    size, is_cut = 0, False
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > most and not is_cut:
            is_cut = True
            chunks = [b"".join(chunks)[:BEGINNING]]
        if not is_cut:
            chunks.append(chunk)
    return b"".join(chunks), is_cut


def settle(
    app: Flask, raw: bytes, *, is_cut: bool = False, recipients: str = "", envelope_sender: str | None = None
) -> Became | None:
    """Settle a message in a context of its own; None for one that was settled before. Raises what `take` raises."""
    settings: Settings = app.extensions["baton"].settings
    with app.test_request_context("/", base_url=settings.site_url):
        try:
            return take(raw, recipients=recipients, envelope_sender=envelope_sender, is_cut=is_cut)
        finally:
            db.session.remove()
