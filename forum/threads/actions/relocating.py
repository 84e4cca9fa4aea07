"""Moving a thread to another space: who can't see that one loses it, and its old address leads there for everybody else.

Spaces are held first, in the order of their ids, then the section, then the item.
"""

from sqlalchemy import delete, select

from forum.content.access import hold_item
from forum.content.models import ReadMark, Watch
from forum.core.db import db, insert, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.log import record
from forum.spaces.models import (
    Audience,
    FormerPlace,
    Item,
    ItemShare,
    LogAudience,
    Membership,
    Space,
    Visibility,
)
from forum.spaces.policy import KEEPERS, Can
from forum.threads.access import held_thread
from forum.threads.events import ThreadMoved
from forum.threads.models import Announcement, Pin, Section, Tag, Thread, ThreadTag
from forum.web.words import _


def relocate(here: Here, thread: Thread, *, there: Here, section: Section) -> None:
    """Put a thread into a section of another space. The person has to be an organiser of both.

    Raises Missing, Denied, Invalid for `target`, and RuleBroken for a thread that only named people see.
    """
    if there.space.id == here.space.id:
        raise Invalid({"target": [_("It stands in this space already. Move it to another section instead.")]})
    for space_id in sorted((here.space.id, there.space.id)):
        lock(Space, space_id)
    held_section = lock(Section, section.id)
    there = as_it_is_now(there)
    there.require(Can.MOVE_ANY_THREAD)
    here, item = hold_item(here, thread.id, power=Can.MOVE_ANY_THREAD)
    held = held_thread(item)
    if held_section is None or held_section.space_id != there.space.id:
        raise Missing
    if item.audience is Audience.NAMED:
        raise RuleBroken(_("Only people who are named see this thread. It can’t be moved to another space."))
    before_id = held.section_id
    _leave_behind(item, there.space)
    item.space_id, held.section_id = there.space.id, held_section.id
    db.session.flush()
    _remember(item, here.space)
    announce(ThreadMoved(actor_id=here.actor.id, item_id=item.id, section_id=held_section.id, before_id=before_id))
    # Neither line names the other space: not all of its readers may know of that one (A3).
    for_organisers = item.audience is not Audience.SPACE
    record(
        "moved thread away",
        actor=here.actor,
        space=here.space,
        audience=LogAudience.ORGANISERS if for_organisers else LogAudience.MEMBERS,
        title=item.title,
    )
    record("moved thread here", actor=here.actor, space=there.space, item=item, section=held_section.name)


def _leave_behind(item: Item, space: Space) -> None:
    """Take from the item what belongs to the space that it leaves, and from people what they won't see any more."""
    quietly = {"synchronize_session": False}
    db.session.execute(delete(Pin).where(Pin.thread_id == item.id).execution_options(**quietly))
    db.session.execute(delete(Announcement).where(Announcement.thread_id == item.id).execution_options(**quietly))
    db.session.execute(delete(ItemShare).where(ItemShare.item_id == item.id).execution_options(**quietly))
    _take_tags_along(item, space)
    if space.visibility is Visibility.OPEN and item.audience is Audience.SPACE:
        return
    see_it = select(Membership.person_id).where(Membership.space_id == space.id, Membership.ended_at.is_(None))
    if item.audience is not Audience.SPACE:
        see_it = see_it.where(Membership.role.in_(KEEPERS))
    for table in (Watch, ReadMark):
        gone = delete(table).where(table.item_id == item.id, table.person_id.not_in(see_it))
        db.session.execute(gone.execution_options(**quietly))


def _take_tags_along(item: Item, space: Space) -> None:
    """Keep of its tags those that the other space has, too, under the same address."""
    own = select(ThreadTag.place, Tag.slug).join(Tag, Tag.id == ThreadTag.tag_id).where(ThreadTag.thread_id == item.id)
    places = {row[0]: row[1] for row in db.session.execute(own)}
    same = select(Tag.slug, Tag.id).where(
        Tag.space_id == space.id, Tag.retired_at.is_(None), Tag.slug.in_(places.values())
    )
    known = {row[0]: row[1] for row in db.session.execute(same)}
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == item.id))
    db.session.add_all(
        ThreadTag(thread_id=item.id, place=place, tag_id=known[slug]) for place, slug in places.items() if slug in known
    )


def _remember(item: Item, before: Space) -> None:
    """Let the item's old address lead on; the one that it has now leads nowhere else."""
    db.session.execute(delete(FormerPlace).where(FormerPlace.item_id == item.id, FormerPlace.space_id == item.space_id))
    row = insert(FormerPlace).values(item_id=item.id, space_id=before.id, left_at=now())
    db.session.execute(row.on_conflict_do_nothing())
