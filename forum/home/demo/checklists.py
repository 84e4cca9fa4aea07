"""The demo's playbooks: three that cite its stories, one with a proposed change, one with runs that are over and one half-way."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forum.core.db import db
from forum.core.markup import Rendered, render
from forum.core.time import local
from forum.playbooks.access import edition_of, steps_of
from forum.playbooks.actions import put_in_force, running, write
from forum.playbooks.actions.proposing import propose
from forum.playbooks.content import Content, StepText, with_keys
from forum.playbooks.models import Outcome, Playbook, Run
from forum.playbooks.writing import Laid, laid_out
from forum.roster.keeping import A_QUARTER
from forum.spaces.guard import Here
from forum.spaces.models import Item

SPACE = "digital-champions"
HereOf = Callable[[str, str], Here]
Given = Mapping[str, Any]
PACE = timedelta(minutes=6)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A playbook of the file with its texts laid out: the first one, and that of each change."""

    given: Given
    first: Laid
    changed: Mapping[str, Laid]


@cache
def given() -> tuple[Given, ...]:
    """Return the playbooks as the file has them."""
    path = Path(__file__).with_name("playbooks.toml")
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))["playbook"])


def prepared() -> Sequence[Prepared]:
    """Lay out every text: takes time, so it is done before anything is written."""
    return [_prepare(one) for one in given()]


def _render(text: str, field: str) -> Rendered:
    return render(text, field=field)


def _prepare(one: Given) -> Prepared:
    steps = with_keys(StepText(**step) for step in one["steps"])
    first = laid_out(Content(title=one["title"], when=one["when"], steps=steps), render=_render)
    changed = {
        name: laid_out(_changed(first.content, one[name]["steps"]), render=_render) for name in CHANGES if name in one
    }
    return Prepared(given=one, first=first, changed=changed)


CHANGES = ("version", "proposal", "later")


def _changed(content: Content, changes: Mapping[str, str]) -> Content:
    steps = [replace(step, text=changes.get(str(number), step.text)) for number, step in enumerate(content.steps, 1)]
    return replace(content, steps=steps + ([StepText(text=changes["new"])] if "new" in changes else []))


def write_all(here_of: HereOf, playbooks: Sequence[Prepared], *, at: datetime) -> None:
    """Write the playbooks, as if it had been done on their days. Inside `transaction()`."""
    for one in playbooks:
        _write(here_of, one, at=at)


def _write(here_of: HereOf, one: Prepared, *, at: datetime) -> None:
    given, here = one.given, here_of(one.given["by"], SPACE)
    stories = [_story(here, title) for title in given["stories"]]
    item = write(here, one.first, stories=stories, at=at - timedelta(days=given["days"]))
    playbook = db.session.get_one(Playbook, item.id)
    playbook.due_on = local(at, here.space.zone).date() + timedelta(days=40)
    if "checked" in given:
        who, days = given["checked"]
        playbook.verified_on = local(at, here.space.zone).date() - timedelta(days=days)
        playbook.verified_by_id, playbook.due_on = here_of(who, SPACE).actor.id, playbook.verified_on + A_QUARTER
    changes = sorted(given.get("run", []), key=lambda run: -int(run["days"]))
    for run in changes:
        if "version" in given and run["days"] < given["version"]["days"] and playbook.version == 1:
            _put_in_force(here_of, here, one, item, playbook, at=at)
        _run(here_of, run, playbook, at=at)
    if "proposal" in given:
        said = given["proposal"]
        by = here_of(said["by"], SPACE)
        story_id = _story(by, said["story"])
        when = at - timedelta(days=said["days"])
        text = one.changed["proposal"]
        propose(by, playbook.id, text, base=playbook.version, reason=said["reason"], story_id=story_id, at=when)


def change_later(here_of: HereOf, playbooks: Sequence[Prepared], *, at: datetime) -> None:
    """Change what was changed after another team had copied it. Inside `transaction()`."""
    for one in playbooks:
        if "later" in one.given:
            here = here_of(one.given["by"], SPACE)
            query = select(Item).where(Item.space_id == here.space.id, Item.title == one.given["title"])
            item = db.session.scalars(query).one()
            _put_in_force(here_of, here, one, item, db.session.get_one(Playbook, item.id), name="later", at=at)


def _put_in_force(
    here_of: HereOf, here: Here, one: Prepared, item: Item, playbook: Playbook, *, at: datetime, name: str = "version"
) -> None:
    said = one.given[name]
    by = here_of(said["by"], SPACE).actor
    put_in_force(
        here,
        item,
        playbook,
        one.changed[name],
        reason=said["reason"],
        story_id=_story(here, said["story"]),
        proposer_id=by.id,
        at=at - timedelta(days=said["days"]),
    )


def _run(here_of: HereOf, said: Given, playbook: Playbook, *, at: datetime) -> None:
    here = here_of(said["by"], SPACE)
    begun = at - timedelta(days=said["days"], hours=2)
    run: Run = running.start(here, playbook.id, purpose=said["purpose"], is_shared=said.get("shared", False), at=begun)
    steps = steps_of(edition_of(playbook.id, playbook.version).id)
    for number in said.get("done", ()):
        running.tick(here, run.id, key=steps[number - 1].key, is_done=True, at=begun + number * PACE)
    for number, words in said.get("notes", {}).items():
        running.note(here, run.id, key=steps[int(number) - 1].key, words=words, at=begun + int(number) * PACE)
    if "outcome" in said:
        running.finish(here, run.id, outcome=Outcome(said["outcome"]), result=said["result"])
        run.finished_at = run.changed_at = begun + timedelta(hours=1)


def _story(here: Here, title: str) -> int:
    query = select(Item.id).where(
        Item.space_id == here.space.id, Item.kind == "story", Item.title.startswith(title, autoescape=True)
    )
    return db.session.scalars(query).one()
