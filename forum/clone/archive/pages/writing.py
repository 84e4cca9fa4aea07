"""Writing the pages of a space: one for each item, or several for a long one, the lists that lead to them, and the attached files."""

import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, select

from forum.clone.archive import SPACE
from forum.clone.archive.packing import CHUNK, Step
from forum.clone.archive.pages.facts import Facts
from forum.clone.archive.pages.leading import IN_FRONT, IN_ITEMS, ITEMS, Place
from forum.clone.archive.pages.reading import Reading, by_page
from forum.clone.archive.pages.words import KINDS
from forum.clone.archive.taking import as_it_stands
from forum.content.attachments.taking import store
from forum.core.db import Base
from forum.core.text import slug
from forum.core.time import local, now
from forum.people.models import Person
from forum.spaces.feature import nobody_of
from forum.spaces.models import Membership, Space
from forum.spaces.words import ROLE_WORDS

LISTED, LISTED_A_PAGE = 12, 500
"""How many items of a kind the first page names, and how many a page of a list."""


def write_pages(space: Space, asker: Person, target: Path, *, step: Step) -> None:
    """Write a space to `target` as pages, as `asker` may see it: a few posts in memory at a time."""
    with as_it_stands() as connection, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _Pages(connection, archive, space, asker, step).write()


class _Pages:
    def __init__(
        self, connection: Connection, archive: zipfile.ZipFile, space: Space, asker: Person, step: Step
    ) -> None:
        self.connection, self.archive, self.space, self.step = connection, archive, space, step
        self.reading = Reading(connection, space, asker.id)
        self.places = self.reading.places()
        self.facts = Facts(connection, space, asker.id, self.places)
        self.made_on = local(now(), space.zone).date()

    def write(self) -> None:
        """Write all pages and files."""
        total = len(self.places.items) + len(self.places.files) + 1
        posts, attached = self.reading.posts(), self.reading.attached()
        for done, place in enumerate(self.places.items.values(), 1):
            self._item(place, posts.of(place.id), self._attached(attached.of(place.id)))
            self.step(done, total)
        self._front()
        for done, (sha256, path) in enumerate(self.places.files.values(), len(self.places.items) + 1):
            with store().path_of(sha256).open("rb") as came, self.archive.open(path, "w", force_zip64=True) as copy:
                shutil.copyfileobj(came, copy, CHUNK)
            self.step(done, total)
        self.step(total, total)

    def _page(self, path: str, template: str, **shown: object) -> None:
        """Write a page, piece by piece as it is laid out."""
        laid = current_app.jinja_env.get_template(f"clone/pages/{template}")
        shown |= {"space": self.space, "made_on": self.made_on, "words": KINDS}
        with self.archive.open(path, "w") as page:
            for piece in laid.generate(shown):
                page.write(piece.encode())

    def _item(self, place: Place, posts: Iterator[Any], attached: Mapping[int, Sequence[tuple[str, str]]]) -> None:
        pages = place.pages
        for at, (page, rows) in enumerate(by_page(posts, pages)):
            self._page(
                f"{ITEMS}/{place.file(page)}",
                "item.html",
                item=place,
                begun_on=self._day(place),
                posts=(self._post(place, row, attached) for row in rows),
                groups=self.facts.of(place.id) if page == 0 else (),
                list_at=self._list_of(place.kind),
                at=at + 1,
                pages=[place.file(one) for one in pages],
            )

    def _post(self, place: Place, row: Any, attached: Mapping[int, Sequence[tuple[str, str]]]) -> Mapping[str, object]:  # noqa: ANN401  # a row
        return {
            "number": row.number,
            "author": row.name or nobody_of(place, row.number),  # type: ignore[arg-type]  # it answers as an item does
            "on": local(row.created_at, self.space.zone).date(),
            "is_edited": row.edited_at is not None,
            "html": self.places.relative(row.html),
            "files": attached.get(row.number, ()),
        }

    def _attached(self, rows: Iterator[Any]) -> dict[int, list[tuple[str, str]]]:
        """Return the names of an item's files and where they lie, by the numbers of their posts."""
        found: dict[int, list[tuple[str, str]]] = {}
        for row in rows:
            if row.ref in self.places.files:
                found.setdefault(row.number, []).append((row.name, f"{IN_ITEMS}{self.places.files[row.ref][1]}"))
        return found

    def _front(self) -> None:
        """Write the first page, and a list of each kind of which it can't name all."""
        kinds: dict[str, list[Place]] = {kind: [] for kind in KINDS}
        for place in self.places.items.values():
            kinds[place.kind].append(place)
        for kind, places in kinds.items():
            is_told = any(place.posts for place in places)
            places.sort(
                key=(lambda one: (-one.created_at.timestamp(), -one.id)) if is_told else (lambda one: one.title.lower())
            )
            if len(places) > LISTED:
                self._list(kind, places)
        about = Base.metadata.tables[SPACE]
        said = self.connection.execute(select(about.c.about_html).where(about.c.id == self.space.id)).scalar() or ""
        self._page(
            "index.html",
            "index.html",
            kinds=[
                (kind, self._rows(places[:LISTED]), len(places), self._list_of(kind) if len(places) > LISTED else "")
                for kind, places in kinds.items()
                if places
            ],
            about=self.places.relative(said, up=IN_FRONT),
            members=self._members(),
        )

    def _list(self, kind: str, places: Sequence[Place]) -> None:
        pages = [self._list_of(kind, page) for page in range((len(places) - 1) // LISTED_A_PAGE + 1)]
        for at, path in enumerate(pages):
            some = places[at * LISTED_A_PAGE : (at + 1) * LISTED_A_PAGE]
            self._page(path, "list.html", kind=kind, rows=self._rows(some), number=len(places), at=at + 1, pages=pages)

    def _rows(self, places: Sequence[Place]) -> list[tuple[str, str, object, int]]:
        return [(place.title, f"{ITEMS}/{place.file()}", self._day(place), place.posts) for place in places]

    def _day(self, place: Place) -> object:
        return local(place.created_at, self.space.zone).date()

    def _list_of(self, kind: str, page: int = 0) -> str:
        name = slug(str(KINDS[kind]))
        return f"{name}-page-{page + 1}.html" if page else f"{name}.html"

    def _members(self) -> list[tuple[str, str]]:
        query = (
            select(Person.name, Membership.role)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.space_id == self.space.id, Membership.ended_at.is_(None))
            .order_by(Person.name, Person.id)
        )
        return [(name, str(ROLE_WORDS[role])) for name, role in self.connection.execute(query)]
