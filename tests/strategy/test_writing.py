"""Writing the strategy: alone and together, kept as versions (G1)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import update

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.core.events import Recipient
from forum.people.models import Person
from forum.spaces.models import Audience, Item
from forum.strategy.access import sheet_of, strategy_of
from forum.strategy.actions import Newer, write
from forum.strategy.actions.asking import ask
from forum.strategy.actions.signing import sign
from forum.strategy.comparing import changes, merged
from forum.strategy.content import Activity, Content, Measure, digest_of, read, stored
from forum.strategy.events import SignatureKept
from forum.strategy.forms import typed_of
from forum.strategy.models import SignOff, Strategy, Version
from forum.strategy.tellers import tell_kept
from forum.strategy.tokens import signing_token
from forum.strategy.typing_in import amount_of
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import at_once, standing
from tests.factories import strategy_content
from tests.factories.strategy import MEASURE
from tests.search.steps import found_by, words_in

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/strategy/"


def form(**others: str) -> dict[str, str]:
    """Return a form that goes through."""
    return {
        "title": "Helping Fenbridge online", "vision": "Anyone can ask.", "vision_on": "31 March 2028", "cycle": "3", "base": "0",
        "draft_version": "0", "activities-0-what": "Weekly tips", "activities-0-mode": "business as usual",
        "activities-0-engagement": "", "activities-0-duty": "", "activities-0-day": "", "measures-0-words": "Answered",
        "measures-0-unit": "%", "measures-0-source": "", "measures-0-baseline": "50", "measures-0-baseline_on": "2026-01-01",
        "measures-0-target": "90", "measures-0-target_on": "2028-01-01", **others,
    }  # fmt: skip


def saved(person: Person, *, base: int, **texts: str) -> int:
    """Save a version over another, and return its number."""
    with transaction():
        return write(standing(person), strategy_content(**texts), base=base).version


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_a_version_stays_as_it_is_and_the_same_words_are_no_new_one(cast: Cast) -> None:
    """G1: the digest is of one version of one strategy."""
    assert saved(cast.champion, base=0) == 1
    assert saved(cast.colleague, base=1, why="Because.") == 2
    assert saved(cast.colleague, base=1, why="Because.") == 2, "a second press"
    versions = db.session.scalars(db.select(Version).order_by(Version.number)).all()
    assert [read(one.content).of("why") for one in versions] == ["Four in ten calls repeat a question.", "Because."]
    assert len({one.digest for one in versions}) == 2
    assert digest_of(versions[0].content, strategy="another", number=1) != versions[0].digest
    assert stored(read(versions[1].content)) == versions[1].content, "to the letter"


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_the_later_of_two_is_shown_the_difference_and_nothing_is_overwritten(cast: Cast) -> None:
    """G1: of what only one of them changed both keep theirs; of what both changed, each sees the other's."""
    saved(cast.champion, base=0)
    saved(cast.champion, base=1, why="Theirs.", help="Ask Colin.")
    with pytest.raises(Newer) as newer:
        saved(cast.colleague, base=1, why="Mine.", training="An hour.")
    before, theirs = strategy_content(), read(newer.value.theirs.content)
    mine = strategy_content(why="Mine.", training="An hour.")
    both = merged(before, theirs, mine)
    assert (both.of("why"), both.of("help"), both.of("training")) == ("Mine.", "Ask Colin.", "An hour.")
    found = {change.key: change.is_both for change in changes(before, theirs, mine=mine)}
    assert found == {"why": True, "help": False}
    assert sheet_of(standing(cast.champion)).content.of("why") == "Theirs."


