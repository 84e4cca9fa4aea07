"""Pages of spaces. Split by idea: the directory, one space's own page, members, requests, invitations, settings, log, admins' list."""

from flask import Blueprint

blueprint = Blueprint("spaces", __name__)


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
