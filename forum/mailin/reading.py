"""A message as it came, read: from whom, to which keys, what it says, what is attached. Pure, bounded, and never trusts a header."""

import re
from codecs import lookup
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

from forum.core.markup.source import normalised
from forum.core.text import one_line
from forum.mailin.broken import BrokenError, check_bytes, lacks_parts
from forum.mailin.plain import text_of
from forum.mailin.reports import Bounce, bounces_in, bounces_told, is_report
from forum.mailin.shape import LONGEST_HEADER, UnreadableError, check_parts, check_shape

LONGEST_ID = 250
MOST_TEXT = 200_000
ADDRESS_LENGTH = 254
NO_CHARSETS = frozenset({"punycode", "idna"})
"""Of names in addresses; the library decodes them in quadratic time."""
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,250}")
ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Resent-To")
SIGNING = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/calendar"}
)
"""Parts that mail programmes add and nobody means to send along."""
AUTOMATIC_SENDERS = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+=-].*)?@", re.IGNORECASE
)
PLACEHOLDER = re.compile(r"\[(?:cid:|image: ?)([^\]\n]{1,200})\]")


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that came along."""

    name: str
    data: bytes = field(repr=False)
    cid: str = ""
    is_inside: bool = False
    """It belongs to the HTML, as pasted pictures and the logos of signatures do."""

    def is_named_in(self, text: str) -> bool:
        """Say whether a text shows where it stood."""
        return any(found in {self.cid, self.name} for found in PLACEHOLDER.findall(text))


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What came."""

    message_id: str
    sender: str
    """The address that it says it is from; "" unless that is exactly one."""
    text: str
    is_broken: bool
    """The text can't be read, or part of it may be missing."""
    files: Sequence[File]
    addressed: str
    """All that it says about to whom it goes, for looking for keys in."""
    is_automatic: bool
    list_id: str
    bounces: Sequence[Bounce]
    told: Sequence[Bounce]
    """What a mail server says in words that did not arrive, without saying which message that was."""


def read(raw: bytes, *, envelope_sender: str | None = None) -> Incoming:
    """Read a message. Raises UnreadableError."""
    check_shape(raw)
    try:
        return _read(raw, envelope_sender=envelope_sender)
    except UnreadableError:
        raise
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        # The parser of the standard library stumbles over some of what can come.
        raise UnreadableError(f"{type(error).__name__} while reading") from error


def unread(raw: bytes) -> Incoming:
    """Return what stands for a message that can't be read: from nobody, to nobody, and the same each time that it comes."""
    return Incoming(
        message_id=_nameless(raw),
        sender="",
        text="",
        is_broken=True,
        files=(),
        addressed="",
        is_automatic=True,
        list_id="",
        bounces=(),
        told=(),
    )


def _nameless(raw: bytes) -> str:
    return f"<{sha256(raw).hexdigest()}@nameless>"


def _read(raw: bytes, *, envelope_sender: str | None) -> Incoming:
    message = message_from_bytes(raw)
    check_parts(list(message.walk()))
    sender = _sender(message)
    body, is_broken = _said(message)
    return Incoming(
        message_id=one_line(header(message, "Message-ID"))[:LONGEST_ID] or _nameless(raw),
        sender=sender,
        text=normalised(body[: 2 * MOST_TEXT])[:MOST_TEXT].replace("\u00a0", " "),
        is_broken=is_broken,
        files=list(_files(message)),
        addressed="\n".join(one_line(value) for name in ADDRESSED for value in headers(message, name)),
        is_automatic=_is_automatic(message, sender, envelope_sender),
        list_id=one_line(header(message, "List-Id")),
        bounces=bounces_in(message),
        told=bounces_told(message, sender, body),
    )


def headers(message: Message, name: str) -> list[str]:
    """Return a header's values as they came, each cut where none goes on."""
    return [str(value)[:LONGEST_HEADER] for key, value in message.raw_items() if key.lower() == name.lower()]


def header(message: Message, name: str) -> str:
    """Return the first of a header's values."""
    return next(iter(headers(message, name)), "")


def _sender(message: Message) -> str:
    """Return whom it is from. One that says several, or says it in an odd way, is from nobody."""
    said = headers(message, "From")
    if len(said) != 1:
        return ""
    found = [address for _name, address in getaddresses([one_line(said[0])]) if address]
    if len(found) != 1 or len(found[0]) > ADDRESS_LENGTH or not ADDRESS.fullmatch(found[0]):
        return ""
    return found[0]


