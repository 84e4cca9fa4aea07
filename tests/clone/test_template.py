"""Template files: the same content out and in again, a dry run that tells exactly what the run does, and hostile files (F5)."""

import io
import json
import re
import stat
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from forum.clone import gathering
from forum.clone.actions import copying
from forum.clone.actions.trying import try_out
from forum.clone.gathering import Bundle, gather
from forum.clone.models import Lineage
from forum.clone.rooms import house
from forum.clone.starters import starters
from forum.clone.template import MANIFEST
from forum.clone.template.packing import abroad, pack, zipped
from forum.clone.template.reading import read_template
from forum.core.db import Base, db, transaction
from forum.core.errors import Invalid
from forum.core.time import now
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from forum.roster.models import Duty, DutyKind
from forum.spaces.models import Item, Space
from tests import factories
from tests.cast import Cast
from tests.clone.steps import agree, every_part, make, name
from tests.clone.test_copy import rows_everywhere

inside = pytest.mark.usefixtures("context")
Files = dict[str, bytes]


def furnished(cast: Cast) -> Space:
    """Give Champions something of everything that a template carries."""
    space = cast.champions
    thread = factories.make_thread(space, author=cast.champion, title="Which forms?", texts=["Which *ones*?"])
    factories.make_post(thread, author=cast.colleague, text="These.")
    factories.make_tag(space, name="forms", on=thread)
    story = factories.make_story(space, author=cast.champion, title="It lost answers")
    factories.make_duty(space, by=cast.organiser, holder=cast.colleague, title="Welcome", what="Say\nhello.")
    seat = factories.make_duty(space, by=cast.organiser, title="Seat")
    with transaction():
        held = db.session.get_one(Duty, seat.id)
        held.department_id, held.kind = cast.libraries.id, DutyKind.SEAT
    factories.make_meetup(space, by=cast.organiser, title="Clinic", rhythm=Rhythm.WEEKLY)
    agree(cast.steward, space, thread, story)
    return space


def packed(space: Space) -> bytes:
    return pack(gather(space, every_part(), site="https://baton.example"), name=space.name, at=now())


def content(bundle: Bundle) -> dict[str, list[dict[str, Any]]]:
    """Return what a bundle holds, whatever its things are called and wherever their dates are."""
    left = {"_ref", "_uuid", "_version", "local_start"}
    return {
        table: [{name: value for name, value in row.items() if name not in left} for row in rows]
        for table, rows in bundle.rows.items()
    }


