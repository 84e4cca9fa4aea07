"""Pages of playbooks, as those who write, run and keep them see them, without script."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.people.models import Person
from forum.playbooks.models import Playbook, Proposal, Run, Stage
from forum.spaces.models import Item, ItemState
from tests import factories
from tests.cast import Browserless, Cast
from tests.factories.playbooks import key_of

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/playbooks/"


def typed(*steps: str, **others: str) -> dict[str, str]:
    """Return the editor's form with these steps."""
    form = {
        "title": "The map is blank",
        "when": "",
        "draft_version": "0",
        "once": "1" * 32,
        "audience": "space",
        "story": "",
    }
    for number, text in enumerate(steps):
        form |= {
            f"s{number}-key": key_of(number),
            f"s{number}-text": text,
            f"s{number}-warning": "",
            f"s{number}-proof": "",
        }
    return {**form, **others}


def steps_on(page: str) -> list[str]:
    """Return the steps that the editor shows, in order."""
    return re.findall(r'<textarea[^>]*name="s\d+-text"[^>]*>\s*([^<]*?)</textarea>', page)


@pytest.mark.both_databases
def test_steps_are_put_in_order_kept_as_a_draft_and_published_once(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B5: each press is answered with everything that was typed; the draft is there on another device."""
    carla = as_person(cast.champion)
    assert "There is no playbook here yet." in carla.get(HOME).get_data(as_text=True)
    page = carla.send(f"{HOME}new", **typed("one", "two", "three", do="up 2")).get_data(as_text=True)
    assert steps_on(page) == ["one", "three", "two"]
    page = carla.send(f"{HOME}new", **typed("one", "three", "two", do="drop 1", draft_version="1")).get_data(
        as_text=True
    )
    assert steps_on(page) == ["one", "two"]
    assert 'name="gone-text" value="three"' in page
    form = typed("one", "two", do="undrop 1", draft_version="2", **{"gone-text": "three", "gone-key": key_of(7)})
    assert steps_on(carla.send(f"{HOME}new", **form).get_data(as_text=True)) == ["one", "three", "two"]
    assert steps_on(as_person(cast.champion).get(f"{HOME}new").get_data(as_text=True)) == ["one", "three", "two"]
    shown = carla.send(f"{HOME}new", **typed("Set **3.4**", do="preview")).get_data(as_text=True)
    assert "<strong>3.4</strong>" in shown
    answers = [carla.send(f"{HOME}new", **typed("one", "two")) for _press in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Playbook)) == 1


def test_a_title_says_once_that_there_is_a_problem(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """What a screen reader says first, on each of the three forms."""
    with app.app_context():
        playbook = factories.make_playbook(cast.champions, author=cast.champion, steps=("one", "two"))
        ref = db.session.get_one(Item, playbook.id).ref
    for path, who in (("new", cast.champion), (f"{ref}/change", cast.champion), (f"{ref}/propose", cast.colleague)):
        answer = as_person(who).send(f"{HOME}{path}", **typed("", title=""))
        title = answer.get_data(as_text=True).split("<title>")[1].split("</title>")[0]
        assert (path, answer.status_code, title.count("Problem:")) == (path, 422, 1)


@pytest.mark.both_databases
def test_what_is_too_long_or_too_much_is_said_and_nothing_is_lost(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """50 kB in a step, 300 steps, nothing at all, markup: a sentence beside it, and every step still there."""
    carla = as_person(cast.champion)
    long = "x" * 50_000
    answer = carla.send(f"{HOME}new", **typed("one", long))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "50,000 characters, and 3,000 fit" in page
    assert steps_on(page) == ["one", long]
    many = [f"step {number}" for number in range(300)]
    answer = carla.send(f"{HOME}new", **typed(*many))
    assert answer.status_code == 422
    assert "This has 300 steps, and 60 fit." in answer.get_data(as_text=True)
    assert steps_on(answer.get_data(as_text=True)) == many
    answer = carla.send(f"{HOME}new", **typed("", title=""))
    assert "A playbook needs one step at least." in answer.get_data(as_text=True)
    hostile = "<script>alert(1)</script>{{7*7}}\x00\x1b"
    answer = carla.send(
        f"{HOME}new", **typed(hostile, **{"s0-warning": hostile, "title": hostile}), follow_redirects=True
    )
    page = carla.get(answer.location).get_data(as_text=True)
    assert "<script>alert" not in page
    assert page.count("{{7*7}}") >= 3
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Playbook)) == 1


@pytest.mark.both_databases
def test_a_change_upon_an_older_version_is_shown_with_both_and_saved_then(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        playbook = factories.make_playbook(cast.champions, author=cast.champion, steps=("one", "two"))
        where = f"{HOME}{db.session.get_one(Item, playbook.id).ref}/"
        factories.make_edition(playbook, by=cast.organiser, steps=("one!", "two"), number=2, title="The map is blank")
        with transaction():
            db.session.get_one(Playbook, playbook.id).version = 2
    carla = as_person(cast.champion)
    answer = carla.send(f"{where}change", **typed("ONE", "two, please", version="1", reason="Clearer.", proposal=""))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert steps_on(page) == ["one!", "two, please"]
    assert re.search(r"<textarea[^>]*readonly[^>]*>\s*ONE</textarea>", page)
    assert re.search(r'<input(?=[^>]*name="version")[^>]*value="2"', page)
    answer = carla.send(f"{where}change", **typed("ONE!", "two, please", version="2", reason="Clearer.", proposal=""))
    assert answer.status_code == 303
    assert "ONE!" in carla.get(where).get_data(as_text=True)
    versions = carla.get(f"{where}versions").get_data(as_text=True)
    assert "Version 3" in versions
    assert "Clearer." in versions
    assert "two, please" in carla.get(f"{where}versions/3").get_data(as_text=True)
    assert carla.get(f"{where}versions/9").status_code == 404
    copied = carla.get(f"{where}checklist.md")
    assert copied.get_data(as_text=True).startswith("# The map is blank")
    assert copied.headers["Content-Disposition"].startswith("attachment")
    assert carla.get(f"{where}checklist.exe").status_code == 404


@pytest.mark.both_databases
def test_a_stale_proposal_opens_in_the_editor_with_what_fits(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The second of two never writes over the first: its page says what has changed since."""
    with app.app_context():
        playbook = factories.make_playbook(cast.champions, author=cast.champion, steps=("one", "two"))
        ref = db.session.get_one(Item, playbook.id).ref
        proposal = factories.make_proposal(playbook, by=cast.colleague, steps=("one", "two and a half"))
        where, proposal_id = f"{HOME}proposals/{proposal.ref}/", proposal.id
        factories.make_edition(playbook, by=cast.champion, steps=("one!", "two"), number=2, title="The map is blank")
        with transaction():
            db.session.get_one(Playbook, playbook.id).version = 2
    carla = as_person(cast.champion)
    page = carla.get(where).get_data(as_text=True)
    assert "The playbook has changed since." in page
    assert "Accept it" not in page
    assert carla.send(f"{where}accept").status_code == 409
    page = carla.get(f"{HOME}{ref}/change?proposal={proposal.ref}").get_data(as_text=True)
    assert steps_on(page) == ["one!", "two and a half"]
    form = typed("one!", "two and a half", version="2", reason="", proposal=proposal.ref)
    assert carla.send(f"{HOME}{ref}/change", **form).status_code == 303
    assert carla.send(f"{HOME}{ref}/change", **form).status_code == 409  # it was accepted already
    with app.app_context():
        assert db.session.get_one(Proposal, proposal_id).stage is Stage.ACCEPTED
        assert db.session.get_one(Playbook, playbook.id).version == 3
    assert "proposed by Colin Colleague" in carla.get(f"{HOME}{ref}/").get_data(as_text=True)


@pytest.mark.both_databases
def test_a_run_of_a_withdrawn_playbook_keeps_what_was_typed_and_shows_no_step(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """E5: a clear message, nothing lost; and nothing is found by anybody else, nor under another space's address (A2)."""
    with app.app_context():
        playbook = factories.make_playbook(cast.champions, author=cast.champion, steps=("Ring 01632 960 007", "two"))
        run = factories.make_run(playbook, by=cast.colleague, purpose="The map", notes={1: "It was blue."})
        where, run_id = f"{HOME}runs/{run.ref}/", run.id
        elsewhere = f"/s/night-desk/playbooks/runs/{run.ref}/"
    colin = as_person(cast.colleague)
    assert "01632 960 007" in colin.get(where).get_data(as_text=True)
    assert as_person(cast.insider).get(elsewhere).status_code == 404
    with app.app_context(), transaction():
        db.session.get_one(Item, playbook.id).state = ItemState.WITHDRAWN
    answer = colin.send(f"{where}note", key=key_of(0), words="They moved <b>it</b>.")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    for words in ("This playbook was withdrawn", "It was blue.", "They moved &lt;b&gt;it&lt;/b&gt;."):
        assert words in page
    assert "01632 960 007" not in page + colin.get(where).get_data(as_text=True)
    assert as_person(cast.organiser).get(where).status_code == 404
    assert colin.send(f"{where}drop").status_code == 303
    with app.app_context():
        assert db.session.get(Run, run_id) is None
