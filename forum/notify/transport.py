"""Ways out for a message: a mail server, or (in development, without one) a table that can be read in the app."""

import logging
import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask

from forum.config import Settings
from forum.core.db import db, insert, transaction
from forum.core.mail import ascii_domain
from forum.core.outbox import KeptMail
from forum.core.text import one_line, without_addresses
from forum.core.time import now

logger = logging.getLogger(__name__)
TIMEOUT = 15.0  # seconds for each answer of the mail server
PERMANENT = range(500, 600)
TOO_LARGE = 552
GOING_AWAY = 421
NOT_LET_IN = frozenset({530, 534, 535, 538})
"""What servers answer to somebody who should have signed in first, or otherwise."""
POLICY = re.compile(r"\b5\.7\.\d|\brelay|authenticat", re.IGNORECASE)
"""How servers say that they don't carry our mail (RFC 3463: X.7 is security and policy); some say it of one recipient only."""

OF_ONE = re.compile(r"\b4\.[12]\.\d")
"""How servers say that a message waits because of its recipient, or of their mailbox (RFC 3463)."""


class ServerDownError(Exception):
    """The mail server can't be reached or doesn't let us in: no fault of any message. Says so in a sentence."""


class RefusedError(Exception):
    """This message was not taken."""

    def __init__(self, why: str, *, for_good: bool, in_doubt: bool = False, is_address: bool = False) -> None:
        """`for_good` says that trying again is of no use; `in_doubt`, that the server may take nothing from us at all.

        `is_address`: it is the recipient's address that is refused, and not what the message says.
        """
        super().__init__(why)
        self.for_good = for_good
        self.is_put_off = not for_good and not in_doubt and not OF_ONE.search(why)
        """It may be taken later, as all of our mail may."""
        self.in_doubt = in_doubt
        self.is_address = is_address


class _LostError(Exception):
    """The connection broke off while a message was under way."""


class Transport(Protocol):
    """A way out."""

    def send(self, message: EmailMessage, *, comes_back_to: str = "") -> None:
        """Hand a message over. Raises ServerDownError or RefusedError.

        `comes_back_to` is its envelope's sender; without one, that is whom it is from.
        """

    def check(self) -> None:
        """Try whether messages could be handed over. Raises ServerDownError."""

    def close(self) -> None:
        """Let go of the connection, until the next message."""


def transport_for(app: Flask) -> Transport:
    """Return the way out that the settings ask for."""
    settings: Settings = app.extensions["baton"].settings
    if settings.keeps_mail:
        return Keep(app)
    return Smtp(settings) if settings.mail_host else NoServer()


