"""Where somebody's posts were moved."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from forum.content.models import Post, PostState
from forum.content.moving.models import MovedPost, PostMove
from forum.content.places import sees
from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item, Space
from forum.spaces.queries import visible_items
from forum.threads.events import PostsMoved
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _


def authors_of(fact: PostsMoved) -> Iterable[Recipient]:
    """Tell each author of what was moved once, but for whoever moved it."""
    authors = _moved(fact).with_only_columns(Post.author_id).where(Post.author_id.is_not(None)).distinct()
    return [Recipient(person_id=author_id) for author_id in db.session.scalars(authors) if author_id != fact.actor_id]


def tell_moved(fact: PostsMoved, recipient: Recipient) -> Mail | None:
    """Say where somebody's posts stand now and why, unless they can't see them there, or all were moved on since."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    move = db.session.get(PostMove, fact.move_id)
    if person is None or not person.is_active or not person.email or move is None:
        return None
    item = db.session.scalar(select(Item).where(Item.id == move.to_item_id, visible_items(person, now())))
    own = _moved(fact).where(Post.author_id == person.id, Post.item_id == move.to_item_id)
    numbers = db.session.scalars(own.with_only_columns(Post.number).order_by(Post.number)).all()
    if item is None or not numbers:
        return None
    space = db.session.get_one(Space, item.space_id)
    mover = db.session.get(Person, move.moved_by_id) if move.moved_by_id else None
    return letter(
        "threads/moved",
        to=person.email,
        subject=_("Your posts stand in “%(title)s” now", title=item.title),
        why=_("You get this because you wrote posts that were moved."),
        by=mover.name if mover else _("An organiser"),
        posts=len(numbers),
        title=item.title,
        before=_title_for(person, move.from_item_id, space),
        space=space,
        reason=move.reason,
        url=absolute("threads.post", slug=space.slug, ref=item.ref, number=numbers[0]),
    )


def _title_for(person: Person, item_id: int, space: Space) -> str:
    """Return the title of the thread from which it went, "" of one for others than the person (A3). Merged, it is nowhere itself."""
    item = db.session.get_one(Item, item_id)
    is_for_all = item.audience is Audience.SPACE and item.space_id == space.id
    return item.title if is_for_all or sees(person, item) else ""


def _moved(fact: PostsMoved) -> Select[Post]:
    """Nobody is told of what is held, hidden or removed (A5)."""
    moved = select(Post).join(MovedPost, MovedPost.post_id == Post.id)
    return moved.where(MovedPost.move_id == fact.move_id, Post.state == PostState.PUBLISHED)
