"""The tags on a thread, and the wish for a new one. Tags are held before items, everywhere."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from forum.content.access import hold_item
from forum.core.db import db, insert, lock
from forum.core.errors import Invalid
from forum.core.text import one_line, slug
from forum.core.time import now
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.access import allow, held_thread, own_or_organisers
from forum.threads.models import MOST_TAGS, TAG_LENGTH, Tag, TagWish, Thread, ThreadTag
from forum.web.words import _

MOST_WISHES = 10


def put_tags(here: Here, thread: Thread, slugs: Sequence[str]) -> None:
    """Let a thread have these tags and no others, in their order. One that was retired stays only where it is already.

    Raises Missing, Denied, or Invalid for `tags`.
    """
    tags = _hold_tags(here, slugs)
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    held_thread(item)
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    if len(tags) > MOST_TAGS:
        raise Invalid({"tags": [_("Choose %(most)s tags at the most.", most=MOST_TAGS)]})
    own = select(ThreadTag.tag_id).where(ThreadTag.thread_id == item.id).order_by(ThreadTag.place)
    before = list(db.session.scalars(own))
    if any(tag.retired_at is not None and tag.id not in before for tag in tags):
        raise Invalid({"tags": [_("One of these tags isn’t in use any more. Choose among those that are.")]})
    after = [tag.id for tag in tags]
    if after == before:
        return
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == item.id))
    db.session.add_all(
        ThreadTag(thread_id=item.id, place=place, tag_id=tag_id) for place, tag_id in enumerate(after, start=1)
    )
    db.session.flush()
    if item.author_id != here.actor.id:
        names = ", ".join(tag.name for tag in tags) or _("none")
        record("tagged thread", actor=here.actor, space=here.space, item=item, tags=names)


def suggest(here: Here, name: str, *, thread: Thread | None = None) -> TagWish:
    """Ask the organisers for a new tag, for a thread of one's own if one is named. A second press gives back the first wish.

    The index settles who of two is first; the space isn't held, as a thread that is just begun holds its section. Raises Denied, or
    Invalid for `wish`.
    """
    here = guard.as_it_is_now(here)
    here.require(Can.START_THREAD)
    name, address = checked_tag(name, field="wish")
    if db.session.scalar(
        select(Tag.id).where(Tag.space_id == here.space.id, Tag.slug == address, Tag.retired_at.is_(None))
    ):
        raise Invalid({"wish": [_("There is a tag of that name. Choose it instead.")]})
    if thread is not None:
        allow(own_or_organisers(here, db.session.get_one(Item, thread.id), Can.CHANGE_ANY_THREAD))
    mine = select(TagWish).where(
        TagWish.space_id == here.space.id, TagWish.person_id == here.actor.id, TagWish.decided_at.is_(None)
    )
    others = select(func.count()).select_from(mine.where(TagWish.slug != address).subquery())
    if (db.session.scalar(others) or 0) >= MOST_WISHES:
        raise Invalid({"wish": [_("%(most)s of your suggestions wait for the organisers already.", most=MOST_WISHES)]})
    wish = insert(TagWish).values(
        space_id=here.space.id,
        person_id=here.actor.id,
        thread_id=thread.id if thread else None,
        slug=address,
        name=name,
        at=now(),
        reason="",
    )
    db.session.execute(wish.on_conflict_do_nothing())
    return db.session.scalars(mine.where(TagWish.slug == address)).one()


def checked_tag(name: str, *, field: str = "name") -> tuple[str, str]:
    """Return a tag's name as it is kept, and its address. Raises Invalid for `field`."""
    name = one_line(name)
    if len(name) > TAG_LENGTH:
        raise Invalid({field: [_("Keep a tag under %(most)s characters.", most=TAG_LENGTH)]})
    address = slug(name, length=TAG_LENGTH)
    if not address:
        raise Invalid({field: [_("Give it a name with letters or digits.")]})
    return name, address


def _hold_tags(here: Here, slugs: Sequence[str]) -> list[Tag]:
    """Lock the tags in the order of their ids and return them in the order that was asked for."""
    wanted = [slug for slug in dict.fromkeys(slugs) if slug.isprintable()]  # PostgreSQL takes no NUL
    found = db.session.execute(
        select(Tag.slug, Tag.id).where(Tag.space_id == here.space.id, Tag.slug.in_(wanted[: MOST_TAGS + 1]))
    )
    ids = {row[0]: row[1] for row in found}
    held = {tag_id: lock(Tag, tag_id) for tag_id in sorted(ids.values())}
    tags = [held[ids[address]] for address in wanted if address in ids]
    if len(tags) < len(wanted[: MOST_TAGS + 1]) or any(tag is None for tag in tags):
        raise Invalid({"tags": [_("Choose among the tags of this space.")]})
    return [tag for tag in tags if tag is not None]
