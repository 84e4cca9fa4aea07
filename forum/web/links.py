"""Addresses: whole ones for mail, and those that a request may send a browser to (A9)."""

import unicodedata
from functools import lru_cache

from flask import current_app

from forum.config import Settings

LONGEST_NEXT = 1000


def absolute(endpoint: str, **values: object) -> str:
    """Return the whole public address of a page. Its origin is the settings', never the Host header's; needs no request."""
    return whole(path_of(endpoint, **values))


def whole(path: str) -> str:
    """Return the whole public address of a path of this site, for mail."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.site_url.rstrip("/") + path


def path_of(endpoint: str, **values: object) -> str:
    """Return where a page is on this site; needs no request."""
    current_app.inject_url_defaults(endpoint, values)
    return str(current_app.url_map.bind("", "/").build(endpoint, values, force_external=False))


@lru_cache(maxsize=4096)
def place(endpoint: str, slug: str) -> str:
    """Return where a room of a space is: each page names a dozen of them."""
    return path_of(endpoint, slug=slug)


def same_site(target: str | None) -> str | None:
    r"""Return `target` when it is an address of this site that begins with one "/", else None.

    Browsers read "\" as "/" and drop tabs and line breaks before they look for a host, so `/\evil`, `///evil` and "/<tab>/evil" leave
    the site although `urlsplit` finds no host in them: none of these characters is let through at all.
    """
    if not target or len(target) > LONGEST_NEXT or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(char.isspace() or unicodedata.category(char).startswith("C") for char in target):
        return None
    return target
