"""The pages of the original and of the family, as browsers without script see them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.clone.upstream import following
from forum.core.db import db, transaction
from forum.core.time import local, now, today
from forum.meetups.models import Series
from forum.meetups.recurrence import Rhythm
from forum.meetups.words import date_words
from forum.notify.models import HeadsUp
from forum.people.models import Person
from forum.playbooks.actions.keeping import withdraw
from forum.roster.growing import lay as lay_duty
from forum.roster.growing import take as say_duty
from forum.roster.models import Criticality, Duty
from forum.spaces.guard import here_for
from forum.spaces.models import Item, Space, Visibility
from forum.threads.actions import change_sections
from forum.threads.models import Section
from tests import factories
from tests.cast import Browserless, Cast
from tests.clone.steps import agree, copy, show
from tests.clone.test_upstream import STEPS, edit, playbook_in, says

AsPerson = Callable[[Person], Browserless]
HOME = "/s/ward-clerks-online/"
UPSTREAM = f"{HOME}upstream/"


@pytest.fixture
def made(app: Flask, cast: Cast) -> Space:
    """Make the outsider's copy of Champions, with a playbook."""
    with app.test_request_context("/"):
        factories.make_playbook(cast.champions, author=cast.champion, title="New tablet", steps=STEPS)
        show(cast.steward, cast.champions)
        return copy(cast.outsider, cast.champions)


