"""`baton mail-in`: takes one message from standard input, as a mail server's pipe gives it; `--poll` looks into the mailbox instead.

The exit code is one that mail servers understand: 0, the message is settled, whatever became of it; 75, keep it and try again. It is
never a code that lets the server answer the sender: that Baton does itself, or on purpose not.
"""

import logging
import sys
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from, warn
from forum.config import Settings, SettingsError
from forum.core.errors import Busy
from forum.mailin.arriving import read_bounded, settle
from forum.mailin.mailbox import MailboxError, fetch
from forum.mailin.posting import Later

if TYPE_CHECKING:
    from forum.cli.common import Commands

logger = logging.getLogger(__name__)
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("mail-in", help="take a reply by mail from standard input, or look into the mailbox")
    command.add_argument("--poll", action="store_true", help="look into the mailbox of BATON_IMAP_HOST once")
    command.add_argument("--recipient", default="", help="to whom the mail server says that the message goes")
    command.add_argument("--sender", help="from whom the mail server says that it comes; empty for a report")
    command.set_defaults(run=run)


def run(given: Arguments) -> int:
    """Take the message, or all of the mailbox. What goes wrong is said in a line, and the message is to be brought again."""
    try:
        settings = settings_from()
        return _poll(settings) if given.poll else _take(settings, given)
    except (SettingsError, CommandError, MailboxError, Busy, Later, OSError) as error:
        warn(f"Try again later: {str(error) or type(error).__name__}")
    except SQLAlchemyError as error:
        warn(f"Try again later: the database can’t be used ({type(error).__name__}).")
    except Exception as error:
        logger.exception("a message that came in could not be taken")
        warn(f"Try again later: Baton stumbled over it ({type(error).__name__}).")
    return TRY_AGAIN


def _take(settings: Settings, given: Arguments) -> int:
    raw, is_cut = read_bounded(sys.stdin.buffer, most=settings.largest_mail)
    with app_from(settings) as app:
        with app.app_context():
            check_database(app)
        became = settle(app, raw, is_cut=is_cut, recipients=given.recipient, envelope_sender=given.sender)
    say(f"Settled: {became}." if became else "It came before.")
    return 0


def _poll(settings: Settings) -> int:
    if not settings.imap_host:
        raise CommandError("No mailbox is set. Give BATON_IMAP_HOST, and the settings that go with it.")
    with app_from(settings) as app:
        with app.app_context():
            check_database(app)
        number = fetch(app)
    say("1 message." if number == 1 else f"{number} messages.")
    return 0
