"""A copy of a space with ten thousand threads, of which five hundred items were chosen: `python -m tests.bench.clone`. SQLite."""

import os
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert, select

from forum.clone.access import Look
from forum.clone.actions import copying
from forum.clone.models import Consent, Showcase, ShowcaseItem
from forum.clone.rooms import house
from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.text import new_ref
from forum.core.time import now, today
from forum.people.models import Person
from forum.spaces.models import Cloth, Item, Space
from forum.threads.models import Section, Thread
from tests import factories
from tests.bench.telling import fresh_app

THREADS, CHOSEN, POSTS = 10_000, 500, 1
MOST_SECONDS = 10
WORDS = (
    "Which form is it? We tried [the **new** one](/s/bench/threads/), and it *lost* what people typed.\n\n- on phones\n- on paper\n\n"
    * 4
)


def measure_copies() -> None:
    """Print how long the look takes and how long the press, with how busy the machine is."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = fresh_app(Path(folder))
        with app.test_request_context("/"):
            maker, space = _furnish()
            with transaction():
                job = copying.begin(maker, Look(space, db.session.get_one(Showcase, space.id)))
                copying.name_it(
                    job, name="Copy", slug="copy", cloth=Cloth.PLUM, first_day=today("Europe/London"), actor=maker
                )
            began = time.perf_counter()
            seen = copying.bundle_of(job, maker, parts=job.parts).digest
            looked = time.perf_counter()
            ready = copying.ready_for(job, maker)
            laid_out = time.perf_counter()
            with transaction():
                copying.make_copy(maker, job, ready, seen=seen)
            done = time.perf_counter()
    one, five, fifteen = os.getloadavg()
    print(f"\nA copy of {CHOSEN} threads of {POSTS} post of {THREADS:,}, load {one:.1f} {five:.1f} {fifteen:.1f}")
    print(f"look {looked - began:.1f} s, lay out {laid_out - looked:.1f} s, write {done - laid_out:.1f} s")
    verdict = "as fast as it should be" if done - looked < MOST_SECONDS else f"too slow: {MOST_SECONDS} s"
    print(f"the press: {done - looked:.1f} s, {verdict}")


def _furnish() -> tuple[Person, Space]:
    author, maker, space = factories.make_person(), factories.make_person(), factories.make_space(name="bench")
    factories.make_membership(space, author)
    at = now()
    with transaction():
        section = db.session.scalars(select(Section).where(Section.space_id == space.id)).first()
        if section is None:
            section = Section(space_id=space.id, slug="all", name="All")
            db.session.add(section)
            db.session.flush()
        rows = [
            {
                "ref": new_ref(), "kind": "thread", "space_id": space.id, "author_id": author.id, "title": f"Thread {number}",
                "created_at": at, "last_at": at, "last_number": POSTS,
            }
            for number in range(THREADS)
        ]  # fmt: skip
        keys = list(db.session.scalars(insert(Item).returning(Item.id, sort_by_parameter_order=True), rows))
        db.session.execute(insert(Thread), [{"id": key, "section_id": section.id} for key in keys])
        db.session.execute(
            insert(Post),
            [
                {
                    "item_id": key, "number": number, "author_id": author.id, "source": WORDS, "html": "<p>Which?</p>", "renderer": 2,
                    "created_at": at,
                }
                for key in keys
                for number in range(1, POSTS + 1)
            ],
        )  # fmt: skip
        db.session.add(
            Showcase(space_id=space.id, is_open=True, parts=[part.name for part in house().parts], changed_at=at)
        )
        chosen = keys[:CHOSEN]
        db.session.execute(
            insert(ShowcaseItem), [{"item_id": key, "space_id": space.id, "chosen_at": at} for key in chosen]
        )
        db.session.execute(
            insert(Consent),
            [{"item_id": key, "person_id": author.id, "asked_at": at, "agreed": True} for key in chosen],
        )
    return maker, space


if __name__ == "__main__":
    measure_copies()
