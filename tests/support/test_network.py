"""Tests of what the tests stand on: the network is closed."""

import socket
import urllib.request

import pytest

from tests.support import network


@pytest.mark.parametrize("host", ["example.org", "192.0.2.1", "8.8.8.8"])
def test_nothing_reaches_another_machine(host: str) -> None:
    with pytest.raises(network.OutsideWorldError):
        socket.create_connection((host, 80), timeout=1)
    with pytest.raises(network.OutsideWorldError), socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hello", (host, 53))
    network._attempts.clear()


def test_a_swallowed_attempt_is_remembered() -> None:
    with pytest.raises(network.OutsideWorldError):
        urllib.request.urlopen("http://example.org")
    assert network._attempts == ["example.org"]
    network._attempts.clear()


def test_this_machine_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()[:2]):
        pass
