"""Banners: what the next page says about what was just done, with a press that undoes it where there is one."""

from flask import flash, session  # noqa: TID251  # the one place

ARRIVED = "arrived"
HANDED = "handed"


def banner(text: str, *, kind: str = "good", undo: str = "") -> None:
    """Show `text` on top of the next page. `kind` is good, info, care or bad; `undo` an address that takes a POST."""
    if undo:
        flash({"text": text, "undo": undo}, kind)  # type: ignore[arg-type]  # templates/ui/states.html takes both
    else:
        flash(text, kind)


def note_arrival(once: str | None) -> None:
    """Tell the next page which text has arrived, by the key of its form: until then the browser keeps a copy (B5)."""
    session[ARRIVED] = once or ""


def hand_over(secret: str) -> None:
    """Give the next page a secret that is shown once. It lies in the browser's own cookie, and nowhere else, until then."""
    session[HANDED] = secret


def take_over() -> str:
    """Return the secret that was handed over, once; "" when there is none."""
    return str(session.pop(HANDED, ""))


def take_arrival() -> str:
    """Return the key of the form that arrived last, once."""
    return str(session.pop(ARRIVED)) if ARRIVED in session else ""
