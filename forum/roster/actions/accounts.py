"""What is known of an account that somebody looks after: written, and confirmed when it is due. Inside `transaction()`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from forum.core.apart import apart
from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import local, now
from forum.people.models import NAME_LENGTH, Person
from forum.roster.access import hold_duty, why_not_change
from forum.roster.actions.duties import is_holder
from forum.roster.events import AccountDue
from forum.roster.models import Account, Duty, DutyKind
from forum.roster.queries.accounts import CHECK_EVERY
from forum.roster.queries.book import who_holds
from forum.roster.secrets import no_secret
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.policy import Can
from forum.spaces.queries import membership_of
from forum.web.words import _

LENGTHS = {
    "platform": 60,
    "address": 500,
    "purpose": 500,
    "second_other": NAME_LENGTH,
    "recovery": 200,
    "vault": 200,
}


@dataclass(frozen=True, kw_only=True)
class AccountWords:
    """What is known of an account. The second administrator is a member (`second`), or somebody else by name."""

    platform: str
    address: str = ""
    purpose: str = ""
    second: Person | None = None
    second_other: str = ""
    recovery: str = ""
    vault: str = ""


def describe(here: Here, duty: Duty, words: AccountWords, *, at: datetime | None = None) -> Account:
    """Write down what is known of an account; with that it counts as looked at. Its holder may, and organisers.

    Raises Missing when the duty is no account, Denied, Invalid, RuleBroken.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    if why := why_not_change(here, is_holder=is_holder(duty.id, here)):
        raise Denied(why)
    _require_account(duty)
    kept = {name: one_line(getattr(words, name)) for name in LENGTHS}
    _require_well_formed(here, duty, kept, second=words.second, at=at)
    account = db.session.get(Account, duty.id)
    if account is None:
        account = Account(duty_id=duty.id, platform=kept["platform"])
        db.session.add(account)
    for name, text in kept.items():
        setattr(account, name, text)
    account.second_id = words.second.id if words.second else None
    _look_at(account, here, at=at)
    item.version += 1
    record("described account", actor=here.actor, space=here.space, item=item, at=at)
    return account


def confirm(here: Here, duty: Duty, *, at: datetime | None = None) -> None:
    """Say that what is known of an account is still right: its holder, whoever stands in for them, or an organiser. Twice is once.

    Raises Missing, Denied, RuleBroken when nothing is known of it yet.
    """
    at = at or now()
    here, duty, _item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    if why := why_not_confirm(here, duty, at=at):
        raise Denied(why)
    _require_account(duty)
    account = db.session.get(Account, duty.id, populate_existing=True)
    if account is None:
        raise RuleBroken(_("Nothing is known of this account yet. Write it down first."))
    _look_at(account, here, at=at)


def why_not_confirm(here: Here, duty: Duty, *, at: datetime) -> str:
    """Return "" when the person may say that it is still right, else why not."""
    if here.may(Can.TAKE_DUTY) and who_holds(duty.id, at).person_id == here.actor.id:
        return ""
    return why_not_change(here, is_holder=is_holder(duty.id, here))


def ask_about_accounts(*, at: datetime) -> None:
    """Ask once about each account that is due. A second run at the same moment asks nobody twice."""
    due = db.session.execute(
        select(Duty.id, Item.id)
        .join(Item, Item.id == Duty.id)
        .join(Space, Space.id == Item.space_id)
        .join(Account, Account.duty_id == Duty.id)
        .where(
            Duty.kind == DutyKind.ACCOUNT,
            Duty.ended_on.is_(None),
            Item.state == ItemState.PUBLISHED,
            Space.archived_at.is_(None),
            Account.asked_on.is_(None),
            or_(Account.checked_on.is_(None), Account.checked_on <= at.date() - CHECK_EVERY),
        )
        .order_by(Duty.id)
    ).all()
    for duty_id, item_id in due:
        with apart("the account", duty_id):
            asked = db.session.execute(
                update(Account)
                .where(Account.duty_id == duty_id, Account.asked_on.is_(None))
                .values(asked_on=at.date())
                .returning(Account.duty_id)
                .execution_options(synchronize_session=False)
            )
            if asked.scalar() is not None:
                announce(AccountDue(actor_id=None, item_id=item_id))


def _look_at(account: Account, here: Here, *, at: datetime) -> None:
    account.checked_on = local(at, here.space.zone).date()
    account.checked_by_id, account.asked_on = here.actor.id, None


def _require_account(duty: Duty) -> None:
    if duty.kind is not DutyKind.ACCOUNT:
        raise Missing
    if duty.ended_on is not None:
        raise RuleBroken(_("This duty has ended. It stays as it was."))


def _require_well_formed(here: Here, duty: Duty, kept: dict[str, str], *, second: Person | None, at: datetime) -> None:
    problems: dict[str, list[str]] = {}
    for name, text in kept.items():
        if len(text) > LENGTHS[name]:
            problems[name] = [_("Keep it under %(most)s characters.", most=LENGTHS[name])]
        problems |= no_secret(name, text)
    if not kept["platform"]:
        problems["platform"] = [_("Say where it is: Facebook, Instagram, the website.")]
    if second is not None and membership_of(here.space, second) is None:
        problems["second"] = [_("Choose a member of this space, or write a name below.")]
    elif second is not None and who_holds(duty.id, at).owner_id == second.id:
        problems["second"] = [_("%(name)s is the first administrator. Choose somebody else.", name=second.name)]
    if problems:
        raise Invalid(problems)


def pass_second(key: str, giver: Person, taker: Person) -> None:
    """Let whoever took it be the second administrator of an account. Raises RuleBroken for its first."""
    account = _account_of_second(key, giver)
    if account is None:
        return
    if who_holds(account.duty_id, now()).owner_id == taker.id:
        raise RuleBroken(_("%(name)s is the first administrator. Choose somebody else.", name=taker.name))
    account.second_id = taker.id


def end_second(key: str, giver: Person) -> None:
    """Let an account have one administrator, which its register says."""
    account = _account_of_second(key, giver)
    if account is not None:
        account.second_id = None


def _account_of_second(key: str, giver: Person) -> Account | None:
    if lock(Item, int(key)) is None:
        return None
    account = db.session.get(Account, int(key), populate_existing=True)
    return account if account is not None and account.second_id == giver.id else None
