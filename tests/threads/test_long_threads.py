"""Long threads: a summary on top, and a next part."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.content.models import Post, PostState, Watch, WatchLevel, WatchReason
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.people.models import Person
from forum.spaces.models import Item, ItemState, LogEntry
from forum.threads.actions import parts, summing_up, watching
from forum.threads.actions.summing_up import Outdone
from forum.threads.models import Thread, ThreadSummary
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, at_once, hidden_value, item_of, queries, said, standing

AsPerson = Callable[[Person], Browserless]


@pytest.fixture
def thread(app: Flask, cast: Cast) -> Thread:
    """Give a thread by Carla with 200 posts; Rita watches it, Colin has it off, Oscar was mentioned."""
    with app.test_request_context("/"):
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Bins [2026]_*", posts=parts.LONG)
        with transaction():
            watching.watch(standing(cast.reader), thread, WatchLevel.EVERYTHING)
            watching.watch(standing(cast.colleague), thread, WatchLevel.OFF)
            db.session.add(
                Watch(
                    person_id=cast.organiser.id,
                    item_id=thread.id,
                    level=WatchLevel.MINE,
                    reason=WatchReason.MENTIONED,
                    is_chosen=False,
                    since=item_of(thread).created_at,
                )
            )
        return thread


@pytest.mark.both_databases
def test_a_long_thread_goes_on_in_another(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """Links both ways, watchers carried over at what they chose, the old one closed with that reason, and told in the log."""
    carla, url = as_person(cast.champion), address(app, thread)
    html = carla.get(f"{url}?page=10").get_data(as_text=True)
    assert 'This has become long. <a href="organise#part">' in " ".join(html.replace("</p>", "").split())
    html = carla.get(f"{url}organise").get_data(as_text=True)
    assert 'value="Bins [2026]_*, part 2"' in html
    once = hidden_value(html, "part-once")
    answers = [carla.send(f"{url}part", **{"part-title": "Bins, part 2", "part-once": once}) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    html = carla.get(answers[0].location).get_data(as_text=True)
    assert f'This goes on from <a href="{url}">Bins [2026]_*</a>' in html
    assert f'<a href="{url}"' in html.split('class="prose"')[1].split("</article>")[0]
    html = as_person(cast.colleague).get(f"{url}?page=10").get_data(as_text=True)
    assert f'It goes on in <a href="{answers[0].location}">Bins, part 2</a>' in html
    assert "This thread is closed.</b> It goes on in “Bins, part 2”." in html
    with app.app_context():
        after = db.session.scalars(select(Thread).where(Thread.part_of_id == thread.id)).one()
        assert after.section_id == db.session.get_one(Thread, thread.id).section_id
        rows = db.session.execute(select(Watch.person_id, Watch.level, Watch.reason).where(Watch.item_id == after.id))
        assert {person_id: (level, reason) for person_id, level, reason in rows} == {
            cast.champion.id: (WatchLevel.EVERYTHING, WatchReason.STARTED),
            cast.reader.id: (WatchLevel.EVERYTHING, None),
            cast.colleague.id: (WatchLevel.OFF, None),
        }
        verbs = db.session.scalars(select(LogEntry.verb).order_by(LogEntry.id)).all()
        assert list(verbs) == ["started part", "closed thread"]
    # Titles count on.
    assert parts.title_of_next("Bins, part 2", length=200) == "Bins, part 3"
    assert parts.title_of_next("x" * 200, length=200) == "x" * 192 + ", part 2"


@pytest.mark.both_databases
def test_the_old_part_may_stay_open(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """And a part that somebody may not see is linked to from nowhere (A3)."""
    oscar, url = as_person(cast.organiser), address(app, thread)
    form = {"part-title": "Bins, part 2", "part-leave_open": "y"}
    assert oscar.send(f"{url}part", **form).status_code == 303
    html = as_person(cast.colleague).get(f"{url}?page=10").get_data(as_text=True)
    assert "This thread is closed" not in html
    assert "It goes on in" in html
    with app.app_context(), transaction():
        after = db.session.scalars(select(Thread).where(Thread.part_of_id == thread.id)).one()
        db.session.get_one(Item, after.id).state = ItemState.HIDDEN
    assert "It goes on in" not in as_person(cast.colleague).get(f"{url}?page=10").get_data(as_text=True)


@pytest.mark.both_databases
def test_who_may_let_a_thread_go_on_and_when(app: Flask, cast: Cast, thread: Thread) -> None:
    """A1: its author and organisers, from 200 posts on. Seen to fail without `allow` and without the look at the length."""
    with app.test_request_context("/"):
        for person in (cast.colleague, cast.reader):
            with pytest.raises(Denied), transaction():
                parts.go_on(standing(person), thread, title="Mine", text=said("x"), leave_open=True)
        short = factories.make_thread(cast.champions, author=cast.champion, posts=2)
        with pytest.raises(RuleBroken, match="200"), transaction():
            parts.go_on(standing(cast.champion), short, title="Mine", text=said("x"))
        with pytest.raises(Invalid), transaction():
            parts.go_on(standing(cast.champion), thread, title=" ", text=said("x"))


@pytest.mark.both_databases
def test_what_waits_is_no_next_part(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """A5: the old thread would say the title of the held one. Seen to fail without the look at who is held.

    And a part that was taken back makes room for another: seen to fail when its state wasn't looked at.
    """
    with app.app_context():
        factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
    answer = as_person(cast.champion).send(f"{address(app, thread)}part", **{"part-title": "Cheap pills"})
    assert answer.status_code == 409
    assert "Ask one to let this thread go on" in answer.get_data(as_text=True)
    with app.test_request_context("/"):
        assert db.session.get_one(Thread, thread.id).closed_at is None
        gone = factories.make_thread(cast.champions, author=cast.champion, state=ItemState.WITHDRAWN)
        with transaction():
            db.session.get_one(Thread, gone.id).part_of_id = thread.id
        with transaction():
            after = parts.go_on(standing(cast.organiser), thread, title="Bins, part 2", text=said("On."))
        assert after.id != gone.id
        assert db.session.get_one(Thread, gone.id, populate_existing=True).part_of_id is None


@pytest.mark.both_databases
def test_two_who_start_the_next_part_at_once_get_the_same(app: Flask, cast: Cast, thread: Thread) -> None:
    """One part. Seen to fail on PostgreSQL without the locks of the section and the item (the unique key then breaks)."""

    def work(person: Person) -> Callable[[], int]:
        def starts() -> int:
            with transaction():
                return parts.go_on(standing(person), thread, title=f"By {person.name}", text=said("On.")).id

        return starts

    results = at_once(app, [work(cast.champion), work(cast.organiser), work(cast.steward)], workers=3)
    assert len(set(results)) == 1, results
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Thread)) == 2


@pytest.mark.both_databases
def test_a_summary_stands_on_every_page(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """With as of when and by whom; its versions can be read by everybody, and it can be taken away."""
    carla, url = as_person(cast.champion), address(app, thread)
    assert carla.send(f"{url}summary", body="The **depot** does.", version="0").status_code == 303
    for page in ("", "?page=10"):
        html = as_person(cast.reader).get(url + page).get_data(as_text=True)
        assert "Summary, as of post 200, by Carla Champion" in html
        assert "<p>The <strong>depot</strong> does.</p>" in html
    assert as_person(cast.organiser).send(f"{url}summary", post="7", version="1").status_code == 303
    html = carla.get(f"{url}?page=10").get_data(as_text=True)
    assert "by Oscar Organiser" in html
    assert "Post 7 of the thread." in html.split("Summary, as of")[1]
    history = as_person(cast.reader).get(f"{url}summary").get_data(as_text=True)
    assert "<p>The <strong>depot</strong> does.</p>" in history
    assert "Keep the summary" not in history
    assert carla.send(f"{url}summary/remove", version="2").status_code == 303
    assert "Summary, as of" not in carla.get(url).get_data(as_text=True)
    with app.app_context():
        verbs = db.session.scalars(select(LogEntry.verb).order_by(LogEntry.id)).all()
        assert list(verbs) == ["changed summary", "changed summary", "removed summary"]


@pytest.mark.both_databases
def test_a_hidden_post_stands_on_top_of_nothing(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """A5: what is hidden later is gone from there too. Seen to fail without the state in `queries.heads`."""
    carla, url = as_person(cast.champion), address(app, thread)
    assert carla.send(f"{url}summary", post="7", version="0").status_code == 303
    with app.app_context(), transaction():
        post = db.session.scalars(select(Post).where(Post.item_id == thread.id, Post.number == 7)).one()
        post.state = PostState.HIDDEN
    assert "Post 7 of the thread." not in carla.get(f"{url}?page=10").get_data(as_text=True)
    answer = carla.send(f"{url}summary", post="7", version="1")
    assert answer.status_code == 422
    assert "no post of that number" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "fields, problem",
    [
        ({"body": ""}, "Write a summary, or name a post"),
        ({"body": "x" * 4001}, "under 4000 characters"),
        ({"body": "x", "post": "3"}, "Either a summary or a post"),
        ({"post": "201"}, "no post of that number"),
        ({"post": "first"}, "Give a whole number"),
    ],
)
def test_a_summary_that_will_not_do_is_refused(
    cast: Cast, as_person: AsPerson, app: Flask, thread: Thread, fields: dict[str, str], problem: str
) -> None:
    """422 with what was typed."""
    answer = as_person(cast.champion).send(f"{address(app, thread)}summary", version="0", **fields)
    assert answer.status_code == 422
    assert problem in answer.get_data(as_text=True)
    for value in fields.values():
        assert value in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_of_two_summaries_written_at_once_the_second_sees_the_first(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    """Nothing is written over unseen, and what was typed is on the page. Seen to fail without the look at the version."""
    carla, url = as_person(cast.champion), address(app, thread)
    with app.test_request_context("/"), transaction():
        summing_up.write_summary(standing(cast.organiser), thread, text=said("Oscar’s."), version=0)
    answer = carla.send(f"{url}summary", body="Carla’s.", version="0")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Carla’s.</textarea>" in html
    assert "Oscar’s." in html
    assert carla.send(f"{url}summary", body="Carla’s.", version=hidden_value(html, "version")).status_code == 303

    def work(person: Person) -> Callable[[], None]:
        def writes() -> None:
            with transaction():
                summing_up.write_summary(standing(person), thread, text=said(person.name), version=2)

        return writes

    results = at_once(app, [work(cast.champion), work(cast.organiser)], workers=2)
    assert sum(isinstance(one, Outdone) for one in results) == 1, results
    with app.app_context():
        assert db.session.scalar(select(func.max(ThreadSummary.version))) == 3


@pytest.mark.both_databases
def test_who_may_write_a_summary(app: Flask, cast: Cast, thread: Thread) -> None:
    """A1: the author and organisers, of a thread longer than 20 posts. Seen to fail without `allow`."""
    with app.test_request_context("/"):
        for person in (cast.colleague, cast.reader, cast.outsider):
            with pytest.raises(Denied), transaction():
                summing_up.write_summary(standing(person), thread, text=said("Mine."), version=0)
        short = factories.make_thread(cast.champions, author=cast.champion, posts=20)
        with pytest.raises(RuleBroken, match="20"), transaction():
            summing_up.pin_post(standing(cast.champion), short, number=2, version=0)


@pytest.mark.both_databases
def test_a_page_with_all_of_it_costs_ten_queries_at_the_most(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    """B2: tags, a summary, a part before and a part after."""
    carla, url = as_person(cast.champion), address(app, thread)
    carla.send(f"{url}summary", body="The depot does.", version="0")
    carla.send(f"{url}part", **{"part-title": "Bins, part 2"})
    carla.get(url)
    with queries(app) as sent:
        assert carla.get(f"{url}?page=10").status_code == 200
    assert len(sent) <= 10
