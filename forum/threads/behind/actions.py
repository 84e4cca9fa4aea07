"""Asking through an organiser. Each runs inside `transaction()` and holds the relay, so that of two presses one comes first.

What the space sees is done in the name of the keeper: the post, the acceptance, the thanks. Whose it was stands in the relay only.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from forum.content import watching
from forum.content.access import hold_item, post_for
from forum.content.models import Post, Reaction, ReactionKind, WatchLevel
from forum.core.db import db, insert
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.text import once_key, one_line
from forum.core.time import now
from forum.people.models import Person
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries import is_holder, membership_of
from forum.threads import actions as threads
from forum.threads.access import first_post
from forum.threads.behind.access import hold_as_asker, hold_as_keeper
from forum.threads.behind.events import RelayChanged, RelayOverdue
from forum.threads.behind.models import Relay, RelayAct, RelayState, RelayStep
from forum.threads.models import Section, Thread
from forum.web.words import _

LONG = timedelta(days=3)
"""After how long the asker is told that nothing has happened."""
MOST_WAITING = 5


def ask(
    here: Here,
    *,
    keeper: Person,
    title: str,
    section: Section,
    text: Rendered,
    once: str | None = None,
    at: datetime | None = None,
) -> Relay:
    """Ask a question through a keeper. A second press gives back the first one's relay. Raises Missing, Denied, Invalid, RuleBroken."""
    here = guard.hold(here, Can.START_THREAD)
    if section.space_id != here.space.id:
        raise Invalid({"section": [_("Choose one of the sections of this space.")]})
    return _begin(
        here, keeper=keeper, title=threads.checked_title(title), section_id=section.id, text=text, once=once, at=at
    )


def follow_up(
    here: Here, question: Relay, *, keeper: Person, text: Rendered, once: str | None = None, at: datetime | None = None
) -> Relay:
    """Add something to one's question, through a keeper. Raises Missing, Denied, Invalid, RuleBroken."""
    here = guard.hold(here, Can.START_THREAD)
    here, held = hold_as_asker(here, question, power=Can.START_THREAD)
    if held.state is not RelayState.PASSED or held.about_id is not None:
        raise RuleBroken(_("You can add to a question once it has been passed on."))
    return _begin(here, keeper=keeper, title="", about_id=held.id, text=text, once=once, at=at)


