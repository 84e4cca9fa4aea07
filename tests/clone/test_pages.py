"""Pages of showcases and the steps to a space of one's own, as people see them, without script."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.clone.models import CloneJob
from forum.clone.rooms import house
from forum.core.db import db, transaction
from forum.core.markup import render
from forum.core.time import now, today
from forum.people.models import Person
from forum.spaces.actions.describing import describe, settings_of
from forum.spaces.guard import here_for
from forum.spaces.models import Item, Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.clone.steps import copy, show

AsPerson = Callable[[Person], Browserless]
EDIT = "/s/champions/showcase/edit"
SAVED = {"how": "We meet **monthly**.", "shows_numbers": "y", "offers_copy": "y", "is_open": "y"}
PARTS = ["welcome", "sections", "duties", "stories"]


def text(client: Browserless, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def named(**others: str) -> dict[str, str]:
    day = (today("Europe/London") + timedelta(days=7)).isoformat()
    return {"name": "Ward clerks online", "slug": "", "cloth": "plum", "first_day": day, **others}


@pytest.mark.both_databases
def test_a_steward_opens_a_showcase_and_somebody_begins_a_space_like_it(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Journey 7's first half, without script: look, name, choose, look exactly, press once; a second press leads there, too."""
    with app.app_context():
        story = factories.make_story(cast.champions, author=cast.champion, title="The map went blank")
        address = f"/s/champions/stories/{db.session.get_one(Item, story.id).ref}"
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, title="Welcome newcomers")
    stella, carla, otto = as_person(cast.steward), as_person(cast.champion), as_person(cast.outsider)
    assert otto.get("/s/champions/showcase").status_code == 404
    assert stella.send(EDIT, **SAVED, parts=PARTS).status_code == 303
    assert stella.send("/s/champions/showcase/items", address=f"https://x.example{address}/#post-1").status_code == 303
    assert "for Carla Champion" in text(stella, EDIT)
    assert "The map went blank" not in text(otto, "/s/champions/showcase")
    ask = re.search(r'href="(/s/champions/showcase/asked/\w+)"', text(carla, "/s/champions/"))
    assert ask is not None
    assert carla.send(ask.group(1), answer="yes").status_code == 303
    page = text(otto, "/s/champions/showcase")
    assert "The map went blank" in page
    assert "<h4>What we saw</h4>" in page
    assert "<strong>monthly</strong>" in page
    assert "Carla" not in page
    assert "Champions" in text(otto, "/showcases")
    begun = otto.send("/s/champions/showcase/start")
    step = begun.location
    assert otto.send(step, **named(name="", first_day="")).status_code == 422
    assert otto.send(step, **named()).location == f"{step}/along"
    assert otto.send("/s/champions/showcase/start").location == step  # left, and gone on with
    assert "Ward clerks online" in text(otto, "/showcases")
    page = text(otto, f"{step}/along")
    assert "Without holders: you fill the seats" in page
    assert otto.send(f"{step}/along", parts=PARTS).location == f"{step}/look"
    page = text(otto, f"{step}/look")
    assert "one duty without a holder, one story; no people, no posts but these." in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    made = otto.send(f"{step}/look", seen=seen.group(1))
    assert (made.status_code, made.location) == (303, "/s/ward-clerks-online/")
    assert otto.send(f"{step}/look", seen=seen.group(1)).location == made.location
    assert re.search(r"version \d+ of its showcase", text(otto, made.location))
    assert "1 now. Without holders: you fill the seats." in text(stella, EDIT)
    assert "None now." in text(stella, EDIT)
    assert otto.get(f"{step}/along").location == made.location
    page = text(otto, made.location)
    for words in (
        "Invite three people",
        "Name a deputy",
        "Hold the first meetup",
        "Tell the first story",
        "Grown from",
    ):
        assert words in page
    assert "Champions" in page
    page = text(otto, "/s/ward-clerks-online/stories/")
    assert "The map went blank" in page
    assert "From the original" in page
    assert "Former member" not in page
    assert stella.get("/s/ward-clerks-online/").status_code == 404
    assert "began a space of their own" in text(stella, "/s/champions/log")


