"""Duties that rotate: who takes turns in which order, and swaps. Each holds the space and the duty, inside `transaction()`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.halves import Span, monday_of
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.access import hold_duty
from forum.roster.actions.appointing import Gone, open_of
from forum.roster.actions.bringing_back import UNDO_WITHIN, bring_back, lock_all
from forum.roster.actions.consequences import withdraw_handovers
from forum.roster.actions.covering import Warned
from forum.roster.actions.duty_words import too_far
from forum.roster.actions.requesting import why_not_cover
from forum.roster.actions.settling import settle_duty
from forum.roster.events import SwapAnswered, SwapAsked, TurnsSet
from forum.roster.models import CoverRequest, Duty, Holding, HoldingState, Place, SwappedTurn, SwapState, Turn, TurnSwap
from forum.roster.queries.away import away_on
from forum.roster.queries.book import book_of
from forum.roster.tellers.common import days_of
from forum.roster.telling import no_more_asked, tell_asked
from forum.roster.who import DutyFacts
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.policy import Can
from forum.web.words import _, listed

MOST_TURNS = 30
A_DAY = timedelta(days=1)


def set_turns(
    here: Here, duty: Duty, people: Sequence[Person], *, weeks: int, from_day: date, at: datetime | None = None
) -> None:
    """Let a duty rotate among people in this order, a turn of one or two weeks each; the first begins in the week of `from_day`.

    Swaps that were agreed for later are void: the turns aren't the same any more. Until then it is whose it was: of whoever held
    it alone, or by the order before.
    Raises Missing, Denied, Invalid for `people` and `weeks`, RuleBroken.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    _require_order(here, duty, people, weeks=weeks)
    if problems := too_far("from_day", from_day):
        raise Invalid(problems)
    before = {turn.person_id: turn.since for turn in turns_of(duty.id)}
    start, today = monday_of(from_day), local(at, here.space.zone).date()
    weeks_before = _weeks_before(duty, monday_of(today), start) if before else {}
    db.session.execute(delete(Turn).where(Turn.duty_id == duty.id))
    db.session.execute(delete(SwappedTurn).where(SwappedTurn.duty_id == duty.id))
    _void_swaps(duty.id, at=at)
    db.session.add_all(
        Turn(duty_id=duty.id, place=place, person_id=person.id, since=at)
        for place, person in enumerate(people, start=1)
    )
    db.session.add_all(
        SwappedTurn(duty_id=duty.id, day=week, person_id=person_id, since=before.get(person_id, at))
        for week, person_id in weeks_before.items()
    )
    duty.turn_weeks, duty.turns_from = weeks, start
    held = open_of(duty.id, Place.HOLDER)
    _end_holder(duty, on=max(today, start), at=at)
    withdraw_handovers(duty.id)
    db.session.flush()
    settle_duty(duty.id, at=at)
    record("set turns", actor=here.actor, space=here.space, item=item, at=at)
    had = before.keys() | ({held.person_id} if held else set())
    _tell(here, duty, new={person.id for person in people} - before.keys(), gone=had - {person.id for person in people})


def _tell(here: Here, duty: Duty, *, new: set[int], gone: set[int]) -> None:
    new, gone = new - {here.actor.id}, gone - {here.actor.id}
    if new or gone:
        people = {"person_ids": tuple(sorted(new)), "gone_ids": tuple(sorted(gone))}
        announce(TurnsSet(actor_id=here.actor.id, item_id=duty.id, duty_id=duty.id, **people))


def _weeks_before(duty: Duty, first: date, start: date) -> dict[date, int]:
    """Return whose each week is from `first` until before `start`, as it is now."""
    if first >= start:
        return {}
    book = book_of(Duty.id == duty.id, first - A_DAY, start)
    facts, found = book.duties.get(duty.id), {}
    while facts is not None and first < start:
        owner = facts.owner_on(first)
        if owner is not None:
            found[first] = owner
        first += timedelta(weeks=1)
    return found


def stop_turns(here: Here, duty: Duty, *, at: datetime | None = None) -> None:
    """Let a duty rotate no longer: it is vacant until somebody is offered it. Twice is once. Raises Missing, Denied."""
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    if not duty.rotates:
        return
    had = {turn.person_id for turn in turns_of(duty.id)}
    duty.turn_weeks = duty.turns_from = None
    db.session.execute(delete(Turn).where(Turn.duty_id == duty.id))
    db.session.execute(delete(SwappedTurn).where(SwappedTurn.duty_id == duty.id))
    _void_swaps(duty.id, at=at)
    withdraw_handovers(duty.id)
    db.session.flush()
    settle_duty(duty.id, at=at)
    record("ended turns", actor=here.actor, space=here.space, item=item, at=at)
    _tell(here, duty, new=set(), gone=had)


