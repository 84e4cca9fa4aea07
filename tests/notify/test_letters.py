"""What a mail looks like: text stays text, and nothing breaks a header."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader

from forum.core.mail import SENDER_LENGTH, Mail, UnsendableError, message_for
from forum.core.time import now
from forum.notify.worker import Worker
from forum.web.letters import letter
from tests.notify.outbox import CakeBaked, Refusing, settle, tell

EVIL = "Cake\r\nBcc: everyone@example.org\r\n\r\n<script>alert(1)</script> {{7*7}} \x00\x85\u2028end"


def mail(**others: object) -> Mail:
    values: dict[str, object] = {"to": "a@example.org", "subject": "Cake", "text": "Cake.\n", "html": "<p>Cake.</p>"}
    return Mail(**{**values, **others})  # type: ignore[arg-type]


def built(given: Mail, *, sender: str = "Baton <baton@example.org>") -> EmailMessage:
    return message_for(given, sender=sender, message_id="<1@example.org>", at=now())


@pytest.fixture
def templates(app: Flask) -> Iterator[None]:
    """Two mails that extend the base."""
    loader = app.jinja_env.loader
    words = {
        "mail/cake.txt": '{% extends "mail/base.txt" %}{% block main %}{{ words }}{% endblock %}',
        "mail/cake.html": '{% extends "mail/base.html" %}{% from "mail/parts.html" import button, p %}'
        '{% block main %}{% call p() %}{{ words }}{% endcall %}{{ button("https://baton.example.org/i/x", "Look") }}{% endblock %}',
    }
    base = {f"mail/{path.name}": path.read_text() for path in (Path(app.template_folder or "") / "mail").glob("*.*")}
    app.jinja_env.loader = DictLoader(base | words)
    yield
    app.jinja_env.loader = loader


@pytest.fixture
def composed(app: Flask, templates: None) -> Mail:
    """A mail with words that try to be more than words."""
    with app.test_request_context():
        return letter("cake", to="a@example.org", subject=EVIL, why="You baked it.", words=EVIL)


def test_titles_and_names_can_t_add_headers_or_recipients() -> None:
    """A12: header injection."""
    message = built(mail(subject=EVIL, headers={"List-Id": EVIL}), sender="Baton <baton@example.org>")
    raw = message.as_bytes()
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert message["Bcc"] is None
    assert b"\r\nBcc" not in raw
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert "Cake Bcc: everyone@example.org" in str(message["Subject"])


def test_what_looks_like_an_encoded_word_is_words_and_adds_no_header() -> None:
    """A12, in bytes: the library decodes it, line breaks too. Seen to fail: a title made a Bcc, and an end of the headers."""
    for cut in (
        "=?utf-8?q?Cake=0d=0aBcc:_all@example.org=0d=0a=0d=0aForged?=",
        "==??utf-8?b?DQpCY2M6IGFsbEBleGFtcGxlLm9yZw==?=",
    ):
        given = mail(
            subject=cut, sender=f"{cut} (Champions)", headers={"List-Id": f"{cut} <a.example.org>", "In-Reply-To": cut}
        )
        head, _break, rest = built(given).as_bytes().partition(b"\r\n\r\n")
        names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
        assert b"Bcc" not in names
        assert {b"From", b"Subject", b"Content-Type"} <= set(names), "what follows is no text"
        assert b"Forged" not in rest


def test_a_message_comes_from_who_wrote_at_the_address_of_the_installation() -> None:
    """A12, in bytes: one address, whatever a name holds; without an author the name is the installation's."""
    for name, shown in (
        ("Carla Champion (Baton)", "Carla Champion (Baton)"),
        ("Łukasz Çelik (Räume)", "Łukasz Çelik (Räume)"),
        ('O"Neil \\ <boss@example.com>, all@example.org (S)', 'O"Neil \\ <…>, … (S)'),
        ("Eve\r\nBcc: all@example.org", "Eve Bcc: …"),
        ("\u202eEve\x00 (S)", "Eve (S)"),
        ("Zoë " * 100, ("Zoë " * 30).strip()),
        ('The "chief.executive"@fenbridge.gov.uk (S)', "The … (S)"),
        ("", "Baton"),
        ("\r\n", "Baton"),
    ):
        raw = built(mail(sender=name)).as_bytes()
        read = message_from_bytes(raw)
        [(words, address)] = getaddresses(read.get_all("From", []))
        assert (str(make_header(decode_header(words))), address) == (shown, "baton@example.org")
        assert raw.count(b"\r\nFrom:") + raw.startswith(b"From:") == 1
        assert b"Bcc:" not in raw.replace(b'"Eve Bcc:', b"")


