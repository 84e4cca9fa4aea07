"""`baton archive` writes a space into a file; `baton restore-space` makes one of it, or only says what that would be."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from forum.cli.common import Arguments, CommandError, app_from, check_database, say, settings_from
from forum.cli.part_file import part_of
from forum.clone.archive.asking import why_only_kept
from forum.clone.archive.jobs import begin, do_one, take_in
from forum.clone.archive.looking import look_through
from forum.clone.archive.making import note_taken
from forum.clone.archive.models import BUSY, NO_ROOM, Restore, Stage
from forum.clone.archive.opening import opened
from forum.clone.archive.packing import pack
from forum.clone.archive.pages import write_pages
from forum.clone.archive.showing import shown_of, why_it_stopped
from forum.core.db import db, transaction
from forum.core.errors import Crowded, Denied, Invalid, Missing
from forum.core.files.disk import is_full
from forum.core.leased import WorkState
from forum.core.secrets import new_nonce
from forum.core.text import slug
from forum.people.addresses import normal
from forum.people.models import Person
from forum.people.queries import identity_at
from forum.spaces.actions import free_address
from forum.spaces.guard import here_for
from forum.spaces.models import SLUG_LENGTH, SPACE_NAME_LENGTH, Space
from forum.spaces.policy import Can
from forum.web.links import whole

if TYPE_CHECKING:
    from forum.cli.common import Commands

SAID_EVERY = 10_000
AGAIN = "It couldn't be restored. Run the command again: it goes on where it stopped."


def add_to(commands: "Commands") -> None:
    """Add the commands."""
    writes = commands.add_parser("archive", help="write everything of a space into a file")
    writes.add_argument("space", help="the space at /s/SPACE")
    writes.add_argument("file", help="where the archive is written")
    writes.add_argument(
        "--for", dest="who", metavar="ADDRESS", required=True, help="a steward: it holds what they may see"
    )
    writes.add_argument("--names", action="store_true", help="with people's names and mail addresses")
    writes.add_argument(
        "--pages", action="store_true", help="as pages to read without Baton, and not as a file to restore"
    )
    writes.set_defaults(run=run_archive)
    reads = commands.add_parser(
        "restore-space", help="make a space of an archive; run again, it goes on where it stopped"
    )
    reads.add_argument("file", help="the archive")
    reads.add_argument("--for", dest="who", metavar="ADDRESS", required=True, help="an admin: the steward of the space")
    reads.add_argument("--name", default="", help="what the space is called; left out, as it was")
    reads.add_argument("--slug", default="", help="where it stands; left out, where it stood")
    reads.add_argument(
        "--match-people", action="store_true", help="its people are those with an account of the same address"
    )
    reads.add_argument("--dry-run", action="store_true", help="make nothing, and say what would be made")
    reads.set_defaults(run=run_restore)


def run_archive(given: Arguments) -> int:
    """Write an archive."""
    with app_from(settings_from()) as app, app.test_request_context():
        check_database(app)
        actor = _person(given.who)
        try:
            here = here_for(actor, given.space)
            here.require(Can.TAKE_ARCHIVE)
        except (Missing, Denied) as why:
            raise CommandError(f"{actor.name} is no steward of a space at /s/{given.space}.") from why
        said = [0]

        def step(done: int, total: int) -> None:
            if done >= said[0]:
                say(f"{done} of {total}")
                said[0] = done + SAID_EVERY

        target = Path(given.file)
        with part_of(target) as part:
            with transaction():
                note_taken(here, with_names=given.names, as_pages=given.pages)
            if given.pages:
                write_pages(here.space, actor, part, step=step)
            else:
                pack(here.space, actor, part, with_names=given.names, step=step)
        say(f"{here.space.name} is in {target}.")
        if not given.pages and (only_kept := why_only_kept(here)):
            say(only_kept)
    return 0


def run_restore(given: Arguments) -> int:
    """Look an archive through, and make a space of it."""
    with app_from(settings_from()) as app, app.test_request_context():
        check_database(app)
        actor = _person(given.who)
        if not actor.is_admin:
            raise CommandError(f"{actor.name} doesn't look after this installation.")
        if given.dry_run:
            return _look(Path(given.file))
        job = _taken(actor, Path(given.file))
        if job.state is WorkState.FAILED:  # it stopped on its way: it goes on there
            with transaction():
                begin(actor, job.uuid, name=job.name, slug=job.slug, by_address=job.by_address)
        job = _done(job)
        if job.done_at is None and job.stage is Stage.LOOK:
            _say(job.report)
            name = (given.name or str(job.report["name"]))[:SPACE_NAME_LENGTH]
            chosen = slug(given.slug or str(job.report["slug"]), length=SLUG_LENGTH) or free_address(name)
            with transaction():
                begin(actor, job.uuid, name=name, slug=chosen, by_address=given.match_people)
            job = _done(job)
        if job.done_at is None:
            raise CommandError(why_it_stopped(job.error) or AGAIN)
        space = db.session.get_one(Space, job.space_id)
        say(f"{space.name} is restored at {whole(f'/s/{space.slug}/')}. {actor.name} is its steward.")
    return 0


def _look(file: Path) -> int:
    """Look an archive through where it lies: nothing is kept of it."""
    try:
        with opened(file) as archive:
            report = look_through(archive, secret=new_nonce(), step=lambda _done, _total: None)
    except Crowded as busy:
        raise CommandError(f"{why_it_stopped(BUSY)} Run the command again in a moment.") from busy
    except Invalid as why:
        raise CommandError(" ".join(one for said in why.errors.values() for one in said)) from why
    except DBAPIError as error:
        if not is_full(error):
            raise
        raise CommandError(why_it_stopped(NO_ROOM)) from error
    except OSError as error:
        raise CommandError(f"{file} can't be looked through: {error.strerror or error}.") from error
    _say(report)
    say("Nothing was made.")
    return 0


def _taken(actor: Person, file: Path) -> Restore:
    try:
        return take_in(actor, file, file_name=file.name)
    except OSError as error:
        raise CommandError(f"{file} can't be kept: {error.strerror or error}.") from error


def _done(job: Restore) -> Restore:
    """Do what waits with this one, and with no other. A worker that runs meanwhile may do it as well."""
    while do_one(Restore.id == job.id):
        pass
    found = db.session.get_one(Restore, job.id, populate_existing=True)
    if found.state is WorkState.FAILED:
        raise CommandError(why_it_stopped(found.error) or AGAIN)
    if found.is_under_way:
        raise CommandError("A worker is at it, or it is tried again in a minute. Run the command again then.")
    return found


def _person(address: str) -> Person:
    identity = identity_at(normal(address) or "")
    if identity is None:
        raise CommandError("For whom? Give the mail address of an account: --for ADDRESS", code=2)
    return identity.person


def _say(report: Mapping[str, Any]) -> None:
    """Say what would be made, as the page before the press does."""
    shown = shown_of(report)
    say(f"{shown.name}, of {shown.made_at:%Y-%m-%d}" if shown.made_at else shown.name)
    for label, number in shown.lines:
        say(f"  {label}: {number}")
    say(f"  People: {shown.people}, of whom {shown.known} have an account here")
    for why in shown.stays:
        say(f"  Stays out: {why}")
    if shown.made_too:
        say(f"  Departments that are made: {', '.join(shown.made_too)}")
    if shown.unmatched:
        say(f"  --match-people can't be had: {shown.unmatched}")
    elif shown.more:
        say(f"  With --match-people {shown.more} more come along, which they hold or whose turn it is")
    if shown.is_taken:
        say(f"  Another space stands at /s/{shown.slug}: choose another address with --slug.")
