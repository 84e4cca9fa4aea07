"""Flagging a post, so that an organiser looks at it. Each runs inside `transaction()` and holds the post's item."""

from sqlalchemy import ColumnElement, delete, select, update

from forum.content.access import hold_item
from forum.content.models import Post, PostState
from forum.content.order.events import FlagSettled, PostFlagged
from forum.content.order.models import FlagOutcome, FlagReason, PostFlag
from forum.core.db import db, insert
from forum.core.errors import Denied, Invalid, Missing
from forum.core.events import announce
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.words import _


def why_not_flag(here: Here, *, author_id: int | None) -> str:
    """Return "" when the person may flag a post by `author_id`, else the sentence that says why not."""
    if not here.may(Can.FLAG_POST):
        return here.why_not(Can.FLAG_POST)
    if author_id == here.actor.id:
        return _("You wrote this post. Edit or remove it yourself, or ask an organiser.")
    return ""


def flag(here: Here, post: Post, *, reason: FlagReason, note: str = "") -> None:
    """Ask the organisers to look at a post. Flagged already, the open flag says this instead; they are told once.

    Raises Missing, Denied, or Invalid for `note` when "something else" isn't said in words.
    """
    here, held = _hold(here, post)
    why = why_not_flag(here, author_id=held.author_id)
    if why:
        raise Denied(why)
    if reason is FlagReason.OTHER and not note:
        raise Invalid({"note": [_("Say in a few words what is wrong with it.")]})
    is_first = db.session.scalar(select(PostFlag.id).where(*_open(held)).limit(1)) is None
    said = {"reason": reason, "note": note}
    made = insert(PostFlag).values(post_id=held.id, person_id=here.actor.id, at=now(), answer="", **said)
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=[PostFlag.post_id, PostFlag.person_id], index_where=PostFlag.settled_at.is_(None), set_=said
        )
    )
    if is_first:
        announce(PostFlagged(actor_id=here.actor.id, item_id=held.item_id, post_id=held.id))


def take_back(here: Here, post: Post) -> bool:
    """Take one's open flag back. False: there is none, or it was settled. Raises Missing, Denied."""
    here, held = _hold(here, post)
    mine = delete(PostFlag).where(*_open(held), PostFlag.person_id == here.actor.id).returning(PostFlag.id)
    return db.session.scalar(mine.execution_options(synchronize_session=False)) is not None


def settle_flags(
    post: Post, *, by: Person, outcome: FlagOutcome, answer: str = "", upto: int | None = None
) -> list[int]:
    """Settle the open flags of a post that is held, up to the one that was seen, and let each be answered. Returns their ids."""
    seen = () if upto is None else (PostFlag.id <= upto,)
    settled = (
        update(PostFlag)
        .where(*_open(post), *seen)
        .values(settled_at=now(), settled_by_id=by.id, outcome=outcome, answer=answer)
        .returning(PostFlag.id)
        .execution_options(synchronize_session=False)
    )
    ids = sorted(db.session.scalars(settled))
    for flag_id in ids:
        announce(FlagSettled(actor_id=by.id, item_id=post.item_id, flag_id=flag_id))
    return ids


def _open(post: Post) -> tuple[ColumnElement[bool], ...]:
    return PostFlag.post_id == post.id, PostFlag.settled_at.is_(None)


def _hold(here: Here, post: Post) -> tuple[Here, Post]:
    here, _item = hold_item(here, post.item_id, power=Can.FLAG_POST)
    held = db.session.get(Post, post.id, populate_existing=True)
    if held is None or held.state is not PostState.PUBLISHED:
        raise Missing
    return here, held
