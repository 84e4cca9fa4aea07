"""Logs: one line for each event, and nothing in it that opens a door (A14)."""

import logging
import secrets
import sys
from collections.abc import Callable

import pytest
from flask import Flask

from forum.cli.logs import OneLine, Readable, init_logs, masked
from forum.core.secrets import hashed, new_token, token_from

MAKERS: dict[str, Callable[[], str]] = {
    "link": new_token,
    "mailed": lambda: token_from("nonce", key="key", purpose="reset"),
    "hash": lambda: hashed("something"),
    "once": lambda: secrets.token_hex(16),
    "dashed": lambda: "-aB" + "x" * 32,
}


def record(message: str, *, trouble: bool = False) -> logging.LogRecord:
    exc_info = None
    if trouble:
        try:
            raise ValueError("first line\nsecond /reset/abc123")  # noqa: TRY301
        except ValueError:
            exc_info = sys.exc_info()
    return logging.LogRecord("forum.test", logging.INFO, "here.py", 1, message, (), exc_info)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("before", ["/", "GET /sign-in/link/", "at https://baton.example.org/i/", "token=", "'", "x: "])
def test_no_token_gets_into_a_log(before: str, kind: str) -> None:
    """A14."""
    token = MAKERS[kind]()
    assert token not in masked(f"{before}{token} 200")


@pytest.mark.parametrize("place", ["/i/", "/sign-in/link/", "/reset/", "/join/", "/me/address/", "/me/address/undo/"])
def test_what_stands_behind_a_link_s_address_is_masked_however_short(place: str) -> None:
    """A14."""
    assert masked(f"GET {place}abc 404") == f"GET {place}… 404"


def test_query_strings_are_cut_off() -> None:
    assert masked("GET /sign-in?next=/s/private-space/&email=a@example.org 200 3 ms") == "GET /sign-in 200 3 ms"


@pytest.mark.parametrize(
    "line",
    [
        "GET /s/digital-champions-of-fenbridge-and-the-fens/threads/8f3k2m9x4q/ 200 12 ms",
        "worker vm-23103-50a8c7 started",
        "delivery 12 sent",
        "GET /join 200 3 ms",
        "Why? Because.",
    ],
)
def test_everything_else_can_be_read(line: str) -> None:
    assert masked(line) == line


def test_an_event_is_one_line_whatever_it_says() -> None:
    """A12: user text can't write lines of its own into a log."""
    line = OneLine().format(record("a name\nINFO forged: line\r\nand more\x85"))
    assert "\n" not in line
    assert "\r" not in line


def test_a_terminal_obeys_nothing_that_a_log_holds() -> None:
    """A12: anybody could clear the operator's screen with an address, and worse."""
    for line in (OneLine(), Readable()):
        written = line.format(record("GET /x\x1b[2J\x07\x9b\u202e\ud800 404"))
        assert "GET /x\\x1b[2J\\x07\\x9b\\u202e\\ud800 404" in written
        assert written.isprintable()


@pytest.mark.parametrize(
    "line",
    [
        "The mail server answered 550 5.1.1 <priya.nair@example.org>: no such person",
        "not an address: 'priya.nair@example.org'",
        "postgresql://priya.nair:hush@db.example.org/baton",
        "(priya.nair@example.org, 550)",
    ],
)
def test_mail_addresses_are_kept_out(line: str) -> None:
    """Servers quote them; a log is read by more people than the mail."""
    assert "example.org" not in masked(line)
    assert "nair@" not in masked(line)
    assert "hush" not in masked(line)


@pytest.mark.own_app
def test_an_error_of_a_page_is_told_without_its_address(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """Flask's own line says which address was asked for: somebody's handle, or a private space."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/broken/<handle>")
    def broken(handle: str) -> str:
        return str(1 / handle.count("?"))

    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        init_logs(app.extensions["baton"].settings)
        assert app.test_client().get("/broken/priya.nair").status_code == 500
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.captureWarnings(capture=False)
    written = capsys.readouterr().err
    assert "forum.web.errors: unhandled error" in written
    assert "ZeroDivisionError" in written
    assert "priya.nair" not in written


def test_an_error_is_one_line_with_where_it_came_from_in_production() -> None:
    line = OneLine().format(record("broke", trouble=True))
    assert "\n" not in line
    assert "ValueError: first line second /reset/…" in line
    assert "test_logs.py" in line


def test_an_error_comes_with_everything_in_development() -> None:
    text = Readable().format(record("broke", trouble=True))
    assert text.count("\n") > 3
    assert "Traceback" in text
    assert "abc123" not in text.splitlines()[-1]
