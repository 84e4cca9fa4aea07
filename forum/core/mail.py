"""Making mail. Sending it is `forum.notify.transport`."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr

from forum.core.text import one_line, without_addresses

SUBJECT_LENGTH = 200
SENDER_LENGTH = 120
WIDEST = 78
QUOTED = re.compile(r'["\\]')
"""What stands in a quoted name with a backslash before it."""
ADDRESSES = ("list-unsubscribe", "list-archive", "references", "in-reply-to")


class AddressesHeader(UnstructuredHeader, BaseHeader):
    """A header of addresses and message ids in angle brackets.

    The library folds what is longer than a line into encoded words, which may not stand there (RFC 2047): mail programmes find
    no address to unsubscribe at. So it is folded between addresses only.
    """

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is sent."""
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"


class SenderHeader(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]  # as the library makes its own
    """From, with the name as one quoted line, or in encoded words.

    Folding a long name, the library loses its quotes, and what stands between its commas becomes senders; of a name of other than
    ASCII letters it loses blanks.
    """

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is sent."""
        [one] = self.addresses
        if not one.display_name:
            return f"{self.name}: {one.addr_spec}{policy.linesep}"
        name = '"' + QUOTED.sub(r"\\\g<0>", one.display_name) + '"'
        if not name.isascii():
            name = Header(one.display_name, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        is_short = len(f"{self.name}: {name} <{one.addr_spec}>") <= WIDEST
        return f"{self.name}: {name}{'' if is_short else policy.linesep} <{one.addr_spec}>{policy.linesep}"


def _headers() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ADDRESSES:
        registry.map_to_type(name, AddressesHeader)
    registry.map_to_type("from", SenderHeader)
    return registry


# Not every server on the way says that it takes eight bits.
POLICY = SMTP.clone(cte_type="7bit", header_factory=_headers())


class UnsendableError(ValueError):
    """No message can be made of a mail: its address is not one."""


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What calendar programmes read of a message (RFC 6047): `method`, such as REQUEST, is the one that `text` says too."""

    method: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What a message says. `to` is an address; both forms of the text say the same.

    `sender` is the name from which the message comes, as mail programmes list it: who wrote, and where; without it, the installation's.
    The address is always the installation's. `message_id` is given where the message's own is known beforehand, as a post's is; `tells`
    are the ids of the notifications that the message tells of: they are noted as told when it has left.
    """

    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    message_id: str | None = None
    invitation: Invitation | None = None
    tells: tuple[int, ...] = ()


def message_for(mail: Mail, *, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """Build the message. Names and titles can't break its headers: control characters are gone before they get there (A12).

    Raises UnsendableError when an address is not one.
    """
    message = EmailMessage(policy=POLICY)
    try:
        name, address = parseaddr(sender)
        name = header_words(without_addresses(mail.sender))[:SENDER_LENGTH].strip() or header_words(name)
        message["From"] = Address(display_name=name, addr_spec=ascii_domain(address))
        message["To"] = Address(addr_spec=ascii_domain(mail.to))
    except (ValueError, IndexError) as error:  # the parser stumbles over "" with an IndexError
        raise UnsendableError(f"not an address: {error}") from error
    message["Subject"] = header_words(mail.subject)[:SUBJECT_LENGTH]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id or message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    for header, value in mail.headers.items():
        message[header] = header_words(value)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.invitation is not None:
        method = {"method": mail.invitation.method}
        message.add_alternative(mail.invitation.text, subtype="calendar", params=method)
    return message


def header_words(text: str) -> str:
    """Return words as they may stand in a header: one line, and nothing that the library takes for an encoded word (RFC 2047).

    It decodes what looks like one, also in words of ours, and with it line breaks: "=?utf-8?q?=0d=0aBcc:...?=" would be a header.
    """
    return one_line(text).replace("=?", "= ?")


def ascii_domain(address: str) -> str:
    """Return the address with its domain as mail servers write it."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.encode('idna').decode()}" if not domain.isascii() else address
