"""How copied playbooks follow the original: what one says as JSON, what both sides changed, and what goes back (F6)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select

from forum.core.db import db
from forum.playbooks import addresses
from forum.playbooks.access import allow, content_of, edition_of, why_not_keep
from forum.playbooks.actions import hold_playbook, put_in_force
from forum.playbooks.actions.sending import recall, receive, sent_from
from forum.playbooks.comparing import Change, Clash, agreed, compare, merged
from forum.playbooks.content import Content, StepText
from forum.playbooks.models import Edition, Playbook, Step
from forum.playbooks.writing import Laid, laid_out
from forum.spaces.copied import KEY, Both, Chosen, Grower, Rows, Said, Sender, Why, Words
from forum.spaces.guard import Here
from forum.web.words import _

TITLE, WHEN = "title", "when"
NOTHING = StepText(text="")


def said_of(content: Content) -> Said:
    """Return a content as JSON."""
    return {"title": content.title, "when": content.when, "steps": [asdict(step) for step in content.steps]}


def content_from(said: Said) -> Content:
    """Return the content that JSON holds; one of nothing is empty."""
    steps = [StepText(**step) for step in said.get("steps", ())]
    return Content(title=said.get("title", ""), when=said.get("when", ""), steps=steps)


def read(rows: Rows, key: int) -> Said:
    """Return what gathered rows say of a playbook: the version in force, and no other comes along."""
    edition = next(row for row in rows["playbook_edition"] if row["playbook_id"] == key)
    steps = sorted(
        (row for row in rows.get("playbook_step", ()) if row["edition_id"] == edition[KEY]),
        key=lambda row: row["place"],
    )
    texts = [
        StepText(key=step["key"], text=step["source"], warning=step["warning"], proof=step["proof"]) for step in steps
    ]
    return said_of(Content(title=edition["title"], when=edition["when_used"], steps=texts))


def first(playbook_ids: Collection[int]) -> Mapping[int, Said]:
    """Return what playbooks said in their first version."""
    return _said_in(playbook_ids, Edition.number == 1)


def version(playbook_id: int) -> int:
    """Return the number of the version in force."""
    return db.session.scalars(select(Playbook.version).where(Playbook.id == playbook_id)).one()


def stands(playbook_ids: Collection[int]) -> Mapping[int, Said]:
    """Return what playbooks say now."""
    return _said_in(playbook_ids, Edition.number == Playbook.version)


def _said_in(playbook_ids: Collection[int], which: ColumnElement[bool]) -> Mapping[int, Said]:
    query = select(Edition).join(Playbook, Playbook.id == Edition.playbook_id).where(which)
    editions = db.session.scalars(query.where(Playbook.id.in_(playbook_ids))).all()
    steps: dict[int, list[StepText]] = {edition.id: [] for edition in editions}
    for step in db.session.scalars(select(Step).where(Step.edition_id.in_(steps)).order_by(Step.place)):
        steps[step.edition_id].append(StepText(key=step.key, text=step.source, warning=step.warning, proof=step.proof))
    return {
        one.playbook_id: said_of(Content(title=one.title, when=one.when_used, steps=steps[one.id])) for one in editions
    }


def difference(before: Said, after: Said) -> Change:
    """Return how one became the other."""
    return compare(content_from(before), content_from(after))


def alike(base: Said, ours: Said, theirs: Said) -> Said:
    """Return what both began with, as if what both say alike had stood there."""
    return said_of(agreed(content_from(base), content_from(ours), content_from(theirs)))


def together(base: Said, ours: Said, theirs: Said) -> tuple[Said, Sequence[Both]]:
    """Return ours with what they changed, and what both changed."""
    here, there = content_from(ours), content_from(theirs)
    found, clashes = merged(content_from(base), here, there)
    return said_of(found), [_both(clash, here, there) for clash in clashes]


def _both(clash: Clash, here: Content, there: Content) -> Both:
    if clash.key in {TITLE, WHEN}:
        label = _("What it is called") if clash.key == TITLE else _("When to use it")
        text = Words(name="text", label=label, ours=getattr(here, clash.key), theirs=getattr(there, clash.key))
        return Both(key=clash.key, label=label, texts=[text])
    ours, theirs = _step(here, clash.key), _step(there, clash.key)
    labels = {"text": _("What is done"), "warning": _("Watch out"), "proof": _("How to tell it worked")}
    texts = [
        Words(name=name, label=label, ours=getattr(ours or NOTHING, name), theirs=getattr(theirs or NOTHING, name))
        for name, label in labels.items()
        if name == "text" or any(getattr(one or NOTHING, name) for one in (ours, theirs))
    ]
    keys = [step.key for step in (here if ours else there).steps]
    label = _("Step %(number)s", number=keys.index(clash.key) + 1)
    return Both(key=clash.key, label=label, texts=texts, is_gone_here=ours is None, is_gone_there=theirs is None)


def _step(content: Content, key: str) -> StepText | None:
    return next((step for step in content.steps if step.key == key), None)


def settled(found: Said, theirs: Said, chosen: Mapping[str, Chosen]) -> Said:
    """Return what was merged, with what somebody chose where both had changed it."""
    content, there = content_from(found), content_from(theirs)
    for key, choice in chosen.items():
        if choice.side == "ours":
            continue
        if key in {TITLE, WHEN}:
            text = choice.own.get("text", "") if choice.side == "own" else getattr(there, key)
            content = replace(content, title=text) if key == TITLE else replace(content, when=text)
        else:
            content = _with_step(content, there, key, choice)
    return said_of(content)


def _with_step(content: Content, there: Content, key: str, choice: Chosen) -> Content:
    """Put a step as it was chosen in its place; one that stands here no more comes after what it follows there."""
    here, theirs = _step(content, key), _step(there, key)
    step = theirs if choice.side == "theirs" else replace(here or theirs or NOTHING, key=key, **choice.own)
    steps = [one for one in content.steps if one.key != key]
    if step is None:
        return replace(content, steps=steps)
    order = [one.key for one in (content if here else there).steps]
    before = set(order[: order.index(key)])
    place = max((at for at, one in enumerate(steps, 1) if one.key in before), default=0)
    return replace(content, steps=[*steps[:place], step, *steps[place:]])


def returned(found: Said, theirs: Said, original: Said, move: Callable[[str], str]) -> Said:
    """Return what goes back: in the original's own words where it says what the copy reads of it."""
    result, read_here, there = content_from(found), content_from(theirs), content_from(original)
    steps = []
    for step in result.steps:
        same = _step(read_here, step.key)
        kept = _step(there, step.key) if same is not None and same.said == step.said else None
        texts = {name: move(getattr(step, name)) for name in ("text", "warning", "proof")}
        steps.append(kept or replace(step, **texts))
    title = there.title if result.title == read_here.title else move(result.title)
    when = there.when if result.when == read_here.when else move(result.when)
    return said_of(Content(title=title, when=when, steps=steps))


