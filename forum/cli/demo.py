"""`baton demo`: the demo organisation, by an explicit command and never in production (A14)."""

import os
import shlex
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.engine import make_url

from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from, sqlite_path
from forum.cli.database import migrate
from forum.config import IS_CLONE, Settings
from forum.home import demo, first_run
from forum.spaces.installation import is_demo

if TYPE_CHECKING:
    from forum.cli.common import Commands

SERVE = "python3 dev.py demo" if IS_CLONE else "baton serve --migrate --demo"
"""The command that shows the demo."""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser(
        "demo", help="load the demo organisation into an empty database, and say who is in it"
    )
    command.set_defaults(run=run)


def run(_given: Arguments) -> int:
    """Load the demo, and print its people."""
    settings = demo_settings()
    refuse_in_production(settings)
    with app_from(settings) as app:
        with app.app_context():
            migrate(app)
            check_database(app)
        load_once(app)
        print_people(app)
    say(f"This shows it: {SERVE}\n")
    return 0


def demo_settings(**others: object) -> Settings:
    """Read the settings for the demo: in a folder of its own, unless the environment says where to keep things."""
    if not (os.environ.get("BATON_VAR") or os.environ.get("BATON_DATABASE_URL")):
        others["var"] = own_folder()
    return settings_from(**others)


def own_folder() -> Path:
    """Return the folder that the demo has to itself."""
    return Settings.var / "demo"


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
            raise CommandError(in_use(app.extensions["baton"].settings), code=2)


def in_use(settings: Settings) -> str:
    """Say which database holds something else, and with which command the demo starts apart from it."""
    place = make_url(settings.database_url).render_as_string(hide_password=True).removeprefix("sqlite:///")
    return (
        f"{place} holds something else already, so the demo wasn’t loaded. This starts it in a folder of its own:\n\n"
        f"    BATON_DATABASE_URL= BATON_VAR={shlex.quote(str(_free_folder(settings)))} {SERVE}\n"
    )


def _free_folder(settings: Settings) -> Path:
    """Return the demo's own folder or, when that is the one in use, one that isn't there yet."""
    path = sqlite_path(settings)
    if own_folder() not in {settings.var, path and path.parent}:
        return own_folder()
    tries = (own_folder().with_name(f"demo-{number}") for number in count(2))
    return next(folder for folder in tries if not folder.exists())


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
