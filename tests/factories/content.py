"""Threads, posts and drafts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from sqlalchemy import insert

from forum.content.models import Bookmark, Draft, Post, PostMention, PostRevision, PostState, Reaction, ReactionKind
from forum.core.db import db, transaction
from forum.core.text import new_ref, slug
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.threads.behind.models import Relay, RelayAct, RelayState, RelayStep
from forum.threads.models import Section, Tag, TagWish, Thread, ThreadTag
from forum.threads.polls.models import Poll, PollOption
from tests.factories.numbers import next_number


def make_section(space: Space, *, name: str) -> Section:
    """Make a section of the space's threads."""
    with transaction():
        section = Section(space_id=space.id, slug=slug(name), name=name, position=next_number())
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
    ref: str | None = None,
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
            ref=ref or new_ref(),
            space_id=space.id,
            author_id=author.id,
            title=title or f"Thread {next_number()}",
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


def make_crowd(space: Space, *, author: Person, number: int, at: datetime | None = None) -> None:
    """Make many threads of one post at once, for what must not cost more with many."""
    at = at or now() - timedelta(days=1)
    with transaction():
        section_id = db.session.scalars(db.select(Section.id).where(Section.space_id == space.id)).first()
        items = [
            {
                "ref": new_ref(), "kind": "thread", "space_id": space.id, "author_id": author.id, "title": f"Thread {next_number()}",
                "created_at": at, "last_at": at, "last_by_id": author.id, "last_number": 1,
            }
            for _number in range(number)
        ]  # fmt: skip
        keys = db.session.scalars(insert(Item).returning(Item.id, sort_by_parameter_order=True), items).all()
        db.session.execute(insert(Thread), [{"id": key, "section_id": section_id} for key in keys])
        post = {"number": 1, "author_id": author.id, "source": "Which?", "html": "<p>Which?</p>", "renderer": 1}
        db.session.execute(insert(Post), [{**post, "item_id": key, "created_at": at} for key in keys])


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
        html=f"<p>{escape(text)}</p>",
        renderer=1,
        state=state,
        created_at=at,
        gone_at=at if state is PostState.REMOVED else None,
        gone_by_id=author.id if state is PostState.REMOVED else None,
    )


def make_mention(post: Post, person: Person) -> None:
    """Name `person` in a post."""
    with transaction():
        db.session.add(PostMention(post_id=post.id, person_id=person.id))


def make_reaction(post: Post, *, by: Person, kind: ReactionKind = ReactionKind.THANKS) -> None:
    """Let somebody say something about a post."""
    with transaction():
        db.session.add(Reaction(post_id=post.id, person_id=by.id, kind=kind, at=now()))


def make_bookmark(person: Person, post: Post, *, note: str = "", remind_at: datetime | None = None) -> None:
    """Let somebody have marked a post to find it again."""
    with transaction():
        db.session.add(Bookmark(person_id=person.id, post_id=post.id, note=note, remind_at=remind_at, made_at=now()))


def make_revision(post: Post, *, text: str, editor: Person) -> None:
    """Let a post have said `text` before `editor` changed it."""
    with transaction():
        post = db.session.get_one(Post, post.id)
        db.session.add(
            PostRevision(
                post_id=post.id,
                version=post.version,
                source=text,
                html=f"<p>{escape(text)}</p>",
                renderer=1,
                written_at=post.created_at,
                editor_id=editor.id,
            )
        )
        post.version += 1
        post.edited_at = now()


def make_accepted(thread: Thread, *, number: int, by: Person) -> None:
    """Accept post `number` as the answer to a question."""
    with transaction():
        held = db.session.get_one(Thread, thread.id)
        held.accepted_number, held.accepted_at, held.accepted_by_id = number, now(), by.id


def make_poll(
    thread: Thread, *, by: Person, question: str = "Which?", options: Sequence[str] = ("This", "That")
) -> Poll:
    """Give a thread a poll in which nobody has voted."""
    with transaction():
        poll = Poll(thread_id=thread.id, question=question, most=1, made_by_id=by.id, made_at=now())
        db.session.add(poll)
        db.session.flush()
        for place, words in enumerate(options, start=1):
            db.session.add(PollOption(poll_id=poll.id, place=place, words=words))
    return poll


def make_relay(
    space: Space,
    *,
    asker: Person,
    keeper: Person,
    title: str = "Whom do I tell?",
    text: str = "I saw it.",
    ref: str | None = None,
    passed: Thread | None = None,
) -> Relay:
    """Have somebody ask through a keeper, who passed it on as the first post of `passed` if that is given."""
    with transaction():
        post = None
        if passed is not None:
            post = db.session.scalars(db.select(Post).where(Post.item_id == passed.id, Post.number == 1)).one()
            post.for_colleague = True
        relay = Relay(
            ref=ref or new_ref(),
            space_id=space.id,
            asker_id=asker.id,
            keeper_id=keeper.id,
            title=title,
            source=text,
            html=f"<p>{escape(text)}</p>",
            renderer=1,
            state=RelayState.PASSED if post else RelayState.WAITING,
            asked_at=now(),
            chosen_at=now(),
            settled_at=now() if post else None,
            post_id=post.id if post else None,
        )
        db.session.add(relay)
        db.session.flush()
        db.session.add(RelayStep(relay_id=relay.id, at=now(), act=RelayAct.ASKED, keeper_id=keeper.id))
    return relay


def make_draft(person: Person, *, place: str, body: str, title: str = "") -> None:
    """Let somebody have begun to write at a place, such as "reply:8f3k2m9x4q"."""
    with transaction():
        db.session.add(Draft(person_id=person.id, place=place, title=title, body=body, saved_at=now()))


def make_tag(space: Space, *, name: str, on: Thread | None = None) -> Tag:
    """Make a tag of the space, and put it in the first place of a thread."""
    with transaction():
        tag = Tag(space_id=space.id, slug=slug(name, length=30), name=name)
        db.session.add(tag)
        db.session.flush()
        if on is not None:
            db.session.add(ThreadTag(thread_id=on.id, place=1, tag_id=tag.id))
    return tag


def make_wish(space: Space, *, by: Person, name: str, thread: Thread | None = None) -> TagWish:
    """Have somebody suggest a tag."""
    with transaction():
        wish = TagWish(
            space_id=space.id,
            person_id=by.id,
            thread_id=thread.id if thread else None,
            slug=slug(name, length=30),
            name=name,
            at=now(),
        )
        db.session.add(wish)
    return wish