def _is_automatic(message: Message, sender: str, envelope_sender: str | None) -> bool:
    """Say whether no person wrote it, or one who must not be answered by a machine (RFC 3834)."""
    submitted = header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = header(message, "Precedence").strip().lower()
    null_path = any(value.strip() == "<>" for value in headers(message, "Return-Path"))
    return (
        submitted not in {"", "no"}
        or precedence in {"bulk", "junk", "list", "auto_reply", "auto-reply"}
        or any(
            header(message, name)
            for name in ("X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Autoresponder")
        )
        or null_path
        or (envelope_sender is not None and envelope_sender.strip("<> ").lower() in {"", "mailer-daemon"})
        or AUTOMATIC_SENDERS.match(sender) is not None
        or is_report(message)
    )


def _said(message: Message) -> tuple[str, bool]:
    """Return what the message says, and whether that is broken."""
    try:
        return _body(message), lacks_parts(message)
    except BrokenError:
        return "", True


def _body(message: Message) -> str:
    """Return what the message says: its plain text, or else its HTML as text; in order, where it has several."""
    kind = message.get_content_type()
    if message.is_multipart():
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        return "" if kind.startswith("message/") else _body_of(kind, parts)
    if _is_attached(message):
        return ""
    if kind == "text/html":
        return text_of(_words(message))
    return _unflowed(message, _words(message)) if kind == "text/plain" else ""


def _body_of(kind: str, parts: Sequence[Message]) -> str:
    if kind == "multipart/alternative":
        return _first(parts, _plain_body) or _first(parts, _body)
    if kind == "multipart/related":
        return _body(parts[0]) if parts else ""
    return "\n\n".join(found for found in map(_body, parts) if found.strip())


def _plain_body(part: Message) -> str:
    return "" if part.get_content_type() == "text/html" else _body(part)


def _first(parts: Sequence[Message], say: Callable[[Message], str]) -> str:
    return next((found for found in (say(part) for part in parts) if found.strip()), "")


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _words(part: Message) -> str:
    """Return the beginning of a part's text, in the charset it says, or the likeliest where it isn't in that. Raises BrokenError."""
    data = _bytes(part)
    check_bytes(part)
    for charset in (str(part.get_content_charset() or "utf-8"), "utf-8"):
        try:
            if lookup(charset).name in NO_CHARSETS:
                raise BrokenError("no charset of texts")
            return data.decode(charset)[:MOST_TEXT]
        except LookupError as error:
            raise BrokenError("no such charset") from error
        except ValueError:
            continue
    return data.decode("cp1252", "replace")[:MOST_TEXT]


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _unflowed(part: Message, text: str) -> str:
    """Join the lines of a text that was broken to be joined again (RFC 3676)."""
    if str(part.get_param("format") or "").lower() != "flowed":
        return text
    joint = "" if str(part.get_param("delsp") or "").lower() == "yes" else " "
    made: list[str] = []
    is_open = False
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = line.startswith(">")
        words = line if quoted else line.removeprefix(" ")
        flows = line.endswith(" ") and line != "-- " and not quoted
        if is_open and not quoted and line != "-- ":
            made[-1] += words.rstrip(" ") if flows else words
        else:
            made.append(words.rstrip(" ") if flows else words)
        if flows:
            made[-1] += joint
        is_open = flows
    return "\n".join(line.rstrip(" ") if line != "-- " else line for line in made)


def _files(message: Message, *, is_inside: bool = False) -> Iterator[File]:
    kind = message.get_content_type()
    if message.is_multipart() and not kind.startswith("message/"):
        inside = is_inside or kind == "multipart/related"
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _files(part, is_inside=inside)
        return
    is_text = kind in {"text/plain", "text/html"} and not _is_attached(message)
    if is_text or kind in SIGNING or kind.startswith("multipart/"):
        return
    data = message.as_bytes() if kind.startswith("message/") else _bytes(message)
    cid = one_line(header(message, "Content-ID")).strip("<> ")
    if data or _is_attached(message):
        yield File(name=_name(message), data=data, cid=cid, is_inside=is_inside and bool(cid))


def _name(part: Message) -> str:
    """Return a file's name as it was meant."""
    name = str(part.get_filename() or "")[:LONGEST_HEADER]
    try:
        pieces = decode_header(name)
        name = "".join(
            piece.decode(charset or "utf-8", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in pieces
        )
    except (MessageError, LookupError, ValueError):
        pass
    return one_line(name)
