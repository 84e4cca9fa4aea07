"""`baton serve` as people meet it: a process that says where it is, takes slow clients calmly, and ends well."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from forum.cli import server as server_module
from forum.cli.server import Server
from forum.web.headers import CSP
from tests.cli.process import KEY, PATIENCE, ROOT, Running, baton, environment, get, started
from tests.support.databases import settings_for

SLOW_CLIENTS = 50


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of this module's installation."""
    return environment(tmp_path_factory.mktemp("serve") / "var", threads=4)


@pytest.fixture(scope="module")
def served(env: Mapping[str, str]) -> Iterator[Running]:
    """Give a fresh installation that runs."""
    with started("serve", "--migrate", "--port", "0", env=env) as running:
        running.line_with("give this code")
        yield running


def listener() -> socket.socket:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


def wait_until_ready(url: str) -> dict[str, object]:
    """Wait for the worker's first sign of life."""
    until = time.monotonic() + PATIENCE
    while True:
        status, text = get(f"{url}/readyz")
        if status == 200 or time.monotonic() > until:
            found: dict[str, object] = json.loads(text)
            return found
        time.sleep(0.1)


def test_the_address_that_is_printed_answers(served: Running) -> None:
    assert get(f"{served.url}/healthz") == (200, "ok\n")


def test_with_its_worker_it_is_ready(served: Running) -> None:
    assert wait_until_ready(served.url)["ready"] is True


def test_a_fresh_installation_prints_the_code_for_its_first_visitor(served: Running) -> None:
    """A14."""
    served.line_with(rf"Open {served.url}/start and give this code:")
    served.line_with(r"^    (\w{4}-){3}\w{4}$")


def test_where_mail_is_kept_it_says_where_to_read_it(served: Running) -> None:
    served.line_with(f"Mail is kept instead of sent: {served.url}/dev/mail")


