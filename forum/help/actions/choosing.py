"""What is chosen about help: whether a member may be asked, and how long a space waits before it asks further."""

from sqlalchemy import delete

from forum.core.db import db, insert
from forum.core.errors import Invalid
from forum.core.time import now
from forum.help.models import FEWEST_MINUTES, MOST_MINUTES, Rules, Willing
from forum.help.queries.reach import minutes_of
from forum.people.models import Person
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Space
from forum.spaces.policy import Can
from forum.web.words import _


def may_be_asked(here: Here, *, is_willing: bool) -> None:
    """Say whether one may be asked when nobody else has it: off until a member says so. Raises Missing, Denied."""
    here = guard.hold(here, Can.TAKE_HELP)
    if not is_willing:
        ask_no_more(here.space, here.actor)
        return
    made = insert(Willing).values(space_id=here.space.id, person_id=here.actor.id, since=now())
    db.session.execute(made.on_conflict_do_nothing())


def ask_no_more(space: Space, person: Person) -> None:
    """Ask somebody no more in a space. Inside `transaction()`."""
    theirs = Willing.space_id == space.id, Willing.person_id == person.id
    db.session.execute(delete(Willing).where(*theirs).execution_options(synchronize_session=False))


def set_minutes(here: Here, *, minutes: int) -> None:
    """Set after how many minutes a call goes a step further, from its next step on. Raises Missing, Denied, Invalid."""
    here = guard.hold(here, Can.KEEP_HELP)
    if not FEWEST_MINUTES <= minutes <= MOST_MINUTES:
        raise Invalid(
            {"minutes": [_("Choose from %(few)s to %(most)s minutes.", few=FEWEST_MINUTES, most=MOST_MINUTES)]}
        )
    before = minutes_of(here.space)
    if before == minutes:
        return
    rules = db.session.get(Rules, here.space.id)
    if rules is None:
        db.session.add(Rules(space_id=here.space.id, minutes=minutes))
    else:
        rules.minutes = minutes
    record("set help minutes", actor=here.actor, space=here.space, before=str(before), minutes=str(minutes))