def test_a_private_link_opens_the_showcase_to_anyone_until_it_is_ended(
    app: Flask, cast: Cast, as_person: AsPerson, visitor: Browserless
) -> None:
    """A14: shown once, stored hashed, revoked at once; who came by it can't make what it doesn't open any more (F4)."""
    stella, otto = as_person(cast.steward), as_person(cast.outsider)
    stella.send(EDIT, **{**SAVED, "is_open": ""}, parts=PARTS)
    page = stella.send("/s/champions/showcase/link").get_data(as_text=True)
    link = re.search(r'value="https?://[^/"]+(/showcase/\w+)"', page)
    assert link is not None
    assert link.group(1) not in text(stella, EDIT)
    page = text(visitor, link.group(1))
    assert "Start one like this" in page
    assert "ask whoever gave you this link: an organiser of Champions can invite you" in page
    assert "ask whoever gave you this link" not in text(otto, link.group(1))
    assert visitor.send(f"{link.group(1)}/start").location.startswith("/sign-in")
    assert otto.get("/s/champions/showcase").status_code == 404
    assert f'href="{link.group(1)}/start"' in text(visitor, link.group(1))
    assert visitor.get(f"{link.group(1)}/start").location == f"/sign-in?next={link.group(1)}/start"
    assert f"Sign in to begin a space like {cast.champions.name}" in text(visitor, "/sign-in")
    first = text(otto, f"{link.group(1)}/start")  # where they land when they are signed in
    assert "Name your space" in first
    assert f'action="{link.group(1)}/start"' in first
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CloneJob)) == 0  # looking begins nothing
    assert otto.send(f"{link.group(1)}/start", **named(name="")).status_code == 422
    assert otto.send(f"{link.group(1)}/start", **named()).location.endswith("/along")
    assert named()["name"] in text(otto, f"{link.group(1)}/start")
    step = otto.send(f"{link.group(1)}/start").location
    otto.send(step, **named())
    seen = re.search(r'name="seen" value="(\w+)"', text(otto, f"{step}/look"))
    assert seen is not None
    assert stella.send("/s/champions/showcase/link/end").status_code == 303
    assert visitor.get(link.group(1)).status_code == 404
    said = otto.send(f"{step}/look", seen=seen.group(1))
    assert said.status_code == 409
    assert "isn’t offered any more" in said.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Space)) == 2


def test_the_author_says_no_and_can_change_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Nobody learns why; others aren't asked in their place."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Asked by Carla", ref="asked00000")
        assert thread.id
    stella, carla, colin = as_person(cast.steward), as_person(cast.champion), as_person(cast.colleague)
    assert "Show it to other teams" in text(stella, "/s/champions/threads/asked00000/")
    assert "Show it to other teams" not in text(carla, "/s/champions/threads/asked00000/")
    offer = "/s/champions/showcase/items/asked00000"
    assert "Everybody who wrote it is asked first" in text(stella, offer)
    stella.send(offer)
    asked = "/s/champions/showcase/asked/asked00000"
    assert colin.get(asked).status_code == 404
    assert colin.send(asked, answer="yes").status_code == 404
    carla.send(asked, answer="no")
    assert "Somebody who wrote it said no." in text(stella, EDIT)
    carla.send(asked, answer="yes")
    stella.send(EDIT, **SAVED, parts=PARTS)
    assert "Asked by Carla" in text(as_person(cast.outsider), "/s/champions/showcase")
    stella.send(f"{offer}/drop")
    assert "Asked by Carla" not in text(as_person(cast.outsider), "/s/champions/showcase")


def test_what_nobody_can_agree_to_is_refused_with_a_sentence(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """E3: without a name nobody can be asked; nothing that isn't a story or thread of this space is chosen (A2)."""
    with app.app_context():
        factories.make_story(cast.champions, author=None, key="k", ref="nnamed0000")
        factories.make_thread(cast.night_desk, author=cast.insider, ref="e1sewhere0")
    stella = as_person(cast.steward)
    for address, words in (
        ("/s/champions/stories/nnamed0000", "can’t be asked any more"),
        ("/s/champions/threads/e1sewhere0", "No story or thread of this space"),
        ("https://example.org/", "No story or thread of this space"),
        ("", "Copy the address"),
    ):
        said = stella.send("/s/champions/showcase/items", address=address)
        assert said.status_code == 422
        assert words in said.get_data(as_text=True)


def test_what_is_begun_is_nobody_elses_and_can_be_thrown_away(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A2: another's steps are a 404."""
    otto, carla = as_person(cast.outsider), as_person(cast.champion)
    step = otto.send("/starters/champions/start").location
    assert carla.get(step).status_code == 404
    assert carla.send(f"{step}/give-up").status_code == 404
    assert otto.send(f"{step}/give-up").status_code == 303
    assert otto.get(step).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CloneJob)) == 0