def of(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def again(files: Files, **manifest: object) -> bytes:
    """Return a file with other contents whose list of contents is right."""
    said = {**json.loads(files[MANIFEST]), **manifest}
    said.pop("files")
    return zipped({name: data for name, data in files.items() if name != MANIFEST}, said)


def from_file(actor: Person, data: bytes, *, called: str = "From a file", slug: str = "") -> Space:
    with transaction():
        job = copying.begin_with_file(actor, data)
        name(job, actor, called=called, slug=slug)
    return make(job, actor)


@inside
@pytest.mark.both_databases
def test_out_in_and_out_again_is_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """F5: a space that was made of a file gives the same file. Seats, which name departments of here, stay."""
    space = furnished(cast)
    first = read_template(packed(space)).bundle
    assert [row["title"] for row in first.rows["item"] if row["kind"] == "duty"] == ["Welcome"]
    made = from_file(cast.outsider, packed(space))
    # Nobody is asked about texts that name nobody: chosen ones are offered by hand here.
    monkeypatch.setattr(
        gathering, "offered_items", lambda space_id, _posts: select(Item.id).where(Item.space_id == space_id)
    )
    second = read_template(packed(made)).bundle
    assert content(second) == content(first)
    assert second.space == first.space
    assert db.session.get_one(Lineage, made.id).origin_name == "Champions"


@inside
def test_a_dry_run_leaves_nothing_and_says_what_the_run_makes(cast: Cast) -> None:
    """F5: it is the run, taken back."""
    data = packed(furnished(cast))
    before = rows_everywhere()
    bundle = try_out(cast.outsider, data)
    assert rows_everywhere() == before
    made = from_file(cast.outsider, data)
    counts = {part.name: bundle.count(part) for part in house().parts}
    there = gather(made, every_part(), site="")
    assert {name: number for name, number in counts.items() if name not in {"stories", "threads"}} == {
        part.name: there.count(part) for part in house().parts if part.name not in {"stories", "threads"}
    }


@inside
@pytest.mark.parametrize("which", range(3))
def test_every_starter_makes_a_space(cast: Cast, which: int) -> None:
    """The starters that ship with Baton are read as any file is."""
    starter = starters()[which]
    with transaction():
        job = copying.begin_with_starter(cast.outsider, starter.key)
        name(job, cast.outsider)
    made = make(job, cast.outsider)
    there = gather(made, every_part(), site="")
    assert len(there.rows["section"]) >= 4
    assert len(there.rows["duty"]) >= 3
    assert there.rows["meetup_series"]
    assert made.about_html


HOSTILE: Mapping[str, Callable[[Files], bytes]] = {
    "no zip": lambda _files: b"PK nothing",
    "empty": lambda _files: b"",
    "no manifest": lambda files: raw({name: data for name, data in files.items() if name != MANIFEST}),
    "out of its folder": lambda files: raw({**files, "../section.jsonl": b"{}\n"}),
    "absolute": lambda files: raw({**files, "/etc/passwd": b"x"}),
    "backslash": lambda files: raw({**files, "..\\section.jsonl": b"x"}),
    "another file": lambda files: raw({**files, "person.jsonl": b"{}\n"}),
    "twice": lambda files: raw(files, also=[("section.jsonl", b"{}\n")]),
    "link": lambda files: raw(files, mode=stat.S_IFLNK | 0o777),
    "packed by bzip2": lambda files: raw(of(again(files)), way=zipfile.ZIP_BZIP2),
    "packed by LZMA": lambda files: raw(of(again(files)), way=zipfile.ZIP_LZMA),
    "wrong hash": lambda files: raw({**files, "section.jsonl": files["section.jsonl"].replace(b"Q", b"q")}),
    "newer": lambda files: again(files, version="2.0"),
    "other format": lambda files: again(files, format="else"),
    "a column too many": lambda files: again(changed(files, "section.jsonl", id=7)),
    "a person": lambda files: again(changed(files, "item.jsonl", author_id=1)),
    "a department": lambda files: again(changed(files, "duty.jsonl", department_id=1)),
    "no number": lambda files: again(changed(files, "section.jsonl", position="first")),
    "a huge number": lambda files: again(changed(files, "section.jsonl", position=10**30)),
    "too long": lambda files: again(changed(files, "section.jsonl", name="x" * 500)),
    "a bad address": lambda files: again(changed(files, "section.jsonl", slug="../up")),
    "a bad zone": lambda files: again(changed(files, "meetup_series.jsonl", zone="../../etc/passwd")),
    "a word that is none": lambda files: again(changed(files, "duty.jsonl", kind="boss")),
    "a key twice": lambda files: again({**files, "section.jsonl": files["section.jsonl"] * 2}),
    "another kind": lambda files: again(changed(files, "item.jsonl", kind="thread")),
    "a meetup without an end": lambda files: again(changed(files, "meetup_series.jsonl", minutes=0)),
    "a meetup of ages": lambda files: again(changed(files, "meetup_series.jsonl", minutes=2**31 - 1)),
    "deep": lambda files: again({**files, "section.jsonl": b"[" * 100_000 + b"\n"}),
    "not text": lambda files: again({**files, "section.jsonl": b"\xff\xfe\n"}),
    "a bomb": lambda files: again({**files, "section.jsonl": b'{"name": "' + b" " * 30_000_000 + b'"}\n'}),
    "many rows": lambda files: again(
        {**files, "section.jsonl": files["section.jsonl"].splitlines()[0] + b"\n" + b"{}\n" * 30_000}
    ),
}


def raw(
    files: Files, *, also: list[tuple[str, bytes]] | None = None, mode: int = 0, way: int = zipfile.ZIP_STORED
) -> bytes:
    """Return a zip of files as they are, with a list of contents that isn't looked after."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packing:
        for path, data in [*files.items(), *(also or [])]:
            info = zipfile.ZipInfo(path)
            info.external_attr = mode << 16
            packing.writestr(info, data, compress_type=way)
    return out.getvalue()


def changed(files: Files, path: str, **columns: object) -> Files:
    """Return the files with other words in the first row of one."""
    first, *rest = files[path].splitlines(keepends=True)
    return {**files, path: json.dumps({**json.loads(first), **columns}).encode() + b"\n" + b"".join(rest)}


@inside
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_files_are_refused_and_leave_nothing(cast: Cast) -> None:
    """F5: each in a sentence, never an error of the server."""
    files = of(packed(furnished(cast)))
    before = rows_everywhere()
    for called, spoil in HOSTILE.items():
        assert why_not(cast.outsider, spoil(files)).endswith("Nothing was made."), called
    assert rows_everywhere() == before


def why_not(actor: Person, data: bytes) -> str:
    """Return the sentence with which a file is refused; "" for one that isn't."""
    try:
        try_out(actor, data)
    except Invalid as refused:
        return " ".join(refused.errors.get("file", ["another field"]))
    return ""


@inside
def test_markup_in_a_file_is_cleaned_again(cast: Cast) -> None:
    """F5: whatever it says; links lead nowhere but to the web, rights are only those that can be lent."""
    files = of(packed(furnished(cast)))
    post = {"key": 1, "item_id": 1, "number": 1, "in_reply_to": None, "state": "hidden"}
    bad = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> @ada.admin"
    item = next(json.loads(line) for line in files["item.jsonl"].splitlines() if b'"thread"' in line)
    lines = [json.dumps({**post, "item_id": item["key"], "source": bad}).encode() + b"\n"]
    spoilt = {**files, "post.jsonl": b"".join(lines)}
    duty = next(json.loads(line) for line in files["duty.jsonl"].splitlines())
    link = {"duty_id": duty["key"], "place": 1, "label": "x", "url": "javascript:alert(1)"}
    right = {"duty_id": duty["key"], "power": "archive space"}
    spoilt |= {
        "duty_link.jsonl": json.dumps(link).encode() + b"\n",
        "duty_right.jsonl": json.dumps(right).encode() + b"\n",
    }
    made = from_file(cast.outsider, again(spoilt))
    post_table = Base.metadata.tables["post"]
    item_table = Base.metadata.tables["item"]
    html = db.session.scalars(
        select(post_table.c.html)
        .join(item_table, item_table.c.id == post_table.c.item_id)
        .where(item_table.c.space_id == made.id)
    ).one()
    assert "<script" not in html
    assert "javascript:" not in re.sub(r">[^<]*<", "><", html)
    assert "<img" not in html
    assert 'class="mention"' not in html
    for table in ("duty_link", "duty_right"):
        assert db.session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) == 0


