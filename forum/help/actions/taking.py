"""Who has a case: taking it, handing it on to who accepts it, giving it back. The row decides which of two came first."""

from datetime import datetime

from sqlalchemy import select

from forum.core.apart import apart
from forum.core.db import db, lock
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.time import local, now
from forum.help.access import allow, hold_case, is_holder, why_not_pass, why_not_take
from forum.help.actions.paging import begin_anew, let_see
from forum.help.events import HelpDeclined, HelpOffered, HelpTaken
from forum.help.models import Case, CaseState, Page
from forum.help.queries.reach import can_be_asked, takes_cases
from forum.help.telling import ANEW, DECLINED, OFFERED, TAKEN, forget_pages, tell_of
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.policy import Can
from forum.web.rendering import day_words
from forum.web.words import _


class AlreadyTaken(RuleBroken):
    """Somebody was quicker, or it is over."""


def take(here: Here, case_id: int, *, at: datetime | None = None) -> Case:
    """Take a case: "I've got this". Who has it already gets the same answer again. Raises Missing, Denied, AlreadyTaken."""
    here, item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    if is_holder(here, case):
        return case
    require_open(case, here.space)
    allow(why_not_take(here, item))
    moment = at or now()
    forget_pages(case, item)
    _give_to(case, item, here.actor, at=moment)
    told = [*asked_in(case), item.author_id]
    tell_of(case, item, told, kind=TAKEN, at=moment, but=here.actor.id)
    announce(HelpTaken(actor_id=here.actor.id, item_id=item.id, round=case.round, person_id=here.actor.id))
    return case


def give_back(here: Here, case_id: int, *, holder_id: int | None = None, at: datetime | None = None) -> Case:
    """Give a case back: it is asked round again, without who gave it back. `holder_id` is who had it when the person looked.

    Raises Missing, Denied, AlreadyTaken.
    """
    here, item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    if case.is_open:
        return case
    require_passing(here, case)
    if holder_id is not None and case.holder_id != holder_id:
        raise AlreadyTaken(who_has_it(case, here.space))
    moment, before = at or now(), case.holder_id
    if before != here.actor.id:
        record("gave back help", actor=here.actor, space=here.space, item=item, person=_person(before), at=moment)
    begin_anew(case, item, here.space, actor_id=here.actor.id, but=before, also=None, at=moment)
    tell_of(case, item, [item.author_id, before], kind=ANEW, at=moment, but=here.actor.id)
    return case


def offer(here: Here, case_id: int, *, person_id: int, at: datetime | None = None) -> Case:
    """Ask somebody to take a case over; until they do it stays with who has it.

    Raises Missing, Denied, AlreadyTaken, Invalid for `person`.
    """
    here, item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    require_passing(here, case)
    moment = at or now()
    if person_id in {case.holder_id, item.author_id}:
        raise Invalid({"person": [_("Choose somebody else: not who has it, nor who asked.")]})
    if not can_be_asked(here.space, [person_id], moment):
        raise Invalid({"person": [_("They are away, or can’t take it now. Choose somebody else.")]})
    if case.offered_to_id == person_id:
        return case
    case.offered_to_id, case.offered_at = person_id, moment
    let_see(item, [person_id])
    tell_of(case, item, [person_id], kind=OFFERED, at=moment, but=here.actor.id)
    announce(HelpOffered(actor_id=here.actor.id, item_id=item.id, person_id=person_id))
    return case


def withdraw_offer(here: Here, case_id: int) -> Case:
    """Ask that person no more: it stays with who has it. Raises Missing, Denied, AlreadyTaken when they said yes meanwhile."""
    here, _item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    require_passing(here, case)
    if case.offered_to_id is None and not is_holder(here, case):
        raise AlreadyTaken(who_has_it(case, here.space))
    case.offered_to_id = case.offered_at = None
    return case


def accept(here: Here, case_id: int, *, at: datetime | None = None) -> Case:
    """Take a case over that one was asked to. Raises Missing, Denied, AlreadyTaken when it was taken back meanwhile."""
    here, item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    if is_holder(here, case):
        return case
    require_offered(here, case)
    _pass(case, item, here.actor, actor_id=here.actor.id, at=at or now())
    return case


def decline(here: Here, case_id: int, *, at: datetime | None = None) -> Case:
    """Say that one can't take a case over. Raises Missing, Denied, AlreadyTaken."""
    here, item, case = hold_case(here, case_id, power=Can.TAKE_HELP)
    require_offered(here, case)
    case.offered_to_id = case.offered_at = None
    tell_of(case, item, [case.holder_id], kind=DECLINED, at=at or now(), but=here.actor.id)
    announce(HelpDeclined(actor_id=here.actor.id, item_id=item.id, person_id=here.actor.id))
    return case


def require_open(case: Case, space: Space) -> None:
    """Raise AlreadyTaken, with who has it, unless a case waits for somebody."""
    if case.state is not CaseState.OPEN:
        raise AlreadyTaken(who_has_it(case, space))


def require_passing(here: Here, case: Case) -> None:
    """Raise AlreadyTaken, with who has it, unless the person has a case, or looks after the space while somebody has it."""
    if why_not_pass(here, case):
        raise AlreadyTaken(who_has_it(case, here.space))


