"""Asking and starting: the form, what is wrong with it, previews, drafts, double presses."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.content.drafts import draft_at
from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.people.models import Person
from forum.spaces.models import Item
from forum.threads import actions
from forum.threads.addresses import start_place
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import hidden_value, said, standing

AsPerson = Callable[[Person], Browserless]
NEW = "/s/champions/threads/new"
GOOD = {
    "kind": "question",
    "section": "questions",
    "title": "Who empties it?",
    "body": "The **blue** bin.",
    "draft_version": "0",
}


def ask(client: Browserless, **changes: object) -> tuple[int, str]:
    """Send the form; return the status and the page or the address."""
    answer = client.send(NEW, **{**GOOD, **changes})
    return answer.status_code, answer.location if answer.status_code == 303 else answer.get_data(as_text=True)


def threads(app: Flask) -> int:
    """Count the threads there are."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Thread)) or 0


@pytest.mark.both_databases
def test_a_question_is_asked(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """It stands where it was put, as it was previewed, and says what happens next."""
    carla = as_person(cast.champion)
    assert carla.get(NEW).status_code == 200
    status, location = ask(carla)
    assert status == 303
    html = carla.get(location).get_data(as_text=True)
    assert "The <strong>blue</strong> bin." in html
    assert "Your question is asked" in html
    assert "Unanswered" in html
    with app.app_context():
        thread, item = db.session.execute(select(Thread, Item).join(Item, Item.id == Thread.id)).one()
        assert (item.title, item.author_id, item.last_number, item.last_by_id) == (
            "Who empties it?",
            cast.champion.id,
            1,
            cast.champion.id,
        )
        assert thread.is_question


def test_the_form_opens_as_the_link_says(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A question in the first section, something else in the next, or where one was reading."""
    with app.app_context():
        factories.make_section(cast.champions, name="Show and tell")
        factories.make_section(cast.champions, name="Channels")
    carla = as_person(cast.champion)

    def chosen(query: str) -> tuple[str, bool]:
        html = carla.get(NEW + query).get_data(as_text=True)
        section = html.split('<option selected value="')[1].split('"')[0]
        return section, "<h1>Ask a question</h1>" in html

    assert chosen("") == ("questions", True)
    assert chosen("?kind=talk") == ("show-and-tell", False)
    assert chosen("?kind=talk&section=channels") == ("channels", False)
    assert chosen("?kind=nonsense&section=nowhere") == ("questions", True)


@pytest.mark.parametrize(
    "changes, problem",
    [
        ({"title": "  "}, "Give it a title"),
        ({"title": "x" * 201}, "Keep the title under 200"),
        ({"title": "\x00\u200b\n"}, "Give it a title"),
        ({"body": " \r\n "}, "Write something first"),
        ({"body": "\x00\x01"}, "Write something first"),
        ({"body": "x" * 50_001}, "50,001 characters long"),
        ({"section": "nowhere"}, "Choose one of the list"),
        ({"section": "secret-section"}, "Choose one of the list"),
        ({"section": ""}, "Choose where it belongs"),
        ({"kind": "poem"}, "Choose one of the list"),
        ({"kind": ""}, "Say whether you are asking"),
        ({"draft_version": "many"}, "Give a whole number"),
        ({"draft_version": "99999999999999999999"}, "Give a number from"),
        ({"once": "x" * 99}, "Keep it under"),
    ],
)
def test_a_form_with_a_mistake_comes_back_as_it_was(
    app: Flask, cast: Cast, as_person: AsPerson, changes: dict[str, str], problem: str
) -> None:
    """422, the reason, and everything typed; nothing is started. A2: another space's section is no choice."""
    with app.app_context():
        factories.make_section(cast.night_desk, name="Secret section")
    status, html = ask(as_person(cast.champion), **changes)
    assert status == 422
    assert problem in html
    assert "<title>Problem:" in html
    kept = {**GOOD, **changes}
    for field in ("title", "body"):
        if kept[field].isprintable() and kept[field].strip():
            assert kept[field] in html
    assert threads(app) == 0


def test_nothing_in_the_form_says_who_one_is(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A2: `space_id`, `author_id` and `role` in a body are ignored."""
    ask(
        as_person(cast.champion),
        author_id=cast.organiser.id,
        space_id=cast.night_desk.id,
        role="steward",
        state="hidden",
    )
    with app.app_context():
        item = db.session.scalars(select(Item)).one()
        assert (item.author_id, item.space_id, item.state) == (cast.champion.id, cast.champions.id, "published")


def test_a_double_press_is_led_to_the_thread_of_the_first(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A replay makes nothing new."""
    carla = as_person(cast.champion)
    once = hidden_value(carla.get(NEW).get_data(as_text=True), "once")
    first, second = ask(carla, once=once), ask(carla, once=once)
    assert first == second
    assert first[0] == 303
    assert threads(app) == 1


def test_a_preview_starts_nothing_and_keeps_everything(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Without script the button sends the form; with script it gets the text alone."""
    carla = as_person(cast.champion)
    status, html = ask(carla, preview="1", once="k" * 32)
    assert status == 200
    assert "The <strong>blue</strong> bin." in html
    assert "The **blue** bin.</textarea>" in html
    assert 'value="Who empties it?"' in html
    assert hidden_value(html, "once") == "k" * 32
    assert threads(app) == 0
    answer = carla.send("/s/champions/threads/preview", source="Ask @colin.colleague, <b>please</b>")
    assert (answer.status_code, answer.get_data(as_text=True)) == (
        200,
        '<p>Ask <a href="/people/colin.colleague" class="mention">@Colin Colleague</a>, &lt;b&gt;please&lt;/b&gt;</p>',
    )
    assert carla.send("/s/champions/threads/preview", source="").status_code == 422


@pytest.mark.both_databases
def test_a_draft_waits_in_the_form_until_it_is_sent(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B5: saved without script, found on any device, gone when the thread is started."""
    carla, elsewhere = as_person(cast.champion), as_person(cast.champion)
    status, _location = ask(carla, keep="1", title="Half a", body="thought")
    assert status == 303
    html = elsewhere.get(NEW).get_data(as_text=True)
    assert 'value="Half a"' in html
    assert "thought</textarea>" in html
    assert "Draft saved" in html
    assert hidden_value(html, "draft_version") == "1"
    assert ask(elsewhere, draft_version="1", body="thought, and the rest")[0] == 303
    with app.app_context():
        assert draft_at(cast.champion, start_place(cast.champions)).is_empty
    assert "thought" not in carla.get(NEW).get_data(as_text=True)


@pytest.mark.parametrize(
    "changes, problem",
    [({"body": "x" * 50_081}, "50,081 characters"), ({"title": "x" * 201}, "Keep the title under 200")],
)
def test_what_a_draft_cannot_hold_is_refused_and_never_cut(
    app: Flask, cast: Cast, as_person: AsPerson, changes: dict[str, str], problem: str
) -> None:
    """B5: 422 with everything typed, by press and by script alike; nothing is saved."""
    carla = as_person(cast.champion)
    status, html = ask(carla, keep="1", **changes)
    assert status == 422
    assert problem in html
    assert next(iter(changes.values())) in html
    by_script = carla.send(f"{NEW}/draft", **{"body": "One", "title": "A title", "version": "0", **changes})
    assert by_script.status_code == 422
    assert problem in by_script.get_json()["error"]
    with app.app_context():
        assert draft_at(cast.champion, start_place(cast.champions)).version == 0


def test_a_saved_draft_comes_back_in_the_section_and_kind_that_were_chosen(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        factories.make_section(cast.champions, name="Channels")
    carla = as_person(cast.champion)
    status, location = ask(carla, keep="1", kind="talk", section="channels")
    assert status == 303
    html = carla.get(location).get_data(as_text=True)
    assert '<option selected value="channels">' in html
    assert "<h1>Start a thread</h1>" in html
    gone = carla.send(f"{NEW}/draft/discard", draft_version="1", kind="talk", section="channels")
    assert "section=channels" in gone.location


def test_a_script_saves_drafts_and_is_told_of_newer_ones(cast: Cast, as_person: AsPerson) -> None:
    """B5: 200 with the version, or 409 with the text that stands there."""
    carla = as_person(cast.champion)
    first = carla.send(f"{NEW}/draft", body="One", version="0", title="A title")
    assert first.status_code == 200
    assert first.json is not None
    assert first.json["version"] == 1
    assert carla.send(f"{NEW}/draft", body="Two", version="1").status_code == 200
    older = carla.send(f"{NEW}/draft", body="Three", version="1")
    assert (older.status_code, older.json) == (409, {"version": 2, "body": "Two"})
    assert 'value="A title"' in carla.get(NEW).get_data(as_text=True)
    assert carla.send(f"{NEW}/draft", body="x" * 50_001, version="2").status_code == 422
    for version in ("", "x", "-1", "9" * 30):
        assert carla.send(f"{NEW}/draft", body="Four", version=version).status_code == 409


def test_an_older_tab_without_script_sees_both_drafts(cast: Cast, as_person: AsPerson) -> None:
    """B5: 409 with its own text in the field and the newer one above; the next press decides."""
    carla = as_person(cast.champion)
    ask(carla, keep="1", body="The newer one")
    status, html = ask(carla, keep="1", body="The older one", draft_version="0")
    assert status == 409
    assert "The newer one</textarea>" in html
    assert "The older one</textarea>" in html
    assert "<title>Problem: Ask a question" in html
    assert 'role="alert" tabindex="-1" data-problems' in html
    assert hidden_value(html, "draft_version") == "1"
    assert ask(carla, keep="1", body="Both", draft_version="1")[0] == 303


def test_a_draft_is_thrown_away(cast: Cast, as_person: AsPerson) -> None:
    """By the press beside it."""
    carla = as_person(cast.champion)
    ask(carla, keep="1", body="Never mind")
    assert carla.send(f"{NEW}/draft/discard", draft_version="1").status_code == 303
    html = carla.get(NEW).get_data(as_text=True)
    assert "Never mind" not in html
    assert "The draft is gone" in html


def test_only_those_who_may_write_find_the_form(cast: Cast, as_person: AsPerson) -> None:
    """A1: the sentence says why not."""
    reader, visitor = as_person(cast.reader), as_person(cast.outsider)
    for client, why in ((reader, "read along"), (visitor, "Join the space first")):
        for answer in (client.get(NEW), client.send(NEW, **GOOD)):
            assert answer.status_code == 403
            assert why in answer.get_data(as_text=True)
    assert "The **blue** bin." in reader.send(NEW, **GOOD).get_data(as_text=True)


def test_bodies_that_tire_the_renderer_are_refused_with_the_text_kept(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """B7: a form error within the budget, and nothing lost."""
    status, html = ask(as_person(cast.champion), body="[" * 20_000)
    assert status == 422
    assert "couldn’t lay this out" in html
    assert "[" * 20_000 in html
    assert threads(app) == 0


def test_rules_hold_without_the_form(context: None, cast: Cast) -> None:
    """Commands and the demo call the action: the same refusals."""
    here = standing(cast.champion)
    section = factories.make_section(cast.night_desk, name="Elsewhere")
    home = factories.make_section(cast.champions, name="Here")
    for title, where, field in (("", home, "title"), ("x" * 201, home, "title"), ("Good", section, "section")):
        with pytest.raises(Invalid) as refused, transaction():
            actions.start(here, title=title, section=where, text=said("Text."), is_question=True)
        assert list(refused.value.errors) == [field]
    with transaction():
        thread = actions.start(here, title=" Two\nlines ", section=home, text=said("Text."), is_question=False)
    assert db.session.get_one(Item, thread.id).title == "Two lines"
    assert db.session.scalars(select(Post.number)).all() == [1]
