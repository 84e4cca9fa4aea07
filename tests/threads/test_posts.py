"""Single posts as pages: editing, history, and accepting an answer."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content.models import PostState
from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import LogEntry
from forum.spaces.policy import Can
from forum.threads import actions
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, hidden_value, standing

AsPerson = Callable[[Person], Browserless]


@pytest.mark.both_databases
def test_a_post_is_edited_and_its_history_read(cast: Cast, as_person: AsPerson, url: str) -> None:
    """What was taken out is struck through, what was put in is underlined; everybody who sees the post can read it."""
    carla = as_person(cast.champion)
    html = carla.get(f"{url}posts/1/edit").get_data(as_text=True)
    assert "Who empties the blue bin?</textarea>" in html
    sent = carla.send(f"{url}posts/1/edit", body="Who empties the green bin?", version=hidden_value(html, "version"))
    assert (sent.status_code, sent.location) == (303, f"{url}#p1")
    page = carla.get(url).get_data(as_text=True)
    assert "Who empties the green bin?" in page
    assert 'href="posts/1/history"' in page
    for person in (cast.champion, cast.reader, cast.outsider):
        history = as_person(person).get(f"{url}posts/1/history").get_data(as_text=True)
        shown = re.sub(r'<span class="vh">[^<]*</span>', "", history)
        assert "Who empties the <del>blue</del><ins>green</ins> bin?" in shown
        assert "As it was written" in history


def test_a_second_press_on_save_is_led_where_the_first_was(cast: Cast, as_person: AsPerson, url: str) -> None:
    """Before, the look at the version came first, and a double press was told that somebody else had saved."""
    for person, reason in ((cast.champion, ""), (cast.organiser, "A typo.")):
        client, form = as_person(person), {"body": f"Saved by {person.name}.", "reason": reason}
        version = hidden_value(client.get(f"{url}posts/1/edit").get_data(as_text=True), "version")
        answers = [client.send(f"{url}posts/1/edit", version=version, **form) for _press in range(2)]
        assert [(answer.status_code, answer.location) for answer in answers] == [(303, f"{url}#p1")] * 2
    assert "Change 3" not in as_person(cast.reader).get(f"{url}posts/1/history").get_data(as_text=True)


def test_of_two_tabs_the_later_sees_both_texts(cast: Cast, as_person: AsPerson, url: str) -> None:
    """409 with both; saving again replaces the other's text knowingly, and the history has all three."""
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    carla.send(f"{url}posts/1/edit", body="Tab one.", version="1")
    late = oscar.send(f"{url}posts/1/edit", body="Tab two.", version="1", reason="A typo.")
    html = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "Tab one.</textarea>" in html
    assert "Tab two.</textarea>" in html
    assert 'value="A typo."' in html
    assert "<title>Problem: Edit post 1" in html
    assert 'role="alert" tabindex="-1" data-problems' in html
    assert hidden_value(html, "version") == "2"
    assert oscar.send(f"{url}posts/1/edit", body="Tab two.", version="2", reason="A typo.").status_code == 303
    assert "Change 2" in carla.get(f"{url}posts/1/history").get_data(as_text=True)


@pytest.mark.parametrize(
    "changes, problem",
    [
        ({"body": " "}, "can’t be empty"),
        ({"body": "[a]: http://example.org"}, "nothing in this that anybody could read"),
        ({"body": "x" * 50_001}, "50,001 characters long"),
        ({"version": "one"}, "Give a whole number"),
        ({"version": ""}, "This field is required"),
        ({"reason": ""}, "Say why"),
        ({"reason": "x" * 501}, "Keep it under 500"),
    ],
)
def test_an_edit_with_a_mistake_comes_back_as_it_was(
    cast: Cast, as_person: AsPerson, url: str, changes: dict[str, str], problem: str
) -> None:
    """422 with the reason and the text."""
    fields = {"body": "Tidied up.", "version": "1", "reason": "A name was in it.", **changes}
    answer = as_person(cast.organiser).send(f"{url}posts/1/edit", **fields)
    assert answer.status_code == 422
    assert problem in answer.get_data(as_text=True)
    assert fields["body"] in answer.get_data(as_text=True)