def test_requests_are_logged_in_one_line_without_tokens_and_queries(served: Running) -> None:
    """A14."""
    token = "t0k3N" * 9
    get(f"{served.url}/sign-in/link/{token}?next=/s/private-affairs/")
    get(f"{served.url}/i/{token}")
    served.line_with(r"forum\.requests: GET /i/… \d+ \d+ ms$")
    line = served.line_with(r".*GET /sign-in/link/… \d+ \d+ ms$")[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO forum\.requests: GET \S+ \d+ \d+ ms", line)
    assert token not in "".join(served.logged)
    assert "private-affairs" not in "".join(served.logged)


def test_requests_are_logged_by_the_rule_of_their_address(served: Running) -> None:
    """Addresses hold handles, private spaces, and whatever anybody makes up for the terminal of who reads the log."""
    get(f"{served.url}/people/priya.nair")
    get(f"{served.url}/s/private-affairs/threads/")
    get(f"{served.url}/x%1b%5b2Jpriya.nair")
    served.line_with(r"GET /people/<handle> \d+ \d+ ms$")
    served.line_with(r"GET /s/<slug>/threads/ \d+ \d+ ms$")
    served.line_with(r"GET \(no such address\) 404 \d+ ms$")
    written = "".join(served.logged)
    assert "priya.nair" not in written
    assert "private-affairs" not in written
    assert "\x1b" not in written


def test_a_port_that_is_taken_is_one_line(served: Running, env: Mapping[str, str]) -> None:
    port = urlsplit(served.url).port
    done = baton("serve", "--port", str(port), env=env)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Port {port} is in use. Stop what listens there, or take another: --port {(port or 0) + 1}\n"


def test_a_network_address_that_isn_t_this_machine_s_is_one_line(env: Mapping[str, str]) -> None:
    done = baton("serve", "--host", "203.0.113.7", env={**env, "BATON_ENV": "production"})
    assert done.returncode == 2
    assert done.stderr.startswith("Baton can’t listen on 203.0.113.7, port 8000: ")


def test_fifty_clients_that_upload_a_byte_a_second_stall_nobody(served: Running) -> None:
    """The requests of others are answered as quickly as without them."""
    where = urlsplit(served.url)
    head = f"POST /sign-in HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    slow = [socket.create_connection((where.hostname or "", where.port or 0)) for _client in range(SLOW_CLIENTS)]
    done = threading.Event()

    def drip() -> None:
        for client in slow:
            client.sendall(f"{head}Content-Length: 1000000\r\n\r\n".encode())
        while not done.wait(1):
            for client in slow:
                client.sendall(b"a")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        time.sleep(2.5)
        took = []
        for _request in range(10):
            begun = time.monotonic()
            assert get(f"{served.url}/sign-in")[0] == 200
            took.append(time.monotonic() - begun)
        assert sorted(took)[5] < 2
    finally:
        done.set()
        dripping.join()
        for client in slow:
            client.close()


def test_slow_uploads_of_large_files_stall_nobody_either(served: Running) -> None:
    """A13: only addresses that take files may be sent more than eight megabytes, and a byte a second holds no thread."""
    where = urlsplit(served.url)
    address = (where.hostname or "", where.port or 0)
    head = "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000000\r\n\r\n"
    with socket.create_connection(address) as client:
        client.sendall(head.format("/s/champions/threads/new", where.netloc).encode())
        client.settimeout(PATIENCE)
        assert b" 413 " in client.recv(1000).splitlines()[0]
    slow = [socket.create_connection(address) for _client in range(SLOW_CLIENTS)]
    try:
        for client in slow:
            client.sendall(head.format("/s/champions/threads/new/attach", where.netloc).encode() + b"--x")
        took = []
        for _request in range(10):
            begun = time.monotonic()
            assert get(f"{served.url}/healthz")[0] == 200
            took.append(time.monotonic() - begun)
        assert sorted(took)[5] < 2
        slow[0].settimeout(0.1)
        with pytest.raises(TimeoutError):  # not refused: it waits for the rest
            slow[0].recv(1)
    finally:
        for client in slow:
            client.close()


def test_a_request_larger_than_any_of_ours_is_refused_before_it_is_read(served: Running) -> None:
    where = urlsplit(served.url)
    start = f"POST /sign-in HTTP/1.1\r\nHost: {where.netloc}\r\n"
    requests = {
        b"413": f"{start}Content-Length: 900000000\r\n\r\n",
        b"431": f"{start}X: ".ljust(server_module.LARGEST_HEAD, "x"),
        b"400": f"{start}X X\r\n\r\n",
    }
    for status, request in requests.items():
        with socket.create_connection((where.hostname or "", where.port or 0)) as client:
            client.sendall(request.encode())
            client.settimeout(PATIENCE)
            head, _end, _body = b"".join(iter(lambda: client.recv(4096), b"")).partition(b"\r\n\r\n")
        assert head.split()[1] == status
        assert f"Content-Security-Policy: {CSP}".encode() in head
        assert b"X-Content-Type-Options: nosniff" in head
        assert b"Cache-Control: no-store" in head


def test_five_hundred_connections_of_one_address_shut_nobody_out(served: Running) -> None:
    """Half-sent forms; without the limit of one network the next connection waits for a minute."""
    where = urlsplit(served.url)
    place = (where.hostname or "", where.port or 0)
    half = f"POST /sign-in HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: 100\r\n\r\na=".encode()
    with ExitStack() as held:
        for _client in range(520):
            client = held.enter_context(socket.create_connection(place))
            with suppress(OSError):  # closed already, to make room
                client.sendall(half)
        begun = time.monotonic()
        assert get(f"{served.url}/healthz") == (200, "ok\n")
        assert time.monotonic() - begun < 5


def test_a_request_under_way_is_answered_before_the_server_stops() -> None:
    begun = threading.Event()

    def slow(_environ: object, start_response: object) -> list[bytes]:
        begun.set()
        time.sleep(1)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])  # type: ignore[operator]
        return [b"done"]

    with closing(listener()) as bound:
        server = Server(slow, listener=bound, settings=settings_for("sqlite://"))
        thread = threading.Thread(target=server.run)
        thread.start()
        answers: list[tuple[int, str]] = []
        asking = threading.Thread(target=lambda: answers.append(get(f"http://127.0.0.1:{server.port}/")))
        asking.start()
        assert begun.wait(PATIENCE)
        port = server.port
        server.stop()
        asking.join(PATIENCE)
        thread.join(PATIENCE)
        assert answers == [(200, "done")]
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_what_wakes_a_server_that_stops_is_not_closed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its loop may see at once that it is to stop. Seen to fail without the lock: the file was closed, and may be another's by then."""
    with closing(listener()) as bound:
        server = Server(lambda *_asked: [b""], listener=bound, settings=settings_for("sqlite://"))
        thread = threading.Thread(target=server.run)
        thread.start()
        pull = server.pull_trigger

        def late() -> None:
            thread.join(3)
            pull()

        monkeypatch.setattr(server, "pull_trigger", late)
        server.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()
        server.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_soon_and_leaves_nothing_behind(env: Mapping[str, str], number: int) -> None:
    with started("serve", "--migrate", "--port", "0", env=env) as running:
        wait_until_ready(running.url)
        begun = time.monotonic()
        assert running.stop(number) == 0
        assert time.monotonic() - begun < 15
        assert running.said[-1] == "Baton has stopped."
        assert "Traceback" not in "\n".join(running.logged)


