"""Minutes: written by who leads the meetup, version by version, and published once."""

from datetime import datetime

from sqlalchemy import select

from forum.content.promises import WORDS_LENGTH
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.text import once_key, one_line
from forum.core.time import now
from forum.meetups.day.access import found, hold_led, require_begun
from forum.meetups.day.actions.telling import tell_of_minutes
from forum.meetups.day.events import MinutesPublished
from forum.meetups.day.models import KIND, Decision, Minutes, MinutesVersion
from forum.meetups.models import Occurrence
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.words import _

LONGEST = 40_000


class Newer(RuleBroken):
    """Somebody saved the minutes after this person had begun: `theirs` is what they say now, and nothing is lost."""

    def __init__(self, theirs: MinutesVersion) -> None:
        super().__init__(_("Somebody else saved these minutes while you were writing. Both texts are here."))
        self.theirs = theirs


def save(
    here: Here,
    series_id: int,
    occurrence_id: int,
    *,
    text: Rendered,
    base: int,
    publish: bool,
    at: datetime | None = None,
) -> Minutes:
    """Save a version over `base`, the one that was seen, and publish the minutes or not. The same text again is no new version.

    What was published stays so. Raises Missing, Denied, Invalid for `body`, RuleBroken before it begins, Newer.
    """
    here, item, one = hold_led(here, series_id, occurrence_id)
    at = at or now()
    require_begun(one, has_begun=one.starts_at <= at)
    if len(text.source) > LONGEST:
        raise Invalid({"body": [_("Keep it under %(most)s characters.", most=f"{LONGEST:,}")]})
    minutes = db.session.get(Minutes, one.id, populate_existing=True)
    latest = version_of(one.id, minutes.version) if minutes else None
    if latest is None or latest.source != text.source:
        if latest is not None and latest.version != base:
            raise Newer(latest)
        minutes = _add(here, one, minutes, text=text, at=at)
    minutes = found(minutes)
    if minutes.is_published:
        if latest is not None and latest.version != minutes.version:
            _record("changed minutes", here, item, one, at=at)
            _touch(minutes, at=at)
    elif publish:
        _publish(here, item, one, minutes, at=at)
    return minutes


def decide(
    here: Here, series_id: int, occurrence_id: int, *, words: str, once: str | None = None, at: datetime | None = None
) -> Decision:
    """Note a decision. A second press gives back the first one's. Raises Missing, Denied, Invalid for `decided`, RuleBroken."""
    here, item, one = hold_led(here, series_id, occurrence_id)
    at, words = at or now(), one_line(words)
    require_begun(one, has_begun=one.starts_at <= at)
    if not 0 < len(words) <= WORDS_LENGTH:
        raise Invalid(
            {"decided": [_("Say in a sentence what was decided, in up to %(most)s characters.", most=WORDS_LENGTH)]}
        )
    key = once_key(once, "decision", here.actor.id, one.id, words)
    earlier = db.session.scalar(select(Decision).where(Decision.once == key)) if key else None
    if earlier is not None:
        return earlier
    made = Decision(occurrence_id=one.id, words=words, noted_by_id=here.actor.id, at=at, once=key)
    db.session.add(made)
    db.session.flush()
    _touch_of(one, at=at)
    if _is_published(one):
        _record("noted decision", here, item, one, at=at)
    return made


def take_back_decision(
    here: Here,
    series_id: int,
    occurrence_id: int,
    decision_id: int,
    *,
    is_back: bool = False,
    at: datetime | None = None,
) -> None:
    """Let a decision not stand any more, or (`is_back`) stand after all. Twice is once. Raises Missing, Denied."""
    here, item, one = hold_led(here, series_id, occurrence_id)
    at = at or now()
    row = db.session.get(Decision, decision_id, populate_existing=True)
    row = found(row if row is not None and row.occurrence_id == one.id else None)
    if (row.removed_at is None) == is_back:
        return
    row.removed_at = None if is_back else at
    db.session.flush()
    _touch_of(one, at=at)
    if _is_published(one):
        _record("restored decision" if is_back else "took back decision", here, item, one, at=at)


def version_of(occurrence_id: int, version: int) -> MinutesVersion | None:
    """Return a version of the minutes of a date."""
    return db.session.get(MinutesVersion, (occurrence_id, version), populate_existing=True)


def _add(here: Here, one: Occurrence, minutes: Minutes | None, *, text: Rendered, at: datetime) -> Minutes:
    if minutes is None:
        minutes = Minutes(occurrence_id=one.id, version=1)
        db.session.add(minutes)
    else:
        minutes.version += 1
    db.session.flush()
    db.session.add(
        MinutesVersion(
            occurrence_id=one.id,
            version=minutes.version,
            source=text.source,
            html=text.html,
            renderer=text.renderer,
            author_id=here.actor.id,
            at=at,
        )
    )
    db.session.flush()
    return minutes


def _publish(here: Here, item: Item, one: Occurrence, minutes: Minutes, *, at: datetime) -> None:
    """Let everybody who sees the meetup read the minutes, and tell whom they concern: once."""
    own = make_item(
        here.space, kind=KIND, title=one.title or item.title, author=here.actor, audience=item.audience, at=at
    )
    minutes.item_id, minutes.first_seen = own.id, minutes.version
    minutes.published_at, minutes.published_by_id = at, here.actor.id
    db.session.flush()
    _touch(minutes, at=at)
    _record("published minutes", here, item, one, at=at)
    tell_of_minutes(one, item, but=here.actor.id, at=at)
    announce(MinutesPublished(actor_id=here.actor.id, item_id=item.id, occurrence_id=one.id))


def _is_published(one: Occurrence) -> bool:
    minutes = db.session.get(Minutes, one.id, populate_existing=True)
    return minutes is not None and minutes.is_published


def _touch_of(one: Occurrence, *, at: datetime) -> None:
    minutes = db.session.get(Minutes, one.id, populate_existing=True)
    if minutes is not None:
        _touch(minutes, at=at)


def _touch(minutes: Minutes, *, at: datetime) -> None:
    """Note with the item of published minutes that they say something else now."""
    own = db.session.get(Item, minutes.item_id) if minutes.item_id else None
    if own is not None:
        own.last_at = at
        db.session.flush()


def _record(verb: str, here: Here, item: Item, one: Occurrence, *, at: datetime) -> None:
    record(
        verb,
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(Can.SCHEDULE_MEETUP, item),
        space=here.space,
        item=item,
        at=at,
        day=one.local_start.date().isoformat(),
    )
