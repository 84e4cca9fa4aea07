"""Whoever sits at the machine knows the password: asked before what an open laptop must not be enough for."""

from typing import Any

from forum.people import limits, passwords
from forum.people.fields import said
from forum.people.models import Person
from forum.people.queries import identity_of
from forum.web.words import _


def stored_secret(person: Person) -> str | None:
    """Return the hash of somebody's password, None where they sign in otherwise."""
    identity = identity_of(person)
    return identity.secret_hash if identity else None


def owns(person: Person, form: Any, stored: str | None) -> bool:  # noqa: ANN401  # each form with `old_password`
    """Check the password of now, slowly, where there is one; say on the form when it is wrong. Raises TooMany."""
    if stored is None:
        return True
    limits.on_own_password(person.id)
    if passwords.verify(said(form.old_password), stored):
        return True
    form.old_password.errors = [*form.old_password.errors, _("That isn’t your password.")]
    return False