def _require_order(here: Here, duty: Duty, people: Sequence[Person], *, weeks: int) -> None:
    problems: dict[str, list[str]] = {}
    if weeks not in {1, 2}:
        problems["weeks"] = [_("A turn has one week or two.")]
    if len({person.id for person in people}) < 2:  # noqa: PLR2004  # a turn needs another
        problems["people"] = [_("Choose at least two people who take turns.")]
    elif len({person.id for person in people}) < len(people):
        problems["people"] = [_("Somebody stands in the order twice.")]
    elif len(people) > MOST_TURNS:
        problems["people"] = [_("Choose %(most)s people at the most.", most=MOST_TURNS)]
    if problems:
        raise Invalid(problems)
    for person in people:
        if why := why_not_cover(here, person, duty.id):
            raise RuleBroken(why)


def _end_holder(duty: Duty, *, on: date, at: datetime) -> None:
    held = open_of(duty.id, Place.HOLDER)
    if held is not None:
        held.until_day = max(on, held.from_day)
    db.session.execute(
        update(Holding)
        .where(Holding.duty_id == duty.id, Holding.place == Place.HOLDER, Holding.state == HoldingState.OFFERED)
        .values(state=HoldingState.WITHDRAWN, answered_at=at)
        .execution_options(synchronize_session=False)
    )


def _void_swaps(duty_id: int, *, at: datetime) -> None:
    db.session.execute(
        update(TurnSwap)
        .where(TurnSwap.duty_id == duty_id, TurnSwap.state == SwapState.ASKED)
        .values(state=SwapState.WITHDRAWN, answered_at=at)
        .execution_options(synchronize_session=False)
    )
    no_more_asked(duty_id)


def turns_of(duty_id: int) -> Sequence[Turn]:
    """Return the order of a duty's turns."""
    return db.session.scalars(select(Turn).where(Turn.duty_id == duty_id).order_by(Turn.place)).all()


