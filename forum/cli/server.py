"""The web server: waitress, which reads a request whole before a thread sees it, so that slow clients stall nobody."""

import socket
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import RequestEntityTooLarge

from forum.config import Settings
from forum.web.headers import security_headers
from forum.web.limits import network_of
from forum.web.uploads import ENDING, largest_upload

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Larger than what the app itself takes, so that a person who sends too much gets a page that says so.
LARGEST_BODY = 8 * 1024 * 1024
LARGEST_HEAD = 32 * 1024
MOST_CONNECTIONS = 500
MOST_OF_ONE = 200  # of one network, where no proxy stands in front: an office behind one address keeps its busy ones
SILENCE = 60  # seconds without a byte
START = 20.0  # seconds for a request's head and first kilobytes to arrive
SLOWEST = 8192  # bytes a second, on the way of a larger one
WHOLE_REQUEST = 300.0  # seconds for the largest without files to arrive in full
LOOK_EVERY = 5  # seconds between looks for those who take too long
GRACE = 10.0  # seconds for requests under way when the server stops


class Refusal(ErrorTask):
    """Waitress's own answer to a request that it doesn't hand on (too large, not HTTP): guarded as all others are (A11)."""

    def execute(self) -> None:
        """Answer."""
        self.response_headers.extend(self.channel.server.always)
        super().execute()


class Parser(HTTPRequestParser):
    """A request as it arrives. Only the addresses that take files may be sent more than any other form holds."""

    error: object  # waitress sets it without saying what it is

    def received(self, data: bytes) -> int:
        """Take bytes of a request, and refuse one that says, or shows, that it is too large for its address."""
        taken = int(super().received(data))
        is_read = self.headers_finished and not self.error and not self.empty
        if is_read and not self.takes_files and max(self.content_length, self.body_bytes_received) >= LARGEST_BODY:
            self.error = RequestEntityTooLarge(f"exceeds {LARGEST_BODY} bytes")
            self.completed = True
        return taken

    @property
    def takes_files(self) -> bool:
        """Whether the head has arrived, and names an address that takes files."""
        return bool(self.headers_finished and getattr(self, "path", "").endswith(ENDING))

    @property
    def most_seconds(self) -> float:
        """How long it may take to arrive: a small one less than a large one, and one with files as long as its size asks for."""
        by_size = START + int(self.content_length) / SLOWEST
        return by_size if self.takes_files else min(WHOLE_REQUEST, by_size)


class Channel(HTTPChannel):
    """One connection, which knows whose it is, and since when a request has been arriving on it."""

    parser_class = Parser
    error_task_class = Refusal
    since: float | None = None

    def __init__(self, server: "Server", sock: socket.socket, address: Any, *others: Any, **named: Any) -> None:  # noqa: ANN401  # waitress's own
        self.network = network_of(str(address[0]))
        super().__init__(server, sock, address, *others, **named)

    def received(self, data: bytes) -> bool:
        """Take bytes of a request."""
        if self.since is None:
            self.since = time.monotonic()
        taken = bool(super().received(data))
        if self.request is None:
            self.since = None
        return taken

    def is_late(self) -> bool:
        """Say whether a request has been arriving for too long, byte by byte."""
        if self.since is None:
            return False
        return time.monotonic() - self.since > float(self.request.most_seconds if self.request else START)

    def is_busy(self) -> bool:
        """Say whether a request is worked on, or an answer is on its way."""
        return bool(self.requests or self.total_outbufs_len)


def adjusted(settings: Settings) -> Adjustments:
    """Return waitress set up for Baton."""
    return Adjustments(
        threads=settings.threads,
        ident="",
        asyncore_use_poll=True,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=SILENCE,
        cleanup_interval=LOOK_EVERY,
        max_request_body_size=largest_upload(settings, ordinary=LARGEST_BODY),
        max_request_header_size=LARGEST_HEAD,
        # With proxies in front Werkzeug's ProxyFix reads these headers; without, nobody may set them.
        clear_untrusted_proxy_headers=not settings.behind_proxies,
        log_socket_errors=False,
    )


class Server(TcpWSGIServer):
    """The server on one socket. `run()` until `stop()`; requests under way are answered then."""

    channel_class = Channel

    def __init__(self, app: "WSGIApplication", *, listener: socket.socket, settings: Settings) -> None:
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(settings.threads)
        where = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(
            app, {}, _sock=listener, dispatcher=dispatcher, adj=adjusted(settings), sockinfo=where, bind_socket=False
        )
        self._stopping, self._ending = threading.Event(), threading.RLock()
        self._is_proxied = bool(settings.behind_proxies)
        self.always = [*security_headers(https=settings.is_https).items(), ("Cache-Control", "no-store")]

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.effective_port)

    def maintenance(self, now: float) -> None:
        """Close connections that are silent, and those that never come to an end."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.is_late():
                channel.will_close = True

    def handle_accept(self) -> None:
        """Take a connection. A network that has too many loses the one that waits for longest."""
        super().handle_accept()
        if not self._is_proxied:
            self._make_room()

    def _make_room(self) -> None:
        channels = [channel for channel in self._channels() if not channel.will_close]
        for network, number in Counter(channel.network for channel in channels).items():
            if number > MOST_OF_ONE:
                waiting = [each for each in channels if each.network == network and not each.is_busy()]
                for channel in sorted(waiting, key=lambda each: each.creation_time)[: number - MOST_OF_ONE]:
                    channel.will_close = True

    def stop(self) -> None:
        """Take no new connections, answer what is under way, and end `run()`. May be called from a signal's handler, and twice.

        Under the lock, because `run()` may see it at once: what wakes it must not be closed yet, and not be another's file by then.
        """
        with self._ending:
            if not self._stopping.is_set():
                self._stopping.set()
                self.pull_trigger()

    def run(self) -> None:
        """Serve until stopped."""
        while not self._stopping.is_set():
            self._turn()
        self.accepting = False
        wasyncore.dispatcher.close(self)
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(channel.is_busy() for channel in self._channels()):
            for channel in self._channels():
                channel.will_close = channel.will_close or not channel.is_busy()
            self._turn()
        self.task_dispatcher.shutdown(timeout=1)
        with self._ending:
            wasyncore.close_all(self._map, ignore_all=True)

    def _channels(self) -> list[Any]:
        return list(self.active_channels.values())

    def _turn(self) -> None:
        """Wait for something to happen on a connection, at most a second, and deal with it."""
        wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)
