"""Before others see a story: a second reader, and the time its author sleeps on it. Until then it is nowhere (A5)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from forum.content.actions import Overtaken
from forum.content.models import Draft, Post, PostMention
from forum.content.order.approving import approve
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import Recipient
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.search.finding import search
from forum.search.keeping import settle
from forum.search.language import read
from forum.spaces.feature import item_kinds
from forum.spaces.models import Audience, Item, ItemState, LogEntry, Membership, Role
from forum.stories.access import story_for, waiting_story
from forum.stories.actions import Telling, tell, together, waiting
from forum.stories.actions.unnamed import publish_unnamed
from forum.stories.actions.waiting import publish_due
from forum.stories.events import StoryPassed, StorySentBack
from forum.stories.models import Waiting
from forum.stories.queries.lists import Wish, stories, to_show
from forum.stories.queries.waiting import to_read
from forum.stories.tellers import tell_passed, tell_sent_back, told_it
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import at_once, standing
from tests.stories.steps import FIX, text_of
from tests.stories.test_pages import HOME, telling

pytestmark = pytest.mark.both_databases

AsPerson = Callable[[Person], Browserless]
TITLE = "The dingo sensor sleeps"


def asks(cast: Cast, *, yes: bool = True) -> None:
    with transaction():
        waiting.ask_for_reader(standing(cast.organiser), asks=yes)


def told(person: Person, *, hours: int | None = None, audience: Audience = Audience.SPACE) -> Item:
    """Have somebody tell a story that names a colleague; with `hours` it is to be published so much later."""
    later = now() + timedelta(hours=hours) if hours else None
    text = text_of({"fixed": f"{FIX}\n\n@colin.colleague helped."})
    with transaction():
        return tell(standing(person), Telling(title=TITLE, text=text, audience=audience, publish_at=later))


def pass_on(person: Person, item: Item, *, version: int = 1) -> Item:
    with transaction():
        return waiting.pass_on(standing(person), item.id, version=version, item_version=item.version)


def is_nowhere(cast: Cast, item: Item) -> bool:
    """Say whether a story is in no list, search, page, fact, mention or log that others have."""
    with transaction():
        settle()
    others = [cast.colleague, cast.organiser, cast.steward, cast.reader]
    for person in others:
        here = standing(person)
        if (
            stories(here, Wish())[2]
            or search(person, read("dingo"), at=now()).hits
            or to_show(here, Wish(), [item.ref])
        ):
            return False
        with pytest.raises(Missing):
            story_for(here, item.ref)
    facts = db.session.scalars(select(FactRow.kind).where(FactRow.item_id == item.id)).all()
    named = db.session.scalar(select(func.count()).select_from(PostMention))
    logged = db.session.scalar(select(func.count()).select_from(LogEntry).where(LogEntry.item_id == item.id))
    return not named and not logged and "story told" not in facts


@pytest.mark.usefixtures("context")
def test_a_story_waits_for_a_second_reader_and_is_nowhere_until_then(cast: Cast) -> None:
    """A5. Who reads it first publishes it, and its authors hear. Seen to fail when `tell` doesn't ask the rule."""
    asks(cast)
    item = told(cast.champion)
    assert is_nowhere(cast, item)
    assert story_for(standing(cast.champion), item.ref).item.id == item.id
    assert [one.ref for one in to_read(standing(cast.colleague))] == [item.ref]
    assert to_read(standing(cast.champion)) == []
    assert pass_on(cast.colleague, item).state is ItemState.PUBLISHED
    assert [one.title for one in stories(standing(cast.reader), Wish())[0]] == [TITLE]
    with transaction():
        settle()
    assert len(search(cast.reader, read("dingo"), at=now()).hits) == 1
    kinds = db.session.scalars(select(FactRow.kind).where(FactRow.item_id == item.id).order_by(FactRow.id)).all()
    assert kinds == ["story told", "story passed"]
    fact, to = StoryPassed(actor_id=cast.colleague.id, item_id=item.id), Recipient(person_id=cast.champion.id)
    assert list(told_it(fact)) == [to]
    assert tell_passed(fact, to) is not None
    assert db.session.scalars(select(LogEntry.verb).where(LogEntry.item_id == item.id)).all() == ["passed story"]
    with pytest.raises(RuleBroken):
        pass_on(cast.organiser, item)


