"""A page of a list costs the same number of queries, however long the list is."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest

from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.notices import Reason
from forum.core.time import now
from forum.help.models import Case, CaseState
from forum.help.models import Page as HelpPage
from forum.notify.models import Notification
from forum.playbooks.models import Playbook
from forum.spaces.models import Item, Visibility
from forum.stories.models import Result, Story
from tests import factories
from tests.contracts.world import World

MORE = 30
MOST_FOR_A_THREAD = 10


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page with a list, and how the list grows by one."""

    path: str
    grow: Callable[[World], object]
    who: str = "steward"


def another_thread(world: World) -> None:
    thread = factories.make_thread(world.space("harbour"), author=factories.make_person())
    factories.make_post(thread, author=factories.make_person(department=factories.make_department()))


def another_post(world: World) -> None:
    question = world.thread(world.furniture["harbour"].ref)
    factories.make_post(question, author=factories.make_person(department=factories.make_department()))


def another_member(world: World) -> None:
    person = factories.make_person(department=factories.make_department())
    factories.make_membership(world.space("harbour"), person)


def another_line(world: World) -> None:
    actor, about = factories.make_person(), factories.make_person()
    space = world.space("harbour")
    factories.make_log_entry("removed member", actor=actor, space=space, person=about, reason="Gone.")


def another_space(world: World) -> None:
    for visibility in Visibility:
        space = factories.make_space(visibility=visibility)
        for who in ("steward", "champion"):
            factories.make_membership(space, world.person(who))
    factories.make_space(visibility=Visibility.BY_REQUEST)


def another_file(world: World) -> None:
    thread = world.thread(world.furniture["harbour"].ref)
    post = db.session.scalars(db.select(Post).where(Post.item_id == thread.id, Post.number == 1)).one()
    for where in ({"to": post}, {"place": "reply:harbr0000q"}, {"place": f"start:{world.space('harbour').uuid}"}):
        factories.make_attachment(world.space("harbour"), by=world.person("champion"), **where)


def another_version(world: World) -> None:
    things = world.furniture["harbour"]
    post = db.session.scalars(
        db.select(Post).where(Post.item_id == world.thread(things.ref).id, Post.number == 3)
    ).one()
    factories.make_revision(post, text="Before that.", editor=factories.make_person())


def another_bookmark(world: World) -> None:
    thread = factories.make_thread(world.space("harbour"), author=factories.make_person())
    post = factories.make_post(thread, author=factories.make_person())
    factories.make_bookmark(world.person("champion"), post, note="Later.")


def another_notification(world: World) -> None:
    thread = factories.make_thread(world.space("harbour"), author=factories.make_person())
    post = factories.make_post(thread, author=factories.make_person())
    with transaction():
        told = {"person_id": world.person("champion").id, "post_id": post.id, "reason": Reason.WATCHING}
        db.session.add(Notification(**told, at=now()))


def another_story(world: World) -> None:
    factories.make_story(world.space("harbour"), author=factories.make_person())


def another_playbook(world: World) -> None:
    playbook = factories.make_playbook(world.space("harbour"), author=factories.make_person(), due_on=None)
    factories.make_run(playbook, by=factories.make_person(department=factories.make_department()), is_shared=True)


def another_run(world: World) -> None:
    ref = world.furniture["harbour"].playbook
    playbook = db.session.scalars(db.select(Playbook).join(Item, Item.id == Playbook.id).where(Item.ref == ref)).one()
    person = factories.make_person(department=factories.make_department())
    factories.make_run(playbook, by=person, is_shared=True, done=(0,), notes={0: "Blue."})
    factories.make_proposal(playbook, by=person)


def another_team(world: World) -> None:
    ref = world.furniture["harbour"].story
    story = db.session.scalars(db.select(Story).join(Item, Item.id == Story.id).where(Item.ref == ref)).one()
    team = factories.make_department()
    for result in (None, Result.WORKED):
        factories.make_use(story, team, by=factories.make_person(department=team), result=result)
    factories.make_use(story, team, by=factories.make_person(department=team), saves=True)


def another_case(world: World) -> None:
    for state in (CaseState.OPEN, CaseState.CLOSED):
        factories.make_case(world.space("harbour"), author=factories.make_person(), state=state)


def another_asked(world: World) -> None:
    case = db.session.scalars(db.select(Case).join(Item, Item.id == Case.id).where(Item.ref == "harbr00006")).one()
    with transaction():
        db.session.add(HelpPage(case_id=case.id, round=1, person_id=factories.make_person().id, step=1, at=now()))


def another_willing(world: World) -> None:
    person = factories.make_person()
    factories.make_membership(world.space("harbour"), person)
    factories.make_willing(world.space("harbour"), person)


def another_told(world: World) -> None:
    thread = world.thread(world.furniture["harbour"].ref)
    post = db.session.scalars(db.select(Post).where(Post.item_id == thread.id, Post.number == 1)).one()
    with transaction():
        told = {"person_id": factories.make_person().id, "post_id": post.id, "reason": Reason.WATCHING}
        db.session.add(Notification(**told, at=now()))


def another_reaction(world: World) -> None:
    things = world.furniture["harbour"]
    post = db.session.scalars(
        db.select(Post).where(Post.item_id == world.thread(things.ref).id, Post.number == 2)
    ).one()
    factories.make_reaction(post, by=factories.make_person())


