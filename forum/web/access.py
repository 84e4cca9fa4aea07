"""Who may call a view. Every view carries exactly one mark; a test fails for a route that has none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forum.core.errors import Missing

View = TypeVar("View", bound=Callable[..., Any])
MARK = "power"


def mark(view: Callable[..., Any], power: str) -> None:
    """Note on a view which power it asks for, for the tests and for `/admin`."""
    setattr(view, MARK, power)


def power_of(view: Callable[..., Any]) -> str | None:
    """Return the view's mark, or None."""
    return getattr(view, MARK, None)


def anyone(view: View) -> View:
    """Mark a view that needs no account."""
    mark(view, "anyone")
    return view


def signed_in(view: View) -> View:
    """Send people who are not signed in to the sign-in page, and back afterwards."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # a view's own types
        if not current_user.is_authenticated:
            return to_sign_in()
        return view(*args, **kwargs)

    mark(checked, "signed in")
    return checked  # type: ignore[return-value]  # wraps() keeps the view's type


def admin_only(view: View) -> View:
    """Hide a view from everyone but admins of the installation."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # a view's own types
        if not current_user.is_authenticated:
            return to_sign_in()
        if not current_user.is_admin:
            raise Missing
        return view(*args, **kwargs)

    mark(checked, "admin")
    return checked  # type: ignore[return-value]  # wraps() keeps the view's type


def to_sign_in() -> Response:
    """Redirect to the sign-in page; a GET comes back here afterwards."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=here), 303)
