"""Things are found under the address of their own space only, and nobody says in a form who they are."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.content.models import Post
from forum.core.db import db
from forum.core.time import today
from forum.people.models import Person
from forum.spaces.models import Invitation, Item, Membership, Role, Space
from forum.spaces.tokens import invitation_token
from tests.contracts.page_tree import parse
from tests.contracts.route import Route
from tests.contracts.routes import ROUTES, department, invitation, session_of_champion
from tests.contracts.world import World
from tests.support.turns import Turn

pytestmark = pytest.mark.both_databases

# Their parts name something of the installation, not of a space.
OF_THE_INSTALLATION = {department, invitation, session_of_champion}
MEMBERS_AND_SECTIONS = {
    "spaces.member", "spaces.change_role", "spaces.remove", "spaces.suspend", "spaces.end_suspension",
    "roster.leaver", "roster.set_leaver", "roster.keep_leaver", "roster.settle_leaver",
    "order.member", "order.hold_member", "order.end_hold",
    "threads.shift_section", "threads.remove_section", "threads.merge_section", "threads.feed_of_section",
    "threads.rename_tag", "threads.merge_tag", "threads.retire_tag", "meetups.month", "stories.add_choice",
    "strategy.version", "strategy.note_value",  # by a number or a key that every space's strategy has
}  # fmt: skip


def of_a_space(world: World) -> list[Route]:
    """Return the routes whose address names a thing in a space."""
    return [
        route
        for route in ROUTES
        if len(world.rule(route.endpoint).arguments - {"slug"}) > 0 and _in_space(world, route)
    ]


def _in_space(world: World, route: Route) -> bool:
    return "slug" in world.rule(route.endpoint).arguments and route.parts not in OF_THE_INSTALLATION


@pytest.mark.both_databases(postgres_turns=3)
@pytest.mark.parametrize("other", ["night-desk", "champions"])
def test_a_thing_of_one_space_is_not_found_under_the_address_of_another(world: World, other: str, turn: Turn) -> None:
    """A2: not even by the steward of both."""
    looked_for = [route for route in of_a_space(world) if route.endpoint not in MEMBERS_AND_SECTIONS]
    assert len(looked_for) >= 14
    for route in turn.some(looked_for, after=other == "champions"):
        address = route.address(world, of=other)
        form = route.form(world, world.furniture[other])
        client = world.browser("steward")
        answer = client.get(address) if route.method == "GET" else client.send(address, **form)
        assert answer.status_code == 404, f"{route.name}: {answer.status}"
        assert world.restore() == set(), route.name


def test_people_and_sections_of_another_space_are_not_found_either(world: World) -> None:
    """A2: a member is found in their own spaces, a section likewise."""
    client = world.browser("steward")
    section, tag = world.furniture["night-desk"].section, world.furniture["night-desk"].tag
    for address, form in (
        (f"threads/sections/{section}/feed", {}),
        ("members/ingrid.insider/role", {"role": "reader"}),
        ("members/ingrid.insider/remove", {"reason": ""}),
        ("members/ingrid.insider/suspend", {"suspend-until": "2030-01-01", "suspend-reason": "Shouting."}),
        ("members/ingrid.insider/end-suspension", {"end-reason": ""}),
        ("roster/leaving/ingrid.insider", {"last_day": "2030-01-01"}),
        ("roster/leaving/ingrid.insider/take-back", {}),
        ("roster/leaving/ingrid.insider/settle", {"kind": "duty", "key": "1"}),
        ("members/felix.former/role", {"role": "reader"}),
        ("members/ingrid.insider/hold/end", {}),
        (f"threads/sections/{section}/up", {}),
        (f"threads/sections/{section}/remove", {}),
        (f"threads/sections/{section}/merge", {f"{section}-merge-into": "questions"}),
        (f"threads/tags/{tag}", {f"{tag}-name": "Taken"}),
        (f"threads/tags/{tag}/merge", {f"{tag}-merge-into": "bins"}),
        (f"threads/tags/{tag}/retire", {}),
    ):
        assert client.send(f"/s/harbour/{address}", **form).status_code == 404, address
    for address in (
        "members/ingrid.insider",
        "members/felix.former",
        f"threads/?section={section}",
        f"threads/?tag={tag}",
    ):
        assert client.get(f"/s/harbour/{address}").status_code == 404, address
    assert world.restore() == set()


def forged(world: World) -> Mapping[str, object]:
    """Return fields that would say who acts, where, and as what, if anything listened."""
    return {
        "space_id": world.spaces["night-desk"],
        "space": "night-desk",
        "slug": "forged",
        "author_id": world.ids["insider"],
        "actor_id": world.ids["insider"],
        "person_id": world.ids["insider"],
        "editor_id": world.ids["insider"],
        "item_id": 1,
        "number": 99,
        "state": "hidden",
        "audience": "organisers",
        "is_admin": "1",
        "is_demo": "1",
        "handle": "forged",
        "id": 1,
    }


def test_who_writes_and_where_is_never_read_from_a_form(world: World) -> None:
    """A2: space, author and the like in a body are ignored."""
    things, client = world.furniture["harbour"], world.browser("champion")
    written = {**forged(world), "body": "Forged?", "draft_version": "0"}
    assert client.send(f"/s/harbour/threads/{things.ref}/", **written).status_code == 303
    started = {**written, "kind": "question", "section": "questions", "title": "Forged?"}
    assert client.send("/s/harbour/threads/new", **started).status_code == 303
    with world.app.app_context():
        post = db.session.scalars(select(Post).where(Post.source == "Forged?", Post.number > 1)).one()
        item = db.session.scalars(select(Item).where(Item.title == "Forged?")).one()
        assert (post.author_id, post.number) == (world.ids["champion"], 7)
        assert (item.author_id, item.space_id) == (world.ids["champion"], world.spaces["harbour"])
        assert (item.state, item.audience) == ("published", "space")


def test_what_an_account_may_do_is_never_read_from_a_form(world: World) -> None:
    """A2, A4: nobody makes themselves an admin by their profile."""
    given = {
        **forged(world),
        "name": "Carla",
        "department": "0",
        "about": "",
        "zone": "Europe/London",
        "email": "f@example.org",
    }
    assert world.browser("champion").send("/me/profile", **given).status_code == 303
    with world.app.app_context():
        person = db.session.get_one(Person, world.ids["champion"])
        assert (person.name, person.is_admin, person.is_demo) == ("Carla", False, False)
        assert (person.handle, person.email, person.state) == ("carla.champion", "carla.champion@example.org", "active")


def role_in(world: World, slug: str, who: str) -> Role | None:
    with world.app.app_context():
        query = select(Membership.role).where(
            Membership.space_id == world.spaces[slug],
            Membership.person_id == world.ids[who],
            Membership.ended_at.is_(None),
        )
        return db.session.scalar(query)


def test_a_role_in_a_form_gives_nobody_more_than_the_door_does(world: World) -> None:
    """A2, A4: joining and coming by invitation make champions, whatever the form says."""
    client = world.browser("outsider")
    assert client.send("/s/champions/join", role="steward").status_code == 303
    assert role_in(world, "champions", "outsider") is Role.CHAMPION
    assert client.send(f"/i/{world.furniture['harbour'].token}", role="steward").status_code == 303
    assert role_in(world, "harbour", "outsider") is Role.CHAMPION


@pytest.mark.parametrize("role", ["organiser", "steward", "visitor", "admin", ""])
def test_an_organiser_hands_out_no_role_that_only_stewards_give(world: World, role: str) -> None:
    """A4: by invitation, by link and by request alike."""
    things, client = world.furniture["guild"], world.browser("organiser")
    until = (today("Europe/London") + timedelta(days=7)).isoformat()
    tries = (
        ("invitations", {"addresses": "x@example.org", "role": role}),
        ("invitations/link", {"uses": "2", "until": until, "role": role}),
        (f"requests/{things.request_id}/accept", {"role": role}),
        ("members/rita.reader/role", {"role": role}),
    )
    for address, form in tries:
        answer = client.send(f"/s/guild/{address}", **form)
        assert answer.status_code in {403, 422}, f"{address}: {answer.status}"
        # It is the role that was refused, not something else in the form.
        wrong = [node.text for node in parse(answer.get_data(as_text=True)).all("li") if "Write" in node.text]
        assert wrong == [], address
        assert world.restore() <= {"rate_window"}, address


def test_nobody_raises_their_own_role(world: World) -> None:
    """A4: not a reader, not a champion, not an organiser."""
    for who, handle in (("reader", "rita.reader"), ("champion", "carla.champion"), ("organiser", "oscar.organiser")):
        answer = world.browser(who).send(f"/s/harbour/members/{handle}/role", role="steward")
        assert answer.status_code == 403, who
    assert world.restore() == set()


def test_the_last_steward_stays_one(world: World) -> None:
    """A4: they neither step down, nor leave, nor are removed."""
    client = world.browser("steward")
    for address, form in (
        ("members/stella.steward/role", {"role": "champion"}),
        ("members/stella.steward/remove", {"reason": ""}),
        ("leave", {}),
    ):
        assert client.send(f"/s/harbour/{address}", **form).status_code in {403, 409}, address
    assert world.restore() == set()


def test_an_invitation_to_an_address_is_of_no_use_to_another_person(world: World) -> None:
    """A7: it works for that address."""
    with world.app.app_context():
        found = db.session.scalars(
            select(Invitation).join(Space).where(Space.slug == "harbour", Invitation.address.is_not(None))
        )
        token = invitation_token(found.one().nonce)
    answer = world.browser("outsider").send(f"/i/{token}")
    assert answer.status_code in {404, 409}
    assert world.restore() == set()
