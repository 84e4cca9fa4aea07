"""`baton check`: whether everything that Baton needs is there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

from forum.cli.common import Arguments, app_from, say, settings_from
from forum.config import Settings
from forum.notify.health import Check, Is, checks
from forum.notify.transport import ServerDownError, transport_for
from forum.search import health

if TYPE_CHECKING:
    from forum.cli.common import Commands

SIGNS = {Is.GOOD: "ok  ", Is.CARE: "look", Is.BAD: "BAD "}
NEEDED = frozenset({"database", "migrations"})
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser(
        "check", help="say whether settings, database, mail server and worker are as they must be"
    )
    command.set_defaults(run=run)


def run(_given: Arguments) -> int:
    """Look at everything; the exit code is 1 when something is bad."""
    settings = settings_from()
    with app_from(settings) as app, app.test_request_context():
        looked = checks()
        is_readable = all(check.state is not Is.BAD for check in looked if check.name in NEEDED)
        found = [*settings_checks(settings), *looked, *([search()] if is_readable else []), mail_server(app)]
    for check in found:
        say(f"{SIGNS[check.state]}  {check.name:<11} {check.says}")
    return int(any(check.state is Is.BAD for check in found))


def settings_checks(settings: Settings) -> Iterator[Check]:
    """Look at what can be set and still be a mistake."""
    yield Check("settings", Is.GOOD, f"They make sense, for {settings.env}.")
    address = urlsplit(settings.site_url)
    if settings.is_production and address.hostname in HERE:
        yield Check("address", Is.BAD, f"Links in mail lead to {settings.site_url}. Set BATON_SITE_URL.")
    elif settings.is_production and not settings.is_https:
        yield Check(
            "address", Is.CARE, f"{settings.site_url} isn’t https: passwords and cookies can be read on their way."
        )
    else:
        yield Check("address", Is.GOOD, f"Links in mail lead to {settings.site_url}.")


def search() -> Check:
    """Look at the index."""
    works, is_whole, says = health.said()
    return Check("search", Is.BAD if not works else Is.GOOD if is_whole else Is.CARE, says)


def mail_server(app: Flask) -> Check:
    """Try the mail server."""
    settings: Settings = app.extensions["baton"].settings
    if settings.keeps_mail:
        return Check("mail server", Is.GOOD, "None is needed: mail is kept, to be read at /dev/mail.")
    transport = transport_for(app)
    try:
        transport.check()
    except ServerDownError as down:
        return Check("mail server", Is.BAD, str(down))
    finally:
        transport.close()
    return Check("mail server", Is.GOOD, f"{settings.mail_host} lets us in.")
