"""What threads nudge organisers about: newcomers who read and haven't written yet, and questions that nobody has answered."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostState, ReadMark
from forum.core.db import UtcDateTime, db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces.feature import away_now
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.spaces.nudging import NUDGED, About, NudgeLine, NudgeRule
from forum.spaces.policy import POWERS, Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.threads.models import Thread, ThreadTag
from forum.threads.queries.conditions import is_unanswered
from forum.threads.words import unanswered_since
from forum.web.words import _, _l

SETTLED_IN = timedelta(days=2)
"""How long after joining somebody is left to look round."""
NEW = timedelta(days=30)
UNANSWERED = timedelta(hours=48)
OLD = timedelta(days=30)
"""A question older than that waits for something else than a nudge."""
MOST_HELPERS = 3
MOST_LOOKED_AT = 60
"""So many accepted answers are looked at for who gave them."""
WRITERS = tuple(role for role, powers in POWERS.items() if Can.WRITE_POST in powers)
GREETED = tuple(role for role in WRITERS if Can.TEND_COMMUNITY not in POWERS[role])
"""Who looks after the community is the one who is nudged: nobody is asked to say hello to themselves."""


@prepared
def _reads_only() -> ColumnElement[bool]:
    """The condition on `Person`: a member for some days who has read something here, and written nothing, in whatever state."""
    mine = exists().where(
        Membership.person_id == Person.id,
        Membership.space_id == NUDGED,
        Membership.ended_at.is_(None),
        Membership.role.in_(GREETED),
        Membership.joined_at.between(
            bindparam("joined_after", type_=UtcDateTime), bindparam("joined_before", type_=UtcDateTime)
        ),
    )
    read = select(ReadMark.item_id).join(Item, Item.id == ReadMark.item_id).where(Item.space_id == NUDGED)
    wrote = select(Post.id).join(Item, Item.id == Post.item_id).where(Item.space_id == NUDGED)
    return and_(
        Person.state == PersonState.ACTIVE,
        mine,
        exists(read.where(ReadMark.person_id == Person.id).correlate(Person)),
        ~exists(wrote.where(Post.author_id == Person.id).correlate(Person)),
    )


def _joined(at: datetime) -> Mapping[str, Any]:
    return {"joined_after": at - NEW, "joined_before": at - SETTLED_IN}


def _greet(here: Here, _item: Item | None, person: Person | None, _at: datetime) -> NudgeLine:
    """Lead to a new thread with a hello in it, which can be changed before it is sent."""
    name, handle = (person.name, person.handle) if person is not None else ("", "")
    hello = _(
        "Hello @%(handle)s, good to have you in %(space)s. What brings you here, and what can colleagues ask you about? "
        "A line or two is plenty, and no question is too small.",
        handle=handle,
        space=here.space.name,
    )
    url = url_for(
        "threads.new",
        slug=here.space.slug,
        kind="thread",
        title=_("Welcome, %(name)s", name=name.split(maxsplit=1)[0]),
        body=hello,
    )
    return NudgeLine(
        title=_("Say hello to %(name)s", name=name),
        why=_("New here, has read along and not written yet."),
        url=url,
        do=_("Open a hello"),
        person=person,
    )


@prepared
def _waits_long() -> ColumnElement[bool]:
    """The condition on `Item`: a question that has waited for two days and more, and not so long that it is old."""
    asked = Item.created_at.between(
        bindparam("asked_after", type_=UtcDateTime), bindparam("asked_before", type_=UtcDateTime)
    )
    return and_(asked, exists(select(Thread.id).where(Thread.id == Item.id, is_unanswered()).correlate(Item)))


def _asked(at: datetime) -> Mapping[str, Any]:
    return {"asked_after": at - OLD, "asked_before": at - UNANSWERED}


def _answer(here: Here, item: Item | None, _person: Person | None, at: datetime) -> NudgeLine:
    title, ref, asked_at = (item.title, item.ref, item.created_at) if item is not None else ("", "", at)
    return NudgeLine(
        title=f"“{title}”",
        why=unanswered_since(asked_at),
        url=url_for("threads.thread", slug=here.space.slug, ref=ref, _anchor="reply"),
        do=_("Answer"),
    )


def _who_answered(here: Here, items: Collection[int]) -> Mapping[int, Sequence[Person]]:
    """Return whose answers to questions with the same tag, or of the same section, were accepted: the latest first (A3).

    Who is away now isn't named: they answer nothing today.
    """
    this, answer, tag, same = aliased(Thread), aliased(Post), aliased(ThreadTag), aliased(ThreadTag)
    tagged = exists().where(tag.thread_id == this.id, same.thread_id == Thread.id, same.tag_id == tag.tag_id)
    member = exists().where(
        Membership.person_id == Person.id,
        Membership.space_id == here.space.id,
        Membership.ended_at.is_(None),
        Membership.role.in_(WRITERS),
    )
    rows = db.session.execute(
        select(this.id, Person)
        .select_from(this)
        .join(Thread, and_(Thread.id != this.id, or_(tagged, Thread.section_id == this.section_id)))
        .join(Item, Item.id == Thread.id)
        .join(answer, and_(answer.item_id == Thread.id, answer.number == Thread.accepted_number))
        .join(Person, Person.id == answer.author_id)
        .where(
            this.id.in_(items),
            Item.space_id == here.space.id,
            visible_to_viewer(),
            answer.state == PostState.PUBLISHED,
            answer.for_colleague.is_(False),
            Person.state == PersonState.ACTIVE,
            Person.id != here.actor.id,
            member,
        )
        .order_by(tagged.desc(), Thread.accepted_at.desc(), Person.id)
        .limit(MOST_LOOKED_AT),
        viewing(here.actor, now()),
    )
    found: dict[int, list[Person]] = {}
    away = away_now(here)
    for item_id, person in rows:
        people = found.setdefault(item_id, [])
        if person not in people and person.id not in away and len(people) < MOST_HELPERS:
            people.append(person)
    return found


NUDGES = (
    NudgeRule(
        kind="newcomer",
        about=About.MEMBER,
        order=10,
        rule=_l("A newcomer who joined between two and thirty days ago, has read here, and hasn’t written yet."),
        holds=_reads_only,
        values=_joined,
        line=_greet,
    ),
    NudgeRule(
        kind="unanswered",
        about=About.ITEM,
        order=20,
        rule=_l("A question that nobody has answered for 48 hours, for up to thirty days."),
        holds=_waits_long,
        values=_asked,
        line=_answer,
        helpers=_who_answered,
    ),
)
