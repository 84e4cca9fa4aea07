"""What stewards set of a space. Two who have the form open don't overwrite each other: what one left alone, they don't write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from forum.core.db import db
from forum.core.errors import RuleBroken
from forum.core.markup import Rendered
from forum.core.markup.source import normalised
from forum.core.secrets import hashed
from forum.core.time import now
from forum.spaces.feature import days_changed
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Cloth, Space, Visibility
from forum.spaces.policy import Can
from forum.web.words import _

MARK_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a space says of itself, how it looks and who may see it."""

    name: str
    purpose: str
    about: str
    visibility: Visibility
    cloth: Cloth
    zone: str
    midday: str
    """When the second half of its days begins, as "13:00"."""


class SettingsOvertaken(RuleBroken):
    """Somebody saved other words for what this person changes too, after they had opened the form: both have to be seen."""

    def __init__(self, *, stands: Settings, mine: set[str], clashes: list[str]) -> None:
        """`stands` is what holds now, `mine` names what this person changes, `clashes` what both change."""
        super().__init__(_("Somebody saved these settings after you opened them. Look at both before you save yours."))
        self.stands = stands
        self.mine = mine
        self.clashes = clashes


def settings_of(space: Space) -> Settings:
    """Return what holds now."""
    return Settings(
        name=space.name,
        purpose=space.purpose,
        about=space.about_source,
        visibility=Visibility(space.visibility),
        cloth=Cloth(space.cloth),
        zone=space.zone,
        midday=f"{space.midday:%H:%M}",
    )


def marks_of(settings: Settings) -> str:
    """Return what a form remembers of the settings with which it was opened: "name:1f0c... purpose:..."."""
    return " ".join(f"{name}:{_mark(text)}" for name, text in vars(settings).items())


def describe(here: Here, wished: Settings, *, about: Rendered | None, seen: str | None = None) -> Space:
    """Change what differs from what the person `seen` (see `marks_of`); without that, what differs from what holds now.

    `about` is the wished text, rendered; None leaves that text alone. Use inside `transaction()`. Raises SettingsOvertaken, with
    nothing written, when somebody else changed one of the same things meanwhile.
    """
    here = hold(here, Can.CHANGE_SPACE)
    space = here.space
    stands = settings_of(space)
    changed = _changed(wished, stands=stands, seen=seen)
    if about is None:
        changed.discard("about")
    for name in changed - {"about", "visibility", "midday"}:
        setattr(space, name, getattr(wished, name))
    if "midday" in changed:
        space.midday = time.fromisoformat(wished.midday)
    if changed & {"midday", "zone"}:
        db.session.flush()
        days_changed(space, now())
    if about is not None and "about" in changed:
        space.about_source, space.about_html, space.about_renderer = about.source, about.html, about.renderer
    if parts := [name for name in vars(stands) if name in changed - {"visibility"}]:
        record("changed space", actor=here.actor, space=space, parts=" ".join(parts))
    if "visibility" in changed:
        show_to(here, visibility=wished.visibility)
    return space


def show_to(here: Here, *, visibility: Visibility) -> Space:
    """Change who may see a space; it holds from everybody's next request on. Use inside `transaction()`."""
    here = hold(here, Can.CHANGE_SPACE)
    space = here.space
    if space.visibility != visibility:
        record("changed visibility", actor=here.actor, space=space, old=space.visibility.value, new=visibility.value)
        space.visibility = visibility
    return space


def _changed(wished: Settings, *, stands: Settings, seen: str | None) -> set[str]:
    """Return what the person changed. Raises SettingsOvertaken."""
    known = _read(seen) if seen else {}
    mine, theirs = set(), set()
    for name, text in vars(stands).items():
        wish = _mark(getattr(wished, name))
        if wish != _mark(text) and wish != known.get(name):
            mine.add(name)
        if name in known and known[name] != _mark(text):
            theirs.add(name)
    if mine & theirs:
        clashes = [name for name in vars(stands) if name in mine & theirs]
        raise SettingsOvertaken(stands=stands, mine=mine, clashes=clashes)
    return mine


def _read(seen: str) -> Mapping[str, str]:
    return dict(pair.split(":", 1) for pair in seen.split() if ":" in pair)


def _mark(text: str) -> str:
    """Return a few digits that stand for a text, white space at its ends aside, as forms do."""
    return hashed(normalised(text).strip())[:MARK_LENGTH]
