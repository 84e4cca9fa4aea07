"""The one row that says what this installation is."""

from flask import current_app, url_for
from sqlalchemy import select

from forum.core.db import db, insert
from forum.spaces.models import Installation

NAME = "baton organisation"
TOLD = select(Installation.organisation)


def organisation_name() -> str:
    """Return the organisation's name: as the first-run page was told, else as the settings say.

    Every page shows it, and nothing changes it once it was told: so it is asked for until then, and kept by this process after.
    """
    known: str = current_app.extensions.get(NAME, "")
    if not known:
        known = db.session.scalar(TOLD) or ""
        current_app.extensions[NAME] = known
    return known or str(current_app.extensions["baton"].settings.organisation)


def installation() -> Installation:
    """Return the row, made when it isn't there yet. Inside `transaction()` when it may have to be made."""
    row = db.session.get(Installation, 1)
    if row is None:  # two first visitors may make it at once
        made = insert(Installation).values(id=1, organisation="", is_demo=False).on_conflict_do_nothing()
        db.session.execute(made)
        row = db.session.get_one(Installation, 1)
    return row


def is_demo() -> bool:
    """Say whether the demo organisation is loaded here."""
    return bool(db.session.scalar(select(Installation.is_demo)))


def demo_address() -> str | None:
    """Return where one chooses whom of the demo to be; None where it isn't loaded, and always in production (A14)."""
    is_production = current_app.extensions["baton"].settings.is_production
    return url_for("home.demo_people") if not is_production and is_demo() else None
