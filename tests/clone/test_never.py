"""What is never copied is nowhere in a copy: every table and every column of the source holds a word that is nowhere else (F2)."""

import enum
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, Enum, String, Table, and_, select, update
from sqlalchemy.exc import IntegrityError

from forum.clone.actions.showing import showcase_of
from forum.clone.gathering import gather
from forum.clone.models import Consent, ShowcaseItem
from forum.clone.rooms import house
from forum.clone.template.packing import pack
from forum.core.db import Base, db, transaction
from forum.core.lineage import Copy
from forum.core.time import now
from forum.spaces.guard import here_for
from forum.spaces.models import Item
from forum.web.links import whole
from tests import factories
from tests.clone.steps import copy, show
from tests.mydata.furnished import Two, furnish

pytestmark = pytest.mark.both_databases
SPELL = "wz"


@pytest.fixture
def two(app: Flask) -> Two:
    """Give two people with something in every table."""
    with app.test_request_context("/"):
        factories.make_person(name="Ada Admin", is_admin=True)
        return furnish()


def spelt(table: str, column: str) -> str:
    """Return the word that stands in a column: short, so that it fits everywhere."""
    return f"{SPELL}{WORDS[f'{table}.{column}']:03d}z"


def columns_with_words() -> Iterator[tuple[Table, str]]:
    """Give every column of every table that can hold a word."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_words = isinstance(column.type, (String, JSON)) and not isinstance(column.type, Enum)
            # A zone must be one: without it nothing can be asked of its row.
            if is_words and not column.foreign_keys and not column.primary_key and column.name != "zone":
                yield table, column.name


NAMES = [f"{table.name}.{column}" for table, column in columns_with_words()]
WORDS = {name: number for number, name in enumerate(NAMES)}


def write_everywhere() -> dict[str, set[str]]:
    """Write each column's word into every row of it that holds a text now. Return where, by table.

    What a constraint refuses stays as it is: a choice of words.
    """
    written: dict[str, set[str]] = {}
    with transaction():
        for table, column in columns_with_words():
            for row in db.session.execute(select(table).where(table.c[column].is_not(None))).mappings().all():
                here = and_(*(key == row[key.name] for key in table.primary_key.columns))
                if _put(table, column, here, row):
                    written.setdefault(table.name, set()).add(column)
    db.session.expire_all()
    return written


def _put(table: Table, column: str, here: Any, row: Any) -> bool:  # noqa: ANN401  # SQLAlchemy's own
    kind = table.c[column].type
    own = "".join(str(row[key.name]) for key in table.primary_key.columns)
    said = f"{spelt(table.name, column)}{own}".replace("-", "").replace(":", "")[: getattr(kind, "length", None)]
    value: object = {"said": said} if isinstance(kind, JSON) else said
    try:
        with db.session.begin_nested():
            db.session.execute(update(table).where(here).values({column: value}))
    except IntegrityError:
        return False
    return True


def new_rows(before: dict[str, set[tuple[Any, ...]]]) -> Iterator[tuple[str, str, str]]:
    """Give every value of every row that is new, as text, with its table and column."""
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            if tuple(row[key.name] for key in table.primary_key.columns) not in before[table.name]:
                for column, value in row.items():
                    yield table.name, column, value.value if isinstance(value, enum.Enum) else str(value)


def keys_everywhere() -> dict[str, set[tuple[Any, ...]]]:
    return {
        table.name: {tuple(row) for row in db.session.execute(select(*table.primary_key.columns))}
        for table in Base.metadata.sorted_tables
    }


def offer_everything(two: Two) -> None:
    """Choose every story and thread of the space, with everybody's agreement."""
    with transaction():
        for item in db.session.scalars(select(Item).where(Item.space_id == two.space.id)).all():
            if item.kind in {"thread", "story"}:
                db.session.add(ShowcaseItem(item_id=item.id, space_id=two.space.id, chosen_at=now()))
                for person in (two.mine, two.theirs):
                    db.session.add(Consent(item_id=item.id, person_id=person.id, asked_at=now(), agreed=True))
    show(two.theirs, two.space)


def traces(words: str) -> set[str]:
    """Return the tables and columns whose words stand in a text."""
    return {NAMES[int(number)] for number in re.findall(rf"{SPELL}(\d{{3}})z", words)}


COPIED = {
    "attachment", "duty", "duty_link", "duty_right", "item", "meetup_series", "playbook", "playbook_edition", "playbook_step", "post",
    "section", "space", "story", "story_choice", "strategy", "strategy_version", "tag", "thread", "thread_tag",
}  # fmt: skip
MADE_NEW = {
    "clone_job",
    "lineage",
    "lineage_item",
    "lineage_row",
    "log_entry",
    "membership",
    "occurrence",
    "search_due",
    "search_entry",
}
"""What any space has of its own: its maker, its log, its dates, its place in the search."""
KNOWN_BY = frozenset({"item.uuid", "space.uuid", "section.uuid", "tag.uuid"})
"""What later improvements are told by (F6). It names nobody, and opens nothing."""
LINKED_BY = frozenset({"item.uuid", "space.uuid", "item.ref", "space.slug"})
"""What a template file keeps besides, so that links of its texts lead into what is made of it."""


def may_come(where: str) -> bool:
    """Say whether a policy lets a column come along."""
    table, column = where.split(".")
    return house().policy.get(table, {}).get(column) is Copy.COPY


def test_the_policies_alone_decide_what_is_in_the_new_rows(
    two: Two, context: None, caplog: pytest.LogCaptureFixture
) -> None:
    """F2: generated for every table and column."""
    offer_everything(two)
    written = write_everywhere()
    maker = factories.make_person(name="Maker Mary")
    show(two.theirs, db.session.merge(two.space))
    assert len(written) > 60
    before = keys_everywhere()
    made = copy(maker, db.session.merge(two.space))
    found: dict[str, set[str]] = {}
    new = list(new_rows(before))
    assert {table for table, _column, _value in new} <= COPIED | MADE_NEW
    for table, column, value in new:
        for trace in traces(value):
            found.setdefault(trace, set()).add(f"{table}.{column}")
    assert found
    assert {trace for trace in found if not may_come(trace)} <= KNOWN_BY
    assert not traces(caplog.text)
    assert made.id


def test_the_same_holds_for_a_templates_bytes(two: Two, context: None) -> None:
    """F2: what policies let come along, and nothing else. Seen to fail with `duty.end_reason` and `thread.close_reason` carried."""
    offer_everything(two)
    write_everywhere()
    space = db.session.merge(two.space)
    show(two.theirs, space)
    here = here_for(two.theirs, space.slug)
    data = pack(gather(space, showcase_of(here).parts, site=whole("")), name="T", at=now())
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        words = " ".join(packed.read(name).decode() for name in packed.namelist())
    found = traces(words)
    assert found
    assert {trace for trace in found if not may_come(trace)} <= LINKED_BY
