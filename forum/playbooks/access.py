"""Loading and authorising are one step; who may change a playbook, run it, and look at a run or a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, select

from forum.content.order.holding import why_held_now
from forum.core.db import db
from forum.core.errors import Denied, Missing
from forum.core.prepared import prepared
from forum.core.time import now
from forum.playbooks.content import Content, StepText
from forum.playbooks.models import Edition, Playbook, Proposal, Run, Step
from forum.roster.keeping import keeper_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.web.words import _


@dataclass(frozen=True)
class Opened:
    """A playbook that somebody was let into: its row, its item, and the version in force."""

    playbook: Playbook
    item: Item
    edition: Edition


def playbook_for(here: Here, ref: str) -> Opened:
    """Load the playbook at `ref` in this space. Raises Missing when the person can't see it, or it stands elsewhere (A1, A2)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    row = db.session.execute(_visible_playbook(), values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    return Opened(*row)


@prepared
def _visible_playbook() -> Select[Playbook, Item, Edition]:
    return (
        select(Playbook, Item, Edition)
        .join(Item, Item.id == Playbook.id)
        .join(Edition, and_(Edition.playbook_id == Playbook.id, Edition.number == Playbook.version))
        .where(Item.ref == bindparam("ref"), Item.space_id == bindparam("space_id"), visible_to_viewer())
    )


def sees(here: Here, item: Item) -> bool:
    """Say whether the person may see an item of this space now."""
    query = select(Item.id).where(Item.id == item.id, Item.space_id == here.space.id, visible_to_viewer())
    return db.session.scalar(query, viewing(here.actor, now())) is not None


def withdrawn_playbook(here: Here, ref: str) -> Item:
    """Load a withdrawn playbook's item for who may put it back: who wrote it, who holds it, and organisers. Raises Missing."""
    row = db.session.execute(
        select(Playbook, Item)
        .join(Item, Item.id == Playbook.id)
        .where(Item.ref == ref, Item.space_id == here.space.id, Item.state == ItemState.WITHDRAWN)
    ).one_or_none()
    if row is None or why_not_withdraw(here, *row):
        raise Missing
    item: Item = row[1]
    return item


def run_for(here: Here, ref: str) -> tuple[Run, Item, bool]:
    """Load a run, its playbook's item, and whether the person still sees that. Raises Missing for another's that isn't shared."""
    row = (
        db.session.execute(
            select(Run, Item)
            .join(Item, Item.id == Run.playbook_id)
            .where(Run.ref == ref, Item.space_id == here.space.id)
        ).one_or_none()
        if ref.isprintable()
        else None
    )
    if row is None or not may_look_at(here, row[0]):
        raise Missing
    is_there = sees(here, row[1])
    if not is_there and row[0].person_id != here.actor.id:
        raise Missing
    return row[0], row[1], is_there


def may_look_at(here: Here, run: Run) -> bool:
    """Say whether a run is the member's own, or shared with them."""
    return here.is_member and (run.person_id == here.actor.id or run.is_shared)


def proposal_for(here: Here, ref: str) -> tuple[Proposal, Opened]:
    """Load what is proposed, for who proposed it and who decides. Raises Missing."""
    row = (
        db.session.execute(
            select(Proposal, Item.ref)
            .join(Item, Item.id == Proposal.playbook_id)
            .where(Proposal.ref == ref, Item.space_id == here.space.id)
        ).one_or_none()
        if ref.isprintable()
        else None
    )
    if row is None:
        raise Missing
    opened = playbook_for(here, row[1])
    if not here.is_member or (row[0].proposer_id != here.actor.id and not may_keep(here, opened.playbook, opened.item)):
        raise Missing
    return row[0], opened


def may_keep(here: Here, playbook: Playbook, item: Item) -> bool:
    """Say whether the person decides what a playbook says: whoever keeps it true, and organisers."""
    if here.may(Can.KEEP_PLAYBOOKS, item):
        return True
    return here.may(Can.WRITE_PLAYBOOK) and keeper_of(playbook) == here.actor.id and why_held_now(here) is None


def why_not_keep(here: Here, playbook: Playbook, item: Item) -> str:
    """Return "" when the person may change a playbook now, else the sentence that says why not."""
    if may_keep(here, playbook, item):
        return ""
    if not here.may(Can.WRITE_PLAYBOOK):
        return here.why_not(Can.WRITE_PLAYBOOK)
    return _("Whoever keeps this playbook changes it, and the organisers of this space. You can propose a change.")


def why_not_write(here: Here) -> str:
    """Return "" when the person may publish a playbook here, else the sentence that says why not (A5)."""
    if not here.may(Can.WRITE_PLAYBOOK):
        return here.why_not(Can.WRITE_PLAYBOOK)
    if why_held_now(here) is not None:
        return _(
            "What you write here waits for an organiser for now, and a playbook is for everybody. Keep it as a draft, "
            "and publish it when an organiser has looked at your first posts."
        )
    return ""


def why_not_withdraw(here: Here, playbook: Playbook, item: Item) -> str:
    """Return "" when the person may withdraw this playbook, else why not."""
    if may_keep(here, playbook, item):
        return ""
    if not here.may(Can.WRITE_PLAYBOOK):
        return here.why_not(Can.WRITE_PLAYBOOK)
    if item.author_id != here.actor.id:
        return _("Whoever wrote or keeps the playbook can withdraw it, or an organiser.")
    return ""


def steps_of(edition_id: int) -> Sequence[Step]:
    """Return the steps of an edition, in order."""
    return db.session.scalars(select(Step).where(Step.edition_id == edition_id).order_by(Step.place)).all()


def content_of(edition: Edition) -> Content:
    """Return what an edition says, as it was typed."""
    return Content(
        title=edition.title,
        when=edition.when_used,
        steps=[
            StepText(key=step.key, text=step.source, warning=step.warning, proof=step.proof)
            for step in steps_of(edition.id)
        ],
    )


def edition_of(playbook_id: int, number: int) -> Edition:
    """Return a version of a playbook. Raises Missing when there is none of that number."""
    query = select(Edition).where(Edition.playbook_id == playbook_id, Edition.number == number)
    edition = db.session.scalar(query) if 0 < number < 2**31 else None
    if edition is None:
        raise Missing
    return edition


def allow(why: str) -> None:
    """Raise Denied with the reason, if there is one."""
    if why:
        raise Denied(why)
