"""What a story is about, and the lists that a space keeps for saying so. Each runs inside `transaction()`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.core.time import now
from forum.roster.models import Engagement, Mode
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Space
from forum.spaces.policy import Can
from forum.stories.access import allow, may_tell_on, why_not_sort
from forum.stories.actions import hold_story
from forum.stories.models import CHOICE_LENGTH, Choice, ListName
from forum.stories.words import LISTS
from forum.web.words import LazyString, _, _l

MOST_CHOICES = 40
FIRST_CHOICES: Sequence[tuple[ListName, tuple[LazyString, ...]]] = (
    (ListName.CHANNEL, (_l("Website"), _l("E-mail"), _l("Social media"), _l("Phone"), _l("Counter"), _l("Intranet"))),
    (ListName.AREA, (_l("Customer services"), _l("Planning"), _l("Housing"), _l("Waste"), _l("Libraries"))),
    (
        ListName.CAUSE,
        (
            _l("A change nobody was told of"),
            _l("Access or passwords"),
            _l("A supplier’s update"),
            _l("Out-of-date content"),
            _l("Nobody held it"),
            _l("Unclear instructions"),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """What a story is about. None: nobody has said."""

    mode: Mode | None = None
    engagement: Engagement | None = None
    channel_id: int | None = None
    area_id: int | None = None
    cause_id: int | None = None
    is_lasting: bool | None = None


def open_lists(space: Space) -> None:
    """Give a new space the lists that it starts with."""
    db.session.add_all(
        Choice(space_id=space.id, list=which, name=str(name), position=position)
        for which, names in FIRST_CHOICES
        for position, name in enumerate(names)
    )


def sort(here: Here, story_id: int, wanted: Sorted) -> None:
    """Say what a story is about. Raises Missing, Denied, and Invalid for an entry that isn't one of this space's lists."""
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_sort(here, item))
    for which, key in ((one, getattr(wanted, f"{one.value}_id")) for one in ListName):
        if key is not None and key != getattr(story, f"{which.value}_id"):
            choice = db.session.get(Choice, key)
            if choice is None or choice.space_id != here.space.id or choice.list is not which or choice.retired_at:
                raise Invalid({which.value: [_("Choose one of the list.")]})
    before = _as_it_is(story)
    for name, value in vars(wanted).items():
        setattr(story, name, value)
    db.session.flush()
    if before != wanted and not may_tell_on(here, item):
        record("sorted story", actor=here.actor, space=here.space, item=item)


def say_lasting(here: Here, story_id: int, *, is_lasting: bool) -> None:
    """Say whether the fix lasts, or is a way round until there is one. Raises Missing, Denied."""
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_sort(here, item))
    story.is_lasting = is_lasting


def add_choice(here: Here, *, which: ListName, name: str) -> Choice:
    """Add an entry at the end of a list. One of that name that was retired comes back. Raises Denied, Invalid for `name`."""
    here = guard.hold(here, Can.KEEP_STORIES)
    name = _checked_name(name)
    there = db.session.scalars(select(Choice).where(Choice.space_id == here.space.id, Choice.list == which)).all()
    same = next((one for one in there if one.name.casefold() == name.casefold()), None)
    if same is not None:
        if same.retired_at is None:
            raise Invalid({"name": [_("That is on the list already.")]})
        same.retired_at = None
        record("brought back choice", actor=here.actor, space=here.space, name=same.name, list=str(LISTS[which]))
        return same
    if sum(one.retired_at is None for one in there) >= MOST_CHOICES:
        raise Invalid({"name": [_("%(most)s are as many as people can tell apart.", most=MOST_CHOICES)]})
    choice = Choice(
        space_id=here.space.id, list=which, name=name, position=max((one.position for one in there), default=-1) + 1
    )
    db.session.add(choice)
    db.session.flush()
    record("added choice", actor=here.actor, space=here.space, name=name, list=str(LISTS[which]))
    return choice


def rename_choice(here: Here, choice_id: int, *, name: str) -> None:
    """Give an entry another name, in all stories. Raises Missing, Denied, Invalid for `name`."""
    here = guard.hold(here, Can.KEEP_STORIES)
    choice, name = _choice(here, choice_id), _checked_name(name)
    if name == choice.name:
        return
    taken = select(Choice.id).where(
        Choice.space_id == here.space.id,
        Choice.list == choice.list,
        func.lower(Choice.name) == name.lower(),
        Choice.id != choice.id,
    )
    if db.session.scalar(taken) is not None:
        raise Invalid({"name": [_("That is on the list already.")]})
    before, choice.name = choice.name, name
    record("renamed choice", actor=here.actor, space=here.space, name=name, before=before, list=str(LISTS[choice.list]))


def retire_choice(here: Here, choice_id: int) -> None:
    """Offer an entry no more; stories that have it keep it. Raises Missing, Denied."""
    here = guard.hold(here, Can.KEEP_STORIES)
    choice = _choice(here, choice_id)
    if choice.retired_at is None:
        choice.retired_at = now()
        record("retired choice", actor=here.actor, space=here.space, name=choice.name, list=str(LISTS[choice.list]))


def _choice(here: Here, choice_id: int) -> Choice:
    choice = db.session.get(Choice, choice_id, populate_existing=True) if choice_id < 2**31 else None
    if choice is None or choice.space_id != here.space.id:
        raise Missing
    return choice


def _checked_name(name: str) -> str:
    name = one_line(name)
    if not name:
        raise Invalid({"name": [_("Give it a name.")]})
    if len(name) > CHOICE_LENGTH:
        raise Invalid({"name": [_("Keep it under %(most)s characters.", most=CHOICE_LENGTH)]})
    return name


def _as_it_is(story: Any) -> Sorted:  # noqa: ANN401  # a row with these columns
    return Sorted(**{name: getattr(story, name) for name in Sorted.__dataclass_fields__})
