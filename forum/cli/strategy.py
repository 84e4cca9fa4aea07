"""`baton strategy-pdf SPACE`: the strategy of a space as a file, one side of A4."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from
from forum.core.db import db
from forum.spaces.models import Item, Space
from forum.strategy.access import Sheet, version_of
from forum.strategy.content import read
from forum.strategy.models import Strategy
from forum.strategy.paper import Unprintable, pdf_of
from forum.strategy.views.pages import over, paper_of, room_of

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser(
        "strategy-pdf", help="make the strategy of a space into a PDF, as everybody is shown it"
    )
    command.add_argument("space", metavar="SPACE", help="the space, as its address names it, such as digital-champions")
    command.add_argument("--out", metavar="FILE", help="where to put it; without it, strategy-SPACE-VERSION.pdf here")
    command.set_defaults(run=run)


def run(given: Arguments) -> int:
    """Make the file. The exit code is 1 when it is longer than one side of A4."""
    settings = settings_from()
    with app_from(settings) as app, app.test_request_context():
        check_database(app)
        row = db.session.execute(
            select(Strategy, Item, Space)
            .join(Item, Item.id == Strategy.id)
            .join(Space, Space.id == Strategy.space_id)
            .where(Space.slug == given.space)
        ).one_or_none()
        if row is None:
            raise CommandError(f"There is no strategy in a space “{given.space}”.", code=2)
        strategy, item, space = row
        version = version_of(strategy.id, strategy.shown)
        sheet = Sheet(strategy=strategy, item=item, version=version, content=read(version.content))
        html, room = paper_of(sheet, space), room_of(sheet.content, signed=[])
        try:
            made = pdf_of(settings, html)
        except Unprintable as problem:
            raise CommandError(f"{problem} Or name one with BATON_CHROMIUM.") from None
        except TimeoutError:
            raise CommandError("The browser took too long.") from None
    path = Path(given.out or f"strategy-{given.space}-{version.number}.pdf")
    path.write_bytes(made)
    say(f"{path}: version {version.number}, {'one side of A4' if room.fits else f'too long {over(room)}'}.")
    return 0 if room.fits else 1
