"""Addresses that only presses have, opened like a page: from a bookmark, or the browser's line. Where they lead."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

View = TypeVar("View", bound=Callable[..., Any])
KEPT = "kept_at"


def kept_at(endpoint: str) -> Callable[[View], View]:
    """Note on the view of a press, whose answer is shown once, on which page that is looked after. Stands below the mark of who may."""

    def wrap(view: View) -> View:
        setattr(view, KEPT, endpoint)
        return view

    return wrap


def kept_where() -> str | None:
    """Return the address of the page that looks after what the press of this address made; None if there is none."""
    endpoint, _values = current_app.create_url_adapter(request).match(method="POST")  # type: ignore[union-attr]  # of a request
    kept: str | None = getattr(current_app.view_functions[endpoint], KEPT, None)
    return kept and url_for(kept)


def page_above() -> str | None:
    """Return the address of the page to which the press of this address belongs: the nearest above it. None for the front page."""
    parts = request.path.rstrip("/").split("/")
    return next(filter(None, (_page("/".join(parts[:end])) for end in range(len(parts) - 1, 1, -1))), None)


def _page(path: str) -> str | None:
    adapter = current_app.create_url_adapter(request)
    for address in (path, f"{path}/"):
        try:
            endpoint, values = adapter.match(address, method="GET")  # type: ignore[union-attr]  # of a request
        except HTTPException:
            continue
        return url_for(endpoint, **values)
    return None
