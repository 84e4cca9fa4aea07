"""Changing what a call says beside what happened: its sentence, whom it affects and what was tried. No earlier wording is kept."""

from forum.content.access import require_edit
from forum.content.actions import Overtaken
from forum.content.log import record_of_post
from forum.content.models import Post
from forum.content.order.events import PostChangedForAuthor
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.events import announce
from forum.help.access import hold_case
from forum.help.actions.asking import checked_affects, checked_title, checked_tried
from forum.help.models import Case
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.words import _


def change(here: Here, case_id: int, *, title: str, affects: str, tried: str, version: int, reason: str = "") -> Case:
    """Change a call, as what happened is edited: its author for some days, organisers with a reason, of which its author hears.

    So a password that was pasted can be taken out. `version` is the item's that the person saw; what stands there already changes
    nothing. Raises Missing, Denied, Overtaken, and Invalid by field.
    """
    here, item, case = hold_case(here, case_id)
    post = db.session.scalars(db.select(Post).where(Post.item_id == item.id, Post.number == 1)).one()
    require_edit(here, item, post)
    said = checked_title(title, is_drill=case.is_drill), checked_affects(affects), checked_tried(tried)
    if said == (item.title, case.affects, case.tried):
        return case
    if item.version != version:
        raise Overtaken
    is_own = item.author_id == here.actor.id
    if not is_own and not reason:
        raise Invalid({"reason": [_("Say why. The reason stands in the log, where members can read it.")]})
    (item.title, case.affects, case.tried), item.version = said, version + 1
    if not is_own:
        entry = record_of_post("edited post", here, item, post, power=Can.EDIT_ANY_POST, reason=reason)
        announce(PostChangedForAuthor(actor_id=here.actor.id, item_id=item.id, post_id=post.id, log_id=entry.id))
    return case
