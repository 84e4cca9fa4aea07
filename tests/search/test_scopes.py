"""Rights are inside the match: somebody finds exactly what they may see, by both databases (A3)."""

import pytest
from flask import Flask
from sqlalchemy import or_, select

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.search.index import Match, newest
from forum.search.language import Term
from forum.search.rights import Rights
from forum.search.scopes import scopes_for
from forum.spaces.models import (
    Audience,
    Grant,
    Item,
    ItemPerson,
    ItemShare,
    ItemState,
    Membership,
    Role,
    Space,
    Suspension,
    Visibility,
)
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_items
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.both_databases


def differing(people: list[Person]) -> dict[str, tuple[set[int], ...]]:
    """Return, by whoever finds something else than they may see, what is found by words, by the condition, and what may be seen."""
    wrong: dict[str, tuple[set[int], ...]] = {}
    for person in people:
        words = scopes_for(person, now())
        found = {entry.item_id for entry in newest(Match(rights=Rights(words=words)), limit=1000)}
        wide = Rights(words=words, values=viewing(person, now()))
        every = [[Term(stems=(stem,)) for stem in ("thread", "duti", "show")]]
        met = {entry.item_id for entry in newest(Match(rights=wide, must=every), limit=1000)}
        seen = select(Item.id).where(visible_items(person, now()), Item.state == ItemState.PUBLISHED)
        mine = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
        may = set(db.session.scalars(seen.where(or_(Item.kind != "duty", Item.space_id.in_(mine)))))
        if not found == met == may:
            wrong[person.name] = (found, met, may)
    return wrong


def furnish(cast: Cast) -> list[Person]:
    """Put threads for every audience into three spaces, some of them shared, lent and named."""
    guild = factories.make_space(name="Guild", visibility=Visibility.BY_REQUEST)
    keeper = factories.make_person(name="Gus Guild")
    silent = factories.make_person(name="Sid Silent")
    factories.make_membership(guild, keeper, role=Role.STEWARD)
    factories.make_membership(guild, cast.champion, role=Role.READER)
    factories.make_membership(guild, silent, role=Role.ORGANISER)
    factories.make_suspension(guild, silent, by=keeper, days=3, reason="Shouting.")
    for space, author in ((cast.champions, cast.champion), (cast.night_desk, cast.insider), (guild, keeper)):
        for audience in Audience:
            factories.make_thread(space, author=author, audience=audience)
            factories.make_duty(space, by=author, audience=audience)
        factories.make_meetup(space, by=author)
        for state in (ItemState.HELD, ItemState.HIDDEN, ItemState.DRAFT, ItemState.WITHDRAWN):
            factories.make_thread(space, author=author, state=state)
        named = factories.make_thread(space, author=author, audience=Audience.NAMED)
        shared = factories.make_thread(space, author=author, audience=Audience.ORGANISERS)
        with transaction():
            at = now()
            db.session.add_all(
                ItemPerson(item_id=named.id, person_id=one.id) for one in (cast.colleague, cast.insider, cast.former)
            )
            db.session.add(ItemShare(item_id=shared.id, space_id=guild.id, shared_by_id=author.id, shared_at=at))
    everybodys = factories.make_thread(cast.night_desk, author=cast.insider)
    with transaction():
        db.session.add(ItemShare(item_id=everybodys.id, shared_by_id=cast.insider.id, shared_at=now()))
    lent = factories.make_thread(cast.champions, author=cast.organiser, audience=Audience.ORGANISERS)
    factories.make_grant(cast.champions, to=cast.colleague, by=cast.organiser, power=Can.EDIT_ANY_POST)
    with transaction():
        db.session.scalars(select(Grant)).one().item_id = lent.id
    return [
        cast.steward, cast.organiser, cast.champion, cast.colleague, cast.reader, cast.former, cast.insider, cast.outsider,
        cast.admin, keeper, silent,
    ]  # fmt: skip


def test_everybody_finds_what_they_may_see_and_nothing_else(app: Flask, cast: Cast) -> None:
    """A3, whatever changes: an item's audience, state and shares, a person's role, a suspension, a space that opens or closes."""
    with app.app_context():
        people = furnish(cast)
        assert differing(people) == {}
        guild = db.session.scalars(select(Space).where(Space.slug == "guild")).one()
        with transaction():
            space = db.session.get_one(Space, guild.id)
            space.visibility = Visibility.OPEN
            db.session.get_one(Space, cast.champions.id).visibility = Visibility.PRIVATE
        assert differing(people) == {}
        with transaction():
            for membership in db.session.scalars(select(Membership).where(Membership.person_id == cast.champion.id)):
                membership.ended_at = now()
            for suspension in db.session.scalars(select(Suspension)):
                suspension.until = now()
            db.session.scalars(
                select(Membership).where(Membership.person_id == cast.reader.id)
            ).one().role = Role.ORGANISER
        assert differing(people) == {}
        with transaction():
            db.session.execute(ItemShare.__table__.delete())  # type: ignore[attr-defined]
            db.session.execute(ItemPerson.__table__.delete())  # type: ignore[attr-defined]
            for item in db.session.scalars(select(Item)):
                item.state = {ItemState.HELD: ItemState.PUBLISHED, ItemState.PUBLISHED: ItemState.HIDDEN}.get(
                    item.state, item.state
                )
                item.audience = Audience.SPACE if item.audience is Audience.ORGANISERS else Audience.ORGANISERS
                item.space_id = guild.id if item.space_id == cast.night_desk.id else item.space_id
        assert differing(people) == {}
