"""`baton template`: writes a space's template file, and makes a space of one, of a starter, or only says what that would be."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from
from forum.clone.access import showcase_of
from forum.clone.actions import copying
from forum.clone.actions.trying import try_out
from forum.clone.gathering import Bundle, gather
from forum.clone.rooms import house
from forum.clone.starters import ORDER, starter_named
from forum.clone.template.packing import pack
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.time import local, now
from forum.people.addresses import normal
from forum.people.models import Person
from forum.people.queries import identity_at
from forum.spaces.models import Cloth, Space
from forum.web.links import whole

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("template", help="carry a space's shape elsewhere, without people")
    command.add_argument("file", help=f"a template file, or a starter: {', '.join(ORDER)}")
    command.add_argument("--from", dest="source", metavar="SPACE", help="write the file, of the space at /s/SPACE")
    command.add_argument(
        "--for", dest="maker", metavar="ADDRESS", help="make a space of it, for who has this mail address"
    )
    command.add_argument("--name", help="what the space is called")
    command.add_argument("--slug", default="", help="where it stands; left out, it is made from the name")
    command.add_argument("--dry-run", action="store_true", help="make nothing, and say what would come along")
    command.set_defaults(run=run)


def run(given: Arguments) -> int:
    """Write a file, or make a space of one."""
    with app_from(settings_from()) as app, app.test_request_context():
        check_database(app)
        try:
            return _write(given) if given.source else _make(given)
        except Invalid as problem:
            sentences = [one for said in problem.errors.values() for one in said]
            raise CommandError(" ".join(sentences)) from problem


def _write(given: Arguments) -> int:
    space = db.session.scalar(select(Space).where(Space.slug == given.source))
    showcase = showcase_of(space.id) if space is not None else None
    if space is None or showcase is None or not showcase.offers_copy:
        raise CommandError(f"No space at /s/{given.source} offers a copy. Its stewards say so on its page “Showcase”.")
    bundle = gather(space, showcase.parts, site=whole(""))
    Path(given.file).write_bytes(pack(bundle, name=space.name, at=now()))
    _say(bundle)
    return 0


def _make(given: Arguments) -> int:
    identity = identity_at(normal(given.maker or "") or "")
    if identity is None:
        raise CommandError("For whom? Give the mail address of an account: --for ADDRESS", code=2)
    actor: Person = identity.person
    data = starter_named(given.file).data if given.file in ORDER else Path(given.file).read_bytes()
    _say(try_out(actor, data))
    if given.dry_run:
        say("Nothing was made.")
        return 0
    if not given.name:
        raise CommandError("What is the space called? --name “Its name”", code=2)
    with transaction():
        job = copying.begin_with_file(actor, data)
        today = local(now(), actor.zone).date()
        copying.name_it(job, name=given.name, slug=given.slug, cloth=Cloth.TEAL, first_day=today, actor=actor)
    ready = copying.ready_for(job, actor)
    with transaction():
        space = copying.make_copy(actor, job, ready, seen=ready.bundle.digest)
    say(f"{space.name} is ready at {whole(f'/s/{space.slug}/')}. {actor.name} is its steward.")
    return 0


def _say(bundle: Bundle) -> None:
    """Say what comes along, as the page before the press does."""
    counted = [part.counted(number) for part in house().parts if (number := bundle.count(part))]
    say(f"{', '.join(counted)}; no people.")
