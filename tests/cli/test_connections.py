"""Connections that wait: whose they are, and how long they may take."""

import socket
import threading
import time
from contextlib import ExitStack, closing, suppress

import pytest

from forum.cli import server as server_module
from forum.cli.server import Channel, Server, adjusted
from tests.cli.process import PATIENCE
from tests.support.databases import settings_for


def listener() -> socket.socket:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


def test_who_is_answered_keeps_the_connection_when_others_of_the_network_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office behind one address loses connections on which nothing is asked, the oldest first."""
    monkeypatch.setattr(server_module, "MOST_OF_ONE", 3)
    begun, go_on = threading.Event(), threading.Event()

    def slow(_environ: object, start_response: object) -> list[bytes]:
        begun.set()
        go_on.wait(PATIENCE)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])  # type: ignore[operator]
        return [b"done"]

    with closing(listener()) as bound, ExitStack() as held:
        server = Server(slow, listener=bound, settings=settings_for("sqlite://"))
        thread = threading.Thread(target=server.run)
        thread.start()
        clients = []
        for number in range(5):
            client = held.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.settimeout(server_module.START / 2)  # sooner than a late request is ended
            client.sendall(b"GET / HTTP/1.1\r\n\r\n" if number == 0 else b"POST")
            assert begun.wait(PATIENCE)
            clients.append(client)
            time.sleep(0.05)
        assert [client.recv(10) for client in clients[1:3]] == [b"", b""]
        go_on.set()
        assert clients[0].recv(100).startswith(b"HTTP/1.1 200 OK")
        server.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_small_request_has_less_time_than_a_large_one() -> None:
    """A form is a few kilobytes; a slow line may take minutes for a large one."""
    with closing(listener()) as bound:
        bound.listen()
        server = Server(lambda _environ, _start: [b""], listener=bound, settings=settings_for("sqlite://"))
        ends = socket.socketpair()
        channel = Channel(server, ends[0], ("192.0.2.7", 1), server.adj, map={})
        channel.received(b"POST / HTTP/1.1\r\nContent-Length: 2000\r\n\r\na")
        assert not channel.is_late()
        assert channel.since is not None
        channel.since -= 25
        assert channel.is_late()
        channel.request.content_length = 1_000_000
        assert not channel.is_late()
        channel.since -= server_module.WHOLE_REQUEST
        assert channel.is_late()
        for end in ends:
            end.close()
        server.stop()
        server.run()


def test_files_have_the_time_that_their_size_asks_for() -> None:
    """A13: sixty megabytes over a slow line take hours; at other addresses five minutes are enough for the largest."""
    with closing(listener()) as bound:
        bound.listen()
        server = Server(lambda _environ, _start: [b""], listener=bound, settings=settings_for("sqlite://"))
        ends = socket.socketpair()
        channel = Channel(server, ends[0], ("192.0.2.7", 1), server.adj, map={})
        channel.received(b"POST /s/waste/threads/new/attach HTTP/1.1\r\nContent-Length: 60000000\r\n\r\na")
        assert channel.since is not None
        channel.since -= 60_000_000 / server_module.SLOWEST
        assert not channel.is_late()
        channel.since -= server_module.START
        assert channel.is_late()
        for end in ends:
            end.close()
        server.stop()
        server.run()


def test_a_client_can_t_claim_to_come_from_elsewhere() -> None:
    """A9: without a proxy nobody sets these headers; with one they are for Werkzeug's ProxyFix."""
    assert adjusted(settings_for("sqlite://")).clear_untrusted_proxy_headers
    assert not adjusted(settings_for("sqlite://", behind_proxies=1)).clear_untrusted_proxy_headers


def test_a_request_that_never_comes_to_an_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "START", 0.5)
    with closing(listener()) as bound:
        server = Server(lambda _environ, _start: [b""], listener=bound, settings=settings_for("sqlite://"))
        server.adj.cleanup_interval = 0
        thread = threading.Thread(target=server.run)
        thread.start()
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n")
            client.settimeout(PATIENCE)
            begun = time.monotonic()
            with suppress(OSError):
                while time.monotonic() - begun < PATIENCE:
                    client.sendall(b"a")
                    time.sleep(0.1)
            assert 0.5 < time.monotonic() - begun < 10
        server.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()
