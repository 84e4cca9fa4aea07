"""`baton secret`: a key for BATON_SECRET_KEY."""

import secrets
from typing import TYPE_CHECKING

from forum.cli.common import Arguments, say

if TYPE_CHECKING:
    from forum.cli.common import Commands

KEY_BYTES = 48


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("secret", help="print a good secret key for BATON_SECRET_KEY")
    command.set_defaults(run=run)


def run(_given: Arguments) -> int:
    """Print 384 random bits."""
    say(secrets.token_urlsafe(KEY_BYTES))
    return 0
