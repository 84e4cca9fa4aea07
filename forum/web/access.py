"""Who may call a view. Every view carries exactly one mark; a test fails for a route that has none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forum.core.errors import Missing, SignedOut

View = TypeVar("View", bound=Callable[..., Any])
MARK = "power"
SECRET_FIELDS = frozenset({"csrf_token", "password", "new_password", "old_password", "code"})
KEYS = frozenset(
    {
        "again", "along", "answer", "choices", "closed", "cloth", "confirmed", "count", "day", "days", "department",
        "draft_version", "drop", "ends", "every", "first", "handle", "host", "keep", "kind", "knowing", "language", "look", "merge",
        "mode", "most", "next", "number", "once", "online_seats", "option", "page", "parts", "poll_most", "poll_results",
        "poll_until", "preview", "recent", "reply_to", "resume_on", "rhythm", "role", "room_seats", "second", "section", "seen",
        "stay", "take_back", "through", "time", "until", "until_day", "username", "uses", "version", "visibility", "was_along",
        "way", "when", "working_days", "zone",
    }
)  # fmt: skip
"""Fields that hold a key, a number or a choice: sent again without being shown. All others hold what somebody wrote."""
TICKED = "decorative-"
"""Fields that begin so are ticked or not, each for a picture of its own."""


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
    """Redirect to the sign-in page; a GET comes back here afterwards. Raises SignedOut when words would be lost on the way."""
    if request.method != "GET" and any(is_words(name, text) for name, text in request.form.items(multi=True)):
        raise SignedOut
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=here), 303)


def is_words(name: str, text: str) -> bool:
    """Tell whether a field holds what somebody wrote, and not a key, a number or a choice."""
    return bool(text.strip()) and name not in SECRET_FIELDS and name not in KEYS and not name.startswith(TICKED)