@pytest.mark.usefixtures("context")
def test_nobody_waves_through_their_own_nor_one_that_isnt_for_them(cast: Cast) -> None:
    """Organisers neither; co-authors, readers, strangers, newcomers who wait themselves; and what was changed since is read anew.

    Seen to fail without `is_teller` in `why_not_second_read`.
    """
    asks(cast)
    own = told(cast.organiser)
    with pytest.raises(Denied):
        pass_on(cast.organiser, own)
    with pytest.raises(RuleBroken), transaction():
        waiting.publish_now(standing(cast.organiser), own.id)
    kind = next(one for one in item_kinds() if one.name == "story")
    post_id = db.session.scalars(select(Post.id).where(Post.item_id == own.id)).one()
    with pytest.raises(Missing), transaction():  # nor as if it waited for an organiser
        approve(standing(cast.steward), post_id, version=1, item_version=own.version, kind=kind)
    with transaction():
        together.add_author(standing(cast.organiser), own.id, person_id=cast.champion.id)
    for person in (cast.champion, cast.reader, cast.outsider):
        with pytest.raises(Denied):
            pass_on(person, own)
        assert to_read(standing(person)) == []
    factories.make_member_hold(cast.champions, cast.colleague, by=cast.organiser)
    with pytest.raises(Missing):
        waiting_story(standing(cast.colleague), own.ref)
    with pytest.raises(Overtaken):
        pass_on(cast.steward, own, version=2)
    for_organisers = told(cast.champion, audience=Audience.ORGANISERS)
    factories.make_membership(cast.champions, other := factories.make_person())
    with pytest.raises(Missing):
        pass_on(other, for_organisers)
    pass_on(cast.organiser, for_organisers)
    assert db.session.get_one(Item, own.id).state is ItemState.DRAFT


@pytest.mark.usefixtures("context")
def test_sent_back_its_author_reads_why_changes_it_and_asks_again(cast: Cast) -> None:
    asks(cast)
    item = told(cast.champion)
    with pytest.raises(Invalid), transaction():
        waiting.send_back(standing(cast.colleague), item.id, note=" ")
    with transaction():
        waiting.send_back(standing(cast.colleague), item.id, note="Which settings?")
    fact, to = StorySentBack(actor_id=cast.colleague.id, item_id=item.id), Recipient(person_id=cast.champion.id)
    mail = tell_sent_back(fact, to)
    assert mail is not None
    assert "Which settings?" in str(mail)
    assert to_read(standing(cast.steward)) == []
    with pytest.raises(Missing):
        pass_on(cast.steward, item)
    with transaction():
        waiting.ask_again(standing(cast.champion), item.id)
    assert tell_sent_back(fact, to) is None
    with transaction():
        waiting.take_back(standing(cast.champion), item.id)
    assert is_nowhere(cast, item)
    assert db.session.scalar(select(func.count()).select_from(Waiting)) == 0
    assert db.session.scalars(select(Draft.title).where(Draft.person_id == cast.champion.id)).one() == TITLE


@pytest.mark.usefixtures("context")
def test_a_story_to_sleep_on_is_published_when_its_time_has_come_by_the_worker(cast: Cast) -> None:
    """A held story is nowhere. It is published once; now, if its author says so; and never for who may tell nothing here any more."""
    item, now_then, gone = told(cast.champion, hours=4), told(cast.colleague, hours=4), told(cast.steward, hours=4)
    publish_due()
    assert db.session.get_one(Item, item.id).state is ItemState.DRAFT
    with transaction():
        waiting.publish_now(standing(cast.colleague), now_then.id)
    assert db.session.get_one(Item, now_then.id).state is ItemState.PUBLISHED
    with transaction():
        membership = db.session.scalars(
            select(Membership).where(Membership.person_id == cast.steward.id, Membership.ended_at.is_(None))
        ).one()
        membership.role = Role.READER
    with time_machine.travel(now() + timedelta(hours=5)):
        publish_due()
        publish_due()
    assert db.session.get_one(Item, item.id).state is ItemState.PUBLISHED
    assert db.session.get_one(Item, gone.id).state is ItemState.DRAFT
    told_of = select(func.count()).select_from(FactRow).where(FactRow.item_id == item.id, FactRow.kind == "story told")
    assert db.session.scalar(told_of) == 1


@pytest.mark.usefixtures("context")
def test_after_its_time_it_waits_for_a_second_reader_or_for_organisers_where_they_ask_for_it(cast: Cast) -> None:
    """A5: a member whom an organiser holds meanwhile is looked at by one."""
    first, second = told(cast.champion, hours=1), told(cast.colleague, hours=1)
    asks(cast)
    with time_machine.travel(now() + timedelta(hours=2)):
        publish_due()
        assert len(to_read(standing(cast.steward))) == 2
        asks(cast, yes=False)
        with transaction():
            waiting.publish_now(standing(cast.champion), first.id)
        factories.make_member_hold(cast.champions, cast.colleague, by=cast.organiser)
        pass_on(cast.steward, second)
    assert db.session.get_one(Item, first.id).state is ItemState.PUBLISHED
    assert db.session.get_one(Item, second.id).state is ItemState.HELD


