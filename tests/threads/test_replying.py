"""Replying: the form at the end of a thread, with and without script."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content.drafts import draft_at
from forum.content.models import Post, PostState
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Space
from forum.threads.addresses import reply_place
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, hidden_value

AsPerson = Callable[[Person], Browserless]


@pytest.fixture
def url(app: Flask, cast: Cast) -> str:
    """Give the address of a question by Carla with three posts, of which Stella wrote the last."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, texts=["Who empties it?", "Nobody knows?"])
        factories.make_post(thread, author=cast.steward, text="> [post 1]\n> Who?\n\nThe **depot** does.")
    return address(app, thread)


def posts(app: Flask) -> list[tuple[int, str, int | None]]:
    """Return the posts: number, text, in reply to."""
    with app.app_context():
        rows = db.session.execute(select(Post.number, Post.source, Post.in_reply_to).order_by(Post.id))
        return [(number, source, in_reply_to) for number, source, in_reply_to in rows]


def strip_of(html: str) -> tuple[str, str] | None:
    """Return what the strip above the text says, and where its link leads; None while it is hidden."""
    found = re.search(r'data-replying><input.*?<a href="([^"]*)" data-replying-post>(.*?)</a>', html, re.DOTALL)
    return (found[1], re.sub(r"<[^>]+>", "", found[2])) if found else None