def test_the_log_tells_members_of_the_edit_and_why(cast: Cast, as_person: AsPerson, url: str) -> None:
    """In a sentence."""
    as_person(cast.organiser).send(f"{url}posts/1/edit", body="Tidied.", version="1", reason="A name was in it.")
    log = as_person(cast.champion).get("/s/champions/log").get_data(as_text=True)
    assert "<b>Oscar Organiser</b> edited post 1 by <b>Carla Champion</b> in “" in log
    assert "A name was in it." in log


def test_an_edit_can_be_previewed(cast: Cast, as_person: AsPerson, url: str) -> None:
    """Without script, by the same form."""
    carla = as_person(cast.champion)
    html = carla.send(f"{url}posts/1/edit", preview="1", body="**Really**", version="1").get_data(as_text=True)
    assert "<strong>Really</strong>" in html
    assert "blue" in carla.get(url).get_data(as_text=True)


def test_whoever_may_edit_a_post_may_preview_it_and_name_people(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """D5: a reader with a lent right too. Before, the edit page asked for the power to write, and previews were refused."""
    with app.app_context():
        factories.make_grant(cast.champions, to=cast.reader, by=cast.organiser, power=Can.EDIT_ANY_POST)
    rita = as_person(cast.reader)
    html = rita.get(f"{url}posts/2/edit").get_data(as_text=True)
    preview = re.search(r'data-preview-url="([^"]+)"', html)
    mentions = re.search(r'data-mentions-url="([^"]+)"', html)
    assert preview is not None
    assert mentions is not None
    shown = rita.send(preview[1], source="The *depot*.\n\n> [post 1]\n> Who?")
    assert shown.status_code == 200
    assert "Carla Champion in post 1" in shown.get_data(as_text=True)
    assert [one["handle"] for one in rita.get(f"{mentions[1]}?q=carl").json or []] == ["carla.champion"]
    for person, status in ((cast.colleague, 200), (cast.champion, 403), (cast.outsider, 403)):
        assert as_person(person).send(preview[1], source="Mine").status_code == status
        assert as_person(person).get(mentions[1]).status_code == status


def test_who_may_not_edit_is_told_why(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """403 with the sentence, for the page and for the press."""
    with app.app_context():
        old = factories.make_thread(cast.champions, author=cast.champion, at=now() - timedelta(days=9))
    for person, path, why in (
        (cast.colleague, f"{url}posts/1/edit", "Only its author"),
        (cast.reader, f"{url}posts/1/edit", "read along"),
        (cast.outsider, f"{url}posts/1/edit", "Join the space first"),
        (cast.champion, f"{address(app, old)}posts/1/edit", "can be edited for 7 days"),
    ):
        client = as_person(person)
        for answer in (client.get(path), client.send(path, body="Mine.", version="1", reason="No.")):
            assert answer.status_code == 403
            assert why in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_long_histories_have_pages(app: Flask, cast: Cast, as_person: AsPerson, url: str, question: Thread) -> None:
    """Five changes a page, and each page costs the same."""
    with app.app_context():
        post = factories.make_post(question, author=cast.champion, text="Version 13.")
        for number in range(1, 13):
            factories.make_revision(post, text=f"Version {number}.", editor=cast.champion)
    carla = as_person(cast.champion)
    pages = [carla.get(f"{url}posts/4/history?page={page}").get_data(as_text=True) for page in (1, 2, 3)]
    assert [html.count('class="difference"') for html in pages] == [5, 5, 3]
    assert re.search(r"<del>.*12</del><ins>.*13</ins>\.", pages[0])
    assert "As it was written" in pages[2]
    assert "As it was written" not in pages[0]


def test_a_history_shows_whatever_was_typed_and_says_what_it_leaves_out(
    cast: Cast, as_person: AsPerson, url: str
) -> None:
    """160 spaces beside a change are a history like any other; thirty lines without a change are told, not shown."""
    carla = as_person(cast.champion)
    lines = "\n".join(f"This is line {number} of a list that goes on." for number in range(1, 31))
    texts = [f"{word}\n" + " " * 400 + "\nend" for word in ("old", "new")] + [
        f"{word}\n{lines}\nend" for word in ("a", "b")
    ]
    for version, body in enumerate(texts, start=1):
        assert carla.send(f"{url}posts/1/edit", body=body, version=str(version)).status_code == 303
    answer = carla.get(f"{url}posts/1/history")
    assert answer.status_code == 200
    assert re.search(r"\d\d more lines unchanged", answer.get_data(as_text=True))


def test_a_post_that_was_never_edited_has_a_history_of_one(cast: Cast, as_person: AsPerson, url: str) -> None:
    """No change, only the text."""
    html = as_person(cast.reader).get(f"{url}posts/1/history").get_data(as_text=True)
    assert "As it was written" in html
    assert "<del>" not in html


@pytest.mark.both_databases
def test_the_asker_accepts_an_answer_and_takes_it_back(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """It is marked on the page and in the list; the banner has the press that undoes it."""
    carla, reader = as_person(cast.champion), as_person(cast.reader)
    assert carla.send(f"{url}accept", number="2").location == f"{url}#p2"
    html = carla.get(url).get_data(as_text=True)
    assert f'action="{url}accept/withdraw?number=2"' in html
    shown = reader.get(url).get_data(as_text=True)
    assert "Answered by Colin Colleague" in shown
    assert 'href="#p2">Go to the answer in post 2' in shown
    assert shown.split('id="p2"')[1].split(">")[0].count(" data-accepted") == 1
    assert "Answered" in reader.get("/s/champions/threads/").get_data(as_text=True)
    assert carla.send(f"{url}accept", number="3").status_code == 303
    assert "Answered by Stella Steward" in reader.get(url).get_data(as_text=True)
    assert carla.send(f"{url}accept/withdraw", number="3").location == url
    assert "Answered" not in reader.get(url).get_data(as_text=True)
    with app.app_context():
        kinds = db.session.scalars(select(FactRow.kind).order_by(FactRow.id)).all()
        assert kinds == ["answer accepted", "answer accepted", "acceptance withdrawn"]
        assert not db.session.scalars(select(LogEntry)).all()


@pytest.mark.parametrize("who, status", [("colleague", 403), ("reader", 403), ("outsider", 403), ("organiser", 303)])
def test_only_the_asker_and_organisers_accept(cast: Cast, as_person: AsPerson, url: str, who: str, status: int) -> None:
    """A1: by page and by press."""
    client = as_person(getattr(cast, who))
    assert client.send(f"{url}accept", number="2").status_code == status
    assert client.send(f"{url}accept/withdraw", number="2").status_code == status


def test_what_an_organiser_does_for_the_asker_is_in_the_log(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """Members read who accepted it."""
    oscar = as_person(cast.organiser)
    oscar.send(f"{url}accept", number="2")
    oscar.send(f"{url}accept", number="2")
    oscar.send(f"{url}accept/withdraw", number="2")
    oscar.send(f"{url}accept/withdraw", number="2")
    with app.app_context():
        entries = db.session.scalars(select(LogEntry).order_by(LogEntry.id)).all()
        assert [(one.verb, one.actor_id, one.details) for one in entries] == [
            ("accepted answer", cast.organiser.id, {"number": "2"}),
            ("withdrew acceptance", cast.organiser.id, {"number": "2"}),
        ]
    log = as_person(cast.champion).get("/s/champions/log").get_data(as_text=True)
    assert "<b>Oscar Organiser</b> accepted post 2 as the answer to “" in log


def test_what_can_be_no_answer_is_refused(
    app: Flask, cast: Cast, as_person: AsPerson, question: Thread, url: str
) -> None:
    """The question itself, posts that aren't there or can't be seen (A5), threads that ask nothing."""
    with app.app_context():
        factories.make_post(question, author=cast.colleague, state=PostState.HIDDEN)
        talk = factories.make_thread(cast.champions, author=cast.champion, posts=2, is_question=False)
    carla = as_person(cast.champion)
    for number, status in (("1", 409), ("4", 404), ("9", 404), ("0", 404), ("two", 404), ("", 404), ("9" * 30, 404)):
        assert carla.send(f"{url}accept", number=number).status_code == status, number
    assert carla.send(f"{address(app, talk)}accept", number="2").status_code == 409
    assert "Accept this answer" not in carla.get(address(app, talk)).get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Thread, question.id).accepted_number is None


def test_an_answer_that_is_hidden_later_is_named_nowhere(
    app: Flask, cast: Cast, as_person: AsPerson, question: Thread, url: str
) -> None:
    """A5: neither its author nor its place."""
    with app.app_context():
        answer = factories.make_post(question, author=cast.organiser, state=PostState.HIDDEN)
        factories.make_accepted(question, number=answer.number, by=cast.champion)
    assert "Oscar" not in as_person(cast.colleague).get(url).get_data(as_text=True)


def test_rules_of_accepting_hold_without_the_page(context: None, cast: Cast) -> None:
    """Planted defect: without `require_accept` anybody accepts."""
    thread = factories.make_thread(cast.champions, author=cast.champion, posts=2)
    with pytest.raises(Denied), transaction():
        actions.accept(standing(cast.colleague), thread, number=2)
    with pytest.raises(RuleBroken), transaction():
        actions.accept(standing(cast.champion), thread, number=1)
    with pytest.raises(Missing), transaction():
        actions.accept(standing(cast.champion), thread, number=3)
    with transaction():
        actions.accept(standing(cast.champion), thread, number=2)
    held = db.session.get_one(Thread, thread.id)
    assert (held.accepted_number, held.accepted_by_id) == (2, cast.champion.id)
    with pytest.raises(Denied), transaction():
        actions.withdraw_acceptance(standing(cast.colleague), thread, number=2)


def undo_of(html: str) -> str:
    """Return where the banner's "Undo" posts to."""
    found = re.search(r'<form method="post" action="([^"]*accept/withdraw[^"]*)"', html)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.both_databases
def test_undo_brings_back_what_was_accepted_before(cast: Cast, as_person: AsPerson, url: str) -> None:
    """Before, an Undo only withdrew, and lost the first answer."""
    carla = as_person(cast.champion)
    carla.send(f"{url}accept", number="2")
    carla.get(url)
    carla.send(f"{url}accept", number="3")
    undo = undo_of(carla.get(url).get_data(as_text=True))
    assert carla.send(undo).location == f"{url}#p2"
    html = carla.get(url).get_data(as_text=True)
    assert "Post 2 is the accepted answer again" in html
    assert "Answered by Colin Colleague" in html
    assert carla.send(undo).status_code == 303
    assert "Answered by Colin Colleague" in carla.get(url).get_data(as_text=True)


@pytest.mark.both_databases
def test_an_old_undo_takes_back_nobody_elses_acceptance(cast: Cast, as_person: AsPerson, url: str) -> None:
    """Before, without the number, the organiser's acceptance went."""
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    carla.send(f"{url}accept", number="2")
    undo = undo_of(carla.get(url).get_data(as_text=True))
    oscar.send(f"{url}accept", number="3")
    carla.send(undo)
    html = carla.get(url).get_data(as_text=True)
    assert "Answered by Stella Steward" in html
    assert "isn’t the accepted answer any more" in html
    for wish in ({}, {"number": "two"}, {"number": "9" * 30}):
        assert carla.send(f"{url}accept/withdraw", **wish).status_code in {303, 404}
    assert carla.send(f"{url}accept/withdraw", number="3", before="9").status_code == 404
    assert carla.send(f"{url}accept/withdraw", number="3", before="1").status_code == 409
    assert "Answered by Stella Steward" in carla.get(url).get_data(as_text=True)
