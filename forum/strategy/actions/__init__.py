"""Writing a strategy: version by version, together. Nothing is overwritten silently."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.secrets import hashed
from forum.core.text import one_line
from forum.core.time import now
from forum.spaces.guard import Here, hold
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.strategy.access import require_unheld, strategy_of, version_of
from forum.strategy.content import Activity, Content, Measure, digest_of, is_amount, read, stored
from forum.strategy.events import SignatureReplaced
from forum.strategy.figures import figure_of
from forum.strategy.models import KEY_LENGTH, KIND, Strategy, Version
from forum.strategy.parts import CYCLES, LONGEST, MOST_ACTIVITIES, MOST_MEASURES, PARTS, TITLE_ROOM, VISION
from forum.strategy.queries import asked_for, open_duties
from forum.strategy.queries.measures import noted_keys
from forum.strategy.signatures import is_whole
from forum.strategy.words import day_words
from forum.web.words import _

WHAT_LENGTH, UNIT_LENGTH = 160, 20


class Newer(RuleBroken):
    """Somebody saved another version after this person had begun: `theirs` is what it says now, and nothing is lost."""

    def __init__(self, theirs: Version) -> None:
        super().__init__(_("Somebody else saved the strategy while you were writing. Nothing of either is lost."))
        self.theirs = theirs


def write(here: Here, content: Content, *, base: int, at: datetime | None = None) -> Strategy:
    """Save a version over `base`, the one that was seen (0: none was there). The same content again is no new version.

    Who fills in an outline that nobody keeps keeps it.

    Raises Missing, Denied, Invalid by part, Newer.
    """
    here = hold(here, Can.WRITE_STRATEGY)
    require_unheld(here)
    content, at = checked(here, content), at or now()
    if content.is_blank:
        raise Invalid({VISION: [_("Write something first: a sentence about where you want to be is enough.")]})
    found = strategy_of(here)
    if found is None:
        return _begin(here, content, at=at)
    item = lock(Item, found[1].id)
    strategy = lock(Strategy, found[0].id)
    if item is None or strategy is None:
        raise Newer(version_of(found[0].id, found[0].version))
    latest = version_of(strategy.id, strategy.version)
    if latest.content == stored(content) and is_whole(latest, strategy=item.uuid):
        return strategy
    if strategy.version != base:
        raise Newer(latest)
    if strategy.signed is None:
        item.title = content.title
    if strategy.holder_id is None and read(latest.content).is_blank:
        strategy.holder_id = here.actor.id
    add_version(here, strategy, item, content, at=at)
    record("changed strategy", actor=here.actor, space=here.space, item=item, at=at, version=str(strategy.version))
    return strategy


def add_version(here: Here, strategy: Strategy, item: Item, content: Content, *, at: datetime) -> Version:
    """Add the next version. What was signed stays shown, and who was asked to sign the last one is told. Under the strategy's lock."""
    replaced = [one.id for one in asked_for(strategy, strategy.version) if one.sent_at is not None]
    strategy.version += 1
    item.last_at, item.last_by_id = at, here.actor.id
    db.session.flush()
    for signoff_id in replaced:
        announce(SignatureReplaced(actor_id=here.actor.id, item_id=item.id, signoff_id=signoff_id))
    return _store(strategy, item, content, number=strategy.version, author_id=here.actor.id, at=at)


def _begin(here: Here, content: Content, *, at: datetime) -> Strategy:
    if lock(Space, here.space.id) is not None and db.session.scalar(
        select(Strategy.id).where(Strategy.space_id == here.space.id)
    ):
        raise RuleBroken(_("This space has a strategy already."))
    item = make_item(here.space, kind=KIND, title=content.title, author=here.actor, at=at)
    strategy = Strategy(id=item.id, space_id=here.space.id, version=1, holder_id=here.actor.id)
    db.session.add(strategy)
    db.session.flush()
    _store(strategy, item, content, number=1, author_id=here.actor.id, at=at)
    record("began strategy", actor=here.actor, space=here.space, item=item, at=at)
    return strategy


def _store(strategy: Strategy, item: Item, content: Content, *, number: int, author_id: int, at: datetime) -> Version:
    text = stored(content)
    digest = digest_of(text, strategy=item.uuid, number=number)
    made = Version(strategy_id=strategy.id, number=number, content=text, digest=digest, author_id=author_id, at=at)
    db.session.add(made)
    db.session.flush()
    return made


def latest_of(strategy: Strategy) -> Content:
    """Return what the latest version says."""
    return read(version_of(strategy.id, strategy.version).content)


