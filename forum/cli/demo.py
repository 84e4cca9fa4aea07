"""`baton demo`: the demo organisation, by an explicit command and never in production (A14)."""

from typing import TYPE_CHECKING

from flask import Flask

from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from
from forum.cli.database import migrate
from forum.config import Settings
from forum.home import demo, first_run
from forum.spaces.installation import is_demo

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser(
        "demo", help="load the demo organisation into an empty database, and say who is in it"
    )
    command.set_defaults(run=run)


def run(_given: Arguments) -> int:
    """Load the demo, and print its people."""
    settings = settings_from()
    refuse_in_production(settings)
    with app_from(settings) as app:
        with app.app_context():
            migrate(app)
            check_database(app)
        load_once(app)
        print_people(app)
    return 0


def refuse_in_production(settings: Settings) -> None:
    """Raise CommandError in production, before anything is touched."""
    if settings.is_production:
        raise CommandError("The demo organisation is never loaded in production.", code=2)


def load_once(app: Flask) -> None:
    """Load the demo, unless it stands there already."""
    with app.test_request_context():
        if first_run.is_fresh():
            say("Loading the demo organisation ...")
            demo.load_demo()
        elif not is_demo():
            raise CommandError("This database is in use already, so the demo wasn’t loaded. Use an empty one.", code=2)


def print_people(app: Flask, *, here: str = "") -> None:
    """Say who one can sign in as, if this is the demo."""
    with app.test_request_context():
        if not is_demo():
            return
        for group in demo.cast_by_space():
            say(f"\n{group.title}")
            for player in group.people:
                say(f"  {player.person.name:<20} {player.what}")
    say(f"\nSign in as any of them with one press at {here}/demo\n")
