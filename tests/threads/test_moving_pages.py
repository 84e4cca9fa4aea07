"""The pages on which threads are merged and split, and what old addresses answer."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from forum.content.models import Draft, Post, PostState, Watch, WatchLevel, WatchReason
from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import here_for
from forum.spaces.models import Item, ItemState
from forum.threads.actions import splitting
from forum.threads.actions.splitting import Chosen
from forum.threads.models import Thread
from forum.threads.queries.splitting import Fate
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, hidden_value, item_of, queries

AsPerson = Callable[[Person], Browserless]
WHY = "Both ask the same."


@pytest.fixture
def two(app: Flask, cast: Cast) -> tuple[Thread, Thread]:
    """Carla's question of 25 posts with one by Colin at the end, and Colin's of three."""
    with app.app_context():
        first = factories.make_thread(cast.champions, author=cast.champion, title="Blue bin?", posts=25)
        factories.make_post(first, author=cast.colleague, text="The depot.")
        second = factories.make_thread(cast.champions, author=cast.colleague, title="Bins?", posts=3)
    return first, second


def merge_by_page(client: Browserless, first: str, second: str) -> None:
    """Merge as an organiser does: see what will happen, then press."""
    html = client.send(f"{first}merge", into=second, reason=WHY).get_data(as_text=True)
    answer = client.send(f"{first}merge", into=second, reason=WHY, seen=hidden_value(html, "seen"), merge="1")
    assert (answer.status_code, answer.location) == (303, second)


def split_by_page(client: Browserless, thread: str, **fields: object) -> TestResponse:
    """Move posts as an organiser does: see what will happen, then press."""
    html = client.send(f"{thread}split", **fields).get_data(as_text=True)
    return client.send(f"{thread}split", **fields, seen=hidden_value(html, "seen"), split="1")


@pytest.mark.both_databases
def test_what_will_happen_is_seen_before_it_does(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """Nothing is merged by a first press, nor when another thread is typed over the one that was looked at."""
    oscar, first, second = as_person(cast.organiser), *(address(app, thread) for thread in two)
    html = oscar.get(f"{first}merge").get_data(as_text=True)
    assert "Bins?" in html
    assert "Blue bin?</label>" not in html
    with app.app_context():
        third = factories.make_thread(cast.champions, author=cast.champion, title="Third?")
    page = oscar.send(f"{first}merge", into=f"https://baton.example{second}?page=1#p3", reason=WHY, merge="1", seen="")
    html = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "26 posts go to the end of" in html
    assert "This can’t be undone." in html
    seen = hidden_value(html, "seen")
    html = oscar.send(f"{first}merge", into=address(app, third), reason=WHY, merge="1", seen=seen).get_data(
        as_text=True
    )
    assert "Third?</a>" in html
    assert oscar.get(first).status_code == 200
    merge_by_page(oscar, first, second)
    html = oscar.get(second).get_data(as_text=True)
    assert "is merged into this thread" in html
    html = oscar.get(f"{second}?page=1").get_data(as_text=True)
    assert re.search(r"26 posts came from “Blue bin\?”, which was merged into this thread\.", html)
    assert html.index("posts came from") < html.index('id="p4"')
    assert "Oscar Organiser" in html


@pytest.mark.parametrize(
    "into, problem",
    [
        ("", "Choose a thread"),
        ("/s/night-desk/threads/abcdefghij/", "in another space"),
        ("/s/champions/threads/zzzzzzzzzz/", "No thread of this space"),
        ("\0'; --", "No thread of this space"),
        ("itself", "the thread itself"),
    ],
)
def test_a_wrong_target_is_a_kind_word_and_what_was_typed_stays(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread], into: str, problem: str
) -> None:
    """A2: another space's thread is as if there were none."""
    oscar, first = as_person(cast.organiser), address(app, two[0])
    answer = oscar.send(f"{first}merge", into=first if into == "itself" else into, reason="Because I say so.")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert problem in html
    assert 'value="Because I say so."' in html
    answer = oscar.send(f"{first}merge", into=address(app, two[1]), reason="")
    assert answer.status_code == 422
    assert "Say why" in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_old_addresses_lead_on_for_who_may_see_where(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """B2, A3. Seen to fail without `visible_items` in `place_of`."""
    first, second = (address(app, thread) for thread in two)
    merge_by_page(as_person(cast.organiser), first, second)
    carla = as_person(cast.champion)
    led = {
        "": f"{second}#p4",
        "?page=2": f"{second}?page=2#p24",
        "?page=9": f"{second}#p4",
        "posts/1": f"{second}posts/4",
        "posts/26": f"{second}posts/29",
        "posts/20/history": f"{second}posts/23/history",
        "?reply_to=2": f"{second}?reply_to=5",
        "unread": f"{second}unread",
        "summary": f"{second}summary",
    }
    for path, there in led.items():
        answer = carla.get(first + path)
        assert (answer.status_code, answer.location) == (301, there), path
    assert carla.get(f"{first}posts/27").status_code == 404
    assert carla.get(f"{first}posts/{10**12}").status_code == 404
    assert as_person(cast.organiser).get(first.replace("champions", "night-desk")).status_code == 404
    with app.app_context(), transaction():
        db.session.get_one(Item, two[1].id).state = ItemState.HIDDEN
    assert carla.get(first).status_code == 404
    assert carla.get(f"{first}posts/2").status_code == 404


@pytest.mark.both_databases
def test_what_is_sent_to_the_old_address_lands_in_the_other_thread(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """A reply that was under way isn't lost, answers and quotes the same post, and is written once however often it is sent."""
    first, second = (address(app, thread) for thread in two)
    colin = as_person(cast.colleague)
    once = {"body": "Sent twice.", "once": "c" * 32, "reply_to": "3", "draft_version": "0"}
    assert colin.send(first, **once).status_code == 303
    merge_by_page(as_person(cast.organiser), first, second)
    token = {"csrf_token": colin.token or hidden_value(colin.get(second).get_data(as_text=True), "csrf_token")}

    def send(path: str, **fields: str) -> str:
        answer = colin.post(first + path, data={**token, **fields}, follow_redirects=False)
        assert answer.status_code == 308, path
        assert answer.location.startswith(second)
        assert "moved_from=" in answer.location
        return answer.location

    where = send("", **once)
    assert colin.post(where, data={**token, **once}).location == f"{second}posts/30"
    new = {"body": "> [post 2]\n\nReally?", "once": "d" * 32, "reply_to": "2", "draft_version": "0"}
    assert colin.post(send("", **new), data={**token, **new}).location.endswith("#p31")
    saved = {"body": "> [post 1]\n\nHm", "reply_to": "1", "version": "0"}
    assert colin.post(send("draft", **saved), data={**token, **saved}).status_code == 200
    liked = {"give": "thanks 5"}
    assert colin.post(send("react", **liked), data={**token, **liked}).location.endswith("#p8")
    with app.app_context():
        texts = db.session.execute(
            select(Post.source, Post.in_reply_to).where(Post.item_id == two[1].id, Post.number > 29)
        )
        assert [tuple(row) for row in texts] == [("Sent twice.", 6), ("> [post 5]\n\nReally?", 5)]
        draft = db.session.scalars(select(Draft).where(Draft.place == f"reply:{item_of(two[1]).ref}")).one()
        assert (draft.body, draft.in_reply_to) == ("> [post 4]\n\nHm", 4)


def test_what_was_meant_for_the_old_thread_itself_is_not_done_to_the_other(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """A second press of "Merge" is one of these."""
    oscar, first, second = as_person(cast.organiser), *(address(app, thread) for thread in two)
    merge_by_page(oscar, first, second)
    for path, fields in (
        ("close", {"close-reason": "Enough."}),
        ("merge", {"into": second, "reason": WHY, "merge": "1"}),
        ("change", {"change-title": "Other", "change-kind": "talk"}),
    ):
        answer = oscar.send(first + path, **fields)
        assert (answer.status_code, answer.location) == (303, second), path
        assert "nothing was changed" in oscar.get(second).get_data(as_text=True)
    with app.app_context():
        assert item_of(two[1]).title == "Bins?"
        assert db.session.get_one(Thread, two[1].id).closed_at is None


@pytest.mark.both_databases
def test_an_edit_lands_in_the_post_wherever_it_went(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """Also one whose page was opened before a split."""
    first, second = (address(app, thread) for thread in two)
    oscar, colin = as_person(cast.organiser), as_person(cast.colleague)
    there = split_by_page(oscar, first, posts=["26"], where="existing", into=second, reason=WHY).location
    assert there == f"{second}#p4"
    edit = {"body": "The depot, on Fridays.", "version": "1"}
    answer = colin.send(f"{first}posts/26/edit", **edit)
    assert (answer.status_code, answer.location.partition("?")[0]) == (308, f"{second}posts/4/edit")
    assert colin.send(answer.location, **edit).status_code == 303
    assert "The depot, on Fridays." in colin.get(second).get_data(as_text=True)


@pytest.mark.both_databases
def test_ticks_are_kept_from_page_to_page(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """Without script: another page, all from a post on, and back again."""
    oscar, first = as_person(cast.organiser), address(app, two[0])
    html = oscar.get(f"{first}split?post=3").get_data(as_text=True)
    assert re.search(r'id="post-3" value="3" checked', html)
    assert re.search(r'id="post-1" value="1" disabled', html)
    html = oscar.send(f"{first}split", posts=["3", "4"], page="1", go="2", title="Depot").get_data(as_text=True)
    assert '<input type="hidden" name="posts" value="4">' in html
    assert 'value="Depot"' in html
    assert 'id="post-21"' in html
    html = oscar.send(f"{first}split", **{"posts": "3", "page": "2", "from": "25"}).get_data(as_text=True)
    assert "All 2 posts from post 25 on." in html
    assert hidden_value(html, "all_from") == "25"
    html = oscar.send(f"{first}split", posts="3", page="2", all_from="25", not_all="1").get_data(as_text=True)
    assert "All 2 posts" not in html


@pytest.mark.both_databases
def test_a_thread_is_split_and_a_gap_says_where_it_went(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """B2: numbers stay, permalinks lead to the new places, pages and counts are true."""
    oscar, first = as_person(cast.organiser), address(app, two[0])
    fields = {
        "posts": ["3"],
        "all_from": "19",
        "where": "new",
        "title": "The depot",
        "section": "questions",
        "reason": WHY,
    }
    answer = split_by_page(oscar, first, **fields)
    assert answer.status_code == 303
    new = answer.location.partition("#")[0]
    html = oscar.get(first).get_data(as_text=True)
    assert len(re.findall(r"was moved to <a|were moved to <a", html)) == 2
    assert 'One post was moved to <a href="' + new in html
    assert '2 posts were moved to <a href="' + new in html
    assert all(f'id="p{number}"' in html for number in range(1, 21))
    assert "Skip to the latest post (18)" in html
    last = oscar.get(f"{first}?page=2").get_data(as_text=True)
    assert "6 posts were moved to" in last
    assert "can’t be seen any more" not in last
    html = oscar.get(new).get_data(as_text=True)
    assert "9 posts came from <a" in html
    assert [number for number in range(1, 12) if f'id="p{number}"' in html] == list(range(1, 10))
    carla = as_person(cast.champion)
    assert carla.get(f"{first}posts/3").location == f"{new}posts/1"
    assert carla.get(f"{first}posts/26").location == f"{new}posts/9"
    assert carla.get(f"{first}posts/4").status_code == 303
    assert "17 replies" not in carla.get("/s/champions/threads/").get_data(as_text=True)
    assert "16 replies" in carla.get("/s/champions/threads/").get_data(as_text=True)


@pytest.mark.parametrize(
    "fields, problem",
    [
        ({"title": "New"}, "Tick at least one post."),
        ({"title": "New", "posts": "1"}, "The first post stays"),
        ({"title": "New", "all_from": "1"}, "The first post stays"),
        ({"title": "New", "all_from": "9" * 30}, "Tick at least one post."),
        ({"title": "New", "posts": "99"}, "isn’t here any more"),
        ({"title": "", "posts": "3"}, "Give it a title"),
        ({"title": "New", "posts": "3", "section": "nowhere"}, "Choose one of the list"),
        ({"title": "New", "posts": "3", "reason": ""}, "Say why"),
        ({"where": "existing", "posts": "3"}, "Choose a thread"),
        ({"where": "nowhere", "posts": "3"}, "Choose one of the list"),
        ({"title": "New", "posts": "24"}, "can’t begin with a gap"),
    ],
)
def test_what_cannot_be_split_is_a_kind_word(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread], fields: dict[str, str], problem: str
) -> None:
    """422, with everything typed and ticked."""
    with app.app_context(), transaction():
        gone = db.session.scalars(select(Post).where(Post.item_id == two[0].id, Post.number == 24)).one()
        gone.state, gone.gone_at = PostState.REMOVED, gone.created_at
    oscar, first = as_person(cast.organiser), address(app, two[0])
    answer = oscar.send(f"{first}split", **{"where": "new", "section": "questions", "reason": "Kept words", **fields})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422, html
    assert problem in html
    assert fields.get("reason") == "" or 'value="Kept words"' in html
    if fields.get("posts") == "3":
        assert re.search(r'value="3" checked', html)


@pytest.mark.both_databases
def test_pages_of_merged_and_split_threads_cost_ten_queries_at_the_most(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """B2: the last page is asked as the first is, with gaps, with posts that came, and with parts."""
    oscar, first, second = as_person(cast.organiser), *(address(app, thread) for thread in two)
    with app.app_context():
        part = factories.make_thread(cast.champions, author=cast.champion)
        with transaction():
            db.session.get_one(Thread, part.id).part_of_id = two[1].id
    split_by_page(oscar, first, posts=["3", "22"], where="existing", into=second, reason=WHY)
    merge_by_page(oscar, first, second)
    split_by_page(oscar, second, posts=["3", "25"], where="new", title="More", section="questions", reason=WHY)
    carla = as_person(cast.champion)
    asked = []
    for page in ("?page=1", "?page=2"):
        carla.get(second + page)
        with queries(app) as sent:
            assert carla.get(second + page).status_code == 200
        assert len(sent) <= 10, [one.statement for one in sent]
        asked.append([one.statement for one in sent if "post.html" in one.statement])
    assert asked[0] == asked[1]


def test_that_the_accepted_answer_goes_is_said_before_and_after(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """The page names the post; once it went, the banner says what that did. Another post goes without a word of it."""
    oscar, (first, second) = as_person(cast.organiser), two
    said = "“Blue bin?” has no accepted answer any more: post 3 was it."
    assert "is the accepted answer" not in oscar.get(f"{address(app, first)}split").get_data(as_text=True)
    with app.app_context():
        factories.make_accepted(first, number=3, by=cast.champion)
    html = oscar.get(f"{address(app, first)}split").get_data(as_text=True)
    assert "<b>Post 3 is the accepted answer.</b> If you move it, this question has no accepted answer any more" in html
    assert "<b>The accepted answer.</b>" in html
    fields = {"where": "existing", "into": address(app, second), "reason": WHY}
    for number, is_said in (("4", False), ("3", True)):
        there = split_by_page(oscar, address(app, first), posts=number, **fields).location
        assert (said in oscar.get(there).get_data(as_text=True)) is is_said


def test_everything_that_is_missing_is_said_at_once(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """Each once: of an empty form, of one for the end of another thread, and of a merge."""
    oscar, url = as_person(cast.organiser), address(app, two[0])
    title, reason = "Give it a title", "Say why. The reason stands"
    posts, into = "Tick at least one post.", "Choose a thread, or paste the address of one."
    for press, fields, problems in (
        ("split", {"where": "new", "section": "questions"}, (title, reason, posts)),
        ("split", {"where": "existing"}, (into, reason, posts)),
        ("merge", {}, (into, reason)),
    ):
        answer = oscar.send(url + press, **fields)
        html = answer.get_data(as_text=True)
        summary = html.partition("data-problems")[2].partition("</div>")[0]
        assert answer.status_code == 422
        assert summary.count("<li>") == len(problems)
        for problem in problems:
            assert summary.count(problem) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("page", ["merge", "split"])
def test_addresses_and_words_that_are_none_are_answered_on_the_page(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread], page: str
) -> None:
    """A1: never a 500, nor a database that is too busy for them. Seen to fail, all of them."""
    oscar, url = as_person(cast.organiser), address(app, two[0])
    for into in ("http://[/s/", "//[x", "http://a]/"):
        answer = oscar.send(url + page, into=into, reason=WHY, where="other", posts="2")
        assert answer.status_code == 422, into
        assert "No thread of this space is found there." in answer.text
    for words in ("a " * 1200, "a" * 60000):
        assert oscar.send(url + page, find=words, look="1", go="1").status_code in {200, 422}


@pytest.mark.both_databases
def test_another_thread_is_found_by_its_title_and_what_was_chosen_stays(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """Without script, however old it is; nothing of another space or of somebody else's audience (A3). Case and order don't matter."""
    oscar, url = as_person(cast.organiser), address(app, two[0])
    with app.app_context():
        old = factories.make_thread(cast.champions, author=cast.colleague, title="Old: 100% of the green bins")
        factories.make_thread(cast.night_desk, author=cast.outsider, title="Green bins at night")
        for number in range(9):
            factories.make_thread(cast.champions, author=cast.colleague, title=f"Newer {number}")
        old_ref, chosen = item_of(old).ref, item_of(two[1]).ref
    assert "Old: 100%" not in oscar.get(f"{url}merge").get_data(as_text=True)
    for press, fields in (("merge", {"look": "1"}), ("merge", {}), ("split", {"go": "1"})):
        answer = oscar.send(url + press, find="BINS 0% green", reason=WHY, **fields)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert re.search(rf'type="radio" value="{old_ref}"', html)
        assert "at night" not in html
        assert "Newer 8</label>" not in html
        assert f'value="{WHY}"' in html
    html = oscar.send(f"{url}merge", find="green", recent=chosen, look="1").get_data(as_text=True)
    assert re.search(rf'checked[^>]*value="{chosen}"', html)
    assert old_ref in html
    html = oscar.send(f"{url}merge", find="nothing like it", look="1").get_data(as_text=True)
    assert "No thread of this space has these words in its title." in html
    assert "One post goes to the end of" not in html
    html = oscar.send(f"{url}merge", find="green", recent=old_ref, reason=WHY).get_data(as_text=True)
    assert "26 posts go to the end of" in html


@pytest.mark.both_databases
def test_what_a_split_will_do_is_seen_before_it_does(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """Without script: the first press moves nothing, nor does one after what is ticked, or where to, was changed."""
    oscar, first, second = as_person(cast.organiser), address(app, two[0]), address(app, two[1])
    fields = {"posts": ["3", "4", "26"], "title": "Depot", "section": "questions", "reason": WHY, "where": "new"}
    answer = oscar.send(f"{first}split", **fields, split="1", seen="")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for said in (
        "3 posts become a new thread, “Depot”, in Questions:",
        "Post 26, Colin Colleague: The depot.",
        "It is the thread of Carla Champion, who wrote the first of them",
        "Their old addresses lead there, and a gap here says where they went.",
        "2 people who wrote them or are named in them will watch them there.",
        "This can’t be undone.",
    ):
        assert said in html, said
    assert "accepted answer" not in html.partition("What will happen")[2].partition("</section>")[0]
    assert 'value="Depot"' in html
    seen = hidden_value(html, "seen")
    for changed in ({"posts": ["3"]}, {"title": "Bins"}, {"where": "existing", "into": second}, {"is_question": "1"}):
        answer = oscar.send(f"{first}split", **{**fields, **changed}, split="1", seen=seen)
        assert answer.status_code == 200, changed
        assert "What will happen" in answer.get_data(as_text=True)
    assert "26 posts" not in oscar.get(second).get_data(as_text=True)
    assert oscar.send(f"{first}split", **fields, split="1", seen=seen).status_code == 303


@pytest.mark.both_databases
def test_who_watches_there_already_and_the_end_of_a_thread_are_foreseen(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """To the end of another thread; of many posts the first ten are shown. Posts of former members watch nothing."""
    oscar, first, second = as_person(cast.organiser), address(app, two[0]), address(app, two[1])
    fields = {"all_from": "10", "posts": ["3", "5", "6"], "where": "existing", "into": second, "reason": WHY}
    html = oscar.send(f"{first}split", **fields).get_data(as_text=True)
    assert f'20 posts go to the end of <a href="{second}">Bins?</a>:' in html
    assert "and 10 more. Ticked: 3, 5–6." in html
    assert "What is written after post 10 until you press goes along, too." in html
    assert "2 people who wrote them" in html
    with app.app_context(), transaction():
        carla = {"person_id": cast.champion.id, "item_id": two[1].id, "reason": WatchReason.REPLIED}
        db.session.add(Watch(**carla, level=WatchLevel.EVERYTHING, is_chosen=False, since=now()))
    assert "One person who wrote them" in oscar.send(f"{first}split", **fields).get_data(as_text=True)


@pytest.mark.both_databases
def test_what_becomes_of_the_answer_is_foreseen_and_settled_under_the_lock(
    app: Flask, cast: Cast, as_person: AsPerson, two: tuple[Thread, Thread]
) -> None:
    """It stays, is the answer there, or a post like others. One that is accepted between the look and the move stops that.

    Seen to fail without the check of what was foreseen.
    """
    oscar, first, second = as_person(cast.organiser), address(app, two[0]), address(app, two[1])
    with app.app_context():
        factories.make_accepted(two[0], number=4, by=cast.champion)
    new = {"where": "new", "title": "Depot", "section": "questions", "reason": WHY}
    comes = "Post 4, the accepted answer, is the accepted answer there. This question has none any more."
    leaves = "Post 4, the accepted answer, becomes a post like others. This question has no accepted answer any more."
    for fields, said in (
        ({**new, "posts": ["3"]}, "The accepted answer, post 4, stays here."),
        ({**new, "posts": ["3", "4"]}, leaves),
        ({**new, "posts": ["3", "4"], "is_question": "1"}, comes),
        ({**new, "posts": ["4", "5"], "is_question": "1"}, leaves),
        ({"where": "existing", "into": second, "posts": ["4"], "reason": WHY}, comes),
    ):
        assert said in oscar.send(f"{first}split", **fields).get_data(as_text=True), fields
    with app.test_request_context(), transaction(), pytest.raises(RuleBroken, match="An answer was accepted"):
        splitting.move_into(
            here_for(cast.organiser, "champions"),
            db.session.get_one(Thread, two[0].id),
            Chosen(numbers={4}),
            into=db.session.get_one(Thread, two[1].id),
            reason=WHY,
            posts_url=str,
            foreseen=Fate.STAYS,
        )
