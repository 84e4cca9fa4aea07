"""The register of accounts; asked once whether it is still right; whether one is really ours; the table to take along."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions import accounts
from forum.roster.actions.accounts import AccountWords
from forum.roster.models import Account, Duty, DutyKind
from forum.roster.queries.accounts import accounts_of, address_of, is_ours
from forum.spaces.models import Audience, Item, Space, Visibility
from forum.web.sheets import cell
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing

AsPerson = Callable[[Person], Browserless]


def page_of_ours(cast: Cast, **words: Any) -> Duty:  # noqa: ANN401  # any of its fields
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, holder=cast.champion, title="Bins on Facebook", kind=DutyKind.ACCOUNT
    )
    given = {"platform": "Facebook", "address": "https://www.facebook.com/FenbridgeBins/", **words}
    with transaction():
        accounts.describe(standing(cast.champion), duty, AccountWords(**given))
    return duty


def test_only_one_administrator_stands_out_also_when_the_second_has_left(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        page_of_ours(cast)
        assert accounts_of(standing(cast.reader))[0].has_one
        duty = page_of_ours(cast, second=cast.colleague)
        lines = {line.id: line for line in accounts_of(standing(cast.reader))}
        assert not lines[duty.id].has_one
        with transaction():
            db.session.get_one(Account, duty.id).second_id = cast.former.id
        lines = {line.id: line for line in accounts_of(standing(cast.reader))}
        assert lines[duty.id].has_one


def test_no_password_is_kept_and_the_second_is_another(app: Flask, cast: Cast) -> None:
    """D8: in any of its fields."""
    with app.test_request_context("/"):
        for name in ("platform", "address", "purpose", "second_other", "recovery", "vault"):
            with pytest.raises(Invalid) as refused:
                page_of_ours(cast, **{name: "password: hunter22"})
            assert name in refused.value.errors
        with pytest.raises(Invalid):
            page_of_ours(cast, second=cast.champion)
        duty = page_of_ours(cast)
        with pytest.raises(Denied), transaction():
            accounts.describe(standing(cast.colleague), duty, AccountWords(platform="X"))


def test_its_holder_is_asked_once_when_it_is_due(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty = page_of_ours(cast)
        later = now() + timedelta(days=200)
        for at in (now(), later, later):
            with transaction():
                accounts.ask_about_accounts(at=at)
        assert [row.kind for row in db.session.scalars(db.select(FactRow))].count("account due") == 1
        with pytest.raises(Denied), transaction():
            accounts.confirm(standing(cast.colleague), duty)
        with transaction():
            accounts.confirm(standing(cast.champion), duty)
        assert db.session.get_one(Account, duty.id, populate_existing=True).asked_on is None


def test_what_is_alike_is_not_ours(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty = page_of_ours(cast)
        for typed in (
            "facebook.com/fenbridgebins",
            "HTTP://m.facebook.com/FenbridgeBins/?ref=x",
            " www.facebook.com/fenbridgebins",
        ):
            assert is_ours([cast.champions.id], typed).is_ours, typed
        for typed in (
            "facebook.com/fenbridgebins1", "facebook.com.evil.example/fenbridgebins", "https://facebook.com@evil.example/fenbridgebins",
            "f\u0430cebook.com/fenbridgebins", "facebook.com", "", "::", "http://[",
        ):  # fmt: skip
            assert not is_ours([cast.champions.id], typed).is_ours, typed
        assert is_ours([cast.champions.id], "@FenbridgeBins").by_name
        assert address_of("Bins on Facebook") == ""
        with transaction():
            db.session.get_one(Item, duty.id).audience = Audience.ORGANISERS
        assert not is_ours([cast.champions.id], "facebook.com/fenbridgebins").is_ours


def test_the_pages_and_the_table(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A12: what a spreadsheet would run is quoted. Who isn't a member is told yes or no, and nothing more."""
    with app.test_request_context("/"):
        duty = page_of_ours(cast, recovery="=cmd()", vault="Team vault")
        path = f"/s/champions/roster/duties/{db.session.get_one(Item, duty.id).ref}"
    champion, outsider = as_person(cast.champion), as_person(cast.outsider)
    assert "Only one administrator" in champion.get("/s/champions/roster/accounts").text
    assert "Team vault" in champion.get(path).text
    assert "'=cmd()" in champion.get("/s/champions/roster/accounts.csv").text
    refused = champion.send(f"{path}/account", platform="Facebook", vault="password: hunter22")
    assert refused.status_code == 422
    assert champion.send(f"{path}/account", platform="Facebook", second="colin.colleague").status_code == 303
    with app.test_request_context("/"), transaction():
        db.session.get_one(Account, duty.id).checked_on = now().date() - timedelta(days=300)
        db.session.get_one(Account, duty.id).address = "facebook.com/FenbridgeBins"
    assert "Still right" in champion.get(path).text
    assert champion.send(f"{path}/account/right").status_code == 303
    assert "Still right" not in champion.get(path).text
    told = outsider.send("/s/champions/roster/ours", typed="facebook.com/fenbridgebins").text
    assert "this is one of ours" in told
    assert "Colin" not in told
    assert outsider.get("/s/champions/roster/accounts").status_code == 403
    assert outsider.send("/s/night-desk/roster/ours", typed="x").status_code == 404
    assert [cell(one) for one in ("-5", "-x", "@a", 3, None)] == ["-5", "'-x", "'@a", "3", ""]


