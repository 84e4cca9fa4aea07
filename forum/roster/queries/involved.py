"""What a duty really involved, as the lines of a checklist with which a handover begins."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from forum.content.models import Post, PostState
from forum.core.db import db
from forum.people.models import Person
from forum.roster.models import (
    LINE_LENGTH,
    CoverRequest,
    CoverState,
    Duty,
    DutyLink,
    Handover,
    HandoverState,
    Holding,
    HoldingState,
    Place,
    Rehearsal,
)
from forum.spaces.models import Audience, Item, ItemState
from forum.web.words import _, _n

BACK = timedelta(days=365)
MOST_THREADS, MOST_WHAT = 5, 6


def lines_for(duty: Duty, item: Item, giver: Person | None, *, at: datetime) -> list[str]:
    """Return the lines: what the duty says, its links, deputy and covers, what was missing in rehearsals, what its holder wrote of it.

    Only what every member may read is named.
    """
    found = [*_said(duty), *_links(duty), *_people(duty, at=at), *_missing(duty)]
    if giver is not None:
        found += _written(item, giver, at=at)
    return [line[:LINE_LENGTH] for line in dict.fromkeys(found)]


def _said(duty: Duty) -> list[str]:
    note = (
        _("Read the handover note together")
        if duty.note_source
        else _("Write a handover note: there is none yet. Say where the vault is, and never a password")
    )
    steps = [line.strip("-*• ").strip() for line in duty.what.splitlines()]
    return [note, *(_("Do it once together: %(what)s", what=line) for line in steps[:MOST_WHAT] if line)]


def _links(duty: Duty) -> list[str]:
    rows = db.session.scalars(select(DutyLink).where(DutyLink.duty_id == duty.id).order_by(DutyLink.place))
    return [_("Open it, and see that the way in works: %(label)s", label=link.label) for link in rows]


def _people(duty: Duty, *, at: datetime) -> list[str]:
    deputy = db.session.scalar(
        select(Holding.id).where(
            Holding.duty_id == duty.id,
            Holding.place == Place.DEPUTY,
            Holding.state == HoldingState.ACCEPTED,
            Holding.until_day.is_(None),
        )
    )
    covers = db.session.scalar(
        select(func.count()).where(CoverRequest.duty_id == duty.id, CoverRequest.accepted_at > at - BACK)
    )
    ahead = db.session.scalar(
        select(func.count()).where(
            CoverRequest.duty_id == duty.id, CoverRequest.state == CoverState.OPEN, CoverRequest.end_day >= at.date()
        )
    )
    said = [
        _("Meet the deputy") if deputy else _("Find a deputy: there is none"),
        *(
            [
                _n(
                    "Ask whoever covered it lately what they met: once",
                    "Ask those who covered it lately what they met: %(num)d times",
                    covers,
                )
            ]
            if covers
            else []
        ),
    ]  # no names: lines are text, which stays when an account is erased (A15)
    return [*said, _("Cover is asked for and not found yet: see who takes it")] if ahead else said


def _missing(duty: Duty) -> list[str]:
    """Return what deputies noted as missing since the duty last changed hands."""
    last = select(func.max(Handover.answered_at)).where(
        Handover.duty_id == duty.id, Handover.state == HandoverState.ACCEPTED
    )
    since = db.session.scalar(last)
    query = select(Rehearsal.missing).where(Rehearsal.duty_id == duty.id, Rehearsal.noted_at.is_not(None))
    texts = db.session.scalars((query.where(Rehearsal.noted_at > since) if since else query).order_by(Rehearsal.day))
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


def _written(item: Item, giver: Person, *, at: datetime) -> Sequence[str]:
    named = or_(Item.title.icontains(item.title, autoescape=True), Post.source.icontains(item.title, autoescape=True))
    titles = db.session.execute(
        select(Item.title, func.max(Post.created_at).label("last"))
        .join(Post, Post.item_id == Item.id)
        .where(
            Item.space_id == item.space_id,
            Item.id != item.id,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            Post.author_id == giver.id,
            Post.state == PostState.PUBLISHED,
            Post.for_colleague.is_(False),
            Post.created_at > at - BACK,
            named,
        )
        .group_by(Item.id, Item.title)
        .order_by(func.max(Post.created_at).desc(), Item.id)
        .limit(MOST_THREADS)
    )
    return [_("Look at the conversation “%(title)s”", title=row.title) for row in titles]
