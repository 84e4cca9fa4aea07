"""`baton mail`: what could not be sent and why; `--retry` tries it again."""

from typing import TYPE_CHECKING

from forum.cli.common import Arguments, app_from, check_database, say, settings_from
from forum.notify.failures import SHOWN, Failure, failures, try_again
from forum.notify.health import MailHealth, mail_health

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("mail", help="say how mail is doing, what could not be sent, and why")
    command.add_argument(
        "--retry", action="store_true", help="have what was given up, and what waits, tried again at once"
    )
    command.set_defaults(run=run)


def run(given: Arguments) -> int:
    """List what was given up, or try it again. The exit code is 1 while something is given up or the mail server is down."""
    with app_from(settings_from()) as app, app.test_request_context():
        check_database(app)
        if given.retry:
            number = try_again()
            say(f"{_messages(number)} given up before, and what waits, will be tried again now. See: baton mail")
            return 0
        mail, found = mail_health(), failures()
        tell(mail)
        for one in found:
            say(line_of(one))
        if len(found) < mail.failed:
            say(f"These are the newest {SHOWN}.")
    return int(bool(mail.failed or mail.stuck_facts or mail.down_since))


def tell(mail: MailHealth) -> None:
    """Say how mail is doing."""
    if mail.down_since is not None:
        say(f"The mail server can’t be used since {mail.down_since:%Y-%m-%d %H:%M} UTC: {mail.error}")
    since = f", since {mail.waiting_since:%Y-%m-%d %H:%M} UTC" if mail.waiting_since else ""
    say(f"Waiting: {_messages(mail.waiting)}{since}. Late: {mail.late}. Tried before: {mail.tried}.")
    say(f"Last sent: {mail.last_sent_at:%Y-%m-%d %H:%M} UTC." if mail.last_sent_at else "Nothing was sent yet.")
    if mail.stuck_facts:
        say(f"Not made into messages yet: {mail.stuck_facts}. The log says why.")
    say(f"Given up: {_messages(mail.failed)}.{' Try again with: baton mail --retry' if mail.failed else ''}")


def line_of(one: Failure) -> str:
    """Return a failure in a line: of an account its handle, of another address only its domain."""
    to = f"@{one.handle}" if one.handle else f"somebody at {one.domain}"
    return f"  {one.at:%Y-%m-%d %H:%M} UTC  {one.what}, to {to}, tries: {one.attempts}. {one.why}"


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"
