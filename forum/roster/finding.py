"""What of duties is found, as the search asks for it: members only, as the roster itself."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import exists, select

from forum.core.db import db
from forum.core.markup.plain import plain
from forum.core.time import now
from forum.people.models import Department, Person
from forum.roster.access import KIND
from forum.roster.models import Account, Duty, DutyKind
from forum.roster.queries.book import who_hold
from forum.spaces.models import Item
from forum.spaces.whole import Said, whole
from forum.web.words import LazyString, _, _l

CALLED: Mapping[DutyKind, LazyString] = {
    DutyKind.TASK: _l("Duty"),
    DutyKind.SEAT: _l("Champion’s seat"),
    DutyKind.ACCOUNT: _l("Account"),
    DutyKind.ON_DUTY: _l("On duty"),
}


def _says(ids: Collection[int]) -> Mapping[int, Said]:
    """Return what duties say; never how an account is got back, or where its vault is."""
    rows = db.session.execute(
        select(Duty, Department.name, Account)
        .outerjoin(Department, Department.id == Duty.department_id)
        .outerjoin(Account, Account.duty_id == Duty.id)
        .where(Duty.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    return {
        duty.id: Said(body=_body(duty, department, account), kind=str(CALLED[duty.kind]))
        for duty, department, account in rows
    }


def _body(duty: Duty, department: str | None, account: Account | None) -> str:
    known = [account.platform, account.address, account.purpose] if account is not None else []
    lines = [duty.what, duty.why, *known, plain(duty.note_html), department or "", duty.often]
    return "\n".join(line for line in lines if line)


def _notes(_actor: Person, ids: Collection[int]) -> Mapping[int, str]:
    """Return who has each of the duties now, or that it is over."""
    at = now()
    over = set(db.session.scalars(select(Duty.id).where(Duty.id.in_(ids), Duty.ended_on <= at.date())))
    held = who_hold(ids, at)
    query = select(Person.id, Person.name).where(Person.id.in_({one.person_id for one in held.values()} - {None}))
    names = dict(db.session.execute(query).all())
    return {
        duty_id: _("It has ended.") if duty_id in over else _said(names.get(one.person_id or 0))
        for duty_id, one in held.items()
    }


def _said(name: str | None) -> str:
    return _("%(name)s has it now.", name=name) if name else _("Nobody has it now.")


def _is(kind: DutyKind) -> object:
    return exists().where(Duty.id == Item.id, Duty.kind == kind).correlate(Item)


findable = whole(
    kind=KIND,
    words={"duty": _l("Duties"), "account": _l("Accounts")},
    says=_says,
    url=lambda slug, ref: url_for("roster.duty", slug=slug, ref=ref),
    notes=_notes,
    is_for_members=True,
    of_kind={"duty": Item.kind == KIND, "account": _is(DutyKind.ACCOUNT), "seat": _is(DutyKind.SEAT)},
    triggers=frozenset(
        {
            "search_duty_written", "search_duty_changed", "search_account_written", "search_account_changed",
            "search_department_named",
        }
    ),
)  # fmt: skip
