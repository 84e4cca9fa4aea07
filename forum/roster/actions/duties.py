"""Making a duty, changing what it says, ending it. Each runs inside `transaction()` and holds the space and the duty."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update

from forum.core.db import db
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.text import once_key, one_line
from forum.core.time import local, now
from forum.people.models import Department
from forum.roster.access import KIND, hold_duty, why_not_change
from forum.roster.actions.consequences import withdraw_handovers
from forum.roster.actions.rights import powers_with
from forum.roster.actions.settling import lend_anew, settle_duty
from forum.roster.events import DutyLeft
from forum.roster.models import (
    ABOUT_LENGTH,
    LABEL_LENGTH,
    OFTEN_LENGTH,
    URL_LENGTH,
    CoverRequest,
    Criticality,
    Duty,
    DutyEntry,
    DutyKind,
    DutyLink,
    DutyRight,
    Endorsement,
    Engagement,
    EntryKind,
    Holding,
    HoldingState,
    Place,
)
from forum.roster.secrets import no_secret
from forum.spaces.guard import Here, hold
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import TITLE_LENGTH, Item, Space
from forum.spaces.policy import LENDABLE, Can
from forum.web.words import _

MOST_LINKS = 10
EARLIEST = date(1990, 1, 1)
FURTHEST = timedelta(days=3653)
MOST_DUTIES = 500


@dataclass(frozen=True, kw_only=True)
class DutyWords:
    """What a duty says. `note` is rendered before; None leaves the handover note empty."""

    title: str
    first_day: date
    kind: DutyKind = DutyKind.TASK
    what: str = ""
    why: str = ""
    often: str = ""
    criticality: Criticality = Criticality.ROUTINE
    engagement: Engagement | None = None
    department: Department | None = None
    last_day: date | None = None
    is_strict: bool = False
    powers: Sequence[Can] = ()
    links: Sequence[tuple[str, str]] = field(default_factory=tuple)
    note: Rendered | None = None


def make(here: Here, words: DutyWords, *, once: str | None = None, at: datetime | None = None) -> Duty:
    """Make a duty that is nobody's yet. A second press gives back the first one's. Raises Missing, Denied, Invalid, RuleBroken."""
    at = at or now()
    here = hold(here, Can.KEEP_ROSTER)
    words = checked(words)
    key = once_key(once, KIND, here.space.id, words.title)
    earlier = db.session.scalar(select(Duty).where(Duty.made_by_id == here.actor.id, Duty.once == key)) if key else None
    if earlier is not None:
        return earlier
    _require_room(here.space)
    item = make_item(here.space, kind=KIND, title=words.title, author=here.actor, at=at)
    duty = Duty(id=item.id, made_by_id=here.actor.id, once=key, first_day=words.first_day)
    _say(duty, item, words)
    db.session.add(duty)
    db.session.flush()
    _put_links(duty, words)
    _put_rights(duty, words)
    record("made duty", actor=here.actor, space=here.space, item=item, at=at)
    return duty


def change(here: Here, duty: Duty, words: DutyWords, *, version: int, at: datetime | None = None) -> Duty:
    """Let a duty say something else. Its holder may, but which rights go with it is for organisers. What is the same stays.

    `version` is the one of the item that was read. Raises Missing, Denied, Invalid, RuleBroken.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    _allow(why_not_change(here, is_holder=is_holder(duty.id, here)))
    words = checked(words)
    if item.version != version and _is_said(duty, item, words):
        return duty  # a second press
    if item.version != version:
        raise RuleBroken(
            _("Somebody changed this duty meanwhile. Your words are still here; look at theirs, and save again.")
        )
    if duty.ended_on is not None:
        raise RuleBroken(_("This duty has ended. It stays as it was."))
    before, asked_about, note = _days(duty), _asked_about(duty, item), duty.note_source
    item.title = words.title
    item.version += 1
    _say(duty, item, words)
    _keep_note(here, duty, note, at=at)
    _put_links(duty, words)
    rights_change = here.may(Can.KEEP_ROSTER) and set(powers_with(duty.id)) != set(words.powers)
    if rights_change:
        _put_rights(duty, words)
    db.session.flush()
    if _days(duty) != before:
        settle_duty(duty.id, at=at)
    if rights_change:
        lend_anew(CoverRequest.duty_id == duty.id, at=at)
    if _asked_about(duty, item) != asked_about:
        void_links(duty.id, at=at)
    record("changed duty", actor=here.actor, space=here.space, item=item, at=at)
    return duty


