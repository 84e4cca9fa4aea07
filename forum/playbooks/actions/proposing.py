"""Changes that members propose: with the reason and the story that caused them; decided by who keeps the playbook.

A version that came into force meanwhile is never written over: such a proposal is taken over in the editor, where both are seen.
Each runs inside `transaction()`.
"""

from datetime import datetime

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import once_key
from forum.core.time import now
from forum.playbooks.access import allow, content_of, edition_of, steps_of, why_not_keep
from forum.playbooks.actions import MovedOn, add_proposed, cite, hold_playbook, put_in_force
from forum.playbooks.events import ChangeProposed, ProposalDecided, SentBackDecided
from forum.playbooks.models import Edition, Playbook, Proposal, Stage
from forum.playbooks.writing import Laid
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.stories.models import Story
from forum.web.words import _

MOST_OPEN = 5


class Stale(RuleBroken):
    """The playbook has changed since the change was proposed: it can't be taken as it stands."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The playbook has changed since this was proposed, so it can’t be accepted as it stands. "
                "Open it in the editor: what fits is put in already, and you see what doesn’t."
            )
        )


def propose(
    here: Here,
    playbook_id: int,
    laid: Laid,
    *,
    base: int,
    reason: str,
    story_id: int | None,
    once: str | None = None,
    at: datetime | None = None,
) -> Proposal:
    """Propose a change of version `base`. A second press gives back the first one's proposal. Whoever decides is told.

    Raises Missing, Denied, Invalid for `reason`, `story` and `steps`.
    """
    here, item, playbook = hold_playbook(here, playbook_id, power=Can.WRITE_PLAYBOOK)
    key = once_key(once, "proposal", item.id, laid.fingerprint)
    earlier = _proposed_before(here, key)
    if earlier is not None:
        return earlier
    if not reason:
        raise Invalid({"reason": [_("Say why: what happened, and what it changes.")]})
    if story_id is not None and not _sees_story(here, story_id):
        raise Invalid({"story": [_("Choose one of the list.")]})
    if laid.is_same(content_of(edition_of(playbook.id, base))):
        raise Invalid({"steps": [_("This says what the playbook says already. Change a step first.")]})
    mine = select(Proposal.id).where(
        Proposal.playbook_id == item.id, Proposal.proposer_id == here.actor.id, Proposal.stage == Stage.OPEN
    )
    if len(db.session.scalars(mine).all()) >= MOST_OPEN:
        raise Invalid(
            {"steps": [_("%(most)s changes of yours wait here already. Withdraw one first.", most=MOST_OPEN)]}
        )
    moment = at or now()
    edition = add_proposed(item, laid, editor_id=here.actor.id, at=moment)
    proposal = Proposal(
        playbook_id=item.id,
        edition_id=edition.id,
        base=base,
        proposer_id=here.actor.id,
        reason=reason,
        story_id=story_id,
        made_at=moment,
        stage=Stage.OPEN,
        once=key,
    )
    db.session.add(proposal)
    db.session.flush()
    announce(ChangeProposed(actor_id=here.actor.id, item_id=item.id, proposal_id=proposal.id))
    return proposal


def accept(
    here: Here, proposal_id: int, *, laid: Laid | None = None, version: int | None = None, at: datetime | None = None
) -> int:
    """Put a proposed change in force, as it stands or as the editor laid it out upon `version`. Returns the version's number.

    Raises Missing, Denied, Stale, MovedOn, and RuleBroken when it was decided otherwise meanwhile. Accepted already, nothing changes.
    """
    here, item, playbook, proposal = hold_proposal(here, proposal_id)
    allow(why_not_keep(here, playbook, item))
    if proposal.stage is Stage.ACCEPTED:
        return playbook.version
    require_open(proposal)
    if laid is None and proposal.base != playbook.version:
        raise Stale
    if laid is not None and version != playbook.version:
        raise MovedOn
    number = put_in_force(
        here,
        item,
        playbook,
        laid or _as_proposed(proposal),
        reason=proposal.reason,
        story_id=proposal.story_id,
        proposer_id=proposal.proposer_id,
        credit=proposal.credit,
        at=at,
    )
    if proposal.story_id is not None and _sees_story(here, proposal.story_id):
        cite(here, item, proposal.story_id, at=at)
    _decide(here, item, proposal, Stage.ACCEPTED, at=at)
    return number


def decline(here: Here, proposal_id: int, *, reason: str) -> None:
    """Decline a proposed change, with the reason. Raises Missing, Denied, RuleBroken, Invalid for `reason`."""
    here, item, playbook, proposal = hold_proposal(here, proposal_id)
    allow(why_not_keep(here, playbook, item))
    if proposal.stage is Stage.DECLINED:
        return
    require_open(proposal)
    if not reason:
        raise Invalid({"reason": [_("Say why. Whoever proposed it reads this.")]})
    proposal.answer = reason
    _decide(here, item, proposal, Stage.DECLINED)


def take_back(here: Here, proposal_id: int) -> None:
    """Withdraw what one proposed. A second press changes nothing. Raises Missing, RuleBroken when it was decided."""
    here, _item, _playbook, proposal = hold_proposal(here, proposal_id)
    if proposal.proposer_id != here.actor.id:
        raise Missing
    if proposal.stage is Stage.WITHDRAWN:
        return
    require_open(proposal)
    proposal.stage, proposal.decided_at, proposal.decided_by_id = Stage.WITHDRAWN, now(), here.actor.id


def hold_proposal(here: Here, proposal_id: int) -> tuple[Here, Item, Playbook, Proposal]:
    """Lock the playbook's item, then what is proposed, and return them as they are now. Raises Missing."""
    playbook_id = db.session.scalar(select(Proposal.playbook_id).where(Proposal.id == proposal_id))
    if playbook_id is None:
        raise Missing
    here, item, playbook = hold_playbook(here, playbook_id)
    proposal = lock(Proposal, proposal_id)
    if proposal is None:
        raise Missing
    return here, item, playbook, proposal


