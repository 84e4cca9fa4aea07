"""How long merging and splitting long threads takes.

`python -m pytest -n0 -s -m prove tests/prove/test_moving_time.py` prints it.
"""
# ruff: noqa: T201  (it prints)

import time
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import insert, update

from forum.content.models import Post, PostState, ReadMark, Watch, WatchLevel, WatchReason
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.threads import addresses
from forum.threads.actions import merging, splitting
from forum.threads.actions.splitting import Chosen
from forum.threads.models import Section, Thread
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing

pytestmark = pytest.mark.prove
POSTS, READERS, QUOTING = 5_000, 300, 10
"""Posts of each thread, people who have read both, and every how many-th post quotes another."""
LONGEST = 3.0  # seconds


def long_thread(space: Space, author: Person) -> Thread:
    """Make a thread in which every tenth post quotes the one before, and answers it."""
    thread = factories.make_thread(space, author=author, posts=1)
    with transaction():
        item = db.session.get_one(Item, thread.id)
        where = f"/s/{space.slug}/threads/{item.ref}/posts/"
        rows = [
            {
                "item_id": item.id,
                "number": number,
                "author_id": author.id,
                "source": f"> [post {number - 1}]\n> Words.\n\nYes."
                if number % QUOTING == 0
                else "Words, a few of them.",
                "html": f'<figure class="quote"><figcaption><a href="{where}{number - 1}">Ann in post {number - 1}</a>'
                "</figcaption><blockquote><p>Words.</p></blockquote></figure><p>Yes.</p>",
                "renderer": 1,
                "state": PostState.PUBLISHED,
                "in_reply_to": number - 1 if number % QUOTING == 0 else None,
                "created_at": now(),
                "version": 1,
            }
            for number in range(2, POSTS + 1)
        ]
        db.session.execute(insert(Post), rows)
        db.session.execute(update(Item).where(Item.id == item.id).values(last_number=POSTS, last_at=now()))
    return thread


def readers(space: Space, threads: list[Thread]) -> None:
    """Let many members have read and watch the threads."""
    for _number in range(READERS):
        person = factories.make_person()
        factories.make_membership(space, person)
        with transaction():
            for thread in threads:
                db.session.add(ReadMark(person_id=person.id, item_id=thread.id, last_number=POSTS, read_at=now()))
                db.session.add(
                    Watch(
                        person_id=person.id,
                        item_id=thread.id,
                        level=WatchLevel.EVERYTHING,
                        reason=WatchReason.REPLIED,
                        is_chosen=False,
                        since=now(),
                    )
                )


@pytest.mark.both_databases
def test_long_threads_are_merged_and_split_while_people_wait(app: Flask, cast: Cast) -> None:
    """Two threads of 5,000 posts that 300 people have read: a few statements, whatever the number of posts."""
    with app.test_request_context("/"):
        kind = db.engine.dialect.name
        first, second = (long_thread(cast.champions, cast.champion) for _ in range(2))
        readers(cast.champions, [first, second])
        here, urls = standing(cast.organiser), partial(addresses.posts_url, "champions")
        began = time.perf_counter()
        with transaction():
            merging.merge(here, first, into=second, reason="Measured.", posts_url=urls)
        merged = time.perf_counter() - began
        print(f"\n{kind}: {POSTS:,} posts merged into {POSTS:,}, {READERS} readers of both: {merged:.2f} s")
        section = db.session.get_one(Section, second.section_id)
        half = Chosen(all_from=POSTS + 1)
        began = time.perf_counter()
        with transaction():
            splitting.split(
                here,
                second,
                half,
                title="Half",
                section=section,
                is_question=False,
                reason="Measured.",
                posts_url=urls,
            )
        print(f"{kind}: {POSTS:,} posts split off again: {time.perf_counter() - began:.2f} s")
        assert merged < LONGEST
