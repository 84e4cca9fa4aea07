"""The log of a space in sentences, for those who may read them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces import actions
from forum.spaces.guard import here_for
from forum.spaces.log import record
from forum.spaces.models import Audience, Item, ItemState, LogAudience, LogEntry, Role, Visibility
from forum.spaces.policy import LENDABLE, Can
from forum.spaces.queries.logbook import LINES, Line, log_page
from forum.spaces.sentences import SENTENCES, WORDS, tell
from tests import factories
from tests.cast import Browserless, Cast
from tests.spaces.conftest import Counting

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")
LOG = "/s/champions/log"


def sentence(line: LogEntry, item: Item | None = None) -> str:
    return str(tell(Line(entry=line, item=item)).sentence)


@inside
@pytest.mark.both_databases
def test_what_is_done_is_told_in_a_sentence(cast: Cast) -> None:
    steward = here_for(cast.steward, "champions")
    request = factories.make_join_request(cast.champions, cast.insider)
    other = factories.make_person(name="Nora Quill")
    with transaction():
        actions.change_role(steward, cast.champion, role=Role.ORGANISER, reason="Knows everybody.")
        actions.end_membership(steward, cast.reader, reason="Moved <away>.")
        actions.accept_request(steward, request.id, role=Role.READER)
        actions.join(here_for(cast.outsider, "champions"))
        actions.leave(here_for(cast.outsider, "champions"))
        actions.lend(
            cast.champions,
            giver=cast.organiser,
            taker=cast.champion,
            power=Can.INVITE_MEMBER,
            starts=now(),
            ends=now() + timedelta(days=1),
        )
        link = actions.make_link(steward, role=Role.CHAMPION, uses=1, lasts=timedelta(days=1))
        actions.accept(other, link)
        actions.show_to(steward, visibility=Visibility.BY_REQUEST)
    told = [tell(line) for line in log_page(cast.champions, cast.steward, keeps=True).lines]
    assert [str(line.sentence).replace("<b>", "").replace("</b>", "") for line in reversed(told)] == [
        "Stella Steward made Carla Champion an organiser.",
        "Stella Steward removed Rita Reader.",
        "Stella Steward let in Ingrid Insider as a reader.",
        "Otto Outsider joined.",
        "Otto Outsider left.",
        "Oscar Organiser lent Carla Champion the right to invite people.",
        "Stella Steward made an invitation link, for a champion.",
        "Nora Quill came in as a champion, invited by Stella Steward.",
        "Stella Steward changed who can see this space, from open to by request.",
    ]
    assert [line.reason for line in reversed(told)][:2] == ["Knows everybody.", "Moved <away>."]


@inside
def test_what_is_done_for_somebody_names_both(cast: Cast) -> None:
    """D5: what was done with a lent right shows for whom."""
    with transaction():
        line = record(
            "accepted request",
            actor=cast.champion,
            on_behalf_of=cast.organiser,
            space=cast.champions,
            person=cast.outsider,
            role="reader",
        )
    [told] = log_page(cast.champions, cast.reader, keeps=False).lines
    assert told.entry.id == line.id
    assert sentence(told.entry) == (
        "<b>Carla Champion</b> for <b>Oscar Organiser</b> let in <b>Otto Outsider</b> as a reader."
    )


@inside
def test_names_titles_and_details_are_text_in_a_sentence(cast: Cast) -> None:
    """A12: the log is one of many outputs."""
    villain = factories.make_person(name="<b>%(person)s {0}")
    with transaction():
        line = record("added member", actor=villain, space=cast.champions, person=None, role="<script>%s")
    [told] = log_page(cast.champions, cast.reader, keeps=False).lines
    assert told.entry.id == line.id
    assert sentence(told.entry) == ("<b>&lt;b&gt;%(person)s {0}</b> brought in <b>Somebody</b> as &lt;script&gt;%s.")


@inside
@pytest.mark.parametrize("word", ["champion", "open", "name purpose"])
def test_what_people_wrote_is_told_in_their_words(cast: Cast, word: str) -> None:
    """A12: a section called "champion" was added as “a champion”. Seen to fail when every room's details are put into words."""
    with transaction():
        record("added section", actor=cast.steward, space=cast.champions, name=word)
        record("renamed department", actor=cast.admin, space=cast.champions, old=word, name="Parks")
    told = {sentence(line.entry) for line in log_page(cast.champions, cast.reader, keeps=False).lines}
    assert told == {
        f"<b>Stella Steward</b> added the section “{word}”.",
        f"<b>Ada Admin</b> renamed the department {word}: it is Parks now.",
    }


@inside
def test_a_verb_nobody_knows_is_told_plainly(cast: Cast) -> None:
    """An entry outlives the room that wrote it."""
    with transaction():
        record("juggled <knives>", actor=cast.steward, space=cast.champions, person=cast.reader)
        record("added member", actor=cast.steward, space=cast.champions)
    lines = [sentence(line.entry) for line in log_page(cast.champions, cast.reader, keeps=False).lines]
    assert "<b>Stella Steward</b>: juggled &lt;knives&gt;, <b>Rita Reader</b>." in lines
    assert "<b>Stella Steward</b>: added member." in lines


