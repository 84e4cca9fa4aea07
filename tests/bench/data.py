"""The benchmark's database: people, and threads long enough for several pages."""

from datetime import timedelta

from sqlalchemy import insert

from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.secrets import hashed
from forum.core.time import now
from forum.people.models import WebSession
from forum.spaces.models import Item, Role
from tests import factories

PEOPLE = 16
TEXT = (
    "We text 11,400 homes the night before collection. Since the clocks changed, people text back: “You missed us”, “Is it "
    "brown or green?”, one very long complaint about a hedge. Nobody here knew replies were possible. Somebody thinks they go "
    "to a mailbox, somebody else thinks they vanish. Check before you promise anybody an answer. "
)


def token(person: int) -> str:
    """Return the sign-in token of the person with this number."""
    return f"benchmark-person-{person}"


def fill(*, threads: int, posts: int, long: int) -> list[str]:
    """Make the space "Bench" with `threads` threads of `posts` posts of 600 characters, and a last one of `long` posts.

    Return the threads' refs.
    """
    space = factories.make_space(name="Bench")
    people = [factories.make_person(name=f"Bench Person {number}") for number in range(PEOPLE)]
    for number, person in enumerate(people):
        factories.make_membership(space, person, role=Role.STEWARD if number == 0 else Role.CHAMPION)
    made = [
        factories.make_thread(space, author=people[number % PEOPLE], title=f"How do we do thing {number}?")
        for number in range(threads + 1)
    ]
    started = now() - timedelta(days=20)
    source = (TEXT * 2)[:600]
    with transaction():
        db.session.add_all(
            WebSession(
                person_id=person.id,
                token_hash=hashed(token(number)),
                created_at=now(),
                last_seen_at=now(),
                expires_at=now() + timedelta(hours=12),
            )
            for number, person in enumerate(people)
        )
        for thread, length in zip(made, [posts] * threads + [long], strict=True):
            rows = [
                {
                    "item_id": thread.id,
                    "number": number,
                    "author_id": people[number % PEOPLE].id,
                    "source": source,
                    "html": f"<p>{source}</p>",
                    "renderer": 1,
                    "created_at": started + timedelta(minutes=number),
                }
                for number in range(2, length + 1)
            ]
            db.session.execute(insert(Post), rows)
            item = db.session.get_one(Item, thread.id)
            item.last_number, item.last_at = length, started + timedelta(minutes=length)
    return [thread.item.ref for thread in made]