def test_two_second_readers_at_once_publish_it_once(app: Flask, cast: Cast) -> None:
    """The lock of the item."""
    with app.test_request_context("/"):
        asks(cast)
        item = told(cast.champion)
        item_id, version = item.id, item.version

    def read_it(person: Person) -> None:
        with transaction():
            waiting.pass_on(standing(person), item_id, version=1, item_version=version)

    results = at_once(app, [partial(read_it, one) for one in (cast.colleague, cast.organiser, cast.steward)], workers=3)
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "RuleBroken", "RuleBroken"]
    with app.app_context():
        facts = db.session.scalars(select(FactRow.kind).where(FactRow.item_id == item_id)).all()
        assert facts.count("story told") == 1


def test_the_pages_of_a_second_reader_without_script(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """From the setting to the published story, with a note between; without a name, too (E3)."""
    carla, colin, oscar = as_person(cast.champion), as_person(cast.colleague), as_person(cast.organiser)
    assert oscar.send(f"{HOME}rule", asks_reader="y").status_code == 303
    assert "Somebody else of this space reads it" in carla.get(f"{HOME}new").get_data(as_text=True)
    where = carla.send(f"{HOME}new", **telling(when="now")).location.partition("#")[0]
    page = carla.get(where).get_data(as_text=True)
    assert "It waits for a second reader." in page
    assert "Not published yet" in carla.get(HOME).get_data(as_text=True)
    led = colin.get(where)
    assert (led.status_code, led.location) == (303, f"{where}second"), "its author sent them the address"
    assert as_person(cast.reader).get(where).status_code == 404
    assert "The planning map" in colin.get(f"{HOME}waiting").get_data(as_text=True)
    assert "The planning map" in colin.get("/s/champions/").get_data(as_text=True)  # on Today
    assert "Set version 3.4" in colin.get(f"{where}second").get_data(as_text=True)
    assert colin.send(f"{where}second/back", note="").status_code == 422
    assert colin.send(f"{where}second/back", note="Where is that?").status_code == 303
    assert "Where is that?" in carla.get(where).get_data(as_text=True)
    assert carla.send(f"{where}ask-again").status_code == 303
    assert colin.send(f"{where}second", version="9", item_version="1").status_code == 409
    assert colin.send(f"{where}second", version="1", item_version="1").status_code == 303
    assert as_person(cast.reader).get(where).status_code == 200
    assert carla.send(f"{HOME}new", **telling(when="whenever", once="2" * 32)).status_code == 422


def test_without_a_name_it_waits_for_a_second_reader_and_comes_back_to_the_key(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """E3: the note stands where the key opens it; no time but the day is ever kept of who told it."""
    with app.test_request_context("/"):
        asks(cast)
    carla = as_person(cast.champion)
    carla.send(f"{HOME}new/unnamed", **telling(title=TITLE))
    page = carla.get(f"{HOME}new/unnamed/key").get_data(as_text=True)
    key = page.partition('name="key" value="')[2].partition('"')[0]
    with time_machine.travel(now() + timedelta(days=1, hours=1)):
        with app.test_request_context("/"):
            publish_unnamed()
            item = db.session.scalars(select(Item).where(Item.kind == "story")).one()
            assert is_nowhere(cast, item)
            ref, created = item.ref, item.created_at
            with transaction():
                waiting.send_back(standing(cast.colleague), item.id, note="Say which form.")
        carla, where = as_person(cast.champion), f"{HOME}{ref}/"
        assert TITLE not in carla.get(f"{where}key").get_data(as_text=True)
        assert "Say which form." in carla.send(f"{where}key", key=key).get_data(as_text=True)
        form = {"kind": "went wrong", "title": TITLE, "fixed": "1. Recall it", "version": "1", "key": key.lower()}
        assert carla.send(f"{where}key/change", **form).status_code == 303
        with app.test_request_context("/"):
            item = db.session.scalars(select(Item).where(Item.kind == "story")).one()
            pass_on(cast.colleague, item, version=2)
            assert item.created_at == created
            assert (item.author_id, item.state) == (None, ItemState.PUBLISHED)


def test_the_address_of_a_story_that_waits_no_more_leads_on(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A1: whoever may be its second reader is told what became of it; everybody else finds nothing, as before (A5).

    Seen to fail without `_led_on`, and, for the reader and the outsider, without `may_read_first` in it.
    """
    with app.test_request_context("/"):
        asks(cast)
        item = told(cast.champion)
        where = f"{HOME}{item.ref}/"
    colin, oscar, rita, otto = (as_person(one) for one in (cast.colleague, cast.organiser, cast.reader, cast.outsider))
    assert colin.send(f"{where}second/back", note="Which settings?").status_code == 303
    for browser in (oscar, colin):
        for answer in (
            browser.get(f"{where}second"),
            browser.send(f"{where}second", version="1", item_version="1"),
            browser.send(f"{where}second/back", note="Again"),
        ):
            assert (answer.status_code, answer.location) == (303, f"{HOME}waiting")
        assert "was sent back to who told it" in browser.get(f"{HOME}waiting").get_data(as_text=True)
        assert browser.get(where).status_code == 404
    assert rita.get(f"{where}second").status_code == 403
    assert otto.get(f"{where}second").status_code == 403
    assert as_person(cast.insider).get(where).status_code == 404
    assert as_person(cast.champion).send(f"{where}ask-again").status_code == 303
    assert colin.send(f"{where}second", version="1", item_version="1").status_code == 303
    answer = oscar.send(f"{where}second", version="1", item_version="1")
    assert (answer.status_code, answer.location) == (303, where)
    assert "It has been read, and is published." in oscar.get(where).get_data(as_text=True)


def test_a_second_reader_has_its_files_too_and_nobody_else_has_them(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A13, A5: until it is published only its author and who may read it first. Seen to fail without `_read_first`."""
    with app.test_request_context("/"):
        asks(cast)
        item = told(cast.champion)
        post = db.session.scalars(select(Post).where(Post.item_id == item.id)).one()
        url = factories.make_attachment(cast.champions, by=cast.champion, to=post, name="notes.txt", data=b"Hello").url
        where, item_id = f"{HOME}{item.ref}/", item.id
    names = ("champion", "colleague", "organiser", "reader", "outsider", "insider")

    def who_gets() -> list[str]:
        return [name for name in names if as_person(getattr(cast, name)).get(url).status_code == 200]

    assert who_gets() == ["champion", "colleague", "organiser"]
    assert "notes.txt" in as_person(cast.colleague).get(f"{where}second").get_data(as_text=True)
    with app.test_request_context("/"):
        factories.make_member_hold(cast.champions, cast.colleague, by=cast.organiser)
    assert who_gets() == ["champion", "organiser"], "whose own words wait for an organiser reads none first"
    with app.test_request_context("/"), transaction():
        waiting.take_back(standing(cast.champion), item_id)
    assert "colleague" not in who_gets()
    assert "organiser" not in who_gets()


def test_when_it_comes_out_is_said_as_one_says_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """It is "at 17:30 today", and "on Fri 27 Nov, 08:00". Seen to fail with `when` in its place: "on 17:30 today"."""
    noon = (now() + timedelta(days=40)).replace(hour=12, minute=30)
    with time_machine.travel(noon, tick=False):
        with app.test_request_context("/"):
            wheres = [f"{HOME}{told(cast.champion, hours=hours).ref}/" for hours in (4, 20)]
        carla = as_person(cast.champion)
        pages = [carla.get(where).get_data(as_text=True) for where in wheres]
    assert "It is published at <time" in pages[0]
    assert " today</time>" in pages[0]
    assert "It is published on <time" in pages[1]


def test_a_second_press_says_what_the_first_one_did(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Seen to fail with a 404 for "Publish now" and "Take it back"; what isn’t theirs stays one."""
    carla = as_person(cast.champion)
    wheres = []
    for number in range(2):
        sent = carla.send(f"{HOME}new", **telling(when="tomorrow", once=f"{number:032d}", title=f"Story {number}"))
        wheres.append(sent.location.partition("#")[0])
    for path, leads in ((f"{wheres[0]}publish", wheres[0]), (f"{wheres[1]}take-back", f"{HOME}new")):
        answers = [carla.send(path) for _time in range(2)]
        assert [(one.status_code, one.location) for one in answers] == [(303, leads)] * 2
        assert as_person(cast.colleague).send(path).status_code == 404
        assert as_person(cast.organiser).send(path).status_code == 404
    assert carla.get(wheres[1]).status_code == 404
    assert "Story 1" in carla.get(f"{HOME}new").get_data(as_text=True)
