"""What the copy of a playbook sends back to the original, where it is a proposal. Each runs inside `transaction()`.

Who sends it needn't belong to the original's space: whoever calls this made sure that it is shown to them.
"""

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing
from forum.core.events import announce
from forum.core.text import once_key
from forum.core.time import now
from forum.playbooks.access import content_of, edition_of
from forum.playbooks.actions import MovedOn, add_proposed, held_row
from forum.playbooks.actions.proposing import MOST_OPEN
from forum.playbooks.events import ChangeProposed
from forum.playbooks.models import Playbook, Proposal, Stage
from forum.playbooks.words import STAGE_SIGNS, STAGES
from forum.playbooks.writing import Laid
from forum.spaces.copied import Sending, Sent
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState, Space
from forum.web.words import _


def receive(playbook_id: int, laid: Laid, sending: Sending) -> None:
    """Propose to a playbook what a copy of it sends. A second press is one proposal; whoever decides is told.

    Raises Missing, MovedOn when another version came meanwhile, Invalid for `reason` and `steps`.
    """
    item = lock(Item, playbook_id)
    if item is None or item.state is not ItemState.PUBLISHED:
        raise Missing
    playbook = held_row(item)
    key = once_key(sending.once, "sent", item.id, laid.fingerprint)
    if key is not None and _sent_before(sending, key):
        return
    if not sending.reason:
        raise Invalid({"reason": [_("Say why: what happened, and what it changes.")]})
    if playbook.version != sending.base:
        raise MovedOn
    if laid.is_same(content_of(edition_of(playbook.id, playbook.version))):
        raise Invalid({"steps": [_("This says what the original says already.")]})
    if len(_open_of(sending.item.id)) >= MOST_OPEN:
        raise Invalid(
            {"steps": [_("%(most)s changes of yours wait there already. Take one back first.", most=MOST_OPEN)]}
        )
    named_id = sending.sender.id if sending.named else None
    proposal = Proposal(
        playbook_id=item.id,
        edition_id=add_proposed(item, laid, editor_id=named_id, at=now()).id,
        base=playbook.version,
        proposer_id=named_id,
        reason=sending.reason,
        made_at=now(),
        stage=Stage.OPEN,
        once=key,
        from_item_id=sending.item.id,
        sender_id=sending.sender.id,
        credit=sending.credit,
    )
    db.session.add(proposal)
    db.session.flush()
    space = db.session.get_one(Space, item.space_id)
    record("was sent change", actor=None, space=space, item=item, by=sending.credit)
    announce(ChangeProposed(item_id=item.id, proposal_id=proposal.id))


def _sent_before(sending: Sending, key: str) -> bool:
    query = select(Proposal.id).where(Proposal.from_item_id == sending.item.id, Proposal.once == key)
    return db.session.scalar(query) is not None


def _open_of(item_id: int) -> list[int]:
    query = select(Proposal.id).where(Proposal.from_item_id == item_id, Proposal.stage == Stage.OPEN)
    return list(db.session.scalars(query))


def sent_from(space_id: int) -> list[Sent]:
    """Return what the playbooks of a space sent back, the latest first: what it is called here, and what became of it."""
    rows = db.session.execute(
        select(Proposal, Item.title)
        .join(Item, Item.id == Proposal.from_item_id)
        .where(Item.space_id == space_id)
        .order_by(Proposal.made_at.desc(), Proposal.id.desc())
    )
    return [
        Sent(
            ref=proposal.ref,
            title=title,
            at=proposal.made_at,
            words=str(STAGES[proposal.stage]),
            sign=STAGE_SIGNS.get(proposal.stage),
            answer=proposal.answer,
            is_open=proposal.stage is Stage.OPEN,
        )
        for proposal, title in rows
    ]


def recall(space_id: int, ref: str) -> bool:
    """Take back what a space sent, while nobody has decided. Says whether it did. Raises Missing for what it didn't send."""
    row = db.session.execute(
        select(Proposal.id, Proposal.playbook_id)
        .join(Item, Item.id == Proposal.from_item_id)
        .where(Proposal.ref == ref, Item.space_id == space_id)
    ).one_or_none()
    if row is None:
        raise Missing
    lock(Item, row[1])
    lock(Playbook, row[1])
    proposal = lock(Proposal, row[0])
    if proposal is None or proposal.stage is not Stage.OPEN:
        return False
    proposal.stage, proposal.decided_at = Stage.WITHDRAWN, now()
    return True