def require_open(proposal: Proposal) -> None:
    """Raise RuleBroken for what was decided or withdrawn already."""
    if proposal.stage is Stage.OPEN:
        return
    raise RuleBroken(
        {
            Stage.ACCEPTED: _("This was accepted already."),
            Stage.DECLINED: _("This was declined already."),
            Stage.WITHDRAWN: _("Whoever proposed this has withdrawn it."),
        }[proposal.stage]
    )


def _decide(here: Here, item: Item, proposal: Proposal, stage: Stage, *, at: datetime | None = None) -> None:
    proposal.stage, proposal.decided_at, proposal.decided_by_id = stage, at or now(), here.actor.id
    if stage is Stage.DECLINED:
        record("declined change", actor=here.actor, space=here.space, item=item, reason=proposal.answer)
    if proposal.from_item_id is not None:
        announce(SentBackDecided(item_id=proposal.from_item_id, proposal_id=proposal.id))
    elif proposal.proposer_id is not None and proposal.proposer_id != here.actor.id:
        announce(ProposalDecided(actor_id=here.actor.id, item_id=item.id, proposal_id=proposal.id))


def _as_proposed(proposal: Proposal) -> Laid:
    edition = db.session.get_one(Edition, proposal.edition_id)
    content = content_of(edition)
    rows = {step.key: (step.html, step.renderer) for step in steps_of(edition.id)}
    return Laid(content=content, steps=[(step, *rows[step.key]) for step in content.steps])


def _proposed_before(here: Here, key: str | None) -> Proposal | None:
    if key is None:
        return None
    return db.session.scalar(select(Proposal).where(Proposal.proposer_id == here.actor.id, Proposal.once == key))


def _sees_story(here: Here, story_id: int) -> bool:
    query = (
        select(Story.id)
        .join(Item, Item.id == Story.id)
        .where(
            Story.id == story_id,
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
            visible_items(here.actor, now()),
        )
    )
    return db.session.scalar(query) is not None