@pytest.mark.both_databases
def test_a_reply_stands_at_the_end(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """One is led to it, on the page where it stands; who is named in it is a link to them."""
    colin = as_person(cast.colleague)
    answer = colin.send(url, body="Thanks, @stella.steward.\r\n\r\nDone.", reply_to="3")
    assert (answer.status_code, answer.location) == (303, f"{url}#p4")
    html = colin.get(url).get_data(as_text=True)
    assert '<p>Thanks, <a href="/people/stella.steward" class="mention">@Stella Steward</a>.</p>' in html
    assert posts(app)[-1] == (4, "Thanks, @stella.steward.\n\nDone.", 3)
    assert '<a class="meta" href="#p3">in reply to 3</a>' in html


def test_reply_and_quote_work_as_links(cast: Cast, as_person: AsPerson, url: str) -> None:
    """Without script "Reply" says to which post, and "Quote" puts its words into the field, without what it quoted itself."""
    colin = as_person(cast.colleague)
    html = colin.get(f"{url}?reply_to=2").get_data(as_text=True)
    assert hidden_value(html, "reply_to") == "2"
    assert strip_of(html) == ("#p2", "Replying to Carla Champion in post 2")
    assert strip_of(colin.get(url).get_data(as_text=True)) is None
    html = colin.get(f"{url}?quote=3").get_data(as_text=True)
    assert "&gt; [post 3]\n&gt; The **depot** does.\n\n</textarea>" in html
    for wish in ("?reply_to=9", "?quote=9", "?quote=x", "?reply_to=-1", f"?quote={'9' * 40}"):
        html = colin.get(url + wish).get_data(as_text=True)
        assert hidden_value(html, "reply_to") == ""
        assert re.search(r"<textarea[^>]*>\s*</textarea>", html)


@pytest.mark.both_databases
def test_a_quote_is_shown_with_its_author_and_place(cast: Cast, as_person: AsPerson, url: str) -> None:
    """The permalink in it stays right whatever happens to the thread."""
    colin = as_person(cast.colleague)
    colin.send(url, body="> [post 3]\n> The **depot** does.\n\nWhich one?")
    html = colin.get(url).get_data(as_text=True)
    assert f'<a href="{url}posts/3">Stella Steward in post 3</a>' in html


def test_a_quote_joins_the_draft(cast: Cast, as_person: AsPerson, url: str) -> None:
    """B5: what was begun isn't replaced."""
    colin = as_person(cast.colleague)
    colin.send(url, keep="1", body="I had begun", draft_version="0")
    assert "I had begun\n\n&gt; [post 2]" in colin.get(f"{url}?quote=2").get_data(as_text=True)


@pytest.mark.parametrize(
    "changes, problem",
    [
        ({"body": ""}, "Write something first"),
        ({"body": " \r\n\t"}, "Write something first"),
        ({"body": "x" * 50_001}, "50,001 characters long"),
        ({"body": "[" * 20_000}, "couldn’t lay this out"),
        ({"body": "[a]: http://example.org"}, "nothing in this that anybody could read"),
        ({"body": "\u200b\u200d"}, "nothing in this that anybody could read"),
        ({"body": "> "}, "nothing in this that anybody could read"),
        ({"body": "> [post 1]\n> Who?\n\n"}, "only a quote"),
        ({"reply_to": "4"}, "can’t be seen any more"),
        ({"reply_to": "nobody"}, "Give a whole number"),
        ({"reply_to": "99999999999999999999"}, "Give a number from"),
    ],
)
def test_a_reply_with_a_mistake_comes_back_as_it_was(
    app: Flask, cast: Cast, as_person: AsPerson, url: str, changes: dict[str, str], problem: str
) -> None:
    """422 with the reason and the text; B7 for what tires the renderer."""
    before = posts(app)
    answer = as_person(cast.colleague).send(url, **{"body": "My reply", **changes})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert problem in html
    body = changes.get("body", "My reply")
    if body.strip():
        assert body.replace(">", "&gt;") in html.replace("\r\n", "\n")
    assert posts(app) == before


def test_a_double_press_is_led_to_the_post_of_the_first(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """A replay makes nothing new; going back and writing more does."""
    colin = as_person(cast.colleague)
    once = hidden_value(colin.get(url).get_data(as_text=True), "once")
    locations = [colin.send(url, body=body, once=once).location for body in ("Twice", "Twice", "And more")]
    assert locations == [f"{url}#p4", f"{url}#p4", f"{url}#p5"]
    assert len(posts(app)) == 5


def test_a_preview_is_shown_above_with_everything_kept(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """The Preview button posts the form; the reply isn't written and the key stays."""
    html = (
        as_person(cast.colleague)
        .send(url, preview="1", body="*Soon* > [post 1]", reply_to="2", once="k" * 32, draft_version="3")
        .get_data(as_text=True)
    )
    assert "<em>Soon</em>" in html
    assert "*Soon* &gt; [post 1]</textarea>" in html
    assert (hidden_value(html, "reply_to"), hidden_value(html, "once"), hidden_value(html, "draft_version")) == (
        "2",
        "k" * 32,
        "3",
    )
    assert len(posts(app)) == 3


def test_a_preview_for_a_script_knows_the_posts_of_the_thread(cast: Cast, as_person: AsPerson, url: str) -> None:
    """A quote in it looks as it will look."""
    answer = as_person(cast.colleague).send(f"{url}preview", source="> [post 1]\n> Who?\n\nMe.")
    assert "Carla Champion in post 1" in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_a_draft_is_kept_until_its_text_is_sent(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """B5: a script's saves and the form's post work on one draft, and a failed send loses nothing."""
    colin, elsewhere = as_person(cast.colleague), as_person(cast.colleague)
    place = reply_place(url.split("/")[4])
    assert colin.send(f"{url}draft", body="The blue", version="0").json["version"] == 1  # type: ignore[index]
    assert "The blue</textarea>" in elsewhere.get(url).get_data(as_text=True)
    assert colin.send(url, body="The blue one", reply_to="9", draft_version="1").status_code == 422
    with app.app_context():
        assert draft_at(cast.colleague, place).body == "The blue"
    assert colin.send(url, body="The blue one", draft_version="1").status_code == 303
    with app.app_context():
        assert draft_at(cast.colleague, place).is_empty
    late = elsewhere.send(f"{url}draft", body="The blue", version="1")
    assert (late.status_code, late.json) == (409, {"version": 2, "body": ""})


def test_a_draft_knows_which_post_it_answers(cast: Cast, as_person: AsPerson, url: str) -> None:
    """B5: with script and without; a link to reply to another post goes first."""
    colin = as_person(cast.colleague)
    colin.send(f"{url}draft", body="Begun", version="0", reply_to="2")
    assert hidden_value(colin.get(url).get_data(as_text=True), "reply_to") == "2"
    assert hidden_value(colin.get(f"{url}?reply_to=3").get_data(as_text=True), "reply_to") == "3"
    colin.send(url, keep="1", body="Begun", draft_version="1", reply_to="1")
    assert hidden_value(colin.get(url).get_data(as_text=True), "reply_to") == "1"
    for nonsense in ("x", "", "-1", "9" * 40):
        assert colin.send(f"{url}draft", body="Begun", version="9", reply_to=nonsense).status_code == 409
    colin.send(f"{url}draft", body="Begun", version="2", reply_to="")
    assert hidden_value(colin.get(url).get_data(as_text=True), "reply_to") == ""


def test_a_reply_to_one_post_becomes_a_plain_one_with_a_press(cast: Cast, as_person: AsPerson, url: str) -> None:
    """B5: without script, text and all; the draft forgets the post too. Before, a draft answered its post for ever."""
    colin = as_person(cast.colleague)
    colin.send(f"{url}draft", body="Begun", version="0", reply_to="2")
    answer = colin.send(url, plain="1", body="Begun, and more", reply_to="2", draft_version="1")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert strip_of(html) is None
    assert (hidden_value(html, "reply_to"), hidden_value(html, "draft_version")) == ("", "2")
    again = colin.get(url).get_data(as_text=True)
    assert strip_of(again) is None
    assert "Begun, and more</textarea>" in again
    older = colin.send(url, plain="1", body="From an older tab", reply_to="2", draft_version="1")
    assert older.status_code == 409
    assert "From an older tab</textarea>" in older.get_data(as_text=True)
    unsaved = as_person(cast.steward).send(url, plain="1", body="Never saved", reply_to="2", draft_version="0")
    assert "Never saved</textarea>" in unsaved.get_data(as_text=True)
    assert "Never saved" not in as_person(cast.steward).get(url).get_data(as_text=True)


def test_a_reply_to_a_post_that_went_can_be_sent_as_a_plain_one(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """The refusal says so, and the form that comes back does it."""
    colin = as_person(cast.colleague)
    with app.app_context(), transaction():
        db.session.scalars(select(Post).where(Post.number == 3)).one().state = PostState.HIDDEN
    answer = colin.send(url, body="My reply", reply_to="3")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Send this as a plain reply" in html
    assert (hidden_value(html, "reply_to"), strip_of(html)) == ("", None)
    assert "Stella" not in html.split('id="reply"')[1].split("</form>")[0]
    assert colin.send(url, body="My reply", reply_to=hidden_value(html, "reply_to")).status_code == 303


def test_another_draft_survives_a_sent_reply(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """B5: what was written in another tab meanwhile is something else."""
    colin = as_person(cast.colleague)
    colin.send(f"{url}draft", body="One thing", version="0")
    colin.send(f"{url}draft", body="Another thing", version="1")
    colin.send(url, body="One thing, sent from the older tab", draft_version="1")
    assert "Another thing</textarea>" in colin.get(url).get_data(as_text=True)


def test_a_draft_is_saved_and_thrown_away_without_script(cast: Cast, as_person: AsPerson, url: str) -> None:
    """Saving and throwing away are buttons of the form."""
    colin = as_person(cast.colleague)
    assert colin.send(url, keep="1", body="Later", draft_version="0").location == f"{url}#reply"
    html = colin.get(url).get_data(as_text=True)
    assert "Later</textarea>" in html
    assert "Your draft is saved" in html
    older = colin.send(url, keep="1", body="From an older tab", draft_version="0")
    assert older.status_code == 409
    assert "Later</textarea>" in older.get_data(as_text=True)
    assert "From an older tab</textarea>" in older.get_data(as_text=True)
    assert "<title>Problem: " in older.get_data(as_text=True)
    assert 'role="alert" tabindex="-1" data-problems' in older.get_data(as_text=True)
    colin.send(f"{url}draft/discard", draft_version="1")
    assert "Later" not in colin.get(url).get_data(as_text=True)


def test_a_reply_too_long_to_be_saved_is_refused_and_never_cut(cast: Cast, as_person: AsPerson, url: str) -> None:
    """B5: nobody looks for the rest of a text that was "saved"."""
    colin = as_person(cast.colleague)
    answer = colin.send(url, keep="1", body="y" * 50_001)
    assert answer.status_code == 422
    assert "y" * 50_001 in answer.get_data(as_text=True)
    assert "yyy" not in colin.get(url).get_data(as_text=True)


def test_a_draft_of_a_long_thread_is_found_on_the_page_where_the_form_stands(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=36)
    url, colin = address(app, thread), as_person(cast.colleague)
    assert colin.send(f"{url}?page=2", keep="1", body="Later").location == f"{url}?page=2#reply"
    assert colin.send(f"{url}draft/discard", draft_version="1").location == f"{url}?page=2#reply"


def test_the_reply_of_somebody_who_was_removed_is_refused_with_the_text_kept(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """A3: at the next request; nothing typed is lost, so it can be copied."""
    colin = as_person(cast.colleague)
    colin.get(url)
    with app.app_context(), transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    answer = colin.send(url, body="My long and careful reply")
    assert answer.status_code == 403
    assert "My long and careful reply" in answer.get_data(as_text=True)


def test_a_reply_to_a_locked_database_comes_back_with_its_text(
    app: Flask, cast: Cast, as_person: AsPerson, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H2: 503 with a press that sends it again, and the key with it, so that it is never written twice."""
    monkeypatch.setattr("forum.core.db.BUSY_SECONDS", 0.1)
    colin = as_person(cast.colleague)
    with app.app_context():
        path = str(db.engine.url.database)
        db.engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        answer = colin.send(url, body="My long and careful reply", once="k" * 32, reply_to="2")
        writer.execute("ROLLBACK")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "My long and careful reply" in html
    assert (hidden_value(html, "once"), hidden_value(html, "reply_to")) == ("k" * 32, "2")
    assert f'action="{url}"' in html


def test_completion_is_for_those_who_write(cast: Cast, as_person: AsPerson) -> None:
    """A3: names are offered to members who write, and to nobody who looks round."""
    path = "/s/champions/threads/mentions?q="
    assert as_person(cast.colleague).get(path + "carl").json == [
        {"handle": "carla.champion", "name": "Carla Champion", "department": "Libraries"}
    ]
    assert as_person(cast.colleague).get(path + "%00").status_code == 200
    assert as_person(cast.reader).get(path + "carl").status_code == 403
    assert as_person(cast.outsider).get(path + "carl").status_code == 403


def test_what_is_hidden_is_not_quoted(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """A5: neither by link nor by hand."""
    with app.app_context(), transaction():
        db.session.scalars(select(Post).where(Post.number == 3)).one().state = PostState.HIDDEN
    colin = as_person(cast.colleague)
    assert "depot" not in colin.get(f"{url}?quote=3").get_data(as_text=True)
    colin.send(url, body="> [post 3]\n> Was it?\n\nHm.")
    assert "Stella Steward" not in colin.get(url).get_data(as_text=True).split('id="p4"')[1].split("</article>")[0]


@pytest.mark.parametrize("is_closed", [True, False])
def test_why_nobody_replies_in_a_closed_space_or_suspended_is_said_once(
    app: Flask, cast: Cast, as_person: AsPerson, url: str, *, is_closed: bool
) -> None:
    """It stands on top of every page of the space; at the end it says where."""
    said = "nothing in it changes any more" if is_closed else "You are suspended in this space until"
    with app.app_context():
        if is_closed:
            with transaction():
                db.session.get_one(Space, cast.champions.id).archived_at = now()
        else:
            factories.make_suspension(cast.champions, cast.champion, by=cast.steward)
    page = as_person(cast.champion).get(url).text
    assert page.count(said) == 1
    assert page.count("You can’t reply here now. On top of the page it says why.") == 1
