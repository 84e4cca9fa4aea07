"""What the demo's files say, as plain values. Nothing here knows the database."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the past, told from the moment of loading.

    Either `working_days` before today at `clock` (wall time), or, with no clock, `minutes` before the moment of loading.
    """

    working_days: int = 0
    clock: time | None = None
    minutes: int = 0

    def instant(self, now: datetime, *, zone: str) -> datetime:
        """Return the instant in UTC. `now` is aware; `zone` is the IANA zone of the clock, which also says what day it is."""
        if self.clock is None:
            return (now - timedelta(minutes=self.minutes)).astimezone(UTC)
        day = now.astimezone(ZoneInfo(zone)).date()
        left = self.working_days
        while left:
            day -= timedelta(days=1)
            left -= day.weekday() < SATURDAY
        return datetime.combine(day, self.clock, ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Organisation:
    """The council itself. People's addresses are at `domain`."""

    name: str
    domain: str
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Person:
    """One of the people. `working_days` are weekday numbers, 0 is Monday; `suspended` is when the account was.

    `mail` is when they have mail about posts, "comes back", or "no announcements"; "" for who didn't choose.
    """

    handle: str
    name: str
    address: str
    department: str
    ask_about: str
    working_days: tuple[int, ...]
    zone: str
    language: str
    admin: bool
    suspended: Moment | None
    mail: str


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of a space's threads."""

    slug: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person's time in a space. `role` is "steward", "organiser", "champion" or "reader"; `left` is set for a former member."""

    person: str
    role: str
    joined: Moment
    left: Moment | None


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody waits to be let into a space."""

    person: str
    asked: Moment
    note: str


@dataclass(frozen=True, slots=True)
class Space:
    """A space and who is in it. `visibility` is "open", "by request" or "private"; the first steward opened it."""

    slug: str
    name: str
    purpose: str
    about: str
    visibility: str
    cloth: str
    opened: Moment
    sections: tuple[Section, ...]
    members: tuple[Member, ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """The whole new text of a post, by its author."""

    at: Moment
    source: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it was first sent; `edits` follow in order of time."""

    number: int
    author: str
    at: Moment
    in_reply_to: int | None
    by_mail: bool
    source: str
    edits: tuple[Edit, ...]

    @property
    def text(self) -> str:
        """The text as it stands after all edits."""
        return self.edits[-1].source if self.edits else self.source


@dataclass(frozen=True, slots=True)
class Merged:
    """A thread was merged into another by somebody."""

    into: str
    by: str
    at: Moment
    reason: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread. `ref` is "space/NN-slug"; `accepted` is a post number, accepted by the author of post 1 at `accepted_at`.

    `announced_for` is for how many days from the loading on an announcement stands out.
    """

    ref: str
    space: str
    section: str
    title: str
    question: bool
    accepted: int | None
    accepted_at: Moment | None
    announced_for: int | None
    posts: tuple[Post, ...]
    merged: Merged | None = None


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The person has read everything written in the space before `until`."""

    person: str
    space: str
    until: Moment


@dataclass(frozen=True, slots=True)
class Mark:
    """The person has read the thread up to and including post `read_to`."""

    person: str
    thread: str
    read_to: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Begun and not sent: a reply in `thread`, or (no thread) a new thread in `space` and `section` with a `title`."""

    person: str
    space: str
    thread: str | None
    in_reply_to: int | None
    section: str | None
    title: str
    body: str
    saved: Moment


@dataclass(frozen=True, slots=True)
class Said:
    """What people said about a post with one press: `kind` is the word that is stored."""

    thread: str
    post: int
    kind: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A post that a person marked, with a note; `remind` is how many days from now they are reminded, 0 for today, or nothing."""

    person: str
    thread: str
    post: int
    note: str
    remind: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A post that somebody flagged, with the word for why that is stored."""

    person: str
    thread: str
    post: int
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class Held:
    """A reply that waits for an organiser: `by` holds what the person writes for `days` more, because of `reason`."""

    person: str
    thread: str
    body: str
    by: str
    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class Poll:
    """The poll of a thread, made by its author. `until` is how many days from now it ends; `votes` are places of options by person."""

    thread: str
    question: str
    options: tuple[str, ...]
    votes: dict[str, tuple[int, ...]]
    most: int = 1
    results: str = "always"
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked a thread's question through its author, when, and in which words."""

    thread: str
    person: str
    at: Moment
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Demo:
    """All of it. Threads stand in the order of their files, people and spaces in the order of organisation.toml."""

    organisation: Organisation
    departments: tuple[str, ...]
    people: tuple[Person, ...]
    spaces: tuple[Space, ...]
    threads: tuple[Thread, ...]
    caught_up: tuple[CaughtUp, ...]
    marks: tuple[Mark, ...]
    drafts: tuple[Draft, ...]
    said: tuple[Said, ...]
    bookmarks: tuple[Bookmark, ...]
    flags: tuple[Flag, ...]
    held: tuple[Held, ...]
    polls: tuple[Poll, ...]
    asked: tuple[Asked, ...]