def checked(here: Here, content: Content) -> Content:
    """Return what can be stored: tidy, duties by the name that they have. Raises Invalid with all problems at once."""
    problems: dict[str, list[str]] = {}
    title = one_line(content.title)
    if not 0 < len(title) <= TITLE_ROOM:
        problems["title"] = [_("Give it a title of up to %(most)s characters.", most=TITLE_ROOM)]
    for key, part in PARTS.items():
        if (length := len(content.of(key))) > LONGEST:
            problems[key] = [
                _(
                    "These are %(length)s characters. On one side of A4 there is room for about %(room)s here, and more than %(most)s "
                    "can’t be kept. Nothing is lost: shorten it here.",
                    length=f"{length:,}",
                    room=part.room,
                    most=f"{LONGEST:,}",
                )
            ]
    if content.cycle not in CYCLES:
        problems["cycle"] = [_("Choose how often it is reviewed.")]
    for key, problem in (*_wrong_activities(content.activities), *_wrong_measures(content.measures)):
        problems.setdefault(key, []).append(problem)
    if problems:
        raise Invalid(problems)
    found = strategy_of(here)
    before = latest_of(found[0]) if found else Content()
    names = choosable(here, before)
    return replace(
        content,
        title=title,
        activities=tuple(_named(one, names) for one in content.activities),
        measures=in_lines(found[0] if found else None, before, content.measures),
    )


def choosable(here: Here, before: Content) -> Mapping[int, str]:
    """Return the duties that an activity can have: those that every member sees, and those that the version before had."""
    held = {one.duty_id: one.duty for one in before.activities if one.duty_id is not None}
    return {**held, **open_duties(here)}


def _named(one: Activity, names: Mapping[int, str]) -> Activity:
    """Return an activity with the duty as it is called now; without it when it can't be chosen."""
    if one.duty_id is None or one.duty_id not in names:
        return replace(one, duty_id=None, duty="")
    return replace(one, duty=names[one.duty_id])


def in_lines(strategy: Strategy | None, before: Content, measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Return measures with keys under which their values are theirs alone (G2).

    What is in another unit or from another source begins a new line, as does a key that another measure has, or had and gave up.
    The same is the same again: a second press makes no second line.
    """
    noted = set(noted_keys(strategy)) if strategy is not None else set()
    taken: set[str] = set()
    found = []
    for one in measures:
        was = before.measure(one.key)
        goes_on = (was.unit, was.source) == (one.unit, one.source) if was is not None else one.key not in noted
        key = one.key
        if not goes_on or key in taken:
            key = hashed(f"{one.key} {one.unit} {one.source} {len(taken) if key in taken else ''}")[:KEY_LENGTH]
        taken.add(key)
        found.append(replace(one, key=key))
    return tuple(found)


def _wrong_activities(activities: tuple[Activity, ...]) -> Iterator[tuple[str, str]]:
    if len(activities) > MOST_ACTIVITIES:
        yield "activities", _("There is room for %(most)s activities.", most=MOST_ACTIVITIES)
    for place, one in enumerate(activities, start=1):
        if not 0 < len(one.what) <= WHAT_LENGTH:
            yield (
                "activities",
                _("Activity %(place)s: say what is done, in up to %(most)s characters.", place=place, most=WHAT_LENGTH),
            )


def _wrong_measures(measures: tuple[Measure, ...]) -> Iterator[tuple[str, str]]:
    if len(measures) > MOST_MEASURES:
        yield "measures", _("There is room for %(most)s measures.", most=MOST_MEASURES)
    for place, one in enumerate(measures, start=1):
        for problem in _wrong_measure(one):
            yield "measures", _("Measure %(place)s: %(problem)s", place=place, problem=problem)


def _wrong_measure(one: Measure) -> Iterator[str]:
    if not 0 < len(one.words) <= WHAT_LENGTH:
        yield _("say what is counted, in up to %(most)s characters.", most=WHAT_LENGTH)
    if len(one.unit) > UNIT_LENGTH:
        yield _("keep the unit under %(most)s characters.", most=UNIT_LENGTH)
    if one.source and figure_of(one.source) is None:
        yield _("choose what it is drawn from.")
    if (one.baseline is None) != (one.baseline_on is None):
        yield _("say both what it was at the start and on which day; or neither.")
    if (one.target is None) != (one.target_on is None):
        yield _("say both what it should become and by which day; or neither.")
    if _is_before(one.target_on, one.baseline_on):
        yield _(
            "the day of the target, %(target)s, isn’t after the day of the start, %(start)s. Choose a later one.",
            target=day_words(one.target_on),
            start=day_words(one.baseline_on),
        )
    if any(amount is not None and not is_amount(amount) for amount in (one.baseline, one.target)):
        yield _("write a number.")


def _is_before(later: date | None, earlier: date | None) -> bool:
    return later is not None and earlier is not None and later <= earlier
