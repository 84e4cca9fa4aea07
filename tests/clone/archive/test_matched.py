"""People of a file who are matched by their address: what the run makes of them was tried before (F5)."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.clone.archive.models import Stage
from forum.clone.archive.showing import shown_of
from forum.core.db import db, transaction
from forum.core.leased import WorkState
from forum.people.models import Person, PersonState
from forum.roster.models import Turn
from forum.spaces.models import Item, Space
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import looked, packed, pressed, written
from tests.clone.archive.test_hostile import Files, furnished
from tests.clone.test_template import again, of
from tests.factories.roster import make_turns

pytestmark = pytest.mark.usefixtures("context")


def lines(files: Files, path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[path].splitlines()]


def taken(cast: Cast, folder: Path) -> Files:
    return of(packed(furnished(cast), cast.steward, folder).read_bytes())


def test_an_address_or_a_department_that_comes_twice_is_refused(cast: Cast, tmp_path: Path) -> None:
    """F5: both would be one here, and what each has would not hold together: a reaction of each under one post.

    Seen to fail with the keys of the file alone looked at.
    """
    files, path = taken(cast, tmp_path), tmp_path / "bad.zip"
    people = lines(files, "person.jsonl")
    two = [*people, {**people[0], "key": len(people) + 1, "address": people[0]["address"].upper()}]
    names = [{"key": 1, "name": "Registry"}, {"key": 2, "name": "REGISTRY"}]
    nobody = [{name: value for name, value in one.items() if name != "department_id"} for one in people]
    departments = written(written(files, "department.jsonl", names), "person.jsonl", nobody)
    for spoilt in (written(files, "person.jsonl", two), departments):
        path.write_bytes(again(spoilt))
        job = looked(cast.admin, path)
        assert job.state is WorkState.FAILED
        assert "the same thing twice" in str(job.error)


def test_what_breaks_only_with_accounts_is_known_before_a_space_is_made(cast: Cast, tmp_path: Path) -> None:
    """F5: two open memberships of somebody are ended ones without an account, and can't both be open with one.

    The look says so, and who presses all the same is told before anything is made; without accounts it is restored. Seen to fail with
    everything tried out without accounts alone: the restore broke in its last transaction, again and again.
    """
    files, path = taken(cast, tmp_path), tmp_path / "bad.zip"
    members = lines(files, "membership.jsonl")
    path.write_bytes(again(written(files, "membership.jsonl", [*members, {**members[0], "key": len(members) + 1}])))
    job = looked(cast.admin, path)
    assert job.state is WorkState.READY, job.error
    assert "hold together" in shown_of(job.report).unmatched
    job = pressed(cast.admin, job, by_address=True)
    assert (job.stage, job.state, job.space_id) == (Stage.LOOK, WorkState.READY, None)
    assert "hold together" in str(job.error)
    assert db.session.scalar(select(func.count()).select_from(Space).where(Space.slug == "again")) == 0
    assert pressed(cast.admin, job, by_address=False).done_at is not None


def test_who_registers_after_the_look_is_tried_out_at_the_press(cast: Cast, tmp_path: Path) -> None:
    """F5: nobody of the file had an account when it was looked through; what is written when somebody has one is tried, too.

    Seen to fail without the second look.
    """
    files, path = taken(cast, tmp_path), tmp_path / "bad.zip"
    people = [{**one, "address": f"late{one['key']}@example.org"} for one in lines(files, "person.jsonl")]
    members = lines(files, "membership.jsonl")
    twice = written(files, "membership.jsonl", [*members, {**members[0], "key": len(members) + 1}])
    path.write_bytes(again(written(twice, "person.jsonl", people)))
    job = looked(cast.admin, path)
    assert (job.report["known"], shown_of(job.report).unmatched) == (0, "")
    factories.make_person(email=f"late{members[0]['person_id']}@example.org")
    job = pressed(cast.admin, job)
    assert (job.stage, job.space_id) == (Stage.LOOK, None)
    assert "hold together" in str(job.error)


def test_the_report_tells_what_accounts_bring_with_them(cast: Cast, tmp_path: Path) -> None:
    """F5: to the row. Turns come along only for who has an account, and a suspended account is none.

    Seen to fail with suspended accounts counted.
    """
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser, title="Clinic")
    make_turns(duty, [cast.colleague, cast.champion])
    path = packed(cast.champions, cast.steward, tmp_path)
    with transaction():
        db.session.get_one(Person, cast.champion.id).state = PersonState.SUSPENDED
    job = looked(cast.admin, path)
    shown = shown_of(job.report)
    assert (shown.people - shown.known, shown.more) == (2, 1)  # a former member, and who is suspended
    job = pressed(cast.admin, job)
    there = select(Turn.person_id).join(Item, Item.id == Turn.duty_id).where(Item.space_id == job.space_id)
    assert db.session.scalars(there).all() == [cast.colleague.id]
