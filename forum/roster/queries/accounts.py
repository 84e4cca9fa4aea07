"""The register of accounts: who looks after each, who else could get in, when somebody last looked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import Select, func, or_, select

from forum.core.db import db
from forum.core.text import folded
from forum.core.time import local, now
from forum.people.models import Person, PersonState
from forum.roster.models import Account, Duty, DutyKind
from forum.roster.queries.book import book_of
from forum.roster.who import Held
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState, Membership, Space, Visibility
from forum.spaces.queries import viewing, visible_to_viewer

A_DAY = timedelta(days=1)
TRACKS = re.compile(r"utm_|(?:fbclid|gclid|igshid|igsh|si|ref|ref_src|lang|locale|hl|mibextid)$", re.IGNORECASE)
"""What is added to addresses that are passed on, and names nothing."""
CASELESS = frozenset(
    {"facebook.com", "instagram.com", "x.com", "twitter.com", "linkedin.com", "tiktok.com", "threads.net", "github.com"}
)
"""Where capital letters make no other account."""
CHECK_EVERY = timedelta(days=182)
"""After this its holder is asked whether what is known of it is still right."""


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """An account. `facts` is None while nobody wrote down what is known of it."""

    id: int
    ref: str
    title: str
    facts: Account | None
    held: Held
    holder: Person | None
    owner: Person | None
    second: Person | None
    """The second administrator, if they are a member still and not whose it is."""
    checked_by: Person | None
    is_due: bool

    @property
    def second_name(self) -> str:
        """Who else could get in."""
        return self.second.name if self.second else self.facts.second_other if self.facts else ""

    @property
    def has_one(self) -> bool:
        """Whether nobody could get in if whoever has it couldn't."""
        return not self.second_name


def accounts_of(here: Here, *, duty: Duty | None = None) -> list[AccountLine]:
    """Return the accounts that the person sees here and that are in use: five queries, whatever the number. Or one of them."""
    at = now()
    today = local(at, here.space.zone).date()
    only = (Duty.id == duty.id,) if duty is not None else (Duty.ended_on.is_(None) | (Duty.ended_on > today),)
    rows = db.session.execute(
        select(Duty.id, Item.ref, Item.title, Account)
        .join(Item, Item.id == Duty.id)
        .outerjoin(Account, Account.duty_id == Duty.id)
        .where(Item.space_id == here.space.id, Duty.kind == DutyKind.ACCOUNT, visible_to_viewer(), *only)
        .order_by(func.lower(Item.title), Item.id),
        viewing(here.actor, at),
    ).all()
    book = book_of(Duty.id.in_([row.id for row in rows]), today - A_DAY, today + A_DAY)
    held = {row.id: book.at(row.id, at) for row in rows if row.id in book.duties}
    wanted = {key for one in held.values() for key in (one.person_id, one.owner_id)}
    wanted |= {key for row in rows if row.Account for key in (row.Account.second_id, row.Account.checked_by_id)}
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(wanted - {None})))}
    inside = set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.space_id == here.space.id, Membership.ended_at.is_(None), Membership.person_id.in_(people)
            )
        )
    )
    lines = []
    for row in rows:
        if row.id not in held:
            continue
        facts, has = row.Account, held[row.id]
        second = people.get(facts.second_id) if facts and facts.second_id else None
        counts = second is not None and second.id in inside and second.state is PersonState.ACTIVE
        lines.append(
            AccountLine(
                id=row.id,
                ref=row.ref,
                title=row.title,
                facts=facts,
                held=has,
                holder=people.get(has.person_id) if has.person_id else None,
                owner=people.get(has.owner_id) if has.owner_id else None,
                second=second if counts and second and second.id != has.owner_id else None,
                checked_by=people.get(facts.checked_by_id) if facts and facts.checked_by_id else None,
                is_due=is_due(facts, today=today),
            )
        )
    return lines


def is_due(account: Account | None, *, today: date) -> bool:
    """Say whether somebody should look at it again."""
    return account is None or account.checked_on is None or account.checked_on + CHECK_EVERY <= today


@dataclass(frozen=True)
class Told:
    """What somebody is told who asks whether an account is really the space's. Nothing of what is known of it."""

    is_ours: bool
    by_name: bool = False
    """Only a name was given, which anybody can take."""
    spaces: Sequence[str] = ()
    """Whose it is."""


def spaces_asked(person: Person) -> Select[int]:
    """Return the query of the spaces of which somebody may ask whether an account is theirs: their own, and open ones."""
    mine = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    return select(Space.id).where(
        Space.archived_at.is_(None), or_(Space.visibility == Visibility.OPEN, Space.id.in_(mine))
    )


def open_spaces() -> Select[int]:
    """Return the query of the spaces of whose accounts anybody is told that they are ours: open ones."""
    return select(Space.id).where(Space.archived_at.is_(None), Space.visibility == Visibility.OPEN)


def is_ours(spaces: Select[int] | Sequence[int], typed: str) -> Told:
    """Say whether an address or a name is an account of these spaces that every member sees. What is alike is not the same."""
    wanted = address_of(typed)
    rows = db.session.execute(
        select(Item.title, Account.address, Account.platform, Space.name.label("space"))
        .join(Duty, Duty.id == Item.id)
        .join(Account, Account.duty_id == Duty.id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Item.space_id.in_(spaces),
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            Duty.kind == DutyKind.ACCOUNT,
            Duty.ended_on.is_(None),
        )
    ).all()
    whose = sorted({row.space for row in rows if wanted and address_of(row.address) == wanted})
    if whose:
        return Told(is_ours=True, spaces=whose)
    return Told(is_ours=False, by_name=_is_name(typed, rows))


def _is_name(typed: str, rows: Sequence[object]) -> bool:
    name = folded(typed.strip().lstrip("@"))
    if not name or "/" in name:
        return False
    return any(name in {folded(row.title), address_of(row.address).rpartition("/")[2].lstrip("@")} for row in rows)  # type: ignore[attr-defined]


def address_of(typed: str) -> str:
    """Return an address as it is compared: without what browsers add, or "" for what is none."""
    text = re.sub(r"\s+", "", typed)
    if "." not in text and "/" not in text:
        return ""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").encode("idna").decode() if parts.username is None else ""
    except ValueError:  # UnicodeError is one
        return ""
    if not host:
        return ""
    kept = sorted(one for one in parse_qsl(parts.query, keep_blank_values=True) if not TRACKS.match(one[0]))
    name = re.sub(r"^(?:www|m|mobile)\.", "", host)
    path = parts.path.rstrip("/")
    path = path.casefold() if name in CASELESS else path
    query = f"?{urlencode(kept)}" if kept else ""
    page = f"#{parts.fragment}" if parts.fragment and parts.fragment.startswith(("/", "!")) else ""
    return name + path + query + page
