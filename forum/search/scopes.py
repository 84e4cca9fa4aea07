"""Who may find something, as words: those that stand with a text, and those that somebody's search asks for (A3).

It is `visible_items` in another form, so that rights are asked inside the match and nothing has to be thrown away afterwards: what
changes with a person (membership, role, suspension, a space that opens) is in the words that they ask for and holds at once; what
changes with an item (its audience, shares, space) is in the words of the item and is written with it. A test compares the two.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select

from forum.core.db import db
from forum.core.prepared import prepared
from forum.people.models import Person
from forum.spaces.feature import features
from forum.spaces.models import (
    Audience,
    Grant,
    Item,
    ItemPerson,
    ItemShare,
    ItemState,
    Membership,
    Space,
    Visibility,
)
from forum.spaces.queries.suspended import keeps_now
from forum.spaces.queries.visible import VIEWED_AT, VIEWER, is_in_force, viewing, visible_to_viewer

EVERYBODY = "0all"


def scope_of(item: Item, *, is_for_members: bool = False, is_reply: bool = False) -> str:
    """Return the words of who may find an item; "" for nobody: it isn't published.

    With `is_for_members` only members of its space may find it, whoever else sees what stands there or was shared. `is_reply`: it is
    said of what stays in the space when the item is shared.
    """
    if item.state is not ItemState.PUBLISHED:
        return ""
    shares = () if is_for_members or is_reply else _by_shares(item)
    return " ".join([f"0i{item.id}", *_by_audience(item, is_for_members=is_for_members), *shares])


def _by_audience(item: Item, *, is_for_members: bool) -> Iterable[str]:
    if item.audience is Audience.SPACE:
        return [f"0b{item.space_id}" if is_for_members else f"0s{item.space_id}"]
    if item.audience is Audience.NAMED:
        return [f"0n{item.space_id}p{person_id}" for person_id in _named_in(item)]
    people = {item.author_id} if item.author_id is not None else set()
    if item.audience is Audience.ON_DUTY:
        people |= set(_named_in(item))
    return [f"0k{item.space_id}", *(f"0n{item.space_id}p{person_id}" for person_id in sorted(people))]


def _named_in(item: Item) -> Iterable[int]:
    return db.session.scalars(
        select(ItemPerson.person_id).where(ItemPerson.item_id == item.id).order_by(ItemPerson.person_id)
    )


def _by_shares(item: Item) -> Iterable[str]:
    shared = select(ItemShare.space_id).where(ItemShare.item_id == item.id).order_by(ItemShare.id)
    return [EVERYBODY if space_id is None else f"0m{space_id}" for space_id in db.session.scalars(shared)]


def scopes_for(actor: Person, at: datetime, *, space_id: int | None = None) -> list[str]:
    """Return the words of what `actor` may find at `at`; of what stands in one space, if that is given. Two queries.

    What was shared may stand in any space: whoever asks for one space asks for that of the items besides.
    """
    rows = db.session.execute(_standings(kinds_for_members()), viewing(actor, at)).all()
    words = [EVERYBODY, *(f"0m{row.id}" for row in rows if row.is_shared_to)]
    for row in rows:
        if space_id in {None, row.id}:
            words.append(f"0s{row.id}")
            words += [f"0b{row.id}"] if row.is_inside else []
            words += [f"0n{row.id}p{actor.id}"] if row.is_named else []
            words += [f"0k{row.id}"] if row.is_keeper else []
    return [*words, *(f"0i{item_id}" for item_id in db.session.scalars(_lent(), viewing(actor, at)))]


def kinds_for_members() -> tuple[str, ...]:
    """Return the kinds of items that only members find."""
    return tuple(one.kind for room in features() for one in room.findable if one.is_for_members)


@prepared
def _standings(for_members: tuple[str, ...]) -> Select[int, bool, bool, bool, bool]:
    """Build the query of the spaces into which the VIEWER can look, and how they stand there, once for each kinds for members only.

    Fewer words make a quicker search, so those that nothing can stand with are left out.
    """
    mine = and_(Membership.space_id == Space.id, Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    keeps = select(Membership.space_id).where(
        Membership.person_id == VIEWER, Membership.ended_at.is_(None), keeps_now(Membership, VIEWED_AT)
    )
    shared = exists().where(ItemShare.space_id == Space.id).correlate(Space)
    named = select(Item.space_id).join(ItemPerson, ItemPerson.item_id == Item.id).where(ItemPerson.person_id == VIEWER)
    own = select(Item.space_id).where(
        Item.author_id == VIEWER, Item.audience.in_((Audience.ORGANISERS, Audience.ON_DUTY))
    )
    inside = exists().where(Item.space_id == Space.id, Item.kind.in_(for_members)).correlate(Space)
    is_member = Membership.id.is_not(None)
    return (
        select(
            Space.id,
            and_(is_member, inside).label("is_inside"),
            and_(is_member, shared).label("is_shared_to"),
            and_(is_member, or_(Space.id.in_(named), Space.id.in_(own))).label("is_named"),
            Space.id.in_(keeps).label("is_keeper"),
        )
        .outerjoin(Membership, mine)
        .where(or_(is_member, Space.visibility == Visibility.OPEN))
        .order_by(Space.id)
    )


@prepared
def _lent() -> Select[int]:
    """Build the query of the items that the VIEWER sees because a right over them is lent to them, once."""
    lent = select(Grant.item_id).where(Grant.person_id == VIEWER, is_in_force(VIEWED_AT), Grant.item_id.is_not(None))
    seen = select(Item.id).where(Item.id.in_(lent), Item.state == ItemState.PUBLISHED, visible_to_viewer())
    return seen.order_by(Item.id)