@pytest.mark.both_databases
def test_of_ten_who_save_at_once_one_does(app: Flask, cast: Cast) -> None:
    """G1: seen to fail without the lock of the space: two began the strategy, and the database refused the second with an error."""
    with app.app_context():
        factories.make_person(name="Unused")

    def save(person: Person, number: int) -> int:
        with app.test_request_context("/"):
            return saved(person, base=0, why=f"Number {number}.")

    works = [partial(save, cast.champion if number % 2 else cast.colleague, number) for number in range(10)]
    results = at_once(app, works)
    assert [one for one in results if isinstance(one, int)] == [1]
    assert all(isinstance(one, int | Newer) for one in results), results
    with app.app_context():
        assert db.session.scalars(db.select(Strategy.version)).all() == [1]


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_who_may_write_and_who_sees_a_draft(cast: Cast) -> None:
    """A1, G1: readers and visitors read; a draft after the signed version is for those who write."""
    with pytest.raises(Denied):
        saved(cast.reader, base=0)
    strategy = factories.make_strategy(cast.champions, by=cast.champion)
    assert sheet_of(standing(cast.reader)).version.number == 1, "while nothing is signed the latest is shown"
    factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy")
    factories.make_version(strategy, by=cast.champion)
    assert sheet_of(standing(cast.champion)).version.number == 1
    assert sheet_of(standing(cast.champion), 2).content.title == "Draft 2"
    for person in (cast.reader, cast.outsider):
        with pytest.raises(Missing):
            sheet_of(standing(person), 2)
    factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
    with pytest.raises(Denied):
        saved(cast.champion, base=2, why="Held.")


@pytest.mark.usefixtures("context")
def test_what_cannot_be_is_said_at_once_and_in_full(cast: Cast) -> None:
    """G1: a target before its start, a part that no page holds, rows without words, and a duty of another space's."""
    content = strategy_content(vision="x" * 2_001)
    wrong = replace(content.measures[0], target_on=date(2025, 1, 1), source="nowhere")
    other = factories.make_duty(cast.night_desk, by=cast.insider)
    content = replace(content, title=" ", measures=(wrong,), activities=(Activity(what=""),))
    with pytest.raises(Invalid) as problem, transaction():
        write(standing(cast.champion), content, base=0)
    assert set(problem.value.errors) == {"title", "vision", "measures", "activities"}
    assert "the target, 1 January 2025, isn’t after" in " ".join(problem.value.errors["measures"]), "as people write it"
    foreign = replace(strategy_content(), activities=(Activity(what="Tips", duty_id=other.id, duty="Theirs"),))
    with transaction():
        write(standing(cast.champion), foreign, base=0)
    assert sheet_of(standing(cast.champion)).content.activities[0].duty_id is None, "A2"


@pytest.mark.usefixtures("context")
def test_nothing_is_no_version(cast: Cast, as_person: AsPerson) -> None:
    """Neither the first one nor that of an outline which came with a copy; a title alone says nothing yet."""
    carla = as_person(cast.champion)
    blank = {"title": "Our strategy", "cycle": "3", "base": "0", "once": "1" * 32}
    for _time in range(2):
        answer = carla.send(f"{HOME}write", **blank)
        assert answer.status_code == 422
        assert '<a href="#vision">Write something first' in answer.text
        if strategy_of(standing(cast.champion)) is None:
            factories.make_strategy(cast.champions, by=cast.organiser, content=Content(title="Our strategy"))
            blank["base"] = "1"
    main = carla.get(f"{HOME}write").text.partition("<main")[2].partition("</main>")[0]
    assert "Fenbridge" not in main, "its hints are nobody’s"


