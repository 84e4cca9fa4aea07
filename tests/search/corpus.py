"""The corpus of threads and the lists of questions in other words; see paraphrases/README.md."""

import json
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.text import slug
from forum.core.time import now
from forum.people.models import Person
from forum.search.finding import search
from forum.search.language import read
from forum.spaces.models import Item, Space
from forum.threads.models import Tag, Thread, ThreadTag
from tests import factories

HERE = Path(__file__).parent / "paraphrases"
FIRST = 3


def lines_of(name: str) -> list[dict[str, Any]]:
    """Return what stands in one of the files."""
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text().splitlines() if line.strip()]


def load() -> tuple[Person, dict[str, str]]:
    """Write the corpus into a space, and return a reader of it and the threads' ids by their refs."""
    space = factories.make_space(name="Words")
    author = factories.make_person(name="Wanda Words")
    reader = factories.make_person(name="Rita Reads")
    for person in (author, reader):
        factories.make_membership(space, person)
    section = factories.make_section(space, name="All of it")
    with transaction():
        tags: dict[str, Tag] = {}
        ids = {
            _put(one, space=space, author=author, section_id=section.id, tags=tags): str(one["id"])
            for one in lines_of("corpus")
        }
    return reader, ids


def _put(one: dict[str, Any], *, space: Space, author: Person, section_id: int, tags: dict[str, Tag]) -> str:
    texts = [one["post"], *one["replies"]]
    at = now() - timedelta(days=30)
    item = Item(
        kind="thread",
        space_id=space.id,
        author_id=author.id,
        title=one["title"],
        created_at=at,
        last_at=at,
        last_number=len(texts),
    )
    db.session.add(item)
    db.session.flush()
    accepted = one["accepted"]
    db.session.add(
        Thread(
            id=item.id,
            section_id=section_id,
            is_question=True,
            accepted_number=None if accepted is None else accepted + 2,
            accepted_at=None if accepted is None else at,
        )
    )
    for number, text in enumerate(texts, start=1):
        db.session.add(
            Post(
                item_id=item.id,
                number=number,
                author_id=author.id,
                source=text,
                html=f"<p>{escape(text)}</p>",
                renderer=1,
                created_at=at + timedelta(minutes=number),
            )
        )
    db.session.flush()
    for place, name in enumerate(one["tags"], start=1):
        if name not in tags:
            tags[name] = Tag(space_id=space.id, slug=slug(name, length=30), name=name)
            db.session.add(tags[name])
            db.session.flush()
        db.session.add(ThreadTag(thread_id=item.id, place=place, tag_id=tags[name].id))
    return item.ref


def not_found(reader: Person, ids: dict[str, str], questions: list[dict[str, Any]]) -> list[tuple[str, str, list[str]]]:
    """Return the questions whose thread isn't among the first three, with what is."""
    wrong = []
    for one in questions:
        found = search(reader, read(one["question"]), at=now())
        first = [ids[hit.shown.url.rstrip("/").rpartition("/")[2]] for hit in (*found.hits, *found.loose)]
        if str(one["thread"]) not in first[:FIRST]:
            wrong.append((one["question"], str(one["thread"]), first[:10]))
    return wrong
