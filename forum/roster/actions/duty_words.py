"""What a duty says: checked, as it is kept, and put into its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.markup import Rendered
from forum.core.text import one_line
from forum.core.time import now
from forum.people.models import Department
from forum.roster.models import (
    ABOUT_LENGTH,
    LABEL_LENGTH,
    OFTEN_LENGTH,
    URL_LENGTH,
    Criticality,
    Duty,
    DutyKind,
    DutyLink,
    DutyRight,
    Engagement,
)
from forum.roster.secrets import no_secret
from forum.spaces.models import TITLE_LENGTH, Item
from forum.spaces.policy import LENDABLE, Can
from forum.web.words import _

MOST_LINKS = 10
EARLIEST = date(1990, 1, 1)
FURTHEST = timedelta(days=3653)


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


def say(duty: Duty, item: Item, words: DutyWords) -> None:
    """Let a duty say all this but links and rights."""
    item.title = words.title
    duty.kind, duty.what, duty.why, duty.often = words.kind, words.what.strip(), words.why.strip(), words.often
    duty.criticality, duty.engagement = words.criticality, words.engagement
    duty.department_id = words.department.id if words.department else None
    duty.first_day, duty.last_day, duty.is_strict = words.first_day, words.last_day, words.is_strict
    note = words.note
    duty.note_source, duty.note_html, duty.note_renderer = (
        (note.source, note.html, note.renderer) if note else ("", "", 0)
    )


def is_said(duty: Duty, item: Item, words: DutyWords) -> bool:
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


def put_links(duty: Duty, words: DutyWords) -> None:
    """Let a duty have these links and no others."""
    db.session.execute(delete(DutyLink).where(DutyLink.duty_id == duty.id))
    db.session.add_all(
        DutyLink(duty_id=duty.id, place=place, label=label, url=url)
        for place, (label, url) in enumerate(words.links, start=1)
    )


def put_rights(duty: Duty, words: DutyWords) -> None:
    """Let these rights go with a duty and no others."""
    db.session.execute(delete(DutyRight).where(DutyRight.duty_id == duty.id))
    db.session.add_all(DutyRight(duty_id=duty.id, power=power.value) for power in sorted(set(words.powers)))