def require_offered(here: Here, case: Case) -> None:
    """Raise AlreadyTaken, with who has it, unless the person is asked to take a case over."""
    if case.state is not CaseState.TAKEN or case.offered_to_id != here.actor.id:
        raise AlreadyTaken(f"{_('You aren’t asked to take this over any more.')} {who_has_it(case, here.space)}")


def who_has_it(case: Case, space: Space) -> str:
    """Say who has a case, that nobody has, or that it is over."""
    if case.is_open:
        return _("Nobody has it just now: it is asked round again. Thank you for looking.")
    if case.is_closed:
        return _("This is over, and nothing is to be done any more. Thank you for looking.")
    holder = _person(case.holder_id)
    assert case.taken_at is not None
    return _(
        "%(name)s has got this, since %(time)s. Thank you for looking.",
        name=holder.name if holder else _("A former member"),
        time=_since(case.taken_at, space),
    )


def _since(moment: datetime, space: Space) -> str:
    there, this = local(moment, space.zone), local(now(), space.zone).date()
    return f"{there:%H:%M}" if there.date() == this else f"{day_words(there.date(), this)}, {there:%H:%M}"


def asked_in(case: Case) -> list[int]:
    """Return who was asked in the present round."""
    query = select(Page.person_id).where(Page.case_id == case.id, Page.round == case.round)
    return list(db.session.scalars(query.order_by(Page.person_id)))


def pass_to(key: str, giver: Person, taker: Person) -> None:
    """Let a case that somebody leaves be had by who takes it, in that transaction: for the leaving kit. Not by who asked for help."""
    item, case = _held_case(int(key))
    if case is None or item is None or case.state is not CaseState.TAKEN:
        return
    if case.holder_id == giver.id and taker.id != item.author_id:
        _pass(case, item, taker, actor_id=None, at=now())


def let_go(space: Space, person: Person, at: datetime) -> None:
    """Ask round anew for what somebody had who stops belonging to a space, or can only read there now.

    What is hidden, or in an archived space, is asked round when it can be read again (`ask_for_the_gone`).
    """
    mine = (
        select(Case.id).join(Item, Item.id == Case.id).where(Item.space_id == space.id, Case.state == CaseState.TAKEN)
    )
    had = mine.where(Case.holder_id == person.id, Item.state == ItemState.PUBLISHED).order_by(Case.id)
    for case_id in db.session.scalars(had).all() if space.archived_at is None else ():
        _ask_without(case_id, person.id, space, at=at)
    for case_id in db.session.scalars(mine.where(Case.offered_to_id == person.id).order_by(Case.id)).all():
        _item, case = _held_case(case_id)
        if case is not None and case.offered_to_id == person.id:
            case.offered_to_id = case.offered_at = None


def ask_for_the_gone() -> bool:
    """Ask round anew for what somebody has who can't take a case any more: their account is suspended or closed, or they only read.

    Workers do it all the time; of two one does it. It looks at all of them at once, so it never says that more waits.
    """
    gone = (
        select(Case.id, Case.holder_id, Item.space_id)
        .join(Item, Item.id == Case.id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Case.state == CaseState.TAKEN,
            ~takes_cases(Item.space_id, Case.holder_id, now()),
            Item.state == ItemState.PUBLISHED,
            Space.archived_at.is_(None),
        )
        .order_by(Case.id)
    )
    rows = db.session.execute(gone).all()
    db.session.rollback()
    for case_id, holder_id, space_id in rows:
        with apart("the case that somebody can't have any more,", case_id):
            _ask_without(case_id, holder_id, db.session.get_one(Space, space_id), at=now())
    return False


def _ask_without(case_id: int, holder_id: int | None, space: Space, *, at: datetime) -> None:
    item, case = _held_case(case_id)
    if item is None or case is None or holder_id is None:
        return
    if case.state is CaseState.TAKEN and case.holder_id == holder_id:
        begin_anew(case, item, space, actor_id=None, but=holder_id, also=None, at=at)
        tell_of(case, item, [item.author_id], kind=ANEW, at=at, but=holder_id)


def _held_case(case_id: int) -> tuple[Item | None, Case | None]:
    return lock(Item, case_id), db.session.get(Case, case_id, populate_existing=True)


def _give_to(case: Case, item: Item, person: Person, *, at: datetime) -> None:
    """Let somebody have a case, and see it from now on, whatever their role comes to be."""
    let_see(item, [person.id])
    case.state, case.holder_id, case.taken_at, case.next_at = CaseState.TAKEN, person.id, at, None
    case.offered_to_id = case.offered_at = None


def _pass(case: Case, item: Item, taker: Person, *, actor_id: int | None, at: datetime) -> None:
    """Give what somebody has to somebody else: who asked and who had it hear so, in the app and by mail."""
    before = case.holder_id
    _give_to(case, item, taker, at=at)
    tell_of(case, item, [item.author_id, before], kind=TAKEN, at=at, but=taker.id)
    announce(HelpTaken(actor_id=actor_id, item_id=item.id, round=case.round, person_id=taker.id, before_id=before))


def _person(person_id: int | None) -> Person | None:
    return db.session.get(Person, person_id) if person_id is not None else None
