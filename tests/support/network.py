"""No test reaches past this machine."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

_attempts: list[str] = []


class OutsideWorldError(BaseException):
    """A test tried to reach past this machine. No `except Exception` may hide it."""


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    if host in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_others(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if not is_loopback(name):
        _attempts.append(name)
        raise OutsideWorldError(name)


def _guarded(function: Any, *, address: int) -> Any:  # noqa: ANN401  # it wraps functions of several shapes
    def guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # as above
        given = args[address]
        if isinstance(given, tuple):
            _refuse_others(given[0])
        elif function is socket.getaddrinfo or not isinstance(args[0], socket.socket):
            _refuse_others(given)
        return function(*args, **kwargs)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> Iterator[None]:
    """Refuse every connection but to this machine (addresses that are paths are local sockets)."""
    with (
        mock.patch.object(socket.socket, "connect", _guarded(socket.socket.connect, address=1)),
        mock.patch.object(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex, address=1)),
        mock.patch.object(socket.socket, "sendto", _guarded(socket.socket.sendto, address=-1)),
        mock.patch.object(socket, "getaddrinfo", _guarded(socket.getaddrinfo, address=0)),
    ):
        yield


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    """Fail the test that tried, even if something swallowed the refusal (a thread, say)."""
    _attempts.clear()
    yield
    assert not _attempts, f"the test tried to reach {', '.join(_attempts)}"
