"""What goes along when posts of a thread go to another: the accepted answer, and of a whole thread all that hangs on it.

What the other thread has comes first; what comes takes the places that are free. Both are held, and so is the space.
"""

from collections.abc import Callable

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from forum.content.models import Attachment, Draft
from forum.content.moving.models import MovedPost, PostMove
from forum.content.moving.queries import numbering
from forum.content.moving.texts import MARK, Numbers
from forum.core.db import db, lock
from forum.spaces.models import Item
from forum.threads.behind.models import Relay
from forum.threads.models import MOST_TAGS, Pin, Tag, TagWish, Thread, ThreadSummary, ThreadTag

QUIETLY = {"synchronize_session": False}


def number_after(move: PostMove, number: int | None) -> int | None:
    """Return the number that the post with `number` got by a move, None when it stayed."""
    query = select(MovedPost.to_number).where(
        MovedPost.item_id == move.from_item_id, MovedPost.number == number, MovedPost.move_id == move.id
    )
    return db.session.scalar(query)


def carry_answer(thread: Thread, there: Thread, move: PostMove) -> None:
    """An accepted answer that was moved answers the other question, if that has none yet; else it is a post like others."""
    number = number_after(move, thread.accepted_number)
    if number is None:
        return
    accepted = (thread.accepted_by_id, thread.accepted_at)
    thread.accepted_number = thread.accepted_by_id = thread.accepted_at = None
    if there.is_question and there.accepted_number is None and number > 1:
        there.accepted_number = number
        there.accepted_by_id, there.accepted_at = accepted
    db.session.flush()


def hold_tags_on(thread: Thread) -> None:
    """Lock the tags of a thread: tags are held before items, everywhere."""
    ids = db.session.scalars(
        select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id).order_by(ThreadTag.tag_id)
    )
    for tag_id in ids.all():
        lock(Tag, tag_id)


def carry_tags(thread: Thread, there: Thread) -> None:
    """Put the tags that are in use into places that are free, in their order; and wishes for this thread become wishes for that."""
    taken = {
        row.place: row.tag_id for row in db.session.scalars(select(ThreadTag).where(ThreadTag.thread_id == there.id))
    }
    free = (place for place in range(1, MOST_TAGS + 1) if place not in taken)
    own = select(ThreadTag.tag_id).join(Tag, Tag.id == ThreadTag.tag_id).where(Tag.retired_at.is_(None))
    coming = db.session.scalars(own.where(ThreadTag.thread_id == thread.id).order_by(ThreadTag.place)).all()
    new = [tag_id for tag_id in coming if tag_id not in taken.values()]
    db.session.add_all(
        ThreadTag(thread_id=there.id, place=place, tag_id=tag_id) for place, tag_id in zip(free, new, strict=False)
    )
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == thread.id).execution_options(**QUIETLY))
    wishes = update(TagWish).where(TagWish.thread_id == thread.id).values(thread_id=there.id)
    db.session.execute(wishes.execution_options(**QUIETLY))
    db.session.flush()


def carry_pin(thread: Thread, there: Thread) -> None:
    """A pinned thread gives its place to the other, unless that has one."""
    if db.session.scalar(select(Pin.place).where(Pin.thread_id == there.id)) is None:
        goes = update(Pin).where(Pin.thread_id == thread.id).values(thread_id=there.id)
        db.session.execute(goes.execution_options(**QUIETLY))
    db.session.execute(delete(Pin).where(Pin.thread_id == thread.id).execution_options(**QUIETLY))


def carry_parts(thread: Thread, there: Thread) -> None:
    """What went on from the thread, or it from, is linked with the other, where that has no such link and none would lead back."""
    before_id = thread.part_of_id
    after = db.session.scalar(select(Thread).where(Thread.part_of_id == thread.id))
    thread.part_of_id = None
    if after is not None:
        after.part_of_id = None
    db.session.flush()
    goes_on = db.session.scalar(select(Thread.id).where(Thread.part_of_id == there.id))
    if after is not None and goes_on is None and not _leads_to(there, after.id):
        after.part_of_id = there.id
        db.session.flush()
    before = db.session.get(Thread, before_id) if before_id is not None else None
    if before is not None and there.part_of_id is None and not _leads_to(before, there.id):
        there.part_of_id = before.id
        db.session.flush()


def _leads_to(thread: Thread, goal: int) -> bool:
    """Say whether going back from part to part reaches `goal`."""
    seen: set[int] = set()
    here: Thread | None = thread
    while here is not None and here.id not in seen:
        if here.id == goal:
            return True
        seen.add(here.id)
        here = db.session.get(Thread, here.part_of_id) if here.part_of_id is not None else None
    return False