LISTINGS = (
    *(Listing(path=f"/s/harbour/threads/{query}", grow=another_thread, who="champion")
      for query in ("", "?show=unread", "?show=unanswered", "?show=mine", "?section=questions")),
    Listing(path="/s/harbour/", grow=another_thread, who="champion"),
    Listing(path="/s/harbour/threads/harbr0000q/", grow=another_post, who="champion"),
    Listing(path="/s/harbour/threads/harbr0000q/", grow=another_post, who="steward"),
    *(Listing(path=f"/s/harbour/threads/{page}", grow=another_file, who="champion")
      for page in ("harbr0000q/", "harbr0000q/posts/1/edit", "new")),
    Listing(path="/s/harbour/threads/harbr0000q/posts/3/history", grow=another_version),
    Listing(path="/me/bookmarks", grow=another_bookmark, who="champion"),
    *(Listing(path=path, grow=another_notification, who="champion") for path in ("/me/notifications", "/me/told")),
    Listing(path="/s/harbour/threads/harbr0000q/posts/1/told", grow=another_told),
    Listing(path="/s/harbour/threads/harbr0000q/posts/2/more", grow=another_reaction, who="champion"),
    Listing(path="/s/harbour/threads/mentions?q=pe", grow=another_member),
    Listing(
        path="/s/harbour/threads/sections",
        grow=lambda world: factories.make_section(world.space("harbour"), name=uuid4().hex[:20]),
    ),
    Listing(
        path="/s/harbour/threads/new",
        grow=lambda world: factories.make_section(world.space("harbour"), name=uuid4().hex[:20]),
    ),
    *(Listing(path=f"/s/harbour/stories/{query}", grow=another_story, who="champion") for query in ("", "?show=worked")),
    Listing(path="/s/harbour/stories/harbr0000s/", grow=another_team, who="champion"),
    Listing(path="/s/harbour/", grow=another_story, who="champion"),
    *(Listing(path=f"/s/harbour/{page}", grow=another_case, who="steward") for page in ("", "help/", "help/?show=closed")),
    Listing(path="/s/harbour/help/harbr00006/", grow=another_asked, who="champion"),
    Listing(path="/s/harbour/help/new", grow=another_willing, who="champion"),
    Listing(path="/s/harbour/playbooks/", grow=another_playbook, who="champion"),
    *(Listing(path=f"/s/harbour/playbooks/harbr0000b/{page}", grow=another_run, who="champion") for page in ("", "runs")),
    Listing(path="/s/harbour/", grow=another_run, who="champion"),
    Listing(path="/s/harbour/members", grow=another_member),
    Listing(path="/s/harbour/about", grow=another_member),
    Listing(path="/s/harbour/log", grow=another_line),
    Listing(
        path="/s/harbour/requests",
        grow=lambda world: factories.make_join_request(world.space("harbour"), factories.make_person()),
    ),
    Listing(
        path="/s/harbour/invitations",
        grow=lambda world: factories.make_invitation(world.space("harbour"), by=factories.make_person()),
    ),
    Listing(path="/spaces", grow=another_space, who="champion"),
    Listing(path="/admin/spaces", grow=another_space, who="admin"),
    Listing(path="/people/carla.champion", grow=another_space),
    Listing(path="/admin/people", grow=lambda _world: factories.make_person(), who="admin"),
    Listing(path="/admin/departments", grow=lambda _world: factories.make_department(), who="admin"),
    Listing(
        path="/me/sessions",
        grow=lambda world: factories.make_web_session(world.person("champion"), token=uuid4().hex),
        who="champion",
    ),
    Listing(
        path="/admin/mail", grow=lambda _world: factories.make_failed_delivery(factories.make_person()), who="admin"
    ),
    Listing(path="/dev/mail", grow=lambda _world: factories.make_kept_mail(), who="nobody"),
)  # fmt: skip


def queries_for(world: World, listing: Listing) -> list[str]:
    """Return the statements of the second look: the first one writes how far one has read."""
    client = world.browser(listing.who)
    assert client.get(listing.path).status_code == 200
    with world.counting() as statements:
        client.get(listing.path)
    return statements


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: f"{listing.path} {listing.who}")
def test_a_list_of_thirty_costs_what_a_list_of_one_costs(world: World, listing: Listing) -> None:
    """A forgotten load would ask once for each row. B2: pages of threads take ten queries at the most."""
    with world.app.test_request_context("/"):
        listing.grow(world)
    few = queries_for(world, listing)
    with world.app.test_request_context("/"):
        for _ in range(MORE):
            listing.grow(world)
    many = queries_for(world, listing)
    assert many == few or len(many) == len(few), "\n\n".join(many)
    if "/threads/" in listing.path:
        assert len(many) <= MOST_FOR_A_THREAD, "\n\n".join(many)


def test_a_first_look_at_a_thread_costs_ten_queries_at_the_most(world: World) -> None:
    """B2, B3: with the read mark that it leaves."""
    client = world.browser("reader")
    client.get("/privacy")
    with world.counting() as statements:
        client.get(f"/s/harbour/threads/{world.furniture['harbour'].ref}/")
    assert len(statements) <= MOST_FOR_A_THREAD, "\n\n".join(statements)