def text(client: Browserless, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def undo_on(page: str) -> str:
    found = re.search(r'action="([^"]+/undo\?answer=\d+)"', page)
    assert found is not None
    return found.group(1)


def offer_on(page: str) -> str:
    found = re.search(rf'href="({UPSTREAM}[\w-]+/)"', page)
    assert found is not None
    return found.group(1)


def changed(app: Flask, cast: Cast, space: Space, *steps: str, by: Person | None = None) -> None:
    with app.test_request_context("/"):
        edit(by or cast.organiser, space, *steps)


def test_what_isnt_there_any_more_is_listed_with_where_it_stands_here(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: by its title and its kind. It is no change that waits."""
    otto = as_person(cast.outsider)
    assert "Not in the original any more" not in text(otto, UPSTREAM)
    with app.test_request_context("/"), transaction():
        mine, _playbook = playbook_in(made)
        withdraw(here_for(cast.champion, cast.champions.slug), playbook_in(cast.champions)[1].id)
    page = text(otto, UPSTREAM)
    assert "Not in the original any more" in page
    assert re.search(rf'href="{HOME}playbooks/{mine.ref}/"[^>]*>New tablet</a>', page)
    assert "Nothing is new there." in page
    assert "upstream" not in text(otto, HOME).replace("/upstream/", "")


@pytest.mark.both_databases
def test_a_steward_sees_it_on_today_takes_it_and_undoes_it(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: one change upstream, its reason, the difference, one press; undone by another."""
    otto = as_person(cast.outsider)
    assert "upstream" not in text(otto, HOME).replace("/upstream/", "")
    assert "Nothing is new there." in text(otto, UPSTREAM)
    changed(app, cast, cast.champions, "Charge it", "Sign in twice", "Print")
    assert "One change upstream." in text(otto, HOME)
    address = offer_on(text(otto, UPSTREAM))
    page = text(otto, address)
    assert "The menu moved." in page
    assert "twice</ins>" in page
    answer = otto.send(f"{address}take", seen=seen_on(page))
    assert answer.status_code == 303
    with app.test_request_context("/"):
        assert says(made) == ["Charge it", "Sign in twice", "Print"]
    after = text(otto, UPSTREAM)
    assert "Taken" in after
    assert "One change upstream." not in text(otto, HOME)
    assert otto.send(undo_on(after)).status_code == 303
    assert "One change upstream." in text(otto, HOME)
    assert otto.send(f"{address}decline", seen=seen_on(text(otto, address))).status_code == 303
    assert "Left as it is" in text(otto, UPSTREAM)
    assert "One change upstream." not in text(otto, HOME)


def test_both_sides_are_shown_and_what_was_typed_stays(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: 422 until everything is chosen; the text of one's own is still there."""
    otto = as_person(cast.outsider)
    changed(app, cast, made, "Charge it well", "Sign in as you", "Print", by=cast.outsider)
    changed(app, cast, cast.champions, "Charge it fully", "Sign in as me", "Print")
    address = offer_on(text(otto, UPSTREAM))
    page = text(otto, address)
    for words in ("And changed here", "Charge it well", "Charge it fully", "Keep ours", "Take theirs", "Write it anew"):
        assert words in page
    typed = {"side-0": "own", "own-0-text": "Charge it to the full"}
    refused = otto.send(f"{address}take", seen=seen_on(page), **typed, **{"own-1-text": "Sign in as both"})
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert "Charge it to the full" in body
    assert re.search(r'id="side-1-own"[^>]* checked', body), "who writes means it, and still has to press"
    assert "Sign in as both" in body
    assert "Step 2: Choose what stands here." in body
    assert otto.send(f"{address}take", seen=seen_on(body), **typed, **{"side-1": "theirs"}).status_code == 303
    with app.test_request_context("/"):
        assert says(made) == ["Charge it to the full", "Sign in as me", "Print"]


def test_what_is_too_long_is_said_and_kept(app: Flask, cast: Cast, made: Space, as_person: AsPerson) -> None:
    otto = as_person(cast.outsider)
    changed(app, cast, made, "Charge it well", "Sign in", "Print", by=cast.outsider)
    changed(app, cast, cast.champions, "Charge it fully", "Sign in", "Print")
    address = offer_on(text(otto, UPSTREAM))
    typed = {"side-0": "own", "own-0-text": "x" * 3001}
    refused = otto.send(f"{address}take", seen=seen_on(text(otto, address)), **typed)
    assert refused.status_code == 422
    assert "3,001 characters" in refused.get_data(as_text=True)
    assert "x" * 3001 in refused.get_data(as_text=True)


def test_an_old_page_is_told_so(app: Flask, cast: Cast, made: Space, as_person: AsPerson) -> None:
    """F6: upstream changed between reading and pressing: 409, and what is there now."""
    otto = as_person(cast.outsider)
    changed(app, cast, cast.champions, "Charge it", "Sign in twice", "Print")
    address = offer_on(text(otto, UPSTREAM))
    old = seen_on(text(otto, address))
    changed(app, cast, cast.champions, "Charge it", "Sign in thrice", "Print")
    for press in ("take", "decline"):
        answer = otto.send(f"{address}{press}", seen=old)
        assert answer.status_code == 409
        assert "look again" in answer.get_data(as_text=True)
        assert "thrice" in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_a_closed_original_says_nothing_more(app: Flask, cast: Cast, made: Space, as_person: AsPerson) -> None:
    """A3, F6: "no longer offered", neither its name nor a word of what changed."""
    otto = as_person(cast.outsider)
    changed(app, cast, cast.champions, "Charge it", "Sign in secretly", "Print")
    address = offer_on(text(otto, UPSTREAM))
    page = text(otto, address)
    with app.test_request_context("/"), transaction():
        db.session.get_one(Space, cast.champions.id).visibility = Visibility.PRIVATE
    with app.test_request_context("/"):
        show(cast.steward, cast.champions, is_open=False)
    listed = text(otto, UPSTREAM)
    assert "No longer offered." in listed
    answers = [
        otto.get(address),
        *(otto.send(f"{address}{press}", seen=seen_on(page)) for press in ("take", "decline")),
    ]
    assert [answer.status_code for answer in answers] == [303, 409, 409]
    for body in (listed, text(otto, HOME), *(answer.get_data(as_text=True) for answer in answers)):
        assert "secretly" not in body
        assert "Champions" not in body


def test_hearing_of_it_is_a_choice(app: Flask, cast: Cast, made: Space, as_person: AsPerson) -> None:
    otto = as_person(cast.outsider)
    changed(app, cast, cast.champions, "Charge it", "Sign in twice", "Print")
    assert otto.send(f"{UPSTREAM}follow", told="no").status_code == 303
    assert "One change upstream." not in text(otto, HOME)
    assert "New tablet" in text(otto, UPSTREAM)
    assert otto.send(f"{UPSTREAM}follow", told="yes").status_code == 303
    assert "One change upstream." in text(otto, HOME)


@pytest.mark.both_databases
def test_an_improvement_goes_back_and_its_senders_read_the_answer(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: what is sent is looked at first; the original's keeper decides; the copy's steward reads what became of it."""
    otto, olive = as_person(cast.outsider), as_person(cast.organiser)
    with app.test_request_context("/"):
        ref = playbook_in(made)[0].ref
    send = f"{UPSTREAM}send/{ref}"
    assert "There is nothing to send." in text(otto, send)
    changed(app, cast, made, "Charge it", "Sign in as you", "Print", by=cast.outsider)
    assert send in text(otto, UPSTREAM)
    changed(app, cast, cast.champions, "Charge it", "Sign in", "Print two")
    assert "The original has changed it, too." in text(otto, send)
    offer = offer_on(text(otto, UPSTREAM))
    assert otto.send(f"{offer}take", seen=seen_on(text(otto, offer))).status_code == 303
    page = text(otto, send)
    assert "The original has changed it, too." not in page
    assert "as you</ins>" in page
    refused = otto.send(send, seen=seen_on(page), names_space="y", reason="")
    assert refused.status_code == 422
    sent = otto.send(send, seen=seen_on(page), names_space="y", reason="Two were locked out.")
    assert sent.status_code == 303
    assert "Waiting for an answer" in text(otto, UPSTREAM)
    waiting = re.search(r'href="(/s/champions/playbooks/proposals/\w+/)"', text(olive, "/s/champions/"))
    assert waiting is not None
    proposal = text(olive, waiting.group(1))
    assert "Ward clerks online" in proposal
    assert "Otto" not in proposal
    assert olive.send(f"{waiting.group(1)}decline", reason="We share one account.").status_code == 303
    listed = text(otto, UPSTREAM)
    assert "Declined" in listed
    assert "We share one account." in listed


@pytest.mark.both_databases
def test_the_family_names_only_whom_the_reader_may_know(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """A3, F6: others are counted where the log says so already, and are nowhere else. Seen to fail without the condition."""
    otto, stella = as_person(cast.outsider), as_person(cast.steward)
    with app.test_request_context("/"):
        show(cast.outsider, db.session.get_one(Space, made.id))
        maker = factories.make_person(name="Third Team")
        theo = as_person(maker)
        grandchild = copy(maker, db.session.get_one(Space, made.id))
        with transaction():
            db.session.get_one(Space, grandchild.id).name = "The secret third"
        show(cast.outsider, db.session.get_one(Space, made.id), is_open=False)
        third_family = f"/s/{grandchild.slug}/family"
        copy(factories.make_person(name="Fourth Team"), db.session.get_one(Space, cast.champions.id))
    page = text(otto, f"{HOME}family")
    assert "Champions" in page
    assert "Ward clerks online" in page
    assert "The secret third" not in page
    assert re.findall("[^>]* that you may not see", page) == ["One space that you may not see"]
    theirs = text(stella, "/s/champions/family")
    assert "Ward clerks online" not in theirs
    assert re.findall("[^>]* that you may not see", theirs) == ["2 spaces that you may not see"]
    third = text(theo, third_family)
    assert "Ward clerks online" not in third
    assert "Champions" not in third
    assert "Another space" in third


def test_a_story_added_later_is_read_before_it_is_brought_in(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """Journey 7: the words are shown as outsiders read them, without names."""
    otto = as_person(cast.outsider)
    with app.test_request_context("/"):
        story = factories.make_story(cast.champions, author=cast.champion, title="The form lost what people typed")
        agree(cast.steward, cast.champions, story)
    page = text(otto, offer_on(text(otto, UPSTREAM)))
    assert "What comes along" in page
    assert "Carla" not in page
    answer = otto.send(f"{offer_on(text(otto, UPSTREAM))}take", seen=seen_on(page))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{HOME}stories/")
    assert "From the original" in text(otto, answer.headers["Location"])
    with app.app_context():
        assert db.session.query(Item).where(Item.space_id == made.id, Item.created_at <= now()).count() == 2


@pytest.mark.both_databases
def test_a_section_that_is_reworded_there_is_read_and_taken_as_a_playbook_is(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: on Today, on its page with both sides, 422 without a choice, 409 for an old page, undone by a press."""
    otto = as_person(cast.outsider)
    with app.test_request_context("/"), transaction():
        for actor, slug, words in (
            (cast.outsider, made.slug, "Ours"),
            (cast.steward, "champions", "Theirs & <b>more</b>"),
        ):
            here = here_for(actor, slug)
            section = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).first()
            assert section is not None
            change_sections(here, {section.id: (section.name, words)})
    with app.test_request_context("/"):
        following.tell_stewards()
    told = text(otto, "/me/notifications")
    assert "The original" in told
    assert "One change upstream" in told
    assert "One change upstream." in text(otto, HOME)
    address = offer_on(text(otto, UPSTREAM))
    with app.test_request_context("/"):
        assert db.session.scalars(select(HeadsUp.read_at)).one() is not None
    page = text(otto, address)
    assert "Theirs &amp; &lt;b&gt;more&lt;/b&gt;" in page
    assert "Thread sections" in page
    refused = otto.send(f"{address}take", seen=seen_on(page))
    assert refused.status_code == 422
    assert "Choose what stands here." in refused.get_data(as_text=True)
    long = otto.send(f"{address}take", seen=seen_on(page), **{"side-0": "own", "own-0-text": "x" * 400})
    assert long.status_code == 422
    assert "x" * 400 in long.get_data(as_text=True)
    assert otto.send(f"{address}take", seen="old", **{"side-0": "theirs"}).status_code == 409
    assert otto.send(f"{address}take", seen=seen_on(page), **{"side-0": "theirs"}).status_code == 303
    assert otto.send(f"{address}take", seen=seen_on(page), **{"side-0": "theirs"}).status_code == 409
    after = text(otto, UPSTREAM)
    assert "Taken" in after
    assert "One change upstream." not in text(otto, HOME)
    assert otto.send(undo_on(after)).status_code == 303
    assert "One change upstream." in text(otto, HOME)
    assert "took what the original offered" in text(otto, f"{HOME}log")


def say_criticality(actor: Person, space: Space, criticality: Criticality) -> None:
    here = here_for(actor, space.slug)
    duty = db.session.scalars(select(Duty).join(Item, Item.id == Duty.id).where(Item.space_id == space.id)).one()
    said = {
        "title": "Watch the inbox", "what": duty.what, "why": duty.why, "often": duty.often, "criticality": criticality.value,
        "engagement": None, "note_source": duty.note_source,
    }  # fmt: skip
    with transaction():
        say_duty(here, duty.id, lay_duty(said))


def test_what_is_chosen_from_a_list_is_one_side_or_the_other(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """F6: there is nothing to type, and who sends words all the same has chosen nothing. Undo takes back nothing that isn't there."""
    with app.test_request_context("/"):
        factories.make_duty(cast.champions, by=cast.organiser, title="Watch the inbox")
        show(cast.steward, cast.champions)
        made = copy(cast.outsider, cast.champions)
        say_criticality(cast.outsider, made, Criticality.ROUTINE)
        say_criticality(cast.steward, db.session.get_one(Space, cast.champions.id), Criticality.CRITICAL)
    otto = as_person(cast.outsider)
    address = offer_on(text(otto, UPSTREAM))
    page = text(otto, address)
    for words in ("When nobody does it: both changed it", "Critical", "It can wait", "Who has it, from when"):
        assert words in page
    assert "Write it anew" not in page
    typed = otto.send(f"{address}take", seen=seen_on(page), **{"side-0": "own", "own-0-text": "whatever"})
    assert typed.status_code == 422
    assert otto.send(f"{address}take", seen=seen_on(page), **{"side-0": "theirs"}).status_code == 303
    with app.app_context():
        assert set(db.session.scalars(select(Duty.criticality))) == {Criticality.CRITICAL}
    assert otto.send(f"{address}undo?answer=7").status_code == 303
    assert otto.send(f"{address}undo").status_code == 404
    assert "Taken" in text(otto, UPSTREAM)


def test_a_meetup_says_when_it_would_take_place_before_it_is_brought_in(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """C3, F3: how often, from when on, and that nothing ends it: what is said is what is made."""
    with app.test_request_context("/"):
        series = factories.make_meetup(
            cast.champions,
            by=cast.organiser,
            title="Drop-in",
            rhythm=Rhythm.WEEKLY,
            until_day=today("UTC") + timedelta(40),
        )
        with transaction():
            db.session.execute(update(Item).where(Item.id == series.id).values(created_at=now()))
    otto = as_person(cast.outsider)
    offer = offer_on(text(otto, UPSTREAM))
    page = text(otto, offer)
    said = re.search(r"Every week on \w+day at [\d:]+ \([\w/ ]+\), first on ([\w ]+), until you end it\.", page)
    assert said is not None
    answer = otto.send(f"{offer}take", seen=seen_on(page))
    assert answer.status_code == 303
    with app.test_request_context("/"):
        mine = db.session.scalars(select(Series).join(Item, Item.id == Series.id).where(Item.space_id == made.id)).one()
        dates = [one.starts_at for one in factories.dates_of(mine) if one.starts_at > now()]
        assert date_words(local(min(dates), mine.zone).date()) == said[1]