def test_every_lendable_right_has_words() -> None:
    assert {power.value for power in LENDABLE} <= set(WORDS)
    nobody = {kind for kind, words in SENTENCES.items() if "%(actor)s" not in str(words)}
    assert nobody == {"right lent", "right ended"}, "these come with cover, and by nobody's press"


@pytest.mark.parametrize("who, reads", [("reader", False), ("champion", False), ("organiser", True), ("steward", True)])
def test_organisers_read_more_than_members(cast: Cast, as_person: AsPerson, who: str, *, reads: bool) -> None:
    """A3: whom somebody invited, and who was declined, is told to those who look after the space."""
    client = as_person(getattr(cast, who))
    with client.application.app_context(), transaction():
        record(
            "invited address", actor=cast.steward, space=cast.champions, audience=LogAudience.ORGANISERS, role="reader"
        )
        record("made admin", actor=cast.admin, space=cast.champions, audience=LogAudience.ADMINS)
    page = client.get(LOG).text
    assert ("invited somebody by mail" in page) is reads
    assert ("Only organisers read this line." in page) is reads
    assert "made admin" not in page


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize(
    "state, audience", [(ItemState.HIDDEN, Audience.SPACE), (ItemState.PUBLISHED, Audience.ORGANISERS)]
)
def test_a_line_about_something_unseen_gives_nothing_away(cast: Cast, state: ItemState, audience: Audience) -> None:
    """A3: members don't read the line, and an organiser doesn't read the title of what is hidden."""
    thread = factories.make_thread(cast.champions, author=cast.champion, title="quokka", state=state, audience=audience)
    item = db.session.get_one(Item, thread.id)
    with transaction():
        record("hid thread", actor=cast.organiser, space=cast.champions, item=item)
    assert not log_page(cast.champions, cast.reader, keeps=False).lines
    [line] = log_page(cast.champions, cast.steward, keeps=True).lines
    assert ("quokka" in sentence(line.entry, line.item)) is (state is ItemState.PUBLISHED)


def test_the_log_of_one_space_tells_nothing_of_another(cast: Cast, as_person: AsPerson) -> None:
    """A2: an id of another space's line in the address is left out."""
    client = as_person(cast.reader)
    with client.application.app_context(), transaction():
        line = record("left space", actor=cast.insider, space=cast.night_desk)
        record("joined space", actor=cast.colleague, space=cast.champions)
        db.session.flush()
        other = line.id
    for query in ("", f"?before={other}", f"?after={other}", "?before=x", "?after=99999999999999999999"):
        page = client.get(LOG + query)
        assert page.status_code == 200
        assert "Colin Colleague</b> joined." in page.text
        assert "Ingrid" not in page.text


@inside
@pytest.mark.both_databases
def test_pages_go_back_and_forth_by_time_without_a_gap(cast: Cast) -> None:
    """Entries made with an earlier date stand in their place, and equal moments have an order."""
    with transaction():
        for number in range(LINES * 2 + 10):
            record(
                "did", actor=cast.steward, space=cast.champions, at=now() - timedelta(hours=number // 3), n=str(number)
            )
    everything = [line.entry.details["n"] for line in _all_pages(cast)]
    assert len(everything) == len(set(everything)) == LINES * 2 + 10
    first = log_page(cast.champions, cast.reader, keeps=False)
    second = log_page(cast.champions, cast.reader, keeps=False, before=first.older)
    back = log_page(cast.champions, cast.reader, keeps=False, after=second.newer)
    assert [line.entry.id for line in back.lines] == [line.entry.id for line in first.lines]
    assert first.newer is None
    assert back.newer is None


def _all_pages(cast: Cast) -> list[Line]:
    found: list[Line] = []
    before = None
    while True:
        page = log_page(cast.champions, cast.reader, keeps=False, before=before)
        found += page.lines
        before = page.older
        if before is None:
            return found


def test_the_page_costs_the_same_for_one_line_and_for_forty(
    app: Flask, cast: Cast, as_person: AsPerson, counting: Counting
) -> None:
    client = as_person(cast.reader)
    with app.app_context(), transaction():
        record("joined space", actor=cast.colleague, space=cast.champions)
    with counting() as few:
        client.get(LOG)
    with app.app_context():
        people = [factories.make_person() for _ in range(39)]
        with transaction():
            for person in people:
                record("joined space", actor=person, person=person, on_behalf_of=cast.steward, space=cast.champions)
    with counting() as many:
        assert client.get(LOG).text.count("joined.") == 40
    assert len(few) == len(many)


def test_a_person_who_is_gone_is_still_told_of(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context(), transaction():
        line = record("left space", actor=cast.colleague, space=cast.champions)
        db.session.flush()
        db.session.execute(update(LogEntry).where(LogEntry.id == line.id).values(actor_id=None))
    assert "<b>Somebody</b> left." in as_person(cast.reader).get(LOG).text
