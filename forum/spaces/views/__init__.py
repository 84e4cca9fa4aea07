"""Pages of spaces. Split by idea: the directory, one space's own page, members, requests, invitations, settings, log, admins' list."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint
from flask_login import current_user

from forum.people.sessions import me
from forum.spaces.models import Space
from forum.spaces.queries import spaces_of

blueprint = Blueprint("spaces", __name__)


class MySpaces:
    """The spaces of who is signed in, for the switcher in the bar: asked for when a page draws it, and once."""

    def __init__(self) -> None:
        self.found: list[Space] | None = None

    def __iter__(self) -> Iterator[Space]:
        """Go through them by name, archived ones last."""
        if self.found is None:
            self.found = spaces_of(me()) if current_user and current_user.is_authenticated else []
        return iter(self.found)


@blueprint.app_context_processor
def my_spaces() -> dict[str, Any]:
    """Give every template `my_spaces`."""
    return {"my_spaces": MySpaces()}


from forum.spaces.views import (  # noqa: E402  # they add their routes to the blueprint
    about,
    admin,
    directory,
    entering,
    invitations,
    log,
    members,
    requests,
    settings,
)

__all__ = [
    "about",
    "admin",
    "blueprint",
    "directory",
    "entering",
    "invitations",
    "log",
    "members",
    "requests",
    "settings",
]
