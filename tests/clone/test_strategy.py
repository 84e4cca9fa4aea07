"""Of a strategy its outline comes along: how often it is reviewed, and none of its words, dates, names and signatures (F1)."""

import json
from dataclasses import replace

import pytest

from forum.clone.actions.copying import lines_of
from forum.clone.gathering import gather
from forum.clone.template.packing import pack
from forum.clone.template.reading import read_template
from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.time import now, today
from forum.roster.models import Engagement
from forum.spaces.models import Audience, Item, Space
from forum.strategy.access import strategy_of
from forum.strategy.actions import write
from forum.strategy.actions.asking import ask
from forum.strategy.content import Activity, Content, digest_of, read
from forum.strategy.models import SignOff, Strategy, Value, Version
from forum.strategy.outline import outline_of
from forum.strategy.parts import PARTS
from forum.strategy.queries.reviews import due_on
from tests import factories
from tests.cast import Cast
from tests.clone.steps import begin, copy, every_part, show
from tests.content.steps import standing
from tests.factories import strategy_content

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]
SPELT = "zq"
"""Begins each word that must stay."""
YEARLY = 12


def spelt() -> Content:
    """Return a strategy with a word of its own in every field that holds one."""
    plain = strategy_content(f"{SPELT}title", **{key: f"{SPELT}{key}" for key in PARTS})
    counted = replace(plain.measures[0], words=f"{SPELT}counted", unit=f"{SPELT}unit")
    done = Activity(what=f"{SPELT}done", engagement=Engagement.ENGAGING)
    return replace(plain, measures=(counted,), activities=(done,), cycle=YEARLY)


@pytest.fixture
def source(cast: Cast) -> Space:
    """Give Champions a strategy that was signed, measured and changed since then."""
    strategy = factories.make_strategy(cast.champions, by=cast.champion, content=spelt())
    factories.make_signoff(strategy, by=cast.organiser, address=f"{SPELT}boss@example.org", name=f"{SPELT}signer")
    factories.make_value(strategy, by=cast.champion, note=f"{SPELT}note")
    factories.make_answers(strategy, by=cast.champion, words=f"{SPELT}answer")
    factories.make_version(strategy, by=cast.champion, content=replace(spelt(), title=f"{SPELT}draft", cycle=1))
    show(cast.steward, cast.champions)
    return cast.champions


def test_a_copy_has_the_outline_unsigned_and_kept_by_nobody_until_somebody_fills_it_in(
    cast: Cast, source: Space
) -> None:
    """F1, G1: the cycle is the signed version's; the digest is of the copy's own."""
    made = copy(cast.outsider, source)
    found = strategy_of(standing(cast.outsider, made.slug))
    assert found is not None
    strategy, item = found
    assert (strategy.version, strategy.signed, strategy.holder_id, item.title) == (1, None, None, "Our strategy")
    version = db.session.get_one(Version, (strategy.id, 1))
    assert read(version.content) == Content(title="Our strategy", cycle=YEARLY)
    assert version.author_id is None
    assert version.digest == digest_of(version.content, strategy=item.uuid, number=1)
    for table in (SignOff, Value):
        assert db.session.scalar(db.select(table.id).where(table.strategy_id == strategy.id)) is None
    assert due_on(strategy, read(version.content), zone=made.zone) > today(made.zone)
    with pytest.raises(RuleBroken, match="Nothing is written yet"), transaction():
        ask(standing(cast.outsider, made.slug), ["boss@example.org"], number=1)
    with transaction():
        written = write(standing(cast.outsider, made.slug), strategy_content(), base=1)
    assert (written.version, written.holder_id) == (2, cast.outsider.id)


def test_no_word_of_it_is_in_what_comes_along_or_in_a_template_file(cast: Cast, source: Space) -> None:
    """F1, F2: seen to fail without `leave_words`: every part of it, and the title, were there."""
    bundle = gather(source, every_part(), site="https://example.org")
    assert SPELT not in json.dumps(bundle.rows, default=str)
    assert len(bundle.rows["strategy_version"]) == 1
    assert SPELT.encode() not in pack(bundle, name="T", at=now())
    again = read_template(pack(bundle, name="T", at=now())).bundle
    assert [row["content"] for row in again.rows["strategy_version"]] == [
        row["content"] for row in bundle.rows["strategy_version"]
    ]


def test_the_look_at_it_offers_it_and_it_can_be_left_out(cast: Cast, source: Space) -> None:
    """F3: one that is for organisers alone isn't offered."""
    job = begin(cast.outsider, source)
    [line] = [one for one in lines_of(job, cast.outsider) if one.part.name == "strategy"]
    assert (line.number, line.titles, line.is_taken) == (1, ["Our strategy"], True)
    assert line.part.counted(1) == "one strategy to fill in, unsigned"
    without = gather(source, [one for one in every_part() if one != "strategy"], site="")
    assert not {"strategy", "strategy_version"} & set(without.rows)
    with transaction():
        strategy = db.session.scalars(db.select(Strategy).where(Strategy.space_id == source.id)).one()
        db.session.get_one(Item, strategy.id).audience = Audience.ORGANISERS
    assert "strategy" not in gather(source, every_part(), site="").rows


@pytest.mark.parametrize(
    "said", ["{}", "[]", "{", '{"cycle": true}', '{"cycle": [3]}', '{"cycle": 5}', "[" * 50_000, '{"cycle": "12"}']
)
def test_nothing_is_believed_of_what_a_file_says(said: str) -> None:
    """F5: it becomes an outline with the usual cycle."""
    assert read(outline_of(said)) == Content(title="Our strategy")