def test_the_first_week_goes_away_as_it_is_done(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Each task is a link; what is done isn't shown; all of it can be put away."""
    otto = as_person(cast.outsider)
    step = otto.send("/starters/champions/start").location
    otto.send(step, **named())
    seen = re.search(r'name="seen" value="(\w+)"', text(otto, f"{step}/look"))
    assert seen is not None
    home = otto.send(f"{step}/look", seen=seen.group(1)).location
    assert "A new council’s champions" in text(otto, home)
    with app.app_context():
        space = db.session.scalars(select(Space).where(Space.slug == "ward-clerks-online")).one()
        for person in (cast.champion, cast.colleague, cast.organiser):
            factories.make_membership(space, person)
        factories.make_story(space, author=cast.outsider)
        assert space.created_at <= now()
    page = text(otto, home)
    assert "Invite three people" not in page
    assert "Tell the first story" not in page
    assert "Name a deputy" in page
    assert "Your first week" not in text(as_person(cast.champion), home)
    assert otto.send("/s/ward-clerks-online/first-steps/hide").status_code == 303
    assert "Your first week" not in text(otto, home)


def test_a_copied_welcome_is_to_be_rewritten(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """It says where the original meets: the last look says so, and the first week begins with it until all of it is one's own."""
    with app.app_context():
        source = cast.champions
        about = "Meetups are on Wednesdays at 10:00, Central Library, room 2."
        factories.describe_space(source, name="Champions", purpose="For champions", about=about)
        show(cast.steward, source)
    otto = as_person(cast.outsider)
    step = otto.send("/s/champions/showcase/start").location
    otto.send(step, **named())
    page = text(otto, f"{step}/look")
    assert "come along word for word" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    home = otto.send(f"{step}/look", seen=seen.group(1)).location
    assert "Rewrite the welcome" in text(otto, home)
    with app.app_context():
        stands = settings_of(here_for(cast.outsider, "ward-clerks-online").space)
    for purpose, about, is_left in (("For clerks", stands.about, True), ("For clerks", "We meet on Mondays.", False)):
        with app.test_request_context("/"), transaction():
            wished = replace(stands, purpose=purpose, about=about)
            describe(here_for(cast.outsider, "ward-clerks-online"), wished, about=render(about))
        assert ("Rewrite the welcome" in text(otto, home)) is is_left


def test_a_starter_is_called_by_its_name_and_has_no_original(cast: Cast, as_person: AsPerson) -> None:
    """It has no version and no log, and nothing changes there; who takes nothing along reads no empty heading."""
    otto = as_person(cast.outsider)
    step = otto.send("/starters/campaign/start").location
    assert "A campaign team" in text(otto, "/showcases").split("Starters")[0]
    otto.send(step, **named())
    assert "<b>A campaign team</b>" in text(otto, f"{step}/along")
    otto.send(f"{step}/along")
    page = text(otto, f"{step}/look")
    assert "<b>A campaign team</b>" in page
    assert "Exactly this" not in page
    assert "The original" not in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    home = text(otto, otto.send(f"{step}/look", seen=seen.group(1)).location)
    assert "A campaign team" in home
    assert "of its showcase" not in home
    assert "What changes there" not in home
    assert "of its showcase" not in text(otto, "/s/ward-clerks-online/family")


def test_no_space_is_named_to_who_may_not_see_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """F6: "grown from" says the name only to who may know it. Seen to fail with `seen` left out of `grown_from`."""
    ingrid = as_person(cast.insider)
    ingrid.send("/s/night-desk/showcase/edit", **SAVED, parts=PARTS)
    step = ingrid.send("/s/night-desk/showcase/start").location
    ingrid.send(step, **named())
    seen = re.search(r'name="seen" value="(\w+)"', text(ingrid, f"{step}/look"))
    assert seen is not None
    home = ingrid.send(f"{step}/look", seen=seen.group(1)).location
    with app.app_context():
        space = db.session.scalars(select(Space).where(Space.slug == "ward-clerks-online")).one()
        factories.make_membership(space, cast.champion)
    carla = as_person(cast.champion)
    assert "Night desk" in text(carla, home)  # while its showcase is open
    ingrid.send("/s/night-desk/showcase/edit", **{**SAVED, "is_open": ""}, parts=PARTS)
    page = text(carla, home)
    assert "Another space" in page
    assert "Night desk" not in page


def test_an_open_showcase_of_a_private_space_shows_nothing_else_of_it(cast: Cast, as_person: AsPerson) -> None:
    """A3: the page, and nothing beside it."""
    ingrid, otto = as_person(cast.insider), as_person(cast.outsider)
    ingrid.send("/s/night-desk/showcase/edit", **SAVED, parts=PARTS)
    assert otto.get("/s/night-desk/showcase").status_code == 200
    for path in ("", "about", "threads/", "stories/", "log", "showcase/edit", "showcase/template"):
        assert otto.get(f"/s/night-desk/{path}").status_code == 404


def test_a_copied_playbook_is_listed_read_and_run_by_nobodys_name(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """F1: its pages stand without an editor and a keeper, and the look counts it in words."""
    with app.test_request_context("/"):
        factories.make_playbook(cast.champions, author=cast.champion, title="New tablet")
        show(cast.steward, cast.champions, parts=["playbooks"])
        made = copy(cast.outsider, cast.champions)
        ref = db.session.scalars(select(Item.ref).where(Item.space_id == made.id, Item.kind == "playbook")).one()
        slug, one = made.slug, next(part for part in house().parts if part.name == "playbooks").counted(4)
    assert one == "4 playbooks"
    otto = as_person(cast.outsider)
    assert "New tablet" in text(otto, f"/s/{slug}/playbooks/")
    page = text(otto, f"/s/{slug}/playbooks/{ref}/")
    assert "Open the settings" in page
    assert "Carla" not in page
    for path in ("", "versions", "versions/1"):  # nobody left who wrote it
        page = text(otto, f"/s/{slug}/playbooks/{ref}/{path}")
        assert "From the original" in page
        assert "Former member" not in page
