"""`baton code`: a code for the first visitor, where `baton serve` doesn't print one (A14)."""

from typing import TYPE_CHECKING

from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from
from forum.home import first_run
from forum.web.links import absolute

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("code", help="print a new code for the first visitor of a fresh installation")
    command.set_defaults(run=run)


def run(_given: Arguments) -> int:
    """Print a code, in place of an earlier one, while nobody has an account."""
    with app_from(settings_from()) as app, app.test_request_context():
        check_database(app)
        code = first_run.new_code()
        if code is None:
            raise CommandError(
                "Somebody has an account already, so there is no first visitor. To let an admin in: baton admin ADDRESS --link",
                code=2,
            )
        say(f"Open {absolute('home.start')} and give this code:\n\n    {code}\n")
    return 0
