"""`baton retention`: end what is older than the settings say; `baton close-due`: close the accounts whose date has come."""

from typing import TYPE_CHECKING

from forum.cli.common import Arguments, app_from, check_database, say, settings_from
from forum.mydata.erasing import close_due
from forum.mydata.keeping import Line, plan, run

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the commands."""
    command = commands.add_parser(
        "retention", help="end what is older than the settings say (a worker does so each hour)"
    )
    command.add_argument("--dry-run", action="store_true", help="only say what would end, and change nothing")
    command.set_defaults(run=end_what_is_old)
    closing = commands.add_parser(
        "close-due", help="close the accounts whose date has come (a worker does so each hour)"
    )
    closing.set_defaults(run=close_accounts)


def end_what_is_old(given: Arguments) -> int:
    """Say kind by kind what ends, and end it unless it is a dry run."""
    with app_from(settings_from()) as app, app.test_request_context():
        check_database(app)
        lines = plan() if given.dry_run else run()
        for line in lines:
            say(line_of(line))
        total = sum(line.rows for line in lines)
        say(f"{total} would end. Nothing was changed." if given.dry_run else f"{total} ended.")
    return 0


def close_accounts(_given: Arguments) -> int:
    """Close the accounts whose date has come."""
    with app_from(settings_from()) as app, app.test_request_context():
        check_database(app)
        number = close_due()
        say("1 account closed." if number == 1 else f"{number} accounts closed.")
    return 0


def line_of(line: Line) -> str:
    """Return a kind in a line."""
    setting = f"BATON_{line.setting.upper()}"
    when = f"before {line.before:%Y-%m-%d %H:%M} UTC" if line.before else "kept for good"
    return f"{line.rows:8}  {line.what}, {when} ({setting})"
