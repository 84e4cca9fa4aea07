"""Drafts are kept for each person and place, and an older tab never writes over a newer text (B5)."""

from functools import partial

import pytest
from flask import Flask

from forum.content import drafts
from forum.content.drafts import Kept, NewerDraft, draft_at
from forum.core.db import transaction
from forum.people.models import Person
from tests.cast import Cast
from tests.content.steps import at_once

PLACE = "reply:8f3k2m9x4q"


def save(person: Person, *, version: int, body: str, title: str | None = None) -> Kept:
    """Save a draft in a transaction of its own."""
    with transaction():
        return drafts.save(person, PLACE, version=version, body=body, title=title)


@pytest.mark.both_databases
def test_a_draft_grows_by_versions(app: Flask, cast: Cast) -> None:
    """B5: each save names the version it was made from."""
    with app.app_context():
        first = save(cast.champion, version=0, body="I think", title="On bins")
        second = save(cast.champion, version=first.version, body="I think that\r\nthis works")
        assert (second.version, second.title, second.body) == (2, "On bins", "I think that\nthis works")
        assert draft_at(cast.champion, PLACE) == second
        assert draft_at(cast.colleague, PLACE).is_empty


@pytest.mark.both_databases
def test_an_older_tab_does_not_write_over_a_newer_text(app: Flask, cast: Cast) -> None:
    """B5. Planted defect: without the version in the WHERE the newer text is lost."""
    with app.app_context():
        seen = save(cast.champion, version=0, body="Begun in one tab")
        save(cast.champion, version=seen.version, body="Gone on with in the other")
        with pytest.raises(NewerDraft) as refused:
            save(cast.champion, version=seen.version, body="Begun in one tab, still")
        assert refused.value.kept.body == "Gone on with in the other"
        assert draft_at(cast.champion, PLACE).body == "Gone on with in the other"
        with pytest.raises(NewerDraft):
            save(cast.champion, version=0, body="A third tab, opened before there was a draft")


def test_what_was_sent_does_not_come_back_from_an_older_tab(context: None, cast: Cast) -> None:
    """B5: the tab that still shows the text is told that it is behind, also when a new draft has begun meanwhile."""
    kept = save(cast.champion, version=0, body="My reply")
    with transaction():
        assert drafts.sent(cast.champion, PLACE, version=kept.version, body="My reply")
    assert draft_at(cast.champion, PLACE).is_empty
    with pytest.raises(NewerDraft):
        save(cast.champion, version=kept.version, body="My reply")
    save(cast.champion, version=2, body="Something else")
    with pytest.raises(NewerDraft):
        save(cast.champion, version=kept.version, body="My reply")


@pytest.mark.both_databases
def test_another_tabs_own_text_is_saved_where_a_draft_was_sent(app: Flask, cast: Cast) -> None:
    """B5: there is no newer draft to be told of.

    Planted defects: 409 with an empty text; without the look at what is gone, the text that was sent comes back.
    """
    with app.app_context():
        save(cast.champion, version=0, body="I think that")
        with transaction():
            drafts.sent(cast.champion, PLACE, version=1, body="I think that this works.")
        for sent in ("I think", "I think that", "I think that this works."):
            with pytest.raises(NewerDraft):
                save(cast.champion, version=0, body=sent)
        kept = save(cast.champion, version=0, body="Something of this tab's own")
        assert (kept.body, kept.version) == ("Something of this tab's own", 3)
        with pytest.raises(NewerDraft):
            save(cast.champion, version=0, body="A third tab")
        with transaction():
            assert drafts.discard(cast.champion, PLACE, version=3)
        with pytest.raises(NewerDraft):
            save(cast.champion, version=3, body="Something of this tab's own")
        assert save(cast.champion, version=3, body="Another thought").version == 5


@pytest.mark.parametrize(
    "body, gone",
    [
        ("I think that this works, mostly.", True),  # the draft saved itself a moment before the form was sent
        ("Something else that was written in another tab", False),
    ],
)
def test_sending_empties_only_a_draft_that_was_sent(context: None, cast: Cast, body: str, *, gone: bool) -> None:
    """B5: a form knows the draft it came from; a newer one goes only when its text went out too."""
    save(cast.champion, version=0, body="I think")
    save(cast.champion, version=1, body="I think that this works")
    with transaction():
        assert drafts.sent(cast.champion, PLACE, version=1, body=body) is gone
    assert draft_at(cast.champion, PLACE).is_empty is gone


def test_a_draft_is_thrown_away_only_as_it_was_shown(context: None, cast: Cast) -> None:
    """B5: the press stood beside an older text."""
    save(cast.champion, version=0, body="Old")
    save(cast.champion, version=1, body="New")
    with transaction():
        assert not drafts.discard(cast.champion, PLACE, version=1)
        assert drafts.discard(cast.champion, PLACE, version=2)
    assert draft_at(cast.champion, PLACE).is_empty


@pytest.mark.both_databases
def test_of_tabs_that_save_at_once_one_wins_and_the_others_are_told(app: Flask, cast: Cast) -> None:
    """B5: ten tabs that all saw the same version."""
    with app.app_context():
        version = save(cast.champion, version=0, body="Begun").version
    answers = at_once(app, [partial(save, cast.champion, version=version, body=f"Tab {tab}") for tab in range(10)])
    winners = [answer for answer in answers if isinstance(answer, Kept)]
    assert len(winners) == 1
    assert [type(answer) for answer in answers].count(NewerDraft) == 9
    with app.app_context():
        assert draft_at(cast.champion, PLACE).body == winners[0].body


@pytest.mark.both_databases
def test_a_draft_holds_whatever_was_typed(app: Flask, cast: Cast) -> None:
    """A12: what no database can store is dropped, and nothing else."""
    with app.app_context():
        kept = save(cast.champion, version=0, body="{{7*7}} \x00 ünïcode 🦫 \ud800", title="Two\nlines\x00")
        assert (kept.body, kept.title) == ("{{7*7}}  ünïcode 🦫 \ufffd", "Two lines")
