"""Making a space from what another one shows: begun, named, looked at and made. Left half-way, it is gone on with later (F3, F4)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from forum.clone.access import Look, closed, source_of
from forum.clone.gathering import Bundle, gather
from forum.clone.models import CloneJob, Lineage, Origin
from forum.clone.rooms import house
from forum.clone.starters import starter_named
from forum.clone.template.reading import read_template
from forum.clone.upstream.noting import note_what_came
from forum.clone.writing import Ready, make_ready, new_space, write
from forum.core import text
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import local, now
from forum.people.models import Person
from forum.spaces.actions import free_address
from forum.spaces.copied import Part, Start
from forum.spaces.log import record
from forum.spaces.models import SLUG_LENGTH, Cloth, Space
from forum.web.links import whole
from forum.web.words import _

LATEST = timedelta(days=366)
WEEK = 7


class Overtaken(RuleBroken):
    """What would come along isn't any more what its maker looked at: they look again, and nothing was made."""

    def __init__(self) -> None:
        super().__init__(
            _("What comes along has changed since you looked. Nothing was made yet: look again, then press.")
        )


@dataclass(frozen=True)
class Line:
    """A part as the steps show it: how many there are of it, what they are called, and whether it is taken."""

    part: Part
    number: int
    titles: Sequence[str]
    is_taken: bool


def begin(actor: Person, look: Look) -> CloneJob:
    """Begin a space like the one that is looked at, or go on with what was begun. Raises RuleBroken when it isn't offered."""
    if not look.showcase.offers_copy:
        raise RuleBroken(closed())
    lock(Person, actor.id)
    if before := begun_with(actor, look):
        before.via_hash = look.via_hash
        return before
    job = _new(actor, Origin.SPACE, parts=[part.name for part in house().parts if part.name in look.showcase.parts])
    job.source_id, job.via_hash = look.space.id, look.via_hash
    return _added(job)


def begun_with(actor: Person, look: Look) -> CloneJob | None:
    """Return what somebody began with a space and hasn't made yet."""
    mine = (CloneJob.maker_id == actor.id, CloneJob.target_id.is_(None))
    return db.session.scalar(select(CloneJob).where(CloneJob.source_id == look.space.id, *mine))


def source_name(job: CloneJob) -> str:
    """Return what a copy is made from is called; "" for a file."""
    return starter_name(job) or db.session.scalar(select(Space.name).where(Space.id == job.source_id)) or ""


def starter_name(job: CloneJob) -> str:
    """Return what the starter is called from which a copy is made; "" for any other."""
    return starter_named(job.starter).name if job.origin is Origin.STARTER else ""


def begin_with_starter(actor: Person, name: str) -> CloneJob:
    """Begin a space with a starter, or go on with what was begun. Raises Missing."""
    starter = starter_named(name)
    lock(Person, actor.id)
    begun = select(CloneJob).where(
        CloneJob.maker_id == actor.id, CloneJob.starter == name, CloneJob.target_id.is_(None)
    )
    if before := db.session.scalar(begun):
        return before
    job = _new(actor, Origin.STARTER, parts=starter.bundle().parts)
    job.starter = name
    return _added(job)


def begin_with_file(actor: Person, data: bytes) -> CloneJob:
    """Begin a space with a template file. Raises Invalid for `file` when it can't be used."""
    template = read_template(data)
    job = _new(actor, Origin.FILE, parts=template.bundle.parts)
    job.file = data
    return _added(job)


def _new(actor: Person, origin: Origin, *, parts: Collection[str]) -> CloneJob:
    return CloneJob(
        maker_id=actor.id,
        origin=origin,
        parts=list(parts),
        first_day=usual_first_day(actor),
        begun_at=now(),
    )


def _added(job: CloneJob) -> CloneJob:
    db.session.add(job)
    db.session.flush()
    return job


def usual_first_day(actor: Person) -> date:
    """Return the day on which a space begins unless its maker says another one: the next Monday where they are."""
    day = local(now(), actor.zone).date()
    return day + timedelta(days=WEEK - day.weekday())


def name_it(job: CloneJob, *, name: str, slug: str, cloth: Cloth, first_day: date, actor: Person) -> None:
    """Say what the space is called, where it stands, and when it begins. Raises Invalid for `slug` and `first_day`."""
    job = _held(job)
    chosen = text.slug(slug, length=SLUG_LENGTH) if slug else free_address(name)
    if not chosen:
        raise Invalid({"slug": [_("Use letters from a to z, digits and hyphens, such as “digital-champions”.")]})
    if db.session.scalar(select(Space.id).where(Space.slug == chosen)) is not None:
        raise Invalid({"slug": [_("Another space has the address “%(slug)s”. Choose another one.", slug=chosen)]})
    today = local(now(), actor.zone).date()
    if not today <= first_day <= today + LATEST:
        raise Invalid({"first_day": [_("Choose a day from today on, within a year.")]})
    job.name, job.slug, job.cloth, job.first_day = name, chosen, cloth, first_day


