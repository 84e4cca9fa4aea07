"""Writing and changing playbooks. Each runs inside `transaction()` and holds the row that its rules stand on."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from forum.content.access import hold_item
from forum.content.models import WatchReason
from forum.content.watching import begin
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import once_key
from forum.core.time import local, now
from forum.playbooks.access import allow, content_of, edition_of, why_not_keep, why_not_write
from forum.playbooks.events import PlaybookChanged
from forum.playbooks.models import KIND, Cite, Edition, Playbook
from forum.playbooks.writing import Laid, put_steps
from forum.roster.keeping import A_QUARTER
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import Audience, Item
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.stories.models import Story
from forum.web.words import _


class MovedOn(RuleBroken):
    """Another version came into force since this person opened the one that they change."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The playbook has changed since you opened it. Your text is below, with what was changed meanwhile put in where "
                "it fits. Look at both before you save."
            )
        )


def write(
    here: Here,
    laid: Laid,
    *,
    audience: Audience = Audience.SPACE,
    stories: Collection[int] = (),
    once: str | None = None,
    at: datetime | None = None,
) -> Item:
    """Publish a playbook that cites these stories. A second press gives back the first one's item.

    Raises Missing for a story that the person can't see, Denied, Invalid for `audience`.
    """
    here = guard.hold(here, Can.WRITE_PLAYBOOK)
    key = once_key(once, KIND, here.space.id, laid.fingerprint)
    earlier = _written_before(here, key)
    if earlier is not None:
        return earlier
    allow(why_not_write(here))
    if audience not in {Audience.SPACE, Audience.ORGANISERS}:
        raise Invalid({"audience": [_("Choose who may see it.")]})
    moment = at or now()
    item = make_item(here.space, kind=KIND, title=laid.content.title, author=here.actor, audience=audience, at=moment)
    due = local(moment, here.space.zone).date() + A_QUARTER
    db.session.add(Playbook(id=item.id, version=1, holder_id=here.actor.id, due_on=due, once=key))
    db.session.flush()
    _add_edition(item, laid, editor_id=here.actor.id, number=1, at=moment)
    for story_id in stories:
        cite(here, item, story_id, at=moment)
    begin([here.actor.id], item.id, reason=WatchReason.STARTED, at=moment)
    record("wrote playbook", actor=here.actor, space=here.space, item=item, at=moment)
    return item


def _written_before(here: Here, key: str | None) -> Item | None:
    if key is None:
        return None
    query = (
        select(Item).join(Playbook, Playbook.id == Item.id).where(Playbook.once == key, Item.author_id == here.actor.id)
    )
    return db.session.scalar(query)


def change(here: Here, playbook_id: int, laid: Laid, *, version: int, reason: str) -> int:
    """Put a new version in force; what it said before stays. What says the same changes nothing. Returns the number in force.

    Raises Missing, Denied, MovedOn when another version came meanwhile, Invalid for `reason`.
    """
    here, item, playbook = hold_playbook(here, playbook_id)
    allow(why_not_keep(here, playbook, item))
    if laid.is_same(content_of(edition_of(playbook.id, playbook.version))):
        return playbook.version
    if playbook.version != version:
        raise MovedOn
    if not reason:
        raise Invalid({"reason": [_("Say in a few words why. It stands beside the version.")]})
    return put_in_force(here, item, playbook, laid, reason=reason)


def put_in_force(  # what stands beside a version
    here: Here,
    item: Item,
    playbook: Playbook,
    laid: Laid,
    *,
    reason: str,
    story_id: int | None = None,
    proposer_id: int | None = None,
    credit: str = "",
    at: datetime | None = None,
) -> int:
    """Make a version of what was laid out, and let it be the one in force. The item is held, and the rights were asked."""
    moment = at or now()
    playbook.version += 1
    edition = _add_edition(
        item, laid, editor_id=here.actor.id, number=playbook.version, reason=reason, story_id=story_id, at=moment
    )
    edition.proposer_id, edition.credit = proposer_id, credit
    item.title, item.last_at, item.last_by_id = laid.content.title, moment, here.actor.id
    item.version += 1
    record("changed playbook", actor=here.actor, space=here.space, item=item, reason=reason, at=moment)
    announce(PlaybookChanged(actor_id=here.actor.id, item_id=item.id, number=playbook.version))
    return playbook.version


def _add_edition(  # as above
    item: Item,
    laid: Laid,
    *,
    editor_id: int | None,
    number: int | None,
    at: datetime,
    reason: str = "",
    story_id: int | None = None,
) -> Edition:
    edition = Edition(
        playbook_id=item.id,
        number=number,
        title=laid.content.title,
        when_used=laid.content.when,
        made_at=at,
        editor_id=editor_id,
        reason=reason,
        story_id=story_id,
    )
    db.session.add(edition)
    db.session.flush()
    put_steps(edition, laid)
    return edition


def add_proposed(item: Item, laid: Laid, *, editor_id: int | None, at: datetime) -> Edition:
    """Keep a text that is proposed: an edition without a number."""
    return _add_edition(item, laid, editor_id=editor_id, number=None, at=at)


def cite(here: Here, item: Item, story_id: int, *, at: datetime | None = None) -> None:
    """Note that a playbook comes from a story of this space. Twice is once. Raises Missing for one that the person can't see."""
    query = (
        select(Story.id)
        .join(Item, Item.id == Story.id)
        .where(Story.id == story_id, Item.space_id == here.space.id, visible_items(here.actor, now()))
    )
    if db.session.scalar(query) is None:
        raise Missing
    if db.session.get(Cite, (item.id, story_id)) is None:
        day = local(at or now(), here.space.zone).date()
        db.session.add(Cite(playbook_id=item.id, story_id=story_id, by_id=here.actor.id, day=day))
        db.session.flush()


def hold_playbook(here: Here, playbook_id: int, *, power: Can = Can.SEE_PLAYBOOKS) -> tuple[Here, Item, Playbook]:
    """Lock a playbook's item and return it with its row as they are now. Raises Missing, Denied."""
    here, item = hold_item(here, playbook_id, power=power)
    return here, item, held_row(item)


def held_row(item: Item) -> Playbook:
    """Read anew the playbook of an item that is held. Raises Missing for an item of another kind."""
    playbook = lock(Playbook, item.id)
    if playbook is None:
        raise Missing
    return playbook
