"""`baton admin`: somebody looks after the installation, from now on. Also the way back in for an admin who is locked out."""

from typing import TYPE_CHECKING

from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from
from forum.core.db import transaction
from forum.core.errors import RuleBroken
from forum.people import links
from forum.people.actions import make_admin, register
from forum.people.addresses import normal
from forum.people.models import LinkPurpose, Person
from forum.people.queries import identity_at
from forum.web.links import absolute

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    command = commands.add_parser("admin", help="make somebody an admin, with a new account if they have none")
    command.add_argument("address", help="their mail address")
    command.add_argument("--name", help="their name, for a new account")
    command.add_argument("--link", action="store_true", help="print a link that signs them in, once, within 15 minutes")
    command.set_defaults(run=run)


def run(given: Arguments) -> int:
    """Make an admin; mail them a link to sign in if they are new, or print one."""
    address = normal(given.address)
    if address is None:
        raise CommandError(f"“{given.address}” is not a mail address.", code=2)
    settings = settings_from()
    with app_from(settings) as app, app.test_request_context():
        check_database(app)
        try:
            with transaction():
                person, is_new = _person_at(address, name=given.name, zone=settings.default_zone)
                make_admin(person)
                link = links.ask(LinkPurpose.SIGN_IN, address=address, person=person) if is_new or given.link else None
        except RuleBroken as error:
            raise CommandError(error.why) from error
        say(f"{person.name} <{address}> is an admin.")
        if link is not None and given.link:
            say(absolute("people.sign_in_link", token=links.token_of(link)))
        elif link is not None:
            say("A link to sign in is on its way by mail.")
    return 0


def _person_at(address: str, *, name: str | None, zone: str) -> tuple[Person, bool]:
    """Return who has the address, and whether their account was made now."""
    identity = identity_at(address)
    if identity is not None:
        return identity.person, False
    if not name:
        raise CommandError(f"Nobody has an account at {address}. Make one with: --name “Their Name”", code=2)
    return register(name=name, email=address, zone=zone), True
