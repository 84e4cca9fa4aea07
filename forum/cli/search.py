"""`baton search rebuild`: index everything anew, while the app runs."""

from typing import TYPE_CHECKING

from forum.cli.common import Arguments, app_from, check_database, say, settings_from
from forum.search import building

if TYPE_CHECKING:
    from forum.cli.common import Commands

EVERY = 20
"""Pieces between two lines that say how far it is."""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("search", help="look after the search")
    parts = command.add_subparsers(metavar="WHAT", required=True)
    rebuild = parts.add_parser(
        "rebuild", help="index everything anew, piece by piece; the app may run, and stopped it goes on where it was"
    )
    rebuild.add_argument("--from-start", action="store_true", help="begin anew, even if one that was stopped waits")
    rebuild.set_defaults(run=run)


def run(given: Arguments) -> int:
    """Index everything, and say how far it is."""
    with app_from(settings_from()) as app, app.test_request_context():
        check_database(app)
        if given.from_start or building.progress() is None:
            building.begin()
        for count, told in enumerate(building.build()):
            if count % EVERY == 0:
                say(f"{told.percent:3} %")
        say(f"100 %  {building.how_many()} texts can be found.")
    return 0
