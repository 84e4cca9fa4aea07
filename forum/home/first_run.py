"""A fresh installation: the code printed on the console lets its first visitor make the first admin, steward and space (A14)."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from forum.core.db import db, lock, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.core.secrets import hashed
from forum.core.text import REF_ALPHABET, different_lines
from forum.core.time import now
from forum.people import passwords
from forum.people.actions import register
from forum.people.actions.departments import add_departments
from forum.people.models import Person
from forum.spaces.actions import make
from forum.spaces.installation import installation
from forum.spaces.log import record
from forum.spaces.models import Cloth, Installation, LogAudience, Space, Visibility
from forum.web.words import _

CODE_LENGTH = 16
GROUP = 4
TRIES_WITHIN = timedelta(minutes=15)


def is_fresh() -> bool:
    """Say whether nobody has an account yet."""
    return db.session.scalar(select(Person.id).limit(1)) is None


def new_code() -> str | None:
    """Make the code for the first visitor, in place of an earlier one; None when the installation is in use already.

    80 random bits, in groups of four as it is printed; only its hash is kept.
    """
    if not is_fresh():
        return None
    code = "".join(secrets.choice(REF_ALPHABET) for _place in range(CODE_LENGTH))
    with transaction():
        installation().first_code_hash = hashed(code)
    return "-".join(code[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP))


def is_code(code: str) -> bool:
    """Say whether `code`, in whatever groups and case it was typed, is the one that was printed."""
    known = db.session.scalar(select(Installation.first_code_hash))
    typed = "".join(char for char in code.lower() if char.isalnum())
    return known is not None and hmac.compare_digest(known, hashed(typed))


def check(given: Mapping[str, Any]) -> None:
    """Look at what was typed before the slow part. Raises Invalid with all problems at once."""
    problems: dict[str, list[str]] = {}
    if not is_code(given["code"]):
        problems["code"] = [_("That isn’t the code. It stands on the console where Baton was started.")]
    try:
        passwords.check_strength(
            given["password"], name=given["name"], email=given["email"], organisation=given["organisation"]
        )
    except Invalid as weak:
        problems |= weak.errors
    if problems:
        raise Invalid(problems)


def hold_fresh() -> Installation:
    """Return the installation's row, locked, while nobody has an account: of several who start one at once, the first does.

    Use inside `transaction()`. Raises RuleBroken when somebody else was first.
    """
    installation()
    row = lock(Installation, 1)
    if row is None or not is_fresh():
        raise RuleBroken(_("Somebody has started this installation already. Ask them to invite you."))
    return row


def start(given: Mapping[str, Any], *, secret_hash: str) -> tuple[Person, Space]:
    """Make the first admin and their space from the form's data. Use inside `transaction()`.

    Raises Invalid for a wrong code, RuleBroken when somebody else was first.
    """
    row = hold_fresh()
    row.organisation, row.started_at, row.first_code_hash = given["organisation"], now(), None
    zone = current_app.extensions["baton"].settings.default_zone
    person = register(name=given["name"], email=given["email"], secret_hash=secret_hash, zone=zone)
    person.is_admin = True
    record("started installation", actor=person, audience=LogAudience.ADMINS)
    add_departments(person, names=different_lines(given["departments"] or ""))
    space = make(
        person,
        name=given["space"],
        purpose=given["purpose"] or "",
        visibility=Visibility(given["visibility"]),
        cloth=Cloth.TEAL,
    )
    return person, space
