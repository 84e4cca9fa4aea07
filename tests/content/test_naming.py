"""Whom a text may name: members of the space, as they are now (A3, B6)."""

import pytest

from forum.content.naming import suggestions, text_for
from forum.core.db import db, transaction
from forum.people.models import Person, PersonState
from forum.spaces.models import Space
from tests import factories
from tests.cast import Cast


def handles(space: Space, begun: str) -> list[str]:
    """Return whom the completion offers."""
    return [person["handle"] for person in suggestions(space, begun)]


@pytest.mark.both_databases
def test_completion_offers_members_by_any_part_of_their_name(context: None, cast: Cast) -> None:
    """A3: never outsiders, former members or who is suspended, not even by their whole name."""
    assert handles(cast.champions, "c") == ["carla.champion", "colin.colleague"]
    assert handles(cast.champions, "COL") == ["colin.colleague"]
    assert handles(cast.champions, "orga") == ["oscar.organiser"]
    assert handles(cast.champions, "carla.ch") == ["carla.champion"]
    for name in ("Otto Outsider", "Felix Former", "susan.suspended", "Ingrid", "Ada"):
        assert handles(cast.champions, name) == []
    assert handles(cast.night_desk, "") == ["ingrid.insider"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "begun, name",
    [
        ("Bea M", "Bea Murphy"),
        ("bea murphy", "Bea Murphy"),
        ("Łuk", "Ann O'Neill-Łukasz"),
        ("luk", "Ann O'Neill-Łukasz"),
        ("oneill", "Ann O'Neill-Łukasz"),
        ("o’n", "Ann O'Neill-Łukasz"),
        ("neill-l", "Ann O'Neill-Łukasz"),
        ("ann o", "Ann O'Neill-Łukasz"),
        ("celik", "Ayşe ÇELİK"),
        ("Ayse c", "Ayşe ÇELİK"),
        ("strass", "Jörg Straße"),
        ("oster", "Søren Østergård"),
        ("thor", "Þórdís"),
    ],
)
def test_completion_looks_at_every_part_of_a_name_and_not_at_the_marks_of_its_letters(
    context: None, cast: Cast, begun: str, name: str
) -> None:
    """A3: of members only."""
    for one in (
        "Bea Murphy",
        "Bea Zane",
        "Ann O'Neill-Łukasz",
        "Ayşe ÇELİK",
        "Jörg Straße",
        "Søren Østergård",
        "Þórdís",
    ):
        factories.make_membership(cast.champions, factories.make_person(name=one))
    factories.make_person(name=f"{name} Outside", email="outside@example.org")
    assert [person["name"] for person in suggestions(cast.champions, begun)] == [name]


def test_who_is_called_so_comes_before_who_is_called_so_too(context: None, cast: Cast) -> None:
    for one in ("Aaron Zimmer", "Zimmer Young"):
        factories.make_membership(cast.champions, factories.make_person(name=one))
    assert handles(cast.champions, "zim") == ["zimmer.young", "aaron.zimmer"]


def test_completion_says_the_department_and_stops_at_eight(context: None, cast: Cast) -> None:
    """A list under the caret, not a directory."""
    assert suggestions(cast.champions, "carla")[0] == {
        "handle": "carla.champion",
        "name": "Carla Champion",
        "department": "Libraries",
    }
    for number in range(12):
        factories.make_membership(cast.champions, factories.make_person(name=f"Zora {number}"))
    assert len(handles(cast.champions, "zora")) == 8


def test_signs_of_a_pattern_are_only_signs(context: None, cast: Cast) -> None:
    """A12: "%" and "_" stand for themselves."""
    assert handles(cast.champions, "%") == handles(cast.champions, "_") == handles(cast.champions, "c%a") == []


def test_a_text_names_members_and_leaves_others_as_typed(context: None, cast: Cast) -> None:
    """A3, B6: a handle of somebody who doesn't belong here stays plain, so the text tells nothing about them."""
    text = text_for(cast.champions, "Ask @carla.champion, @otto.outsider or `@colin.colleague`.")
    assert text.mentioned == {"carla.champion"}
    assert "@Carla Champion</a>" in text.html
    assert "Otto" not in text.html
    with transaction():
        db.session.get_one(Person, cast.champion.id).state = PersonState.SUSPENDED
    assert text_for(cast.champions, "Ask @carla.champion.").mentioned == set()


def test_a_quote_says_who_wrote_the_post(context: None, cast: Cast) -> None:
    """A3: only posts of this conversation that can be seen are quoted by name."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    source = "> [post 1]\n> Hello\n\nYes.\n\n> [post 7]\n> Never said"
    text = text_for(cast.champions, source, item_id=thread.id, posts_url="/t/posts/")
    assert '<a href="/t/posts/1">Carla Champion in post 1</a>' in text.html
    assert text.quoted == {1}


def test_what_somebody_who_left_wrote_is_quoted_without_a_name(context: None, cast: Cast) -> None:
    """A post without an author is a former member's."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    post = factories.make_post(thread, author=cast.champion)
    with transaction():
        post.author_id = None
    text = text_for(cast.champions, "> [post 2]\n> Hello\n\nHello to you.", item_id=thread.id, posts_url="/t/posts/")
    assert "Former member in post 2" in text.html


@pytest.mark.both_databases
def test_a_whole_name_typed_by_hand_names_its_member(context: None, cast: Cast) -> None:
    """A3, B6: "@Carla Champion" is Carla; a name that two share, or an outsider's, names nobody."""
    tom, thomas = factories.make_person(name="Tom Twin"), factories.make_person(name="Thomas Twin")
    for twin in (tom, thomas):
        factories.make_membership(cast.champions, twin)
    with transaction():
        db.session.get_one(Person, thomas.id).name = "Tom Twin"
    text = text_for(
        cast.champions,
        "@Carla Champion knows. So does @Colin Colleague, not `@Rita Reader`. @Otto Outsider @Tom Twin @carla",
    )
    assert text.mentioned == {"carla.champion", "colin.colleague"}
    assert '">@Carla Champion</a> knows' in text.html
    assert '">@Colin Colleague</a>, not' in text.html