def carry_summary(thread: Thread, there: Thread, move: PostMove, *, posts_url: Callable[[str], str]) -> None:
    """The summary that stands on top goes along if nothing ever stood on the other."""
    latest = select(ThreadSummary).where(ThreadSummary.thread_id == thread.id)
    own = db.session.scalars(latest.order_by(ThreadSummary.version.desc()).limit(1)).first()
    theirs = db.session.scalar(select(func.max(ThreadSummary.version)).where(ThreadSummary.thread_id == there.id))
    if own is None or theirs is not None or (own.source is None and own.post_number is None):
        return
    item, other = db.session.get_one(Item, thread.id), db.session.get_one(Item, there.id)
    numbers = Numbers(numbering(thread.id, there.id), before=posts_url(item.ref), after=posts_url(other.ref))
    reached = select(func.max(MovedPost.to_number)).where(MovedPost.move_id == move.id, MovedPost.number <= own.as_of)
    db.session.add(
        ThreadSummary(
            thread_id=there.id,
            version=1,
            source=numbers.source(own.source) if own.source else None,
            html=numbers.html(own.html) if own.html else None,
            renderer=own.renderer,
            post_number=number_after(move, own.post_number),
            as_of=db.session.scalar(reached) or move.first_number,
            author_id=own.author_id,
            at=own.at,
        )
    )
    db.session.flush()


def drop_summary_of_moved(thread: Thread, move: PostMove) -> None:
    """A post that stood on top of the thread and was moved stands there no more."""
    latest = select(ThreadSummary).where(ThreadSummary.thread_id == thread.id)
    own = db.session.scalars(latest.order_by(ThreadSummary.version.desc()).limit(1)).first()
    if own is None or own.post_number is None or number_after(move, own.post_number) is None:
        return
    last = db.session.get_one(Item, thread.id).last_number
    db.session.add(
        ThreadSummary(
            thread_id=thread.id, version=own.version + 1, as_of=last, author_id=move.moved_by_id, at=move.moved_at
        )
    )
    db.session.flush()


def carry_drafts(item: Item, there: Item, *, place: Callable[[str], str], posts_url: Callable[[str], str]) -> None:
    """Replies that were begun, and what is attached to them, lie at the other's reply box: behind what lies there already (B5).

    Two texts in one get a version that no tab knows, so that none writes over them.
    """
    before, after = place(item.ref), place(there.ref)
    new = numbering(item.id, there.id)
    numbers = Numbers(new, before=posts_url(item.ref), after=posts_url(there.ref))
    for draft in db.session.scalars(select(Draft).where(Draft.place == before)).all():
        other = db.session.get(Draft, (draft.person_id, after), populate_existing=True)
        body, reply_to = numbers.source(draft.body), new.get(draft.in_reply_to or 0)
        if other is None:
            draft.place, draft.body, draft.in_reply_to = after, body, reply_to
            continue
        if body:
            other.body = "\n\n".join(text for text in (other.body, body) if text)
            other.in_reply_to = other.in_reply_to or reply_to
            other.gone = None
        other.version = max(other.version, draft.version) + 1
        other.saved_at = max(other.saved_at, draft.saved_at)
        db.session.delete(draft)
    files = update(Attachment).where(Attachment.place == before).values(place=after)
    db.session.execute(files.execution_options(**QUIETLY))
    db.session.flush()


def carry_additions(item: Item, there: Item, move: PostMove, *, posts_url: Callable[[str], str]) -> None:
    """What waits to be added to a question that was moved quotes the same posts."""
    question = aliased(Relay)
    waiting = (
        select(Relay)
        .join(question, question.id == Relay.about_id)
        .join(MovedPost, MovedPost.post_id == question.post_id)
        .where(MovedPost.move_id == move.id, Relay.post_id.is_(None), Relay.source.contains(MARK))
    )
    numbers = Numbers(numbering(item.id, there.id), before=posts_url(item.ref), after=posts_url(there.ref))
    for relay in db.session.scalars(waiting):
        relay.source, relay.html = numbers.source(relay.source), numbers.html(relay.html)
    db.session.flush()


def carry_edits(item: Item, there: Item, *, place: Callable[[str, int], str]) -> None:
    """Files attached to a moved post that is being edited lie where its edit is now."""
    moved = {place(item.ref, number): place(there.ref, after) for number, after in numbering(item.id, there.id).items()}
    beginning = place(item.ref, 0)[:-1]
    for file in db.session.scalars(select(Attachment).where(Attachment.place.startswith(beginning))):
        file.place = moved.get(file.place or "", file.place)
    db.session.flush()
