"""An archive of a space with a hundred thousand posts, made and restored, and its pages: `python -m tests.bench.archive`. SQLite.

The pages are made twice: of five thousand threads, and of one thread with as many posts.

How much memory each took is the most that the process ever had, so each runs in a process of its own.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import func, insert, select

from forum.clone.archive import in_batches
from forum.clone.archive.jobs import begin, do_one, take_in
from forum.clone.archive.models import Restore
from forum.clone.archive.packing import pack
from forum.clone.archive.pages import write_pages
from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.text import new_ref
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Role, Space
from forum.threads.models import Section, Thread
from tests import factories
from tests.bench.telling import fresh_app, same_app

POSTS, A_THREAD, WRITERS = 100_000, 20, 200
MOST_MB = 300
WORDS = "Which form? We tried [the **new** one](/s/bench/threads/), and it *lost* what people typed.\n\n- on phones\n- on paper\n\n"
HTML = (
    '<p>Which form? We tried <a href="/s/bench/threads/">the <strong>new</strong> one</a>, and it lost what people typed.</p>\n'
    * 4
)
STEPS = ("furnish", "archive", "look", "restore", "pages", "lengthen", "long")


def measure_archives() -> None:
    """Print how long each step takes, and how much memory."""
    one, five, fifteen = os.getloadavg()
    print(f"\nAn archive of {POSTS:,} posts in {POSTS // A_THREAD:,} threads, load {one:.1f} {five:.1f} {fifteen:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for step in STEPS:
            subprocess.run([sys.executable, "-m", "tests.bench.archive", step, folder], check=True)


def _step(name: str, folder: Path) -> None:
    app = fresh_app(folder) if name == "furnish" else same_app(folder)
    with app.test_request_context("/"):
        began = time.perf_counter()
        said = DOES[name](folder)
        took = time.perf_counter() - began
    if name in {"furnish", "lengthen"}:
        return
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    verdict = "as little memory as it should need" if mb < MOST_MB else f"too much: {MOST_MB} MB"
    print(f"{name}: {took:.0f} s, {mb:.0f} MB, {verdict}{said}", flush=True)


def _archive(folder: Path) -> str:
    space = _space("bench")
    pack(space, _steward(), folder / "a.zip", with_names=False, step=lambda _done, _total: None)
    return f"; {(folder / 'a.zip').stat().st_size / 1024**2:.1f} MB on disk"


def _look(folder: Path) -> str:
    job = take_in(_steward(), folder / "a.zip", file_name="a.zip")
    do_one()
    counts = db.session.get_one(Restore, job.id, populate_existing=True).report["counts"]
    return f"; {sum(counts.values()):,} rows"


def _restore(_folder: Path) -> str:
    job = db.session.scalars(select(Restore)).one()
    with transaction():
        begin(_steward(), job.uuid, name="Again", slug="again", by_address=False)
    do_one()
    space = db.session.scalars(select(Space).where(Space.slug == "again")).one()
    inside = select(func.count()).select_from(Post).join(Item, Item.id == Post.item_id).where(Item.space_id == space.id)
    return f"; {db.session.scalar(inside):,} posts"


def _pages(folder: Path) -> str:
    return _written(folder, "bench")


def _long(folder: Path) -> str:
    return _written(folder, "long")


def _written(folder: Path, slug: str) -> str:
    space = _space(slug)
    write_pages(space, _steward(), folder / "pages.zip", step=lambda _done, _total: None)
    with zipfile.ZipFile(folder / "pages.zip") as written:
        number = len(written.namelist())
    return f"; {number:,} pages, {(folder / 'pages.zip').stat().st_size / 1024**2:.1f} MB on disk"


def _space(slug: str) -> Space:
    return db.session.scalars(select(Space).where(Space.slug == slug)).one()


def _steward() -> Person:
    return db.session.scalars(select(Person).order_by(Person.id)).first()  # type: ignore[return-value]  # there is one


def _furnish(_folder: Path) -> str:
    steward, space = factories.make_person(name="Stella Steward", is_admin=True), factories.make_space(name="bench")
    factories.make_membership(space, steward, role=Role.STEWARD)
    writers = [factories.make_person(name=f"Writer Number{number}") for number in range(WRITERS)]
    at = now()
    with transaction():
        section = db.session.scalars(select(Section).where(Section.space_id == space.id)).first()
        if section is None:
            section = Section(space_id=space.id, slug="all", name="All")
            db.session.add(section)
            db.session.flush()
        rows = [
            {
                "ref": new_ref(), "kind": "thread", "space_id": space.id, "author_id": writers[number % WRITERS].id,
                "title": f"Thread {number}", "created_at": at, "last_at": at, "last_number": A_THREAD,
            }
            for number in range(POSTS // A_THREAD)
        ]  # fmt: skip
        keys = list(db.session.scalars(insert(Item).returning(Item.id, sort_by_parameter_order=True), rows))
        db.session.execute(insert(Thread), [{"id": key, "section_id": section.id} for key in keys])
        for key in keys:
            _tell(key, A_THREAD, writers)
    return ""


def _lengthen(_folder: Path) -> str:
    space = factories.make_space(name="long")
    factories.make_membership(space, _steward(), role=Role.STEWARD)
    thread = factories.make_thread(space, author=_steward(), title="One long thread")
    with transaction():
        _tell(thread.id, POSTS, [_steward()], first=2)
    return ""


def _tell(key: int, last: int, writers: Sequence[Person], *, first: int = 1) -> None:
    """Give an item its posts."""
    at = now()
    rows = (
        {
            "item_id": key, "number": number, "author_id": writers[(key + number) % len(writers)].id,
            "source": WORDS * 4, "html": HTML, "renderer": 1, "created_at": at,
        }
        for number in range(first, last + 1)
    )  # fmt: skip
    for some in in_batches(rows):
        db.session.execute(insert(Post), some)


DOES: Mapping[str, Callable[[Path], str]] = {
    "furnish": _furnish,
    "archive": _archive,
    "look": _look,
    "restore": _restore,
    "pages": _pages,
    "lengthen": _lengthen,
    "long": _long,
}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _step(sys.argv[1], Path(sys.argv[2]))
    else:
        measure_archives()