@pytest.mark.both_databases
def test_the_form_saves_keeps_a_draft_and_loses_nothing(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """G1, B5: 50 kB in the vision, a number that is none and a day that is none come back with all that was typed."""
    carla, colin = as_person(cast.champion), as_person(cast.colleague)
    assert "Begin the strategy" in carla.get(HOME).get_data(as_text=True)
    assert "Begin the strategy" not in as_person(cast.reader).get(HOME).get_data(as_text=True)
    too_long = carla.send(f"{HOME}write", **form(vision="word " * 10_000, why="Kept, too."))
    page = too_long.get_data(as_text=True)
    assert too_long.status_code == 422
    assert "there is room for about 320 here" in page
    assert "word word word" in page
    assert "Kept, too." in page
    refused = carla.send(
        f"{HOME}write",
        **form(**{"measures-0-target": "many", "vision_on": "soon", "measures-0-target_on": "1 May 2028"}),
    )
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "“many” is no number" in page
    assert "“soon” is no day" in page
    assert 'value="many"' in page
    measured = carla.send(f"{HOME}write", measure="1", **form())
    assert "It fits on one side of A4" in measured.get_data(as_text=True)
    assert carla.send(f"{HOME}write", **form()).status_code == 303
    assert "Weekly tips" in carla.get(HOME).get_data(as_text=True)

    drafted = colin.send(f"{HOME}write/draft", body="Drafted.", version="0", **form(base="1", why="Mine."))
    assert drafted.status_code == 200
    assert carla.send(f"{HOME}write", **form(base="1", why="Hers.", help="Ask.")).status_code == 303
    page = colin.get(f"{HOME}write").get_data(as_text=True)
    assert "The strategy was saved by somebody else" in page
    assert "You changed this, too" in page
    assert "Mine." in page
    assert "Ask.</textarea>" in page, "what only she changed is in his fields"
    late = colin.send(f"{HOME}write", **form(base="1", why="Mine."))
    assert late.status_code == 409
    assert "Hers." in late.get_data(as_text=True)
    assert colin.send(f"{HOME}write", **form(base="2", why="Mine.", help="Ask.", draft_version="2")).status_code == 303
    page = colin.get(f"{HOME}versions/").get_data(as_text=True)
    assert "<del>" in page
    assert "Version 3" in page
    with app.app_context():
        assert db.session.scalars(db.select(Strategy.version)).one() == 3


@pytest.mark.both_databases
def test_a_draft_after_the_signed_version_is_called_by_nobody_else(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3, G1: its title is in no search, log or mail of those who don't write it, until it is signed, too."""
    with app.test_request_context("/"):
        strategy = factories.make_strategy(cast.champions, by=cast.champion)
        (one,) = ask_for(cast.organiser, "chief@fenbridge.example", number=1)
        kept = SignatureKept(item_id=strategy.id, signoff_id=one.id)
        sign_by(one)
        saved_as(cast.champion, "Zeppelin merger", base=1)
        assert words_in(found_by(cast.outsider, "zeppelin")) == ""
        assert db.session.get_one(Item, strategy.id).title == "Helping Fenbridge online"
        mail = tell_kept(kept, Recipient(address=one.address))
        assert mail is not None
        assert "Helping Fenbridge online" in mail.subject
    assert "Zeppelin" not in as_person(cast.reader).get("/s/champions/log").get_data(as_text=True)
    with app.test_request_context("/"):
        sign_by(ask_for(cast.organiser, "chief@fenbridge.example", number=2)[0])
        assert db.session.get_one(Item, strategy.id, populate_existing=True).title == "Zeppelin merger"


@pytest.mark.both_databases
def test_what_was_taken_out_before_it_was_signed_stays_among_those_who_write(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A3, G1: once the next version is signed too. Seen to fail while only numbers above the signed one were hidden."""
    with app.test_request_context("/"):
        strategy = factories.make_strategy(cast.champions, by=cast.champion)
        factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy")
        secret = strategy_content(why="We will close the Wisbech office.")
        factories.make_version(strategy, by=cast.champion, content=secret)
        factories.make_version(strategy, by=cast.champion, content=strategy_content(why="Clean."))
        factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy", address="b@fenbridge.example")
    otto, carla = as_person(cast.outsider), as_person(cast.champion)
    assert [otto.get(f"{HOME}versions/{number}").status_code for number in (1, 2, 3)] == [200, 404, 200]
    for page in ("versions/", "versions/3", "versions/1"):
        text = otto.get(f"{HOME}{page}").get_data(as_text=True)
        assert "Wisbech" not in text, page
    assert "Against version 1" in otto.get(f"{HOME}versions/3").get_data(as_text=True)
    assert "Wisbech" in carla.get(f"{HOME}versions/").get_data(as_text=True)
    assert carla.get(f"{HOME}versions/2").status_code == 200


def test_a_duty_that_is_for_few_is_named_on_no_page_for_all(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: its number is guessed easily, and the page is for visitors, too; nor is it offered to an organiser. A held one is kept."""
    with app.test_request_context("/"):
        few = factories.make_duty(
            cast.champions, by=cast.organiser, title="Watch Colin closely", audience=Audience.ORGANISERS
        )
        all_ = factories.make_duty(cast.champions, by=cast.organiser, title="Newsletter")
    carla = as_person(cast.champion)
    assert "Watch Colin" not in as_person(cast.organiser).get(f"{HOME}write").get_data(as_text=True)
    typed = form(**{"activities-0-duty": str(few.id)})
    assert carla.send(f"{HOME}write", **typed).status_code == 303
    assert "Watch Colin" not in carla.get(HOME).get_data(as_text=True)
    typed |= {"activities-0-duty": str(all_.id), "base": "1"}
    assert carla.send(f"{HOME}write", **typed).status_code == 303
    with app.test_request_context("/"), transaction():
        db.session.execute(update(Item).where(Item.id == all_.id).values(audience=Audience.ORGANISERS))
    page = carla.get(f"{HOME}write").get_data(as_text=True)
    assert "Newsletter" in page, "it stands there already"
    for wrong in ("9" * 5_000, "²", "१", "-1"):
        answer = carla.send(f"{HOME}write", **{**typed, "base": "2", "activities-0-duty": wrong, "measure": "1"})
        assert answer.status_code == 200


@pytest.mark.usefixtures("context")
def test_another_name_of_a_duty_is_nobodys_change_to_the_page(cast: Cast) -> None:
    """G1: where two met. Seen to fail without `_called_alike`: both had "changed" the activities, and an addition was lost."""
    tips = Activity(what="Tips", duty_id=7, duty="Newsletter")
    before = replace(strategy_content(), activities=(tips,))
    theirs = replace(strategy_content(why="Theirs."), activities=(replace(tips, duty="Letters"),))
    mine = replace(strategy_content(why="Mine."), activities=(replace(tips, duty=""),))
    assert {one.key: one.is_both for one in changes(before, theirs, mine=mine)} == {"why": True}
    longer = replace(theirs, activities=(*theirs.activities, Activity(what="Visits")))
    assert {one.key: one.is_both for one in changes(before, longer, mine=mine)} == {"why": True, "activities": False}
    assert [one.what for one in merged(before, longer, mine).activities] == ["Tips", "Visits"]
    given = replace(mine, activities=(replace(tips, duty_id=8, duty=""),))
    assert {one.key: one.is_both for one in changes(before, longer, mine=given)} == {"why": True, "activities": True}
    assert [one.key for one in changes(before, theirs)] == ["why", "activities"], (
        "between versions the page says another name"
    )


@pytest.mark.both_databases
def test_what_is_too_long_is_said_with_one_number(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """G1: while it is written and after. Seen to fail while the form was measured without the names of its duties."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, title="The weekly newsletter of all departments")
    carla, much = as_person(cast.champion), "Much to say here. " * 80
    row = {"what": "Weekly tips for everybody who asks", "mode": "business as usual", "duty": str(duty.id)}
    rows = {f"activities-{n}-{key}": value for n in range(10) for key, value in row.items()}
    typed = form(**rows, **dict.fromkeys(("why", "who", "limits", "channels", "help", "training"), much))
    pages = [carla.send(f"{HOME}write", **typed, measure="1"), carla.send(f"{HOME}write", **typed)]
    pages[1] = carla.get(pages[1].location)
    said = [re.findall(r"by about \d+ lines, some [\d,]+ characters", page.get_data(as_text=True)) for page in pages]
    assert said[0] == said[1], said
    assert len(said[0]) == 1, "once on a page"


def test_a_number_is_read_in_one_way_or_not_at_all() -> None:
    """G2: what could mean two numbers is refused, and so is what is none, or larger than anything that is counted."""
    good = {
        "1,250": 1250,
        "54 %": 54,
        "£3.50": 3.5,
        "2 300": 2300,
        "-4": -4,
        "\u22124": -4,
        "1,234,567.5": 1234567.5,
        ".5": 0.5,
        "0": 0,
    }
    assert {typed: amount_of(typed) for typed in good} == good
    wrong = (
        "3,5",
        "0,75",
        "1_0",
        "nan",
        "inf",
        "1e300",
        "1e3",
        "-1e308",
        "9" * 400,
        "1,23",
        "12,34,567",
        "1,2345",
        "٣",
        "5\x00",
        "",
        "%",
    )
    for typed in wrong:
        with pytest.raises(ValueError):  # noqa: PT011  # it has no words
            amount_of(typed)
    for amount in (0.00001, 1e12, 54.1, -0.25, 123456789.12):
        assert amount_of(typed_of(with_target(amount))["measures"][0]["target"]) == amount


@pytest.mark.usefixtures("context")
def test_a_measure_that_means_something_else_begins_a_new_line(cast: Cast) -> None:
    """G2: another unit or source breaks the series; other words for it don't. And no two measures share their values."""
    strategy = factories.make_strategy(cast.champions, by=cast.champion)
    factories.make_value(strategy, by=cast.champion)
    before = strategy_content()
    (one,) = before.measures

    def keys(base: int, *measures: Measure) -> list[str]:
        for _twice in range(2):
            with transaction():
                assert write(standing(cast.champion), replace(before, measures=measures), base=base).version == base + 1
        return [one.key for one in sheet_of(standing(cast.champion)).content.measures]

    assert keys(1, replace(one, words="Answered within a day")) == [MEASURE]
    first, second = keys(2, one, replace(one, words="Its twin"))
    assert (first == MEASURE, second != MEASURE) == (True, True)
    (third,) = keys(3, replace(one, unit="calls"))
    assert third not in {first, second}
    assert keys(4, one) != [MEASURE], "nor does a line that was given up go on"


def test_a_version_that_never_was_is_no_reason_to_lose_what_was_typed(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """B5: nor are rows that a page doesn't have, or of which nothing was said but who does it."""
    with app.test_request_context("/"):
        factories.make_strategy(cast.champions, by=cast.champion)
    carla = as_person(cast.champion)
    answer = carla.send(f"{HOME}write", **form(base="77", why="Long text that I typed"))
    assert answer.status_code == 409
    assert "Long text that I typed" in answer.get_data(as_text=True)
    many = {f"activities-{number}-what": f"Activity {number}!" for number in range(12)}
    answer = carla.send(f"{HOME}write", **form(base="1", **many))
    assert answer.status_code == 422
    assert "There is room for 10 activities" in answer.get_data(as_text=True)
    assert "Activity 11!" in answer.get_data(as_text=True)


def ask_for(person: Person, address: str, *, number: int) -> Sequence[SignOff]:
    """Ask for a signature under a version."""
    with transaction():
        return ask(standing(person), [address], number=number)


def sign_by(one: SignOff) -> None:
    """Sign by the link that somebody was sent."""
    with transaction():
        sign(signing_token(one.nonce), name="Ruth Abernethy", post="Chief Executive", digest=one.digest)


def saved_as(person: Person, title: str, *, base: int) -> None:
    """Save a version with another title."""
    with transaction():
        write(standing(person), strategy_content(title=title), base=base)


def with_target(amount: float) -> Content:
    """Return a strategy with a measure that has this target."""
    content = strategy_content()
    return replace(content, measures=(replace(content.measures[0], target=amount),))
