"""Trying a template file out: all that a run would do, taken back at the end. So a dry run reports exactly what the run does (F5)."""

from sqlalchemy.exc import DatabaseError

from forum.clone.gathering import Bundle
from forum.clone.template.reading import read_template
from forum.clone.writing import make_ready, new_space, write
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.text import new_ref
from forum.core.time import local, now
from forum.people.models import Person
from forum.spaces.copied import Start
from forum.web.words import _


class _TakenBack(Exception):
    """The end of a run that is only tried."""


def try_out(actor: Person, data: bytes) -> Bundle:
    """Make the space of a template file and take it back. Returns what it would hold. Raises Invalid for `file`."""
    bundle = read_template(data).bundle
    slug = f"try-{new_ref()}"
    try:
        ready = make_ready(bundle, slug=slug)
        with transaction():
            space = new_space(actor, bundle, name=slug, slug=slug)
            today = local(now(), space.zone).date()
            write(ready, space, Start(at=now(), today=today, first_day=today))
            raise _TakenBack  # noqa: TRY301  # out of the transaction
    except _TakenBack:
        return bundle
    except (DatabaseError, ValueError, LookupError, ArithmeticError, StopIteration, Invalid) as error:
        said = _("Something in it doesn’t hold together, so no space can be made of it. Nothing was made.")
        raise Invalid({"file": [said]}) from error
