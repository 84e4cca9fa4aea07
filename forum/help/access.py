"""Loading a call for help and authorising are one step; who may do what with one, and why not."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, select

from forum.content.access import hold_item
from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.errors import Denied, Missing
from forum.core.prepared import prepared
from forum.core.time import now
from forum.help.models import Case, CaseState
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.web.words import _


@dataclass(frozen=True)
class Called:
    """A case that somebody was let into: its row, its item, and the post that says what happened."""

    case: Case
    item: Item
    post: Post


def case_for(here: Here, ref: str) -> Called:
    """Load the case at `ref` in this space. Raises Missing when the person can't see it, it is gone, or stands elsewhere (A1, A2)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    row = db.session.execute(_visible_case(), values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    return Called(*row)


@prepared
def _visible_case() -> Select[Case, Item, Post]:
    return (
        select(Case, Item, Post)
        .join(Item, Item.id == Case.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .where(
            Item.ref == bindparam("ref"),
            Item.space_id == bindparam("space_id"),
            Item.state == ItemState.PUBLISHED,
            Post.state == PostState.PUBLISHED,
            visible_to_viewer(),
        )
    )


def hold_case(here: Here, case_id: int, *, power: Can = Can.SEE_HELP) -> tuple[Here, Item, Case]:
    """Lock a case's item and return it as it is now. Use first inside `transaction()`. Raises Missing, Denied."""
    here, item = hold_item(here, case_id, power=power)
    case = db.session.get(Case, item.id, populate_existing=True)
    first = select(Post.id).where(Post.item_id == item.id, Post.number == 1, Post.state == PostState.PUBLISHED)
    if case is None or item.state is not ItemState.PUBLISHED or db.session.scalar(first) is None:
        raise Missing
    return here, item, case


def is_holder(here: Here, case: Case) -> bool:
    """Say whether the person has this case now."""
    return case.state is CaseState.TAKEN and case.holder_id == here.actor.id


def why_not_take(here: Here, item: Item) -> str:
    """Return "" when the person may take such a case, else the sentence that says why not."""
    if not here.may(Can.TAKE_HELP):
        return here.why_not(Can.TAKE_HELP)
    if item.author_id == here.actor.id:
        return _("You asked for help yourself. If it is sorted, say so.")
    return ""


def why_not_pass(here: Here, case: Case) -> str:
    """Return "" when the person may hand the case on or give it back: who has it, and organisers."""
    if is_holder(here, case) and here.may(Can.TAKE_HELP):
        return ""
    if case.state is CaseState.TAKEN and here.may(Can.KEEP_HELP):
        return ""
    return _("Only whoever has it can do this, or an organiser.")


def why_not_close(here: Here, item: Item, case: Case) -> str:
    """Return "" when the person may close the case: who has it, who asked, and organisers."""
    if not here.may(Can.TAKE_HELP):
        return here.why_not(Can.TAKE_HELP)
    if here.may(Can.KEEP_HELP) or item.author_id == here.actor.id or is_holder(here, case):
        return ""
    return _("Whoever has it closes it, or whoever asked. Write below what you know.")


def why_not_reopen(here: Here, item: Item, case: Case) -> str:
    """Return "" when the person may open a closed case again: who asked, who had it, and organisers."""
    if not here.may(Can.TAKE_HELP):
        return here.why_not(Can.TAKE_HELP)
    if here.may(Can.KEEP_HELP) or here.actor.id in {item.author_id, case.holder_id}:
        return ""
    return _("Whoever asked can open it again, or whoever had it. If it happens to you, ask for help yourself.")


def why_not_reply(here: Here, item: Item) -> str:
    """Return "" when the person may write to a case now, closed or not, else the sentence that says why not."""
    if not here.may(Can.WRITE_POST):
        return here.why_not(Can.WRITE_POST)
    if item.state is not ItemState.PUBLISHED:
        return _("This can’t be replied to now.")
    return ""


def allow(why: str) -> None:
    """Raise Denied with the reason, if there is one."""
    if why:
        raise Denied(why)
