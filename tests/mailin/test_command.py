"""`baton mail-in`, as a mail server calls it: 0 for what is settled, 75 for what is to be brought again."""

import io
import sys
from collections.abc import Mapping

import pytest
from flask import Flask

from forum.mailin.models import Became
from forum.threads.models import Thread
from tests.cast import Cast
from tests.cli.process import Done, baton
from tests.mailin.letters import Post, answer
from tests.mailin.test_refusals import TYPED, count


class Pipe:
    """Standard input with bytes in it."""

    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


@pytest.fixture
def env(app: Flask) -> Mapping[str, str]:
    """Give the environment of a command beside the app."""
    settings = app.extensions["baton"].settings
    return {
        "BATON_ENV_FILE": "/dev/null",
        "BATON_VAR": str(settings.var),
        "BATON_SECRET_KEY": settings.secret_key,
        "BATON_DATABASE_URL": settings.database_url,
        "BATON_SITE_URL": settings.site_url,
        "BATON_DEVELOPMENT_IN_PUBLIC": "yes",
        "BATON_REPLY_ADDRESS": settings.reply_address,
    }


def test_a_message_from_a_pipe_is_settled_or_brought_again(
    app: Flask, mail: Post, thread: Thread, cast: Cast, env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """H1, H2."""
    told = mail.told(thread, cast.colleague)

    def piped(raw: bytes, *words: str, **more: str) -> Done:
        monkeypatch.setattr(sys, "stdin", Pipe(raw))
        return baton("mail-in", *words, env={**env, **more})

    before = count(app)
    message = answer(told, TYPED)
    for broken in (
        {"BATON_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"},
        {"BATON_DATABASE_URL": f"sqlite:///{env['BATON_VAR']}/empty.sqlite3"},
        {"BATON_PORT": "many"},
        {"BATON_REPLY_ADDRESS": "no address"},
    ):
        done = piped(bytes(message), **broken)
        assert (done.returncode, done.stdout) == (75, ""), broken
        assert done.stderr.startswith("Try again later: ")
        assert "Traceback" not in done.stderr
    assert count(app) == before
    # To a list of hidden recipients, so that only the mail server knows for whom it is.
    key = str(told["Reply-To"])
    message.replace_header("To", "undisclosed-recipients:;")
    assert piped(bytes(message), f"--recipient={key}", f"--sender={told['To']}").stdout == "Settled: posted.\n"
    assert piped(bytes(message), f"--recipient={key}").stdout == "It came before.\n"
    assert count(app) == before + 1
    for raw in (b"", b"\x00" * 100, bytes(answer(told, TYPED, sender="spam@example.net"))):
        assert piped(raw).returncode == 0
    assert piped(bytes(answer(told, TYPED)), "--sender=").stdout == "Settled: automatic.\n"
    large = answer(told, TYPED)
    large.add_attachment(b"x" * 1_000_000, maintype="application", subtype="octet-stream", filename="x.bin")
    assert piped(bytes(large), BATON_MAIL_IN_MB="1").stdout == "Settled: too big.\n"
    assert count(app) == before + 1
    assert {line.became for line in mail.received()} >= {Became.POSTED, Became.UNREADABLE, Became.TOO_BIG}


def test_what_baton_stumbles_over_is_brought_again_too(env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other code lets the mail server answer the sender, with what stands in the log. Seen to fail with code 1."""

    def stumbles(*_all: object, **_more: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("forum.cli.mail_in.settle", stumbles)
    monkeypatch.setattr(sys, "stdin", Pipe(b"From: carla@example.org\r\n\r\n"))
    done = baton("mail-in", env=env)
    assert (done.returncode, done.stdout) == (75, "")
    assert "Try again later: Baton stumbled over it (RuntimeError)." in done.stderr


def test_without_a_mailbox_polling_says_what_is_missing(env: Mapping[str, str]) -> None:
    done = baton("mail-in", "--poll", env=env)
    assert done.returncode == 75
    assert "BATON_IMAP_HOST" in done.stderr