class Smtp:
    """A mail server. One connection carries as many messages as come at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        host = urlsplit(settings.site_url).hostname or "localhost"
        self._own_name = f"[{host}]" if host.replace(".", "").isdigit() else host
        self._server: smtplib.SMTP | None = None
        self._takes_return_addresses = True

    def send(self, message: EmailMessage, *, comes_back_to: str = "") -> None:
        """Hand a message over; on a connection that has been used and is gone, once more on a new one."""
        was_used = self._server is not None
        try:
            self._send(message, comes_back_to)
        except _LostError as lost:
            if not was_used:
                raise RefusedError(str(lost), for_good=False) from lost
            try:
                self._send(message, comes_back_to)
            except _LostError as again:
                raise RefusedError(str(again), for_good=False) from again

    def check(self) -> None:
        """Sign in at the mail server, begin a message to ourselves, and leave before anything is sent."""
        self.close()
        server, own = self._connect(), ascii_domain(parseaddr(self._settings.mail_from)[1])
        try:
            code, words = server.mail(own)
            if code in PERMANENT:
                raise self._sender_refused(smtplib.SMTPSenderRefused(code, words, own))
            code, words = server.rcpt(own)
            if is_policy(code, _words(words)):
                raise ServerDownError(f"The mail server carries no mail of ours: {code} {_words(words)}")
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise ServerDownError(f"The mail server can’t be used: {_words_of(error)}") from error
        finally:
            self.close()

    def close(self) -> None:
        """Leave the mail server."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _send(self, message: EmailMessage, comes_back_to: str = "") -> None:
        """Hand a message over. A server that takes our mail from our address only has it from that one from then on."""
        server = self._server or self._connect()
        own = comes_back_to if self._takes_return_addresses else ""
        try:
            server.send_message(message, from_addr=own or None)
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise _refused(code, words, is_address=True) from refused
        except smtplib.SMTPSenderRefused as refused:
            if not own or refused.smtp_code not in PERMANENT or refused.smtp_code == TOO_LARGE:
                raise self._sender_refused(refused) from refused
            said = _words(refused.smtp_error)
            logger.warning(
                "the mail server takes no return address (%s %s): reports must quote what came back",
                refused.smtp_code,
                said,
            )
            self._takes_return_addresses = False
            self._send(message)
        except smtplib.SMTPResponseException as refused:
            raise _refused(refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPNotSupportedError as lacking:
            raise RefusedError(str(lacking), for_good=True) from lacking
        except (smtplib.SMTPException, OSError) as lost:
            self.close()
            raise _LostError(f"The connection to the mail server broke off: {lost}") from lost

    def _sender_refused(self, refused: smtplib.SMTPSenderRefused) -> Exception:
        """Tell apart: this message, the end of a connection, and a server that doesn't take mail from us at all."""
        code, words = refused.smtp_code, _words(refused.smtp_error)
        if code == GOING_AWAY:
            self.close()
            return _LostError(f"The mail server ended the connection: {words}")
        if code == TOO_LARGE or code not in PERMANENT:
            return RefusedError(f"The mail server answered {code} {words}", for_good=code in PERMANENT)
        self.close()
        return ServerDownError(f"The mail server takes no mail from {self._settings.mail_from}: {code} {words}")

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        where = f"{settings.mail_host}:{settings.mail_port}"
        server: smtplib.SMTP | None = None
        try:
            server = self._open()
            if settings.mail_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if settings.mail_user:
                server.login(settings.mail_user, settings.mail_password)
        except Exception as error:  # also what the library makes of a setting that it can't write
            if server is not None:
                server.close()
            raise ServerDownError(f"The mail server {where} can’t be used: {_words_of(error)}") from error
        self._server = server
        return server

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.mail_security == "tls":
            return smtplib.SMTP_SSL(
                settings.mail_host,
                settings.mail_port,
                local_hostname=self._own_name,
                timeout=TIMEOUT,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(settings.mail_host, settings.mail_port, local_hostname=self._own_name, timeout=TIMEOUT)


class Keep:
    """Development without a mail server: mail is kept, and read at /dev/mail."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def send(self, message: EmailMessage, *, comes_back_to: str = "") -> None:
        """Keep a message. Kept twice, it is there once."""
        del comes_back_to
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        values = {
            "message_id": message["Message-ID"],
            "kept_at": now(),
            "recipient": message["To"],
            "subject": message["Subject"],
            "text": text.get_content() if text else "",
            "html": html.get_content() if html else "",
        }
        with self._app.app_context(), transaction():
            db.session.execute(insert(KeptMail).values(**values).on_conflict_do_nothing())

    def check(self) -> None:
        """Nothing can be out of reach."""

    def close(self) -> None:
        """Nothing to let go of."""


class NoServer:
    """Production without a mail server: mail waits until there is one."""

    def send(self, message: EmailMessage, *, comes_back_to: str = "") -> None:
        """Refuse; the message waits."""
        del message, comes_back_to
        self.check()

    def check(self) -> None:
        """Say what is missing."""
        raise ServerDownError("No mail server is set. Give BATON_MAIL_HOST, and the settings that go with it.")

    def close(self) -> None:
        """Nothing to let go of."""


def is_policy(code: int, words: str) -> bool:
    """Say whether an answer may be meant for all of our mail, and not for this message: that no setting of ours is right."""
    return code in NOT_LET_IN or (code >= GOING_AWAY and POLICY.search(words) is not None)


def _refused(code: int, words: bytes | str, *, is_address: bool = False) -> RefusedError:
    said = _words(words)
    in_doubt = is_policy(code, said)
    return RefusedError(
        f"The mail server answered {code} {said}",
        for_good=code in PERMANENT and not in_doubt,
        in_doubt=in_doubt,
        is_address=is_address,
    )


def _words(said: bytes | str) -> str:
    """Return what a server said, in a line, without the addresses that servers like to repeat: it is kept, logged and shown."""
    return one_line(without_addresses(said.decode(errors="replace") if isinstance(said, bytes) else str(said)))


def _words_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    if isinstance(error, UnicodeError):  # its own words may hold a letter of the password
        return type(error).__name__
    return str(error) or type(error).__name__
