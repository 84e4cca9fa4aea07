"""What may be left empty is, in some of everything: a space can be copied, packed, taken in and restored all the same."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from forum.clone.actions.trying import try_out
from forum.clone.gathering import gather
from forum.clone.template.packing import pack
from forum.clone.template.reading import read_template
from forum.core.db import db, transaction
from forum.core.time import now
from forum.meetups.models import Series
from forum.meetups.recurrence import Rhythm
from forum.spaces.models import Item, Space
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import content as said
from tests.clone.archive.carried import differences, lines_in, packed, restored
from tests.clone.archive.generated import fill
from tests.clone.emptied import empty
from tests.clone.steps import agree, copy, every_part, show
from tests.clone.test_template import content, furnished
from tests.mydata.furnished import furnish

pytestmark = pytest.mark.usefixtures("context")
BOTH_WAYS = pytest.mark.parametrize("first", [0, 1])
"""Whether the first row of each table is left empty or the second: a statement for many rows is made of its first one."""


@pytest.fixture
def source(cast: Cast) -> Space:
    """Give Champions two and more of everything that comes along in a copy."""
    space = furnished(cast)
    factories.make_section(space, name="Other forms")
    other = factories.make_thread(space, author=cast.champion, title="Where?", texts=["There.", "Or here."])
    factories.make_tag(space, name="places", on=other)
    told = factories.make_story(space, author=cast.champion, title="It came twice")
    for steps in (("Open it", "Close it"), ("Turn it", "Leave it")):
        factories.make_playbook(
            space, author=cast.champion, steps=steps, when="Often", warning="Hot", proof="Cold", stories=[told]
        )
    for title in ("Surgery", "Drop-in"):
        factories.make_meetup(space, by=cast.organiser, title=title, rhythm=Rhythm.WEEKLY)
    with transaction():
        db.session.execute(update(Series).values(about="Bring *one*.", about_html="<p>Bring one.</p>", renderer=1))
    agree(cast.steward, space, other, told)
    show(cast.steward, space)
    return space


@pytest.mark.both_databases
@BOTH_WAYS
def test_it_can_be_copied(cast: Cast, source: Space, first: int) -> None:
    """F4: the copy holds all of it, each text with what it was laid out with. Seen to fail with a renderer that not every row names."""
    emptied = empty(source, first=first)
    assert {"meetup_series.about", "duty.what", "section.description", "playbook_step.proof"} <= emptied
    made = copy(cast.outsider, source)
    before, after = (gather(space, every_part(), site="").rows for space in (source, made))
    kept = {"section", "tag", "duty", "meetup_series", "playbook_edition", "playbook_step"}
    assert {name: len(before[name]) for name in kept} == {name: len(after[name]) for name in kept}
    assert len(db.session.scalars(select(Item.id).where(Item.space_id == made.id)).all()) == len(before["item"])
    series = db.session.scalars(select(Series).join(Item, Item.id == Series.id).where(Item.space_id == made.id)).all()
    assert {(bool(one.about), bool(one.about_html), bool(one.renderer)) for one in series} == {
        (True,) * 3,
        (False,) * 3,
    }


@BOTH_WAYS
def test_a_template_of_it_is_taken_in(cast: Cast, source: Space, first: int) -> None:
    """F5: what was packed is read, and the dry run makes a space of it."""
    empty(source, first=first)
    bundle = gather(source, every_part(), site="https://baton.example")
    data = pack(bundle, name=source.name, at=now())
    assert content(try_out(cast.champion, data)) == content(read_template(data).bundle)


@BOTH_WAYS
def test_an_archive_of_it_is_restored(tmp_path: Path, first: int) -> None:
    """F5: out, in and out again is the same."""
    two = furnish()
    fill(two.space)
    empty(two.space, first=first)
    one = lines_in(packed(two.space, two.theirs, tmp_path))
    made = restored(two.theirs, tmp_path / "a.zip")
    other = lines_in(packed(made, two.theirs, tmp_path, name="b.zip"))
    assert not differences(said(one), said(other))
    db.session.rollback()