def _keep_note(here: Here, duty: Duty, before: str, *, at: datetime) -> None:
    """Keep in the passport what the handover note said until now, when it says something else."""
    if before.strip() and before != duty.note_source:
        day = local(at, here.space.zone).date()
        kept = DutyEntry(duty_id=duty.id, kind=EntryKind.NOTE, day=day, words=before, by_id=here.actor.id, at=at)
        db.session.add(kept)


def end(here: Here, duty: Duty, *, on: date, reason: str = "", at: datetime | None = None) -> None:
    """End a duty: from `on`, which isn't past, it isn't there. Covers promised for later end too. Twice is once.

    Raises Missing, Denied, Invalid.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    if duty.ended_on is not None:
        return
    today = local(at, here.space.zone).date()
    if on < today:
        raise Invalid({"on": [_("That day has passed. Choose today or a later one.")]})
    if problems := too_far("on", on) | no_secret("reason", reason):
        raise Invalid(problems)
    duty.ended_on, duty.ended_by_id, duty.end_reason = on, here.actor.id, one_line(reason)[:500]
    item.version += 1
    db.session.flush()
    _end_offers(duty, at=at)
    void_links(duty.id, at=at)
    withdraw_handovers(duty.id)
    _tell_holders(here, duty)
    settle_duty(duty.id, at=at)
    record("ended duty", actor=here.actor, space=here.space, item=item, reason=duty.end_reason, at=at)


def _tell_holders(here: Here, duty: Duty) -> None:
    held = select(Holding).where(
        Holding.duty_id == duty.id, Holding.state == HoldingState.ACCEPTED, Holding.until_day.is_(None)
    )
    for holding in db.session.scalars(held.order_by(Holding.id)):
        if holding.person_id != here.actor.id:
            announce(DutyLeft(actor_id=here.actor.id, item_id=duty.id, holding_id=holding.id))


def take_up_again(here: Here, duty: Duty, *, at: datetime | None = None) -> None:
    """Let a duty that was ended be there again, with who held it. Twice is once. Raises Missing, Denied."""
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    if duty.ended_on is None:
        return
    duty.ended_on, duty.ended_by_id, duty.end_reason = None, None, ""
    item.version += 1
    db.session.flush()
    record("took up duty", actor=here.actor, space=here.space, item=item, at=at)


def is_holder(duty_id: int, here: Here) -> bool:
    """Say whether the person holds a duty, by an appointment that counts."""
    query = select(Holding.id).where(
        Holding.duty_id == duty_id,
        Holding.person_id == here.actor.id,
        Holding.place == Place.HOLDER,
        Holding.state == HoldingState.ACCEPTED,
        Holding.until_day.is_(None),
    )
    joined = here.membership.joined_at if here.membership else None
    return joined is not None and db.session.scalar(query.where(Holding.answered_at >= joined)) is not None


def checked(words: DutyWords) -> DutyWords:
    """Return what a duty says as it is kept. Raises Invalid, naming the fields of `forum.roster.forms`."""
    title, problems = one_line(words.title), _wrong_with_texts(words)
    if words.kind is DutyKind.SEAT and words.department is None:
        problems["department"] = [_("Choose whose champion this is.")]
    if words.last_day is not None and words.last_day < words.first_day:
        problems["last_day"] = [_("The end is before the beginning. Choose a later end.")]
    for name, day in (("first_day", words.first_day), ("last_day", words.last_day)):
        problems |= too_far(name, day)
    if not set(words.powers) <= LENDABLE:
        problems["powers"] = [_("Choose from the list.")]
    links, said = _checked_links(words.links)
    if said:
        problems["links"] = [said]
    if problems:
        raise Invalid(problems)
    return DutyWords(**{**words.__dict__, "title": title, "often": one_line(words.often), "links": links})


def too_far(name: str, day: date | None) -> dict[str, list[str]]:
    """Return the problem of a field whose day is further than anybody plans, or longer ago than anything here, or nothing."""
    if day is None or EARLIEST <= day <= now().date() + FURTHEST:
        return {}
    return {name: [_("That is too far away. Choose a day within ten years.")]}


def _wrong_with_texts(words: DutyWords) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for name, text, most in (
        ("title", one_line(words.title), TITLE_LENGTH),
        ("what", words.what, ABOUT_LENGTH),
        ("why", words.why, ABOUT_LENGTH),
        ("often", words.often, OFTEN_LENGTH),
    ):
        if len(text) > most:
            problems[name] = [_("Keep it under %(most)s characters.", most=most)]
        problems |= no_secret(name, text)
    if not one_line(words.title):
        problems["title"] = [_("Give the duty a name.")]
    if words.note:
        problems |= no_secret("note", words.note.source)
    return problems


def _checked_links(links: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], str]:
    kept = [(one_line(label), url.strip()) for label, url in links if label.strip() or url.strip()]
    if len(kept) > MOST_LINKS:
        return kept, _("Give ten links at the most.")
    for label, url in kept:
        if not _is_address(url):
            return kept, _("Each link needs an address that begins with https:// or http://.")
        if len(label) > LABEL_LENGTH or len(url) > URL_LENGTH:
            return kept, _("One of the links is too long.")
    return [(label or url, url) for label, url in kept], ""


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    has_key = parts.username is not None  # a name, and perhaps a password, before an @
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.netloc)
        and not has_key
        and url.isprintable()
        and " " not in url
    )


def _say(duty: Duty, item: Item, words: DutyWords) -> None:
    item.title = words.title
    duty.kind, duty.what, duty.why, duty.often = words.kind, words.what.strip(), words.why.strip(), words.often
    duty.criticality, duty.engagement = words.criticality, words.engagement
    duty.department_id = words.department.id if words.department else None
    duty.first_day, duty.last_day, duty.is_strict = words.first_day, words.last_day, words.is_strict
    note = words.note
    duty.note_source, duty.note_html, duty.note_renderer = (
        (note.source, note.html, note.renderer) if note else ("", "", 0)
    )


def _is_said(duty: Duty, item: Item, words: DutyWords) -> bool:
    """Say whether a duty says all this already."""
    links = db.session.execute(
        select(DutyLink.label, DutyLink.url).where(DutyLink.duty_id == duty.id).order_by(DutyLink.place)
    )
    powers = set(db.session.scalars(select(DutyRight.power).where(DutyRight.duty_id == duty.id)))
    said = (
        item.title,
        duty.kind,
        duty.what,
        duty.why,
        duty.often,
        duty.criticality,
        duty.engagement,
        duty.department_id,
    )
    more = (duty.first_day, duty.last_day, duty.is_strict, duty.note_source, [tuple(link) for link in links], powers)
    department = words.department.id if words.department else None
    texts = (words.title, words.kind, words.what.strip(), words.why.strip(), words.often)
    return (said, more) == (
        (*texts, words.criticality, words.engagement, department),
        (
            words.first_day,
            words.last_day,
            words.is_strict,
            words.note.source if words.note else "",
            [tuple(link) for link in words.links],
            {power.value for power in words.powers},
        ),
    )


def _put_links(duty: Duty, words: DutyWords) -> None:
    db.session.execute(delete(DutyLink).where(DutyLink.duty_id == duty.id))
    db.session.add_all(
        DutyLink(duty_id=duty.id, place=place, label=label, url=url)
        for place, (label, url) in enumerate(words.links, start=1)
    )


def _put_rights(duty: Duty, words: DutyWords) -> None:
    db.session.execute(delete(DutyRight).where(DutyRight.duty_id == duty.id))
    db.session.add_all(DutyRight(duty_id=duty.id, power=power.value) for power in sorted(set(words.powers)))


def _end_offers(duty: Duty, *, at: datetime) -> None:
    db.session.execute(
        update(Holding)
        .where(Holding.duty_id == duty.id, Holding.state == HoldingState.OFFERED)
        .values(state=HoldingState.WITHDRAWN, answered_at=at)
        .execution_options(synchronize_session=False)
    )


def void_links(duty_id: int, *, at: datetime) -> None:
    """Let a sponsor's link that nobody has answered open nothing any more: the seat isn't what they were asked about."""
    db.session.execute(
        update(Endorsement)
        .where(
            Endorsement.duty_id == duty_id,
            Endorsement.given_at.is_(None),
            Endorsement.declined_at.is_(None),
            Endorsement.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
        .execution_options(synchronize_session="fetch")
    )


def _asked_about(duty: Duty, item: Item) -> tuple[object, ...]:
    """What a sponsor stands behind."""
    return duty.kind, duty.department_id, item.title


def _days(duty: Duty) -> tuple[date, date | None]:
    return duty.first_day, duty.last_day


def _require_room(space: Space) -> None:
    query = select(Duty.id).join(Item, Item.id == Duty.id).where(Item.space_id == space.id, Duty.ended_on.is_(None))
    if len(db.session.scalars(query.limit(MOST_DUTIES)).all()) >= MOST_DUTIES:
        raise RuleBroken(_("This space has %(most)s duties, which is as many as it can have.", most=MOST_DUTIES))


def _allow(why: str) -> None:
    if why:
        raise Denied(why)
