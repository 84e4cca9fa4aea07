"""The one row that says what this installation is."""

from time import monotonic

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from forum.core.db import db, insert
from forum.people.actions.standing import hold_admins
from forum.people.models import Person
from forum.spaces.log import record
from forum.spaces.models import Installation, LogAudience

NAME = "baton organisation"
TOLD = select(Installation.organisation)
KEPT = 60
"""Seconds for which a process keeps the name that it has read: another may have changed it."""


def organisation_name() -> str:
    """Return the organisation's name: as an admin or the first-run page was told, else as the settings say.

    Every page shows it, and it hardly ever changes: so each process asks for it once a minute. While the database says nothing it is
    the one that was known last (H2).
    """
    known, until = current_app.extensions.get(NAME, ("", 0.0))
    if not known or monotonic() >= until:
        try:
            known = db.session.scalar(TOLD) or ""
        except SQLAlchemyError:
            if not known:
                raise
        current_app.extensions[NAME] = known, monotonic() + KEPT
    return known or configured_name()


def configured_name() -> str:
    """Return what the settings call the organisation, until somebody is told another name here."""
    return str(current_app.extensions["baton"].settings.organisation)


def rename_organisation(actor: Person, *, name: str) -> None:
    """Give the organisation another name, on every page and in every mail. Use inside `transaction()`.

    Raises Missing when `actor` is no admin any more.
    """
    hold_admins(acting=actor)
    row = installation()
    old, row.organisation = row.organisation or configured_name(), name
    if old != name:
        record("renamed organisation", actor=actor, audience=LogAudience.ADMINS, old=old, name=name)


def forget_name() -> None:
    """Let this process ask anew for the name: it has changed it."""
    current_app.extensions.pop(NAME, None)


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
