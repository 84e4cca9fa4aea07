"""Calling an address that somebody else gave, and reaching nothing but the public internet by it (no server-side request forgery).

The name is resolved once, within a deadline, all of its addresses are looked at, and the connection goes to one of those: no later
answer of a name server counts. Redirects aren't followed, and no proxy of the environment is asked.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from forum.core.text import one_line

RESOLVE_SECONDS = 5.0
CONNECT_SECONDS = 5.0
MOST_DIALLED = 3
WHOLE_SECONDS = 15.0
MOST_BYTES = 4096
WORDS = 300
LONGEST_URL = 2000
HTTPS = 443
HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*")
PATH = re.compile(r"[!-~]*")
NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10", "169.254.0.0/16", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4",
        # What holds an IPv4 address inside an IPv6 one is refused whole, whatever it holds.
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
    )
)  # fmt: skip
"""Besides what `is_global` says: it differs between versions of Python."""


class RefusedTargetError(Exception):
    """The address leads, or could lead, to somewhere that isn't public. Its words are for the person who gave it."""


class UnreachableError(Exception):
    """Nobody answered there, or not in time, or not as a web server does."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the other side said: a status, and the beginning of its words in one line."""

    status: int
    words: str


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public internet's."""
    try:
        ip = ipaddress.ip_address(address)  # with a zone, as fe80::1%eth0, it is link-local and refused
    except ValueError:
        return False
    is_odd = ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    return ip.is_global and not is_odd and not any(ip in net for net in NOT_PUBLIC if net.version == ip.version)


def target_of(url: str, *, this_machine: bool = False) -> SplitResult:
    """Read an address that is to be called. Raises RefusedTargetError with what is wrong with it.

    `this_machine` lets http through as well, for a receiver on this machine.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RefusedTargetError("That is not a whole address.") from None
    host = host_of(parts)
    if len(url) > LONGEST_URL or not PATH.fullmatch(url) or not HOST.fullmatch(host):
        raise RefusedTargetError("That is not a whole address.")
    if parts.scheme != "https" and not (this_machine and parts.scheme == "http"):
        raise RefusedTargetError("The address must begin with https://.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise RefusedTargetError("The address must hold no name, no password and no “#”.")
    if port not in {None, HTTPS} and not this_machine:
        raise RefusedTargetError("The address must use no port of its own.")
    return parts


def host_of(parts: SplitResult) -> str:
    """Return the host of an address as it is compared: small letters, no dot at its end."""
    return (parts.hostname or "").lower().rstrip(".")


def post(url: str, body: bytes, *, headers: Mapping[str, str], this_machine: bool = False) -> Answer:
    """Send `body` and return the answer, whatever its status. Raises RefusedTargetError or UnreachableError.

    Use outside of a transaction: it may take RESOLVE_SECONDS and WHOLE_SECONDS. `this_machine` lets it reach this machine, and no other
    private place.
    """
    parts = target_of(url, this_machine=this_machine)
    host = host_of(parts)
    is_secure = parts.scheme == "https"
    port = parts.port or (HTTPS if is_secure else 80)
    addresses = allowed(resolve(host, port), this_machine=this_machine, needs_this_machine=not is_secure)
    connection = _Pinned(host, port, addresses=addresses[:MOST_DIALLED], is_secure=is_secure)
    ended = threading.Timer(WHOLE_SECONDS, connection.cut)
    ended.daemon = True
    ended.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        said = response.read(MOST_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnreachableError(_why(error, was_cut=connection.was_cut)) from None
    finally:
        ended.cancel()
        connection.close()
    if connection.was_cut:
        raise UnreachableError("It took too long.")
    return Answer(status=response.status, words=one_line(said.decode("utf-8", "replace"))[:WORDS])


def allowed(addresses: Sequence[str], *, this_machine: bool, needs_this_machine: bool = False) -> Sequence[str]:
    """Return the addresses that a name has, if all of them may be called. Raises RefusedTargetError when one may not."""
    is_here = this_machine and all(_is_loopback(address) for address in addresses)
    if not is_here and (needs_this_machine or not all(is_public(address) for address in addresses)):
        raise RefusedTargetError("That name leads into a private network, so nothing is sent there.")
    return addresses


def resolve(host: str, port: int) -> Sequence[str]:
    """Return all addresses of a name, each once. Raises UnreachableError when there are none, or none came in time.

    The system's resolver has no deadline, and can't be ended. So it is asked in a thread of its own; a late one is left to itself.
    """
    addresses: list[str] = []
    answered = threading.Event()

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses.extend(dict.fromkeys(str(one[4][0]) for one in found))
        answered.set()

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    if not answered.wait(RESOLVE_SECONDS):
        raise UnreachableError("Its name could not be looked up in time.")
    if not addresses:
        raise UnreachableError("There is no such name.")
    return addresses


def dial(address: str, port: int) -> socket.socket:
    """Connect to an IP address. A name would be resolved again, so none is given."""
    return socket.create_connection((str(ipaddress.ip_address(address)), port), timeout=CONNECT_SECONDS)


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the addresses, the first that answers. It speaks to the host by its name: in the certificate too."""

    def __init__(self, host: str, port: int, *, addresses: Sequence[str], is_secure: bool) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self._addresses = addresses
        self._is_secure = is_secure
        self.default_port = HTTPS if is_secure else 80  # what isn't it stands in the Host header
        self.was_cut = False
        self._open: Any = None
        """The connected socket. The library lets go of its own where the answer ends with the connection."""

    def connect(self) -> None:
        """Connect to an address that was looked at."""
        self._open = self.sock = self._dialled()
        if self._is_secure:
            raw = self._open
            try:
                self._open = _tls().wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
                self._open.do_handshake()
            except BaseException:
                self._open.close()
                raw.close()
                raise
            self.sock = self._open
        if self.was_cut:
            raise TimeoutError

    def _dialled(self) -> socket.socket:
        """Return a connection to the first address that answers, as long as there is time. Raises OSError."""
        for address in self._addresses[:-1]:
            with suppress(OSError):
                return dial(address, self.port)
            if self.was_cut:
                raise TimeoutError
        return dial(self._addresses[-1], self.port)

    def cut(self) -> None:
        """End it from outside: each piece may come in time, and all of them never end."""
        self.was_cut = True
        if self._open is not None:
            try:
                self._open.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _why(error: Exception, *, was_cut: bool) -> str:
    """Say in our words why nobody answered: those of the library may name an address."""
    if was_cut or isinstance(error, TimeoutError):
        return "It took too long."
    if isinstance(error, ssl.SSLError):
        return "Its certificate can’t be trusted."
    if isinstance(error, OSError):
        return "Nobody answered."
    return "It didn’t answer as a web server does."
