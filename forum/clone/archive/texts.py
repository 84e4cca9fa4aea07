"""Texts of an archive, laid out anew: what a file says of HTML is never believed (F5)."""

from collections.abc import Iterable

from markupsafe import escape
from sqlalchemy import Table, select

from forum.clone.archive import FILE, ITEM
from forum.clone.archive.opening import Archive
from forum.clone.archive.people import NUMBER
from forum.clone.archive.placing import Placing
from forum.clone.archive.rooms import made_of
from forum.clone.archive.taking import KEY, REF
from forum.content.models import Post
from forum.core.archiving import Row
from forum.core.db import Base, db
from forum.core.errors import Crowded, Invalid
from forum.core.files import address_name
from forum.core.markup import NOBODY, RENDERER, Names, Picture, Rendered, candidates, render
from forum.people.models import Person
from forum.spaces.feature import item_kinds
from forum.web.words import _

POST = "post"


class Texts:
    """What texts of an archive may name and show: those with an account, posts of their item, pictures of their post."""

    def __init__(self, archive: Archive, placing: Placing) -> None:
        self.placing = placing
        self.as_words = 0
        kinds = {kind.name: kind for kind in item_kinds()}
        self.posts_urls: dict[int, str] = {}
        for row in archive.rows(Base.metadata.tables[ITEM]):
            if row["kind"] in kinds:
                ref = placing.ref_of(row[REF])
                self.posts_urls[row[KEY]] = kinds[row["kind"]].posts_url(placing.slug, ref)
        self.pictures: dict[int, dict[str, Picture]] = {}
        for row in archive.rows(Base.metadata.tables[FILE]):
            if row["width"] is not None and row["height"] is not None:
                url = f"/attachments/{placing.ref_of(row[REF])}/{address_name(row['name'])}"
                alt = "" if row["is_decorative"] else row["alt"]
                self.pictures.setdefault(row["post_id"], {})[url] = Picture(row["width"], row["height"], alt)
        archive.again()

    def laid_out(self, table: Table, placed: list[tuple[Row, Row]]) -> list[tuple[Row, Row]]:
        """Give rows their HTML. Takes time: called before the transaction."""
        made = made_of(table)
        if not made:
            return placed
        quoted = self._quoted(table, placed)
        for row, new in placed:
            for source, (html, renderer) in made.items():
                if new[source]:
                    names = self._names(table, row, new[source], row[source], quoted)
                    laid, is_whole = lay_out(new[source], names=names, field=source)
                    self.as_words += not is_whole
                    new[source], new[html], new[renderer] = laid.source, laid.html, laid.renderer
        return placed

    def _names(self, table: Table, row: Row, text: str, said: str, quoted: dict[int, dict[int, str]]) -> Names:
        called = {int(number) for number in NUMBER.findall(said)}
        people = {one.handle: one.name for number in called if (one := self.placing.accounts.get(number)) is not None}
        if table.name != POST:
            return Names(people=people)
        numbers = candidates(text)[1]
        known = quoted.get(row["item_id"], {})
        return Names(
            people=people,
            posts={number: known[number] for number in numbers if number in known},
            posts_url=self.posts_urls.get(row["item_id"], ""),
            pictures=self.pictures.get(row[KEY], {}),
        )

    def _quoted(self, table: Table, placed: Iterable[tuple[Row, Row]]) -> dict[int, dict[int, str]]:
        """Return whose the posts are that a piece quotes, by the item's key in the file and the number."""
        if table.name != POST:
            return {}
        found: dict[int, dict[int, str]] = {}
        wanted: dict[int, int] = {}
        numbers: set[int] = set()
        for row, new in placed:
            author = self.placing.called(row["author_id"]) if row["author_id"] is not None else _("Former member")
            if row["number"] is not None:
                found.setdefault(row["item_id"], {})[row["number"]] = author
            if others := candidates(new["source"])[1]:
                wanted[new["item_id"]] = row["item_id"]
                numbers.update(others)
        query = select(Post.item_id, Post.number, Person.name).outerjoin(Person, Person.id == Post.author_id)
        for item, number, name in db.session.execute(query.where(Post.item_id.in_(wanted), Post.number.in_(numbers))):
            found.setdefault(wanted[item], {})[number] = name or _("Former member")
        db.session.rollback()
        return found


def lay_out(text: str, *, names: Names = NOBODY, field: str) -> tuple[Rendered, bool]:
    """Return a text as HTML, and whether it could be laid out: if not, it is its plain words. Raises Crowded."""
    try:
        return render(text, names=names, field=field), True
    except Crowded:
        raise
    except Invalid:
        parts = [str(escape(part)).replace("\n", "<br>\n") for part in text.strip().split("\n\n")]
        html = "\n".join(f"<p>{part}</p>" for part in parts)
        return Rendered(source=text, html=html, renderer=RENDERER, mentioned=frozenset(), quoted=frozenset()), False