def ask_swap(
    here: Here,
    duty: Duty,
    other: Person,
    *,
    day: date,
    other_day: date,
    knowing: bool = False,
    at: datetime | None = None,
) -> TurnSwap:
    """Ask a colleague to take one's turn of `day`, for theirs of `other_day`. Twice is once.

    `knowing`: they were warned that somebody is away then.
    Raises Missing, Denied, Invalid for `day` and `other_day`, Warned, RuleBroken.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.TAKE_DUTY)
    facts = _facts(duty, day, other_day)
    today = local(at, here.space.zone).date()
    _require_turns(facts, here.actor, other, day=day, other_day=other_day, today=today)
    if why := why_not_cover(here, other, duty.id):
        raise RuleBroken(why)
    waiting = db.session.scalar(
        select(TurnSwap).where(TurnSwap.duty_id == duty.id, TurnSwap.day == day, TurnSwap.state == SwapState.ASKED)
    )
    if waiting is not None:
        if (waiting.asked_id, waiting.other_day) == (other.id, other_day):
            return waiting
        waiting.state, waiting.answered_at = SwapState.WITHDRAWN, at
        db.session.flush()
    if not knowing:
        _warn(here, duty, {day: other, other_day: here.actor})
    swap = TurnSwap(
        duty_id=duty.id, asker_id=here.actor.id, asked_id=other.id, day=day, other_day=other_day, asked_at=at
    )
    db.session.add(swap)
    db.session.flush()
    announce(SwapAsked(actor_id=here.actor.id, item_id=item.id, swap_id=swap.id))
    tell_asked(other.id, about=item.id, at=at)
    no_more_asked(item.id)
    return swap


def answer_swap(here: Here, swap: TurnSwap, *, agrees: bool, knowing: bool = False, at: datetime | None = None) -> None:
    """Agree to a swap, or decline. Twice is once. Raises Missing for anybody but who was asked, Denied, Warned, Gone."""
    at = at or now()
    here, duty, item = hold_duty(here, swap.duty_id, power=Can.TAKE_DUTY)
    held = lock(TurnSwap, swap.id)
    if held is None or held.asked_id != here.actor.id:
        raise Missing
    answer = SwapState.AGREED if agrees else SwapState.DECLINED
    if held.state is answer:
        return
    if held.state is not SwapState.ASKED:
        raise Gone(_("This swap isn’t asked for any more."))
    if agrees and not knowing:
        asker = db.session.get_one(Person, held.asker_id)
        _warn(here, duty, {held.day: here.actor, held.other_day: asker})
    if agrees:
        _swap(here, duty, held, at=at)
    held.state, held.answered_at = answer, at
    db.session.flush()
    settle_duty(duty.id, at=at)
    if agrees:
        asker = db.session.get_one(Person, held.asker_id)
        record("swapped turns", actor=here.actor, space=here.space, item=item, person=asker, at=at)
    no_more_asked(item.id)
    announce(SwapAnswered(actor_id=here.actor.id, item_id=item.id, swap_id=held.id, state=held.state.value))


def withdraw_swap(here: Here, swap: TurnSwap, *, at: datetime | None = None) -> None:
    """Ask for it no longer. Twice is once. Raises Missing for anybody but who asked, Gone when it was answered."""
    here, _duty, _item = hold_duty(here, swap.duty_id, power=Can.SEE_ROSTER)
    held = lock(TurnSwap, swap.id)
    if held is None or held.asker_id != here.actor.id:
        raise Missing
    if held.state is SwapState.WITHDRAWN:
        return
    if held.state is not SwapState.ASKED:
        raise Gone(_("This swap was answered already."))
    held.state, held.answered_at = SwapState.WITHDRAWN, at or now()
    no_more_asked(held.duty_id)


def undo_swap(here: Here, swap: TurnSwap, *, knowing: bool = False, at: datetime | None = None) -> None:
    """Take back, within the hour, that one agreed: the turns are as before, and whoever asked is told. Twice is once.

    `knowing`: they were warned that somebody is away then.
    Raises Missing for anybody but who agreed, Denied, Warned, Gone when it is too late or something has changed since.
    """
    at = at or now()
    covers = CoverRequest.duty_id == swap.duty_id
    lock_all(covers, swap.answered_at or at)
    here, duty, item = hold_duty(here, swap.duty_id, power=Can.TAKE_DUTY)
    held = lock(TurnSwap, swap.id)
    if held is None or held.asked_id != here.actor.id or held.state not in {SwapState.AGREED, SwapState.DECLINED}:
        raise Missing
    if held.state is SwapState.DECLINED:
        return
    asker = db.session.get_one(Person, held.asker_id)
    if held.answered_at is None or at - held.answered_at > UNDO_WITHIN:
        raise Gone(_("It is too late to undo this. Ask %(name)s to swap again.", name=asker.name))
    if not knowing:
        _warn(
            here, duty, {held.day: asker, held.other_day: here.actor}, all_the_same=_("You can undo it all the same.")
        )
    _exchange(here, duty, {held.day: (here.actor, asker), held.other_day: (asker, here.actor)}, at=at)
    bring_back(covers, held.answered_at, actor=here.actor, at=at)
    held.state, held.answered_at = SwapState.DECLINED, at
    db.session.flush()
    settle_duty(duty.id, at=at)
    announce(SwapAnswered(actor_id=here.actor.id, item_id=item.id, swap_id=held.id, state=held.state.value))


def _warn(here: Here, duty: Duty, turns: Mapping[date, Person], *, all_the_same: str = "") -> None:
    """Raise Warned when somebody would have a turn on days on which they are away, as far as who acts may know; say which days."""
    said = []
    for begins, person in turns.items():
        span = Span.of_days(begins, begins + timedelta(weeks=duty.turn_weeks or 1) - A_DAY)
        days = listed([days_of(both) for away in away_on(here, span).get(person.id, ()) if (both := away.within(span))])
        if days and person.id == here.actor.id:
            said.append(_("You are away yourself then: %(days)s.", days=days))
        elif days:
            said.append(_("%(name)s is away then: %(days)s.", name=person.name, days=days))
    if said:
        raise Warned(" ".join([*said, all_the_same or _("You can swap all the same, if you say so.")]))


def _swap(here: Here, duty: Duty, swap: TurnSwap, *, at: datetime) -> None:
    asker = db.session.get_one(Person, swap.asker_id)
    _exchange(here, duty, {swap.day: (asker, here.actor), swap.other_day: (here.actor, asker)}, at=at)


def _exchange(here: Here, duty: Duty, turns: Mapping[date, tuple[Person, Person]], *, at: datetime) -> None:
    """Let each of two turns be another's: by the day on which it begins, whose it is and whose it is to be."""
    (day, (asker, asked)), (other_day, _others) = turns.items()
    facts, today = _facts(duty, day, other_day), local(at, here.space.zone).date()
    try:
        _require_turns(facts, asker, asked, day=day, other_day=other_day, today=today)
    except (Invalid, Denied) as error:
        raise Gone(_("These turns aren’t yours and theirs any more, or have passed.")) from error
    for begins, (_before, after) in turns.items():
        if why := why_not_cover(here, after, duty.id):
            raise RuleBroken(why)
        put = db.session.get(SwappedTurn, (duty.id, begins))
        if put is None:
            db.session.add(SwappedTurn(duty_id=duty.id, day=begins, person_id=after.id, since=at))
        else:
            put.person_id, put.since = after.id, at


def _require_turns(facts: DutyFacts, asker: Person, asked: Person, *, day: date, other_day: date, today: date) -> None:
    if facts.turn_weeks is None:
        raise RuleBroken(_("This duty doesn’t rotate."))
    if asker.id == asked.id:
        raise RuleBroken(_("Choose somebody else’s turn."))
    problems: dict[str, list[str]] = {}
    for name, turn, person in (("day", day, asker), ("other_day", other_day, asked)):
        if facts.turn_of(turn) != turn or turn <= today:
            problems[name] = [_("Choose a turn that is ahead.")]
        elif facts.owner_on(turn) != person.id:
            problems[name] = [_("This turn isn’t %(name)s’s.", name=person.name)]
    if problems:
        raise Invalid(problems)


def _facts(duty: Duty, *days: date) -> DutyFacts:
    book = book_of(Duty.id == duty.id, min(days) - A_DAY, max(days) + A_DAY)
    if duty.id not in book.duties:
        raise Missing
    return book.duties[duty.id]