@inside
def test_anything_at_all_is_refused_or_makes_a_space(cast: Cast) -> None:
    """F5: lines of any JSON, under right hashes, never end in an error of the server."""
    files = of(packed(furnished(cast)))
    paths = sorted(path for path in files if path.endswith(".jsonl"))
    words = st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.lists(st.integers(), max_size=2)
    )

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(paths))
        first = json.loads(files[path].splitlines()[0])
        column = data.draw(st.sampled_from(sorted(first)))
        try:
            try_out(cast.outsider, again(changed(files, path, **{column: data.draw(words)})))
        except Invalid:
            return

    tried()


@inside
def test_a_post_without_a_number_stays_behind(cast: Cast) -> None:
    """F5: hypothesis found a file whose posts have none. Seen to fail before."""
    files = of(packed(furnished(cast)))
    bundle = read_template(again(changed(files, "post.jsonl", number=None))).bundle
    assert all(row["number"] for row in bundle.rows.get("post", ()))


@inside
def test_bytes_that_are_damaged_are_refused_or_the_same(cast: Cast) -> None:
    """F5: a bit that flips on the way is found."""
    data = packed(furnished(cast))
    whole = content(read_template(data).bundle)

    @settings(max_examples=60, deadline=None, database=None)
    @given(st.integers(0, len(data) - 1), st.integers(0, 7))
    def flipped(place: int, bit: int) -> None:
        spoilt = bytearray(data)
        spoilt[place] ^= 1 << bit
        try:
            found = content(read_template(bytes(spoilt)).bundle)
        except Invalid:
            return
        assert found == whole

    flipped()


def test_a_template_abroad_has_no_files_and_no_seats(app: Flask, cast: Cast) -> None:
    """F5: what means nothing elsewhere stays."""
    with app.test_request_context("/"):
        bundle = abroad(gather(furnished(cast), every_part(), site=""))
    assert "attachment" not in bundle.rows
    assert all(row["department_id"] is None for row in bundle.rows["duty"])
