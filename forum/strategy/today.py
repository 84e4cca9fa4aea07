"""What Today says of the strategy: that its review is due or was forgotten; to who asked, that somebody declined to sign it."""

from collections.abc import Sequence

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Integer, bindparam, exists, select

from forum.core.db import db
from forum.core.time import today
from forum.spaces.guard import Here
from forum.spaces.parts import FirstStep, TodayIf, TodayPart
from forum.spaces.policy import Can
from forum.strategy.access import sheet_of, strategy_of
from forum.strategy.models import SignOff, Strategy
from forum.strategy.queries.reviews import due_on, open_answers
from forum.web.rendering import day_words
from forum.web.words import _

ORDER = 14
SOON = 14


def parts(here: Here) -> Sequence[TodayPart]:
    """Return what waits of the strategy for somebody who writes or keeps it."""
    if not here.may(Can.WRITE_STRATEGY) or (found := strategy_of(here)) is None:
        return []
    strategy, this = found[0], today(here.space.zone)
    due = due_on(strategy, sheet_of(here).content, zone=here.space.zone)
    declined = _declined(strategy.id, strategy.version) if here.may(Can.KEEP_STRATEGY) else None
    if (due - this).days > SOON and declined is None:
        return []
    is_due = (due - this).days <= SOON
    has_answered = is_due and any(one.person_id == here.actor.id for one in open_answers(strategy))
    waits = is_due and due <= this and not has_answered
    values: dict[str, object] = {
        "due": due if is_due else None,
        "is_late": due < this,
        "declined": declined,
        "has_answered": has_answered,
    }
    return [
        TodayPart(
            order=ORDER,
            template="strategy/today.html",
            values=values,
            sentence=_sentence(here, day_words(due, this)) if waits else "",
            waits=int(waits) + int(declined is not None),
            is_for_settled=strategy.holder_id != here.actor.id,
        )
    ]


def first_steps(here: Here) -> list[FirstStep]:
    """Say that the strategy is to be filled in, of which the outline came along."""
    if not here.may(Can.WRITE_STRATEGY) or strategy_of(here) is None:
        return []
    return [
        FirstStep(
            order=50,
            words=_("Fill in the strategy"),
            hint=_("Its headings came along. Begin with the vision; others can go on where you stop."),
            url=url_for("strategy.write", slug=here.space.slug),
            label=_("Write it"),
            is_done=not sheet_of(here).content.is_blank,
        )
    ]


def _sentence(here: Here, day: str) -> Markup:
    link = Markup('<a href="{}">{}</a>').format(
        url_for("strategy.review", slug=here.space.slug), _("The review of the strategy")
    )
    return Markup(_("%(link)s was due on %(day)s.")) % {"link": link, "day": day}  # noqa: S704  # our own words


def _declined(strategy_id: int, number: int) -> SignOff | None:
    return db.session.scalars(
        select(SignOff).where(
            SignOff.strategy_id == strategy_id,
            SignOff.number == number,
            SignOff.declined_at.is_not(None),
            SignOff.withdrawn_at.is_(None),
        )
    ).first()


HAS_ONE = exists().where(Strategy.space_id == bindparam("space_id", type_=Integer))
TODAY_IF = (TodayIf(may=HAS_ONE, parts=parts),)
