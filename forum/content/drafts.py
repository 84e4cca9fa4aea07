"""Drafts, kept on the server for each person and place. An older tab never writes over a newer text (B5).

A draft that was sent or thrown away leaves its row behind, empty, with a higher version and the text that is gone: so a tab that
still shows that text is told that it is behind, instead of bringing it back, and one that holds something else is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from forum.content.models import Draft
from forum.core.db import db, insert
from forum.core.errors import Invalid, RuleBroken
from forum.core.markup import MAX_SOURCE
from forum.core.markup.source import normalised
from forum.core.text import one_line
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import TITLE_LENGTH
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What stands at a place now. Version 0: nothing ever did."""

    title: str = ""
    body: str = ""
    in_reply_to: int | None = None
    version: int = 0
    saved_at: datetime | None = None
    gone: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to go on with."""
        return not (self.title or self.body)

    def holds_gone(self, body: str) -> bool:
        """Whether `body` is what was sent or thrown away here last, or its beginning."""
        return (self.gone or "").strip().startswith(body.strip())


class NewerDraft(RuleBroken):
    """Another tab or machine saved since: `kept` is what it saved."""

    def __init__(self, kept: Kept) -> None:
        super().__init__(_("A newer draft was saved in another tab. Both are here: choose which to go on with."))
        self.kept = kept


def draft_at(person: Person, place: str) -> Kept:
    """Return the draft of `person` at `place`."""
    columns = (Draft.title, Draft.body, Draft.in_reply_to, Draft.version, Draft.saved_at, Draft.gone)
    row = db.session.execute(select(*columns).where(Draft.person_id == person.id, Draft.place == place)).one_or_none()
    return Kept() if row is None else Kept(**row._mapping)  # noqa: SLF001  # the public name of a row as a mapping


def save(
    person: Person,
    place: str,
    *,
    version: int,
    body: str,
    title: str | None = None,
    in_reply_to: int | None = None,
    at: datetime | None = None,
) -> Kept:
    """Save a draft over `version`, the one the tab last saw. No `title` leaves the title as it is.

    Where nothing stands any more, a text that isn't the one that went is saved whatever the tab saw: it replaces nothing.

    Use inside `transaction()`. Raises NewerDraft and Invalid for `body` and `title`, which change nothing: what doesn't fit is never
    cut, for nobody would look for the rest before it is gone.
    """
    text = normalised(body)
    values: dict[str, object] = {"body": text, "in_reply_to": in_reply_to, "saved_at": at or now(), "gone": None}
    if title is not None:
        values["title"] = one_line(title)
    _check_lengths(values)
    begun = version == 0 and _begin(person, place, values)
    if not begun and not _write(person, place, version=version, values=values):
        kept = draft_at(person, place)
        is_free = kept.is_empty and not kept.holds_gone(text)
        if not is_free or not _write(person, place, version=kept.version, values=values):
            raise NewerDraft(draft_at(person, place))
    return draft_at(person, place)


def sent(person: Person, place: str, *, version: int, body: str) -> bool:
    """Empty a draft whose text was sent as `body`. False: something newer stands there that was not sent, and it stays.

    A draft that saved itself while the form was under way holds the text or its beginning, in a version the form knew nothing of.
    Use inside `transaction()`.
    """
    kept, text = draft_at(person, place), normalised(body)
    is_part = text.strip().startswith(kept.body.strip())
    return _empty(person, place, version=kept.version if is_part else version, gone=text)


def discard(person: Person, place: str, *, version: int) -> bool:
    """Throw a draft away, if it still is `version`. False: a newer one stands there, and stays. Use inside `transaction()`."""
    return _empty(person, place, version=version, gone=Draft.body)


def _empty(person: Person, place: str, *, version: int, gone: object) -> bool:
    values = {"title": "", "body": "", "in_reply_to": None, "saved_at": now(), "gone": gone}
    return _write(person, place, version=version, values=values)


def _check_lengths(values: Mapping[str, object]) -> None:
    body, title = len(str(values["body"])), len(str(values.get("title", "")))
    problems: dict[str, list[str]] = {}
    if body > MAX_SOURCE:
        problems["body"] = [
            _(
                "This is too long to be saved: %(length)s characters, and %(most)s fit. Shorten it, or keep the rest elsewhere.",
                length=f"{body:,}",
                most=f"{MAX_SOURCE:,}",
            )
        ]
    if title > TITLE_LENGTH:
        problems["title"] = [
            _("Keep the title under %(most)s characters; the rest fits below. Nothing was saved.", most=TITLE_LENGTH)
        ]
    if problems:
        raise Invalid(problems)


def _begin(person: Person, place: str, values: Mapping[str, object]) -> bool:
    made = (
        insert(Draft)
        .values({"title": "", **values, "person_id": person.id, "place": place, "version": 1})
        .on_conflict_do_nothing()
        .returning(Draft.version)
    )
    return db.session.scalar(made) is not None


def _write(person: Person, place: str, *, version: int, values: Mapping[str, object]) -> bool:
    grown = (
        update(Draft)
        .where(Draft.person_id == person.id, Draft.place == place, Draft.version == version)
        .values({**values, "version": Draft.version + 1})
        .returning(Draft.version)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(grown) is not None
