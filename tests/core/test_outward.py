"""Calling addresses that others gave: nothing but the public internet is reached by them."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from forum.core import outward
from forum.core.outward import Answer, RefusedTargetError, UnreachableError, is_public, post, target_of

PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
PRIVATE = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0",  # noqa: S104  # refused, not listened on
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.215.14", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "not an address",
)  # fmt: skip


def test_only_the_public_internet_is_public() -> None:
    """One table for all ways of writing a private place."""
    assert [address for address in PRIVATE if is_public(address)] == []
    assert [address for address in PUBLIC if not is_public(address)] == []


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the addresses that were dialled; nobody answers at any of them."""
    tried: list[str] = []

    def dial(address: str, _port: int) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outward, "dial", dial)
    return tried


def resolves_to(monkeypatch: pytest.MonkeyPatch, *answers: Sequence[str]) -> list[str]:
    """Let names resolve to these, one answer after the other; give the names that were asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_how: object) -> list[tuple[object, ...]]:
        asked.append(host)
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_leads_into_a_private_network_is_not_called(
    monkeypatch: pytest.MonkeyPatch, dialled: list[str]
) -> None:
    """Also when only one of its addresses does. Seen to fail with the check of the resolved addresses taken away."""
    for private in PRIVATE:
        for addresses in ([private], [PUBLIC[0], private], [private, PUBLIC[0]]):
            resolves_to(monkeypatch, addresses)
            with pytest.raises(RefusedTargetError):
                post("https://innocent.example.com/hook", b"{}", headers={})
    assert dialled == []


def test_what_was_looked_at_is_what_is_called(monkeypatch: pytest.MonkeyPatch, dialled: list[str]) -> None:
    """A name server that says something else the second time isn't asked a second time (rebinding)."""
    asked = resolves_to(monkeypatch, [PUBLIC[0]], ["127.0.0.1"])
    with pytest.raises(UnreachableError):
        post("https://rebinding.example.com/hook", b"{}", headers={})
    assert (asked, dialled) == (["rebinding.example.com"], [PUBLIC[0]])


def test_where_one_address_does_not_answer_the_next_is_called(
    monkeypatch: pytest.MonkeyPatch, dialled: list[str]
) -> None:
    """As from a network without IPv6. All of them were looked at before; and no more than a few are tried."""
    resolves_to(monkeypatch, [PUBLIC[1], PUBLIC[0], "93.184.215.15", "93.184.215.16"])
    with pytest.raises(UnreachableError):
        post("https://several.example.com/hook", b"{}", headers={})
    assert dialled == [PUBLIC[1], PUBLIC[0], "93.184.215.15"]


def test_a_name_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch, dialled: list[str]) -> None:
    """The system's resolver has no deadline. Seen to fail: it took as long as the resolver did."""
    go_on = threading.Event()

    def hangs(*_asked: object, **_how: object) -> list[tuple[object, ...]]:
        go_on.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC[0], 443))]

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    monkeypatch.setattr(outward, "RESOLVE_SECONDS", 0.2)
    started = time.monotonic()
    try:
        with pytest.raises(UnreachableError, match="could not be looked up in time"):
            post("https://slow.example.com/hook", b"{}", headers={})
        assert time.monotonic() - started < 5
    finally:
        go_on.set()
    assert dialled == []


def test_a_name_is_never_dialled() -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        outward.dial("rebinding.example.com", 443)


def test_addresses_that_are_odd_are_refused() -> None:
    for url in (
        "http://hooks.example.com/x",
        "ftp://hooks.example.com/x",
        "hooks.example.com",
        "https://",
        "https:///x",
        "https://user@hooks.example.com/x",
        "https://user:word@hooks.example.com/x",
        "https://hooks.example.com:22/x",
        "https://hooks.example.com:99999/x",
        "https://hooks.example.com/x#y",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/a\r\nHost: b",
        "https://[::1]/x",
        "https://hööks.example.com/x",
        "https://evil.example.com\\@hooks.example.com/",
        f"https://hooks.example.com/{'x' * 2001}",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ):
        with pytest.raises(RefusedTargetError):
            target_of(url)
    assert target_of("https://hooks.example.com:443/a?b=c").path == "/a"


DRIPPING = {
    "/headers": b"HTTP/1.1 200 OK\r\n",
    "/length": b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n",
    "/close": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    "/old": b"HTTP/1.0 200 OK\r\n\r\n",
}


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers as a path asks for."""

    seen: list[str]

    def do_POST(self) -> None:
        """Answer."""
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path in DRIPPING:
            self._drip(DRIPPING[self.path])
            return
        self.send_response(302 if self.path == "/elsewhere" else 200)
        if self.path == "/elsewhere":
            self.send_header("Location", "/secret")
        said = b"x" * 1_000_000 if self.path == "/huge" else b"fine\nthank you\x1b[0m"
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _drip(self, head: bytes) -> None:
        self.close_connection = True
        self.wfile.write(head)
        for _piece in range(100):
            try:
                self.wfile.write(b"X: y\r\n")
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a web server on this machine, and the paths that were asked for."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        seen: list[str] = []
        server.seen = seen  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


def test_this_machine_is_called_only_where_that_is_said(receiver: tuple[str, list[str]]) -> None:
    address, seen = receiver
    with pytest.raises(RefusedTargetError):
        post(f"{address}/x", b"{}", headers={})
    assert seen == []
    assert post(f"{address}/x?y=z", b"{}", headers={}, this_machine=True) == Answer(
        status=200, words="fine thank you[0m"
    )
    assert seen == ["/x?y=z"]


def test_it_follows_nothing_and_reads_little(receiver: tuple[str, list[str]]) -> None:
    address, seen = receiver
    assert post(f"{address}/elsewhere", b"{}", headers={}, this_machine=True).status == 302
    assert len(post(f"{address}/huge", b"{}", headers={}, this_machine=True).words) == outward.WORDS
    assert seen == ["/elsewhere", "/huge"]


def test_an_answer_that_never_ends_is_cut_off(receiver: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece comes in time; all of them together don't. Seen to fail where the library lets go of the connection's socket."""
    monkeypatch.setattr(outward, "WHOLE_SECONDS", 0.3)
    for path in DRIPPING:
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="took too long"):
            post(f"{receiver[0]}{path}", b"{}", headers={}, this_machine=True)
        assert time.monotonic() - began < 3, path


def test_a_handshake_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an answer is."""
    monkeypatch.setattr(outward, "WHOLE_SECONDS", 0.3)

    def drip(server: socket.socket) -> None:
        taken, _whom = server.accept()
        with taken, suppress(OSError):
            taken.sendall(b"\x16\x03\x03\x3f\xff")
            for _piece in range(100):
                taken.sendall(b"x")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="took too long"):
            post(f"https://127.0.0.1:{server.getsockname()[1]}/x", b"{}", headers={}, this_machine=True)
        assert time.monotonic() - began < 3
        thread.join()


def test_other_private_places_stay_shut_also_in_development(
    monkeypatch: pytest.MonkeyPatch, dialled: list[str]
) -> None:
    for url in ("https://lan.example.com/x", "http://lan.example.com/x"):
        resolves_to(monkeypatch, ["10.0.0.1"])
        with pytest.raises(RefusedTargetError):
            post(url, b"{}", headers={}, this_machine=True)
    resolves_to(monkeypatch, [PUBLIC[0]])
    with pytest.raises(RefusedTargetError):  # http goes nowhere else
        post("http://example.com/x", b"{}", headers={}, this_machine=True)
    assert dialled == []
