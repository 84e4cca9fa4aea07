"""How a message looks on the wire: what mail programmes read is not what Python's parser makes of it."""

from forum.core.mail import Mail, message_for
from forum.core.time import now


def test_addresses_in_headers_stand_there_as_they_are() -> None:
    """RFC 2047: an encoded word may not stand there, and mail programmes would find no address to unsubscribe at."""
    stop = "https://community.fenbridge.example.org/mail/stop/" + "0123456789abcdef" * 4
    ids = [f"<{number}.{'x' * 40}@community.fenbridge.example.org>" for number in range(20)]
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Archive": f"<{stop}>",
        "References": " ".join(ids),
        "In-Reply-To": ids[-1],
    }
    mail = Mail(to="priya@example.org", subject="Bins", text="Words", html="<p>Words</p>", headers=headers)
    raw = message_for(mail, sender="Baton <baton@example.org>", message_id="<1@example.org>", at=now()).as_bytes()
    lines = raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    assert f"List-Unsubscribe: <{stop}>" in lines
    assert f"List-Archive: <{stop}>" in lines
    assert f"In-Reply-To: {ids[-1]}" in lines
    assert f"References: {ids[0]}" in lines
    assert [f" {one}" for one in ids[1:]] == [line for line in lines if line.startswith(" <")]
    assert max(map(len, lines)) < 998
