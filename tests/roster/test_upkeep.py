"""What is looked after each hour: one that fails keeps no other waiting, and is tried again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forum.core.db import db, transaction
from forum.core.events import Fact, announce
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.roster import feature
from forum.roster.actions import accounts, leaving, leaving_kit, vacating
from forum.roster.models import Account, DutyKind, LeavingItem
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("context")


def failing(real: Callable[..., Any], when: Callable[..., bool]) -> Callable[..., Any]:
    """Return what does as `real` does, and raises where `when` says so."""

    def broken(*args: Any, **named: Any) -> Any:  # noqa: ANN401  # as the real one
        if when(*args):
            raise ValueError
        return real(*args, **named)

    return broken


def test_one_leaving_that_fails_keeps_no_other_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for person in (cast.champion, cast.colleague):
        with transaction():
            leaving.file_own(person, last_day=today("Europe/London") + timedelta(days=9))
    late = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague)
    monkeypatch.setattr(vacating, "sync", failing(leaving_kit.sync, lambda one: one.person_id == cast.champion.id))
    vacating.keep_up()
    assert db.session.scalars(db.select(LeavingItem.item_id).where(LeavingItem.item_id == late.id)).all() == [late.id]


def test_one_space_that_fails_keeps_no_other_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = sorted((cast.champions.id, cast.night_desk.id))
    seen: list[int] = []
    monkeypatch.setattr(
        feature,
        "settle_space",
        failing(lambda space_id, at: seen.append(space_id), lambda space_id: space_id == first),  # noqa: ARG005
    )
    feature.look_after()
    assert second in seen


def test_one_account_that_fails_keeps_no_other_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that failed is asked about the next time."""
    pages = [factories.make_duty(cast.champions, by=cast.organiser, kind=DutyKind.ACCOUNT) for _page in range(2)]
    with transaction():
        db.session.add_all(
            Account(duty_id=one.id, platform="X", checked_on=now().date() - timedelta(days=400)) for one in pages
        )
    bad, good = sorted(one.id for one in pages)

    def is_bad(fact: Fact) -> bool:
        return fact.item_id == bad

    with monkeypatch.context() as patch:
        patch.setattr(accounts, "announce", failing(announce, is_bad))
        accounts.ask_about_accounts(at=now())
    asked = db.select(FactRow.item_id).where(FactRow.kind == "account due").order_by(FactRow.id)
    assert db.session.scalars(asked).all() == [good]
    accounts.ask_about_accounts(at=now())
    assert db.session.scalars(asked).all() == [good, bad]
