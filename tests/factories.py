"""Plain functions that make rows, for tests that need something to be there. Use them inside an app context.

What they make is committed, so that other connections see it.
"""

import itertools
from datetime import datetime, timedelta

from forum.content.models import Post, PostState
from forum.core.db import db, transaction
from forum.core.text import address_key, handle, slug
from forum.core.time import now
from forum.people.models import Department, Identity, Person, PersonState
from forum.spaces.models import Audience, Item, ItemState, Membership, Role, Space, Visibility
from forum.threads.models import Section, Thread

_numbers = itertools.count(1)
LONG_AGO = timedelta(days=60)


def make_department(*, name: str | None = None) -> Department:
    """Make a department of the installation."""
    with transaction():
        department = Department(name=name or f"Department {next(_numbers)}")
        db.session.add(department)
    return department


def make_person(
    *,
    name: str | None = None,
    email: str | None = None,
    department: Department | None = None,
    is_admin: bool = False,
    state: PersonState = PersonState.ACTIVE,
    secret_hash: str | None = None,
) -> Person:
    """Make somebody with an account; without a `secret_hash` they have no password."""
    name = name or f"Person {next(_numbers)}"
    address = email or f"{handle(name)}@example.org"
    with transaction():
        person = Person(
            handle=handle(name),
            name=name,
            email=address,
            department_id=department.id if department else None,
            is_admin=is_admin,
            state=state,
            created_at=now() - LONG_AGO,
        )
        db.session.add(person)
        db.session.flush()
        identity = Identity(
            person_id=person.id,
            provider="email",
            subject=address_key(address),
            secret_hash=secret_hash,
            created_at=now() - LONG_AGO,
        )
        db.session.add(identity)
    return person


def make_space(
    *, name: str | None = None, visibility: Visibility = Visibility.OPEN, archived: bool = False, purpose: str = ""
) -> Space:
    """Make a space with one section and nobody in it."""
    name = name or f"Space {next(_numbers)}"
    with transaction():
        space = Space(
            slug=slug(name),
            name=name,
            purpose=purpose,
            visibility=visibility,
            created_at=now() - LONG_AGO,
            archived_at=now() if archived else None,
        )
        db.session.add(space)
        db.session.flush()
        db.session.add(Section(space_id=space.id, slug="questions", name="Questions"))
    return space


def make_membership(
    space: Space,
    person: Person,
    *,
    role: Role = Role.CHAMPION,
    joined_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> Membership:
    """Make `person` a member of `space`."""
    with transaction():
        membership = Membership(
            space_id=space.id,
            person_id=person.id,
            role=role,
            joined_at=joined_at or now() - LONG_AGO,
            ended_at=ended_at,
        )
        db.session.add(membership)
    return membership


def make_section(space: Space, *, name: str) -> Section:
    """Make a section of the space's threads."""
    with transaction():
        section = Section(space_id=space.id, slug=slug(name), name=name, position=next(_numbers))
        db.session.add(section)
    return section


def make_thread(
    space: Space,
    *,
    author: Person,
    title: str | None = None,
    posts: int = 1,
    is_question: bool = True,
    state: ItemState = ItemState.PUBLISHED,
    audience: Audience = Audience.SPACE,
    at: datetime | None = None,
    texts: list[str] | None = None,
) -> Thread:
    """Make a thread of `posts` posts by `author`, a minute apart, in the space's first section."""
    started = at or now() - timedelta(days=1)
    texts = texts or [f"Post {number} of the thread." for number in range(1, posts + 1)]
    latest = started + timedelta(minutes=len(texts) - 1)
    with transaction():
        section_id = db.session.scalars(
            db.select(Section.id).where(Section.space_id == space.id).order_by(Section.position, Section.id)
        ).first()
        item = Item(
            kind="thread",
            space_id=space.id,
            author_id=author.id,
            title=title or f"Thread {next(_numbers)}",
            state=state,
            audience=audience,
            created_at=started,
            last_number=len(texts),
            last_at=latest,
            last_by_id=author.id,
        )
        db.session.add(item)
        db.session.flush()
        thread = Thread(id=item.id, section_id=section_id, is_question=is_question)
        thread.item = item
        db.session.add(thread)
        for number, text in enumerate(texts, start=1):
            db.session.add(
                _post(item, number=number, author=author, text=text, at=started + timedelta(minutes=number - 1))
            )
    return thread


def make_post(
    thread: Thread, *, author: Person, text: str = "A reply.", state: PostState = PostState.PUBLISHED
) -> Post:
    """Add a post at the end of a thread, now."""
    with transaction():
        item = db.session.get_one(Item, thread.id)
        item.last_number += 1
        item.last_at, item.last_by_id = now(), author.id
        post = _post(item, number=item.last_number, author=author, text=text, at=now(), state=state)
        db.session.add(post)
    return post


def _post(
    item: Item, *, number: int, author: Person, text: str, at: datetime, state: PostState = PostState.PUBLISHED
) -> Post:
    return Post(
        item_id=item.id,
        number=number,
        author_id=author.id,
        source=text,
        html=f"<p>{text}</p>",
        renderer=1,
        state=state,
        created_at=at,
    )
