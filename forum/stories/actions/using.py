"""Using a story: "same here", what came of trying its fix, and "this saved us". Each runs inside `transaction()`."""

from datetime import date

from forum.content.order.holding import require_free
from forum.core.db import db, insert
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import today
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.stories.access import hold_readable
from forum.stories.events import StorySaved
from forum.stories.models import STEP_LENGTH, VARIANT_LENGTH, Result, Same, Saved, Story, Try
from forum.stories.parts import FIXED, shown, steps_of
from forum.web.words import _


def say_same(here: Here, story_id: int, *, day: date | None = None, variant: str = "") -> None:
    """Say that the same happened in one's team. A team counts once: what another of it says takes the place (E2).

    Raises Missing, Denied, Invalid for `day` and `variant`, and RuleBroken for who has no department.
    """
    here, _item, story, _post = hold_readable(here, story_id, power=Can.SAY_SAME_HERE)
    team = team_of(here)
    day, variant = _checked_day(here, day), _checked(variant, "variant")
    require_free(here, variant, field="variant")
    row = db.session.get(Same, (story.id, team), populate_existing=True)
    if row is None:
        put = insert(Same).values(
            story_id=story.id, department_id=team, person_id=here.actor.id, day=day, variant=variant
        )
        db.session.execute(put)
    else:
        row.person_id, row.day, row.variant = here.actor.id, day, variant
    db.session.flush()


def unsay_same(here: Here, story_id: int) -> None:
    """Take back what one said for one's team. What somebody else of it said stays. Raises Missing, Denied."""
    here, item, _story, _post = hold_readable(here, story_id, power=Can.SAY_SAME_HERE)
    row = db.session.get(Same, (item.id, here.actor.department_id or 0), populate_existing=True)
    if row is not None and row.person_id == here.actor.id:
        db.session.delete(row)


def say_tried(here: Here, story_id: int, *, result: Result, because: str = "") -> None:
    """Say what came of the fix in one's team: the last word of a team counts.

    Raises Missing, Denied, Invalid for `because` when it did not work and nobody says why, RuleBroken for who has no department.
    """
    here, _item, story, _post = hold_readable(here, story_id, power=Can.TRY_STORY)
    team = team_of(here)
    because = _checked(because, "because")
    require_free(here, because, field="because")
    if result is not Result.WORKED and not because:
        raise Invalid({"because": [_("Say in a sentence what was different: that is what helps the next team.")]})
    row = db.session.get(Try, (story.id, team), populate_existing=True)
    if row is None:
        row = Try(story_id=story.id, department_id=team)
        db.session.add(row)
    row.person_id, row.result, row.because, row.day = here.actor.id, result, because, today(here.space.zone)
    db.session.flush()


def untry(here: Here, story_id: int) -> None:
    """Take back what one said of the fix. Raises Missing, Denied."""
    here, item, _story, _post = hold_readable(here, story_id, power=Can.TRY_STORY)
    row = db.session.get(Try, (item.id, here.actor.department_id or 0), populate_existing=True)
    if row is not None and row.person_id == here.actor.id:
        db.session.delete(row)


def thank(here: Here, story_id: int, *, step: int) -> None:
    """Say that a story saved one, and which step did; 0 for all of it. Its author is thanked once for each person (E2).

    Raises Missing, Denied, Invalid for `step`, RuleBroken for one's own story.
    """
    here, item, story, post = hold_readable(here, story_id, power=Can.SAY_SAME_HERE)
    if item.author_id == here.actor.id:
        raise RuleBroken(_("This is your own story. Others will say when it saved them."))
    steps = steps_of(shown(post.html).get(FIXED, ""))
    if not 0 <= step <= len(steps):
        raise Invalid({"step": [_("Choose one of the steps.")]})
    words = steps[step - 1][:STEP_LENGTH] if step else ""
    row = db.session.get(Saved, (story.id, here.actor.id), populate_existing=True)
    if row is not None:
        row.step, row.words = step, words
        return
    db.session.add(
        Saved(story_id=story.id, person_id=here.actor.id, step=step, words=words, day=today(here.space.zone))
    )
    db.session.flush()
    _announce_thanks(here, item, story)


def unthank(here: Here, story_id: int) -> None:
    """Take one's thanks back. Raises Missing, Denied."""
    here, item, _story, _post = hold_readable(here, story_id, power=Can.SAY_SAME_HERE)
    row = db.session.get(Saved, (item.id, here.actor.id), populate_existing=True)
    if row is not None:
        db.session.delete(row)


def team_of(here: Here) -> int:
    """Return the team that somebody speaks for: their department. Raises RuleBroken when they have none."""
    if here.actor.department_id is None:
        raise RuleBroken(
            _("This is counted by team. Say on your profile which department you work in, then come back.")
        )
    return here.actor.department_id


def _announce_thanks(here: Here, item: Item, story: Story) -> None:
    """Let the author be told; one who left no name sees it with the key."""
    if not story.is_unnamed and item.author_id is not None:
        announce(StorySaved(actor_id=here.actor.id, item_id=item.id, person_id=here.actor.id))


def _checked_day(here: Here, day: date | None) -> date:
    this = today(here.space.zone)
    if day is not None and day > this:
        raise Invalid({"day": [_("That day is still to come. Pick the day on which it happened.")]})
    if day is not None and day.year < this.year - 20:
        raise Invalid({"day": [_("That was very long ago. Pick a later day.")]})
    return day or this


def _checked(words: str, field: str) -> str:
    words = one_line(words)
    if len(words) > VARIANT_LENGTH:
        raise Invalid({field: [_("Keep it under %(most)s characters.", most=VARIANT_LENGTH)]})
    return words