def test_whoever_is_signed_in_asks_all_spaces_that_they_see_and_no_others(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A3: of a private space only its members hear that an account is its own, and whose it is."""
    with app.test_request_context("/"):
        page_of_ours(cast)
    asked = {"typed": "https://www.facebook.com/FenbridgeBins"}
    assert "Ask all spaces that you see" in as_person(cast.champion).get("/s/champions/roster/ours").text
    told = as_person(cast.outsider).send("/ours/", **asked).text
    assert "Yes, this is one of ours." in told
    assert "Looked after in" in told
    with app.test_request_context("/"), transaction():
        db.session.get_one(Space, cast.champions.id).visibility = Visibility.PRIVATE
    assert "we don’t know this one" in as_person(cast.outsider).send("/ours/", **asked).text
    assert "Yes, this is one of ours." in as_person(cast.champion).send("/ours/", **asked).text
    assert as_person(cast.champion).send("/ours/", typed="").status_code == 422


def test_a_stranger_is_told_yes_or_no_of_an_address_in_an_open_space_and_nothing_else(app: Flask, cast: Cast) -> None:
    """A2, A3: no name of a space, a holder or an account; nothing by a name; nothing of spaces that aren't open; not often."""
    with app.test_request_context("/"):
        page_of_ours(cast, vault="Team vault", purpose="Bins", recovery="Mailbox")
        ids = cast.champions.id
        with transaction():
            db.session.get_one(Space, ids).visibility = Visibility.OPEN
    client = Browserless(app)
    assert "You needn’t sign in" in client.get("/ours/").text
    found = client.send("/ours/", typed="https://m.facebook.com/FenbridgeBins/?utm_source=x")
    assert "this is one of ours" in found.text
    for secret in ("Champions", "Carla", "Bins on Facebook", "Team vault", "Mailbox"):
        assert secret not in found.text
    by_name = client.send("/ours/", typed="@FenbridgeBins")
    assert by_name.status_code == 422
    assert "whole address" in by_name.text
    assert "of this name" not in by_name.text
    for visibility in (Visibility.BY_REQUEST, Visibility.PRIVATE):
        with app.test_request_context("/"), transaction():
            db.session.get_one(Space, ids).visibility = visibility
        assert "we don’t know this one" in client.send("/ours/", typed="facebook.com/fenbridgebins").text
    answers = [client.send("/ours/", typed="facebook.com/y").status_code for _number in range(20)]
    assert answers[0] == 200
    assert answers[-1] == 429
