"""`baton worker`: a worker in a process of its own. Any number of them may run."""

import signal
from types import FrameType
from typing import TYPE_CHECKING

from forum.cli.common import Arguments, app_from, check_database, say, settings_from
from forum.notify.worker import Worker

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("worker", help="send mail, in a process of its own (`baton serve` does it as well)")
    command.set_defaults(run=run)


def run(_given: Arguments) -> int:
    """Work until told to stop, then finish what is under way."""
    with app_from(settings_from()) as app:
        with app.app_context():
            check_database(app)
        worker = Worker(app)

        def stop(_number: int, _frame: FrameType | None) -> None:
            worker.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        say(f"Worker {worker.name} is running. Ctrl-C stops it.")
        worker.run()
    return 0