def test_a_worker_stops_when_told_and_signs_off(tmp_path: Path) -> None:
    env = environment(tmp_path / "var")
    baton("migrate", env=env)
    with started("worker", env=env) as running:
        running.line_with("Ctrl-C stops it")
        running.line_with("started")
        assert running.stop() == 0
    with closing(sqlite3.connect(tmp_path / "var" / "baton.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM heartbeat").fetchone() == (0,)


def test_production_refuses_a_database_with_demo_people(tmp_path: Path) -> None:
    """A14."""
    env = environment(tmp_path / "var")
    baton("migrate", env=env)
    baton("admin", "ada@example.org", "--name", "Ada", env=env)
    production = {**env, "BATON_ENV": "production", "BATON_SECRET_KEY": KEY}
    with closing(sqlite3.connect(tmp_path / "var" / "baton.sqlite3")) as connection, connection:
        connection.execute("UPDATE person SET is_demo = 1")
    for words in (["serve", "--port", "0"], ["worker"]):
        done = baton(*words, env=production)
        assert done.returncode == 2
        assert done.stderr.startswith("This database holds the demo organisation")


def test_another_wsgi_server_gets_no_app_for_a_database_with_demo_people(tmp_path: Path) -> None:
    """A14."""
    env = environment(tmp_path / "var")
    production = {**env, "BATON_ENV": "production", "PYTHONPATH": str(ROOT)}
    load = [sys.executable, "-c", "import wsgi; print(wsgi.app.name)"]
    fresh = subprocess.run(load, env=production, capture_output=True, text=True, check=False)
    assert fresh.stdout == "forum\n", fresh.stderr
    baton("migrate", env=env)
    baton("admin", "ada@example.org", "--name", "Ada", env=env)
    with closing(sqlite3.connect(tmp_path / "var" / "baton.sqlite3")) as connection, connection:
        connection.execute("UPDATE person SET is_demo = 1")
    refused = subprocess.run(load, env=production, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "demo people may not exist in production" in refused.stderr


def test_another_wsgi_server_gets_an_app_only_when_the_kind_of_set_up_is_said(tmp_path: Path) -> None:
    """A14: where that server listens is not known to us, and in development anybody who gets there can read all mail."""
    load = [sys.executable, "-c", "import wsgi; print(wsgi.app.name)"]
    env = {**environment(tmp_path / "var"), "PYTHONPATH": str(ROOT)}
    refused = subprocess.run(load, env=env, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "Set BATON_ENV=production" in refused.stderr
    (tmp_path / "site.env").write_text("BATON_ENV=development\n")
    said = {**env, "BATON_ENV_FILE": str(tmp_path / "site.env")}
    assert subprocess.run(load, env=said, capture_output=True, text=True, check=False).stdout == "forum\n"