def _begin(  # what a relay is made of
    here: Here,
    *,
    keeper: Person,
    title: str,
    text: Rendered,
    once: str | None,
    at: datetime | None,
    section_id: int | None = None,
    about_id: int | None = None,
) -> Relay:
    key = once_key(once, here.space.id, about_id, title, text.source)
    before = select(Relay).where(Relay.asker_id == here.actor.id, Relay.once == key)
    earlier = db.session.scalar(before) if key else None
    if earlier is not None:
        return earlier
    _require_keeper(here, keeper)
    waiting = select(func.count()).where(Relay.asker_id == here.actor.id, Relay.state == RelayState.WAITING)
    if (db.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise RuleBroken(
            _("%(most)s of your questions wait to be passed on. Wait for one of them first.", most=MOST_WAITING)
        )
    at = at or now()
    relay = Relay(
        space_id=here.space.id,
        asker_id=here.actor.id,
        keeper_id=keeper.id,
        about_id=about_id,
        section_id=section_id,
        title=title,
        source=text.source,
        html=text.html,
        renderer=text.renderer,
        asked_at=at,
        chosen_at=at,
        once=key,
    )
    db.session.add(relay)
    db.session.flush()
    _note(relay, RelayAct.ASKED, at=at)
    _await(relay)
    return relay


def choose(here: Here, relay: Relay, keeper: Person, *, at: datetime | None = None) -> None:
    """Ask through another keeper what waits or was declined. The one before reads it no more. Raises Missing, Denied, RuleBroken."""
    here, held = hold_as_asker(here, relay, power=Can.START_THREAD)
    if held.state not in {RelayState.WAITING, RelayState.DECLINED}:
        raise RuleBroken(_("This is settled already. Look at what became of it."))
    _require_keeper(here, keeper)
    if held.state is RelayState.WAITING and held.keeper_id == keeper.id:
        return
    at = at or now()
    held.keeper_id, held.state, held.chosen_at, held.settled_at = keeper.id, RelayState.WAITING, at, None
    _note(held, RelayAct.ASKED_ANOTHER, at=at)
    _await(held)


def withdraw(here: Here, relay: Relay) -> None:
    """Take back what wasn't passed on. Taken back already, nothing changes. Raises Missing, RuleBroken."""
    _here, held = hold_as_asker(here, relay, power=Can.READ_LOG)
    if held.state is RelayState.PASSED:
        raise RuleBroken(_("It was passed on before your press arrived. Ask the organiser to remove the post."))
    if held.state is RelayState.WITHDRAWN:
        return
    held.state, held.settled_at = RelayState.WITHDRAWN, now()
    _note(held, RelayAct.WITHDREW, at=held.settled_at)


def decline(here: Here, relay: Relay, *, reason: str) -> None:
    """Don't pass it on, and say why. Raises Missing, RuleBroken, and Invalid for `reason`."""
    _here, held = hold_as_keeper(here, relay)
    reason = one_line(reason)
    if not reason:
        raise Invalid({"reason": [_("Say why, in a sentence. Only whoever asked reads it.")]})
    if held.state is RelayState.DECLINED:
        return
    _require_waiting(held)
    held.state, held.settled_at = RelayState.DECLINED, now()
    _note(held, RelayAct.DECLINED, at=held.settled_at, reason=reason)
    announce(RelayChanged(relay_id=held.id, act=RelayAct.DECLINED))


def pass_on(
    here: Here,
    relay: Relay,
    *,
    text: Rendered,
    title: str = "",
    section: Section | None = None,
    at: datetime | None = None,
) -> Post:
    """Publish it as one's own post, marked as asked for a colleague. A second press gives back the first one's post.

    Raises Missing, RuleBroken when it was settled or who asked is no member any more, and Invalid.
    """
    here, held = hold_as_keeper(here, relay)
    if held.post_id is not None:
        return db.session.get_one(Post, held.post_id)
    _require_waiting(held)
    asker = db.session.get_one(Person, held.asker_id)
    if not asker.is_active or membership_of(here.space, asker) is None:
        raise RuleBroken(_("Whoever asked this is no member of the space any more, so it isn’t passed on."))
    at = at or now()
    post = _publish(here, held, text=text, title=title, section=section, at=at)
    post.for_colleague = True
    held.post_id, held.state, held.settled_at = post.id, RelayState.PASSED, at
    _note(held, RelayAct.PASSED, at=at)
    announce(RelayChanged(relay_id=held.id, act=RelayAct.PASSED))
    return post


def _publish(here: Here, relay: Relay, *, text: Rendered, title: str, section: Section | None, at: datetime) -> Post:
    if relay.about_id is not None:
        item = question_item(relay, here.space)
        post = threads.reply(here, db.session.get_one(Thread, item.id), text=text, at=at)
        record("passed on reply", actor=here.actor, space=here.space, item=item, at=at, number=str(post.number))
        return post
    if section is None:
        raise Invalid({"section": [_("Choose where it belongs.")]})
    thread = threads.start(here, title=title, section=section, text=text, is_question=True, at=at)
    item = db.session.get_one(Item, thread.id)
    # Chosen, as any member may choose it: a watch that said "because you started this" would say who asked.
    watching.choose(db.session.get_one(Person, relay.asker_id), item, WatchLevel.EVERYTHING)
    record("passed on question", actor=here.actor, space=here.space, item=item, at=at)
    return first_post(thread)


def accept(here: Here, relay: Relay, *, number: int) -> None:
    """Accept an answer to one's question; the space sees that of the keeper. Raises Missing, Denied, RuleBroken."""
    here, held = hold_as_asker(here, relay, power=Can.START_THREAD)
    asked = _question_post(held)
    here, item = hold_item(here, asked.item_id, power=Can.WRITE_POST)
    question = threads.held_question(item)
    if asked.number != 1:
        raise RuleBroken(_("Your question stands in another one now. Its answer is accepted by whoever started that."))
    if threads.mark_accepted(item, question, number=number, by_id=held.keeper_id):
        _note(held, RelayAct.ACCEPTED, at=now(), reason=_("Post %(number)s", number=number))


def thank(here: Here, relay: Relay, *, number: int) -> None:
    """Thank for an answer; the space sees the thanks of the keeper. Raises Missing, Denied, RuleBroken."""
    here, held = hold_as_asker(here, relay, power=Can.START_THREAD)
    here, item = hold_item(here, _question_post(held).item_id, power=Can.REACT)
    post, keeper = post_for(item, number), db.session.get_one(Person, held.keeper_id)
    if post.author_id in {keeper.id, here.actor.id}:
        raise RuleBroken(_("That post can’t be thanked for this way: its author would thank themselves."))
    if not keeper.is_active or membership_of(here.space, keeper) is None:
        raise RuleBroken(
            _("%(name)s has left this space, so nobody is there to pass your thanks on.", name=keeper.name)
        )
    values = {"post_id": post.id, "person_id": keeper.id, "kind": ReactionKind.THANKS, "at": now()}
    made = insert(Reaction).values(values).on_conflict_do_nothing().returning(Reaction.post_id)
    if db.session.scalar(made) is not None:
        _note(held, RelayAct.THANKED, at=now(), reason=_("Post %(number)s", number=number))


def question_item(relay: Relay, space: Space) -> Item:
    """Return the item in which the question of a relay stands now. Raises RuleBroken when it stands in another space."""
    question = relay if relay.about_id is None else db.session.get_one(Relay, relay.about_id)
    item = db.session.get_one(Item, _question_post(question).item_id)
    if item.space_id != space.id:
        raise RuleBroken(_("The question was moved to another space. Nothing can be added to it from here."))
    return item


def _question_post(relay: Relay) -> Post:
    if relay.post_id is None or relay.about_id is not None:
        raise Missing
    return db.session.get_one(Post, relay.post_id)


def _require_keeper(here: Here, keeper: Person) -> None:
    if keeper.id == here.actor.id or not is_holder(keeper, here.space, Can.ASK_FOR_COLLEAGUE, at=now()):
        raise Invalid({"through": [_("Choose one of the organisers of this space.")]})


def _require_waiting(relay: Relay) -> None:
    if relay.state is RelayState.WITHDRAWN:
        raise Missing
    if relay.state is not RelayState.WAITING:
        raise RuleBroken(_("You declined this before. Whoever asked can ask you once more."))


def _note(relay: Relay, act: RelayAct, *, at: datetime, reason: str = "") -> None:
    db.session.add(RelayStep(relay_id=relay.id, at=at, act=act, keeper_id=relay.keeper_id, reason=reason))


def _await(relay: Relay) -> None:
    announce(RelayChanged(relay_id=relay.id, act=RelayAct.ASKED))
    announce(RelayOverdue(relay_id=relay.id, moment=relay.chosen_at.isoformat()), due=relay.chosen_at + LONG)
