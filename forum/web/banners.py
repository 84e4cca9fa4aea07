"""Banners: what the next page says about what was just done, with a press that undoes it where there is one."""

from flask import flash


def banner(text: str, *, kind: str = "good", undo: str = "") -> None:
    """Show `text` on top of the next page. `kind` is good, info, care or bad; `undo` an address that takes a POST."""
    if undo:
        flash({"text": text, "undo": undo}, kind)  # type: ignore[arg-type]  # templates/ui/states.html takes both
    else:
        flash(text, kind)