def take(job: CloneJob, parts: Collection[str]) -> None:
    """Say what comes along. Raises Invalid for `parts` when one can't come without another."""
    job = _held(job)
    taken = [part for part in house().parts if part.name in parts]
    names = {part.name for part in taken}
    lacking = [
        _("“%(part)s” needs “%(other)s”: take both, or neither.", part=part.label, other=other.label)
        for part in taken
        for other in house().needs(part)
        if other.name not in names and not other.by_choice
    ]
    if lacking:
        raise Invalid({"parts": lacking})
    job.parts = [part.name for part in taken]


def give_up(job: CloneJob) -> None:
    """Throw away what was begun."""
    db.session.delete(_held(job))


def _held(job: CloneJob) -> CloneJob:
    held = lock(CloneJob, job.id)
    if held is None or held.target_id is not None:
        raise Missing
    return held


def offered(job: CloneJob, actor: Person) -> list[Part]:
    """Return the parts that the source offers now. Raises RuleBroken when it isn't offered any more."""
    if job.origin is Origin.SPACE:
        look = source_of(job, actor)
        return [part for part in house().parts if part.name in look.showcase.parts]
    bundle = _standing(job)
    return [part for part in house().parts if part.name in bundle.parts]


def bundle_of(job: CloneJob, actor: Person, *, parts: Collection[str]) -> Bundle:
    """Return what would come along now of some parts. Raises RuleBroken when the source isn't offered any more."""
    if job.origin is Origin.SPACE:
        look = source_of(job, actor)
        return gather(look.space, set(parts) & set(look.showcase.parts), site=whole(""))
    return _standing(job).only(parts)


def _standing(job: CloneJob) -> Bundle:
    if job.origin is Origin.STARTER:
        return starter_named(job.starter).bundle()
    return read_template(job.file or b"").bundle


def lines_of(job: CloneJob, actor: Person) -> list[Line]:
    """Return everything that is offered, and what of it is taken. Raises RuleBroken."""
    parts = offered(job, actor)
    bundle = bundle_of(job, actor, parts=[part.name for part in parts])
    found = [Line(part, bundle.count(part), bundle.titles(part), part.name in job.parts) for part in parts]
    return [line for line in found if line.number]


def ready_for(job: CloneJob, actor: Person) -> Ready:
    """Lay out what comes along. Takes time: called before the transaction. Raises RuleBroken, Invalid."""
    if not job.name:
        raise RuleBroken(_("Give the space a name first."))
    return make_ready(bundle_of(job, actor, parts=job.parts), slug=job.slug)


def made_before(job: CloneJob) -> Space | None:
    """Return the space that was made of it, if it was."""
    return db.session.get(Space, job.target_id) if job.target_id is not None else None


def make_copy(actor: Person, job: CloneJob, ready: Ready, *, seen: str) -> Space:
    """Make the space, all of it or nothing. Pressed twice it is the same space. Use inside `transaction()`.

    `seen` is the mark of what its maker looked at. Raises Missing, RuleBroken when the source isn't offered any more, Overtaken
    when something else would come along, Invalid for `slug`.
    """
    lock(Person, actor.id)
    held = lock(CloneJob, job.id)
    if held is None:
        raise Missing
    if before := made_before(held):
        return before
    source = _still_offered(held, actor)
    bundle = bundle_of(held, actor, parts=held.parts)
    if (bundle.digest, bundle.digest, held.slug) != (seen, ready.bundle.digest, ready.slug):
        raise Overtaken
    space = new_space(actor, bundle, name=held.name, slug=held.slug, cloth=held.cloth)
    keys = write(ready, space, start_of(held, space.zone))
    _note(held, source, space, bundle)
    if source is not None:
        note_what_came(ready, source.space, space, keys)
    if source is not None:
        record("grew another space", actor=actor, space=source.space)
    held.target_id, held.done_at = space.id, now()
    return space


def start_of(job: CloneJob, zone: str) -> Start:
    """Return when a copy begins that is made now in a time zone."""
    today = local(now(), zone).date()
    return Start(at=now(), today=today, first_day=job.first_day or today)


def _still_offered(job: CloneJob, actor: Person) -> Look | None:
    """Hold the source, so that nothing of it is taken back while it is copied. Raises RuleBroken."""
    if job.origin is not Origin.SPACE:
        return None
    lock(Space, job.source_id)
    db.session.expire_all()
    return source_of(job, actor)


def _note(job: CloneJob, source: Look | None, space: Space, bundle: Bundle) -> None:
    """Keep where the space came from."""
    db.session.add(
        Lineage(
            space_id=space.id,
            origin=job.origin,
            origin_id=source.space.id if source else None,
            origin_name="" if source else bundle.name,
            version=source.showcase.version if source else 1,
            at=now(),
        )
    )
    record("began as copy", actor=None, space=space)
