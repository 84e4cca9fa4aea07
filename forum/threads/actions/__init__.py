"""What is done to threads. Each runs inside `transaction()` and holds the row that its rules stand on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from forum.content import actions as posts
from forum.content.access import hold_item, post_for
from forum.content.models import Post
from forum.content.order.holding import why_held_now
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.text import once_key, one_line, slug
from forum.core.time import now
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import TITLE_LENGTH, Item, ItemState, Space
from forum.spaces.policy import Can
from forum.threads.access import KIND, IsClosed, held_thread, require_accept, why_not_reply_now
from forum.threads.actions import announcing
from forum.threads.events import AcceptanceWithdrawn, AnswerAccepted, ThreadStarted
from forum.threads.models import Section, SectionAlias, Thread
from forum.web.words import LazyString, _, _l

MOST_SECTIONS = 20
FIRST_SECTIONS: Sequence[tuple[str, LazyString, LazyString]] = (
    ("questions", _l("Questions"), _l("Ask when you are stuck. No question is too small.")),
    ("show-and-tell", _l("Show and tell"), _l("What you made, tried or found, for others to use.")),
    ("channels", _l("Channels"), _l("Web pages, social media, e-mail, texts, the phone: what goes where.")),
    ("housekeeping", _l("Housekeeping"), _l("About this community itself: who, when, how.")),
)


def open_sections(space: Space) -> None:
    """Give a new space the sections it starts with; its stewards can rename them."""
    db.session.add_all(
        Section(space_id=space.id, slug=address, name=str(name), description=str(description), position=position)
        for position, (address, name, description) in enumerate(FIRST_SECTIONS)
    )


def start(
    here: Here,
    *,
    title: str,
    section: Section,
    text: Rendered,
    is_question: bool,
    terms: announcing.Terms | None = None,
    once: str | None = None,
    at: datetime | None = None,
) -> Thread:
    """Start a thread with its first post; with `terms` it is announced. A second press gives back the first one's thread.

    Raises Missing, Denied, or Invalid for `title`, `section`, `until`.
    """
    here, held = _hold_section(here, section)
    title, moment = checked_title(title), at or now()
    if terms is not None:
        announcing.require(here, terms, at=moment)
    key = once_key(once, KIND, held.id, title, text.source, *(["announced"] if terms else []))
    earlier = posts.written_before(here.actor, key)
    if earlier is not None:
        return db.session.get_one(Thread, earlier.item_id)
    why = why_held_now(here) if terms is None else None
    state = ItemState.HELD if why else ItemState.PUBLISHED
    item = make_item(here.space, kind=KIND, title=title, author=here.actor, state=state, at=moment)
    thread = Thread(id=item.id, section_id=held.id, is_question=is_question)
    db.session.add(thread)
    post = posts.add_post(here, item, text=text, key=key, at=moment, why_held=why)
    if terms is not None:
        announcing.put(here, item, thread, post, terms, at=moment)
    elif why is None:
        announce_begun(item, post.id)
    return thread


def announce_begun(item: Item, post_id: int) -> None:
    """Announce a thread that was started, or approved: now everybody can read it."""
    thread = db.session.get_one(Thread, item.id)
    announce(
        ThreadStarted(
            actor_id=item.author_id,
            item_id=item.id,
            post_id=post_id,
            section_id=thread.section_id,
            is_question=thread.is_question,
        )
    )


def reply(
    here: Here,
    thread: Thread,
    *,
    text: Rendered,
    in_reply_to: int | None = None,
    once: str | None = None,
    at: datetime | None = None,
) -> Post:
    """Write a reply at the end of a thread. A second press gives back the first one's post.

    Raises Missing, Denied, IsClosed, or Invalid for `reply_to`.
    """
    return posts.reply(here, thread.id, text=text, in_reply_to=in_reply_to, once=once, at=at, check=_require_open)


def reply_to_item(here: Here, item: Item, text: Rendered, in_reply_to: int | None, once: str | None) -> Post:
    """Likewise, to the thread of an item: for what spans rooms."""
    return posts.reply(here, item.id, text=text, in_reply_to=in_reply_to, once=once, check=_require_open)


def _require_open(here: Here, item: Item) -> None:
    if why := why_not_reply_now(here, item):
        raise IsClosed(why)


def accept(here: Here, thread: Thread, *, number: int, at: datetime | None = None) -> int | None:
    """Accept post `number` as the answer; another that was accepted before gives way, and is returned.

    Raises Missing, Denied, RuleBroken.
    """
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    question = held_question(item)
    require_accept(here, item)
    before = question.accepted_number
    _accept(here, item, question, number=number, at=at)
    return before


def _accept(here: Here, item: Item, question: Thread, *, number: int, at: datetime | None = None) -> None:
    if mark_accepted(item, question, number=number, by_id=here.actor.id, at=at):
        _record_for_asker("accepted answer", here, item, number=number, at=at)


def mark_accepted(item: Item, question: Thread, *, number: int, by_id: int, at: datetime | None = None) -> bool:
    """Let post `number` be the answer, accepted by whoever has that id. False: it is already. The item is held."""
    post = post_for(item, number)
    if number == 1:
        raise RuleBroken(_("The question itself can’t be its answer. Write the answer as a reply, then accept that."))
    if question.accepted_number == number:
        return False
    question.accepted_number = number
    question.accepted_by_id = by_id
    question.accepted_at = at or now()
    announce(AnswerAccepted(actor_id=by_id, item_id=item.id, post_id=post.id, number=number))
    return True


def withdraw_acceptance(here: Here, thread: Thread, *, number: int, before: int | None = None) -> bool:
    """Take the acceptance of post `number` back, and accept again what it had taken the place of, if that is given.

    False: something else is accepted by now, or nothing, and it stays so. Raises Missing, Denied, RuleBroken.
    """
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    question = held_question(item)
    require_accept(here, item)
    if question.accepted_number != number:
        return False
    if before is not None:
        _accept(here, item, question, number=before)
        return True
    question.accepted_number = question.accepted_by_id = question.accepted_at = None
    announce(AcceptanceWithdrawn(actor_id=here.actor.id, item_id=item.id, number=number))
    _record_for_asker("withdrew acceptance", here, item, number=number)
    return True


def add_section(here: Here, *, name: str, description: str = "") -> Section:
    """Add a section at the end. Raises Denied, or Invalid for `name`."""
    here = guard.hold(here, Can.CHANGE_SPACE)
    address = slug(name)
    there = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).all()
    if not address:
        raise Invalid({"name": [_("Give it a name with letters or digits.")]})
    if any(address == section.slug or name.casefold() == section.name.casefold() for section in there):
        raise Invalid({"name": [_("There is a section of that name already.")]})
    if len(there) >= MOST_SECTIONS:
        raise Invalid({"name": [_("%(most)s sections are as many as people can tell apart.", most=MOST_SECTIONS)]})
    db.session.execute(delete(SectionAlias).where(SectionAlias.space_id == here.space.id, SectionAlias.slug == address))
    section = Section(
        space_id=here.space.id,
        slug=address,
        name=name,
        description=description,
        position=max((section.position for section in there), default=-1) + 1,
    )
    db.session.add(section)
    db.session.flush()
    record("added section", actor=here.actor, space=here.space, name=name)
    return section


def change_sections(here: Here, words: Mapping[int, tuple[str, str]]) -> None:
    """Give sections, by their id, a name and a description, all of them or none. Addresses stay, so that old links work.

    Names may change places. Raises Missing, Denied, or Invalid for the address of each section whose name another one has.
    """
    here = guard.hold(here, Can.CHANGE_SPACE)
    there = db.session.scalars(
        select(Section)
        .where(Section.space_id == here.space.id)
        .order_by(Section.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not words.keys() <= {section.id for section in there}:
        raise Missing
    names = Counter(words.get(section.id, (section.name, ""))[0].casefold() for section in there)
    taken = [section.slug for section in there if section.id in words and names[words[section.id][0].casefold()] > 1]
    if taken:
        raise Invalid({address: [_("There is a section of that name already.")] for address in taken})
    for section in there:
        before, after = (section.name, section.description), words.get(section.id)
        if after is not None and after != before:
            section.name, section.description = after
            record("changed section", actor=here.actor, space=here.space, name=section.name, before=before[0])


def _hold_section(here: Here, section: Section) -> tuple[Here, Section]:
    """Lock a section, so that two presses come one after the other, and look again who may start a thread in it."""
    held = lock(Section, section.id)
    here = guard.as_it_is_now(here)
    here.require(Can.START_THREAD)
    if held is None or held.space_id != here.space.id:
        raise Invalid({"section": [_("Choose one of the sections of this space.")]})
    return here, held


def checked_title(title: str) -> str:
    """Return a title as it is kept. Raises Invalid for `title`."""
    title = one_line(title)
    if not title:
        raise Invalid({"title": [_("Give it a title that tells a colleague what this is about.")]})
    if len(title) > TITLE_LENGTH:
        raise Invalid(
            {"title": [_("Keep the title under %(most)s characters; the rest fits below.", most=TITLE_LENGTH)]}
        )
    return title


def held_question(item: Item) -> Thread:
    """Read anew the thread of an item that is held. Raises RuleBroken when it is no question."""
    thread = held_thread(item)
    if not thread.is_question:
        raise RuleBroken(_("Only a question has an accepted answer, and this thread isn’t one."))
    return thread


def _record_for_asker(verb: str, here: Here, item: Item, *, number: int, at: datetime | None = None) -> None:
    """Note in the log what somebody else did to a question; the asker's own pressing is on the page for all to see."""
    if item.author_id == here.actor.id:
        return
    record(
        verb,
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(Can.ACCEPT_ANY_ANSWER, item),
        space=here.space,
        item=item,
        at=at,
        number=str(number),
    )