def lay(said: Said) -> Laid:
    """Lay it out. Raises Invalid."""
    return laid_out(content_from(said))


def take(here: Here, playbook_id: int, laid: Laid, reason: str) -> None:
    """Put it in force as a new version. Raises Missing, Denied."""
    here, item, playbook = hold_playbook(here, playbook_id)
    allow(why_not_keep(here, playbook, item))
    if not laid.is_same(content_of(edition_of(playbook.id, playbook.version))):
        put_in_force(here, item, playbook, laid, reason=reason)


def whys(since: Mapping[int, datetime]) -> Mapping[int, Sequence[Why]]:
    """Return why playbooks changed, each since a moment; at least why the version in force was made."""
    query = select(Edition).where(Edition.playbook_id.in_(since), Edition.number > 1).order_by(Edition.number.desc())
    found: dict[int, list[Why]] = {}
    for one in db.session.scalars(query):
        before = found.setdefault(one.playbook_id, [])
        if not before or one.made_at > since[one.playbook_id]:
            before.append(Why(number=one.number or 0, at=one.made_at, reason=one.reason, story_id=one.story_id))
    return found


GROWER = Grower(
    part="playbooks",
    read=read,
    first=first,
    stands=stands,
    compare=difference,
    agreed=alike,
    merged=together,
    settled=settled,
    lay=lay,
    take=take,
    whys=whys,
    url=addresses.playbook_url,
    sender=Sender(returned=returned, version=version, send=receive, sent=sent_from, recall=recall),
)
