"""Delivery reports: a mail server says that a message of ours did not arrive (RFC 3464). Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message

from forum.core.text import ADDRESS, one_line

MOST_RECIPIENTS = 50
LENGTH = 300
MOST_SAID = 20_000
MOST_QUOTED = 50_000
KINDS = frozenset({"rfc822", "utf-8"})
SERVERS = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
LATE = re.compile(r"\b(?:delay|delayed|warning|out of (?:the )?office)\b", re.IGNORECASE)
CODE = re.compile(r"\b5(?:\d\d|\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """A message that did not reach somebody. What a report doesn't say of it is ""."""

    message_id: str
    recipient: str
    why: str


def is_report(message: Message) -> bool:
    """Say whether a message is a report on another, whatever it reports."""
    return message.get_content_type() == "multipart/report"


def bounces_in(message: Message) -> list[Bounce]:
    """Return what a report says did not arrive, and never will: a delay isn't told of."""
    if not is_report(message):
        return []
    parts = list(message.walk())
    message_id = next((found for part in parts for found in _original_ids(part)), "")
    return [
        Bounce(message_id=message_id, recipient=recipient, why=why)
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for recipient, why in _failed(part)
    ][:MOST_RECIPIENTS]


def bounces_told(message: Message, sender: str, text: str) -> list[Bounce]:
    """Return what a server that makes no reports says in words did not arrive: which message that was must be known otherwise.

    Nobody else's words are taken for that: whoever is away answers at the return address, too.
    """
    subject = one_line(str(message.get("Subject") or ""))
    if is_report(message) or not SERVERS.match(sender) or LATE.search(subject):
        return []
    said = text[:MOST_SAID]
    why = next((one_line(line) for line in said.splitlines() if CODE.search(line)), subject)[:LENGTH]
    named = [address.strip(".") for address in ADDRESS.findall(said) if not SERVERS.match(address)][:MOST_RECIPIENTS]
    return [Bounce(message_id="", recipient=recipient, why=why) for recipient in named or [""]]


def _original_ids(part: Message) -> Iterator[str]:
    """Yield the ids that a part names as the reported message's."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list) and payload:
        yield from _id_of(payload[0], "Message-ID")
    elif kind == "text/rfc822-headers":
        decoded = part.get_payload(decode=True)
        if isinstance(decoded, bytes):
            yield from _id_of(message_from_string(decoded[:MOST_QUOTED].decode("utf-8", "replace")), "Message-ID")
    elif kind == "message/delivery-status" and isinstance(payload, list):
        for block in payload:
            yield from _id_of(block, "Original-Message-ID")
            yield from _id_of(block, "X-Original-Message-ID")


def _id_of(block: object, name: str) -> Iterator[str]:
    found = one_line(str(block.get(name) or "")) if isinstance(block, Message) else ""
    if found:
        yield found


def _failed(part: Message) -> Iterator[tuple[str, str]]:
    """Yield whom a message did not reach, and why; under each of the names that the report gives them."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, Message) or str(block.get("Action") or "").strip().lower() != "failed":
            continue
        said = [str(block.get(name) or "") for name in ("Diagnostic-Code", "Status")]
        why = one_line(
            next((words.rpartition(";")[2] if i == 0 else words for i, words in enumerate(said) if words), "")
        )
        named = [str(block.get(name) or "").partition(";") for name in ("Original-Recipient", "Final-Recipient")]
        found = [one_line(address).strip("<> ") for kind, _semicolon, address in named if kind.strip().lower() in KINDS]
        for recipient in [address for address in found if address] or [""]:
            yield recipient, why[:LENGTH]
