"""What was written for somebody while they were away, and who answered it: their part of the page on their return."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.notices import Reason
from forum.core.time import now
from forum.notify.models import Notification
from forum.people.models import Person
from forum.spaces.feature import kinds_of_one_text, post_url
from forum.spaces.models import Item, Space
from forum.spaces.parts import BriefLine, BriefPart
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.sharing import known_name, read_at
from forum.spaces.queries.visible import stays_inside
from forum.web.words import _, _n

ASKED, WATCHED = 10, 40
MOST = 200
OF_THEM = (Reason.MENTION, Reason.REPLY, Reason.QUOTE)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """A post that somebody was told of."""

    reason: Reason
    post: Post
    item: Item
    space: str
    slug: str
    author: Person | None


def brief(person: Person, start: datetime, end: datetime) -> Sequence[BriefPart]:
    """Return what was asked of somebody with who dealt with it, and what is new in conversations that they follow: three queries."""
    told = _told(person, start, end)
    asked = [one for one in told if one.reason in OF_THEM]
    answers = _answers(person, asked)
    return [
        BriefPart(order=ASKED, title=_("Asked of you"), lines=[_line(one, answers.get(one.post.id)) for one in asked]),
        BriefPart(
            order=WATCHED,
            title=_("New where you follow along"),
            lines=list(_by_item(one for one in told if one.reason not in OF_THEM)),
        ),
    ]


def _told(person: Person, start: datetime, end: datetime) -> list[_Told]:
    rows = db.session.execute(
        select(Notification.reason, Post, Item, known_name(), read_at(), Person)
        .join(Post, Post.id == Notification.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(
            Notification.person_id == person.id,
            Notification.at >= start,
            Notification.at < end,
            Post.state == PostState.PUBLISHED,
            visible_to_viewer(),
            stays_inside(Post.number, kinds_of_one_text()),
            read_at().is_not(None),
        )
        .order_by(Notification.at, Notification.id)
        .limit(MOST),
        viewing(person, now()),
    )
    return [
        _Told(reason=reason, post=post, item=item, space=space or _("another space"), slug=slug or "", author=author)
        for reason, post, item, space, slug, author in rows
    ]


def _answers(person: Person, asked: Sequence[_Told]) -> dict[int, tuple[Post, Person | None]]:
    """Return the first post that answers each: a reply to it, or what somebody wrote later who met it as a cover."""
    if not asked:
        return {}
    first, later, cover = aliased(Post), aliased(Post), aliased(Notification)
    rows = db.session.execute(
        select(first.id, later, Person)
        .join(later, and_(later.item_id == first.item_id, later.number > first.number))
        .outerjoin(Person, Person.id == later.author_id)
        .outerjoin(
            cover,
            and_(cover.post_id == first.id, cover.person_id == later.author_id, cover.reason == Reason.COVER),
        )
        .where(
            first.id.in_([one.post.id for one in asked]),
            later.state == PostState.PUBLISHED,
            later.author_id.is_distinct_from(first.author_id),
            or_(later.in_reply_to == first.number, cover.id.is_not(None), later.author_id == person.id),
        )
        .order_by(later.number)
    )
    found: dict[int, tuple[Post, Person | None]] = {}
    for post_id, post, author in rows:
        found.setdefault(post_id, (post, author))
    return found


def _line(one: _Told, answer: tuple[Post, Person | None] | None) -> BriefLine:
    name = one.author.name if one.author else _("A former member")
    if answer is None:
        sentence = _("%(name)s in post %(number)s. Nobody has answered yet.", name=name, number=one.post.number)
    else:
        post, author = answer
        sentence = _(
            "%(name)s in post %(number)s. %(other)s answered in post %(answer)s.",
            name=name,
            number=one.post.number,
            other=author.name if author else _("A former member"),
            answer=post.number,
        )
    return BriefLine(
        title=one.item.title,
        url=post_url(one.item, one.slug, one.post.number),
        space=one.space,
        sentence=sentence,
        is_open=answer is None,
    )


def _by_item(told: Iterable[_Told]) -> Iterable[BriefLine]:
    """One line for each conversation, that leads to the first of its posts."""
    found: dict[int, list[_Told]] = {}
    for one in told:
        found.setdefault(one.item.id, []).append(one)
    for several in found.values():
        one = several[0]
        yield BriefLine(
            title=one.item.title,
            url=post_url(one.item, one.slug, one.post.number),
            space=one.space,
            sentence=_n("%(num)d post", "%(num)d posts", len(several)),
        )