NAMES = st.text(st.sampled_from('ab, \\"<>@()[]:;.=?_\r\n\u00e9'), max_size=SENDER_LENGTH)
LONG_NAMES = (
    'x, "chief.executive"@fenbridge.gov.uk, Colin Colleague of Libraries and Museums (Champions)',
    "Christopher Featherstonehaugh (Communications, Culture and Community Services) (Champions)",
    "a" * 117 + ", b",
)


def check_sender(name: str) -> None:
    raw = built(mail(sender=name)).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    [shown] = message_from_bytes(raw, policy=policy.default)["From"].addresses
    assert shown.addr_spec == "baton@example.org"
    line = message_from_bytes(raw)["From"].replace("\r\n", "")
    assert [address for _name, address in getaddresses([line])] == ["baton@example.org"]
    assert [line.partition(b":")[0] for line in head.split(b"\r\n") if line.startswith((b"Bcc", b"From"))] == [b"From"]
    assert max(map(len, head.split(b"\r\n"))) < 998


@settings(max_examples=150, deadline=None)
@given(NAMES)
@example(LONG_NAMES[0])
@example(LONG_NAMES[1])
@example(LONG_NAMES[2])
def test_whatever_a_name_holds_a_message_is_from_one_address_and_that_is_ours(name: str) -> None:
    """A12, in bytes. Seen to fail: folding a long name dropped its quotes, and what stood between its commas were senders."""
    check_sender(name)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a b@example.org",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\x00",
    ],
)
def test_what_is_no_address_is_refused_before_a_server_sees_it(address: str) -> None:
    """A12."""
    with pytest.raises(UnsendableError):
        built(mail(to=address))


PIECES = st.sampled_from(["=", "?", "=?utf-8?q?", "=0d=0aBcc:_a", "?=", " ", "é"])
WORDS = st.text(max_size=100) | st.lists(PIECES, max_size=20).map("".join)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(WORDS, WORDS, WORDS)
def test_whatever_a_title_holds_the_message_can_be_read_back(subject: str, value: str, sender: str) -> None:
    """A12: fuzzed."""
    message = built(mail(subject=subject, sender=sender, headers={"X-Cake": value}))
    lines = message.as_bytes().split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    names = [line.split(b":")[0] for line in lines if not line.startswith((b" ", b"\t"))]
    allowed = {b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"X-Auto-Response-Suppress"}
    assert set(names) <= allowed | {b"X-Cake", b"MIME-Version", b"Content-Type"}
    assert len(names) == len(set(names))


def test_a_domain_with_an_umlaut_is_written_as_servers_write_it() -> None:
    assert built(mail(to="a@münchen.example"))["To"] == "a@xn--mnchen-3ya.example"


def test_words_stay_words_in_html_and_in_text(composed: Mail) -> None:
    """A12: markup is escaped in HTML and left alone in text; nothing is evaluated."""
    assert "<script>" not in composed.html
    assert "&lt;script&gt;" in composed.html
    assert "{{7*7}}" in composed.html
    assert "<script>alert(1)</script> {{7*7}}" in composed.text


def test_a_mail_fetches_nothing_and_says_why_it_came_and_from_where(composed: Mail) -> None:
    assert not re.search(r"<(img|link|script|iframe|object)\b|url\(|@import|\bsrc=", composed.html)
    for form in (composed.text, composed.html):
        assert "You baked it." in form
        assert "https://baton.example.org" in form
        assert "Baton" in form
    assert composed.text.count("\n-- \n") == 1
    assert "prefers-color-scheme: dark" in composed.html
    assert 'lang="en-GB"' in composed.html


def test_mail_says_that_a_machine_wrote_it(app: Flask, worker: Worker, post: Refusing) -> None:
    before = now() - timedelta(seconds=2)
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    settle(worker)
    (message,) = post.messages
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(r"<[0-9a-f]{32}@baton\.example\.org>", str(message["Message-ID"]))
    assert before < message["Date"].datetime < now() + timedelta(seconds=1)
    assert message.is_multipart()
    assert all(byte < 128 for byte in message.as_bytes())
