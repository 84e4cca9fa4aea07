"""Why the original changed, as it is read in the copy: nobody is called there (F3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from forum.clone.gathering import somebody
from forum.core.db import db
from forum.core.markup.source import HANDLE, handle_in
from forum.core.redaction import Phrases, names_in
from forum.people.models import Person
from forum.spaces.copied import Why
from forum.spaces.models import Membership


def calling_nobody(whys: Mapping[int, Sequence[Why]], space_id: int) -> dict[int, list[Why]]:
    """Return reasons of a space with a word in place of whom they call, by handle or as a member by name."""
    if not any("@" in why.reason for said in whys.values() for why in said):
        return {key: list(said) for key, said in whys.items()}
    members = select(Membership.person_id).where(Membership.space_id == space_id)
    names = db.session.scalars(select(Person.name).where(Person.id.in_(members)))
    phrases = Phrases({f"@{name}": somebody() for name in names}, names_in)
    return {
        key: [replace(why, reason=HANDLE.sub(_nobody, phrases.replaced(why.reason))) for why in said]
        for key, said in whys.items()
    }


def _nobody(match: re.Match[str]) -> str:
    return f"{somebody()}{match[1][len(handle_in(match)) :]}"
