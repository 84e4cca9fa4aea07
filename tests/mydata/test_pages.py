"""The pages: take along what is yours, close your account, look after somebody who left (A1, A15)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.leased import WorkState
from forum.core.time import now
from forum.mydata import making
from forum.mydata.erasing import close_due
from forum.mydata.models import Download
from forum.notify.jobs import Jobs
from forum.people import passwords
from forum.people.models import Person
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address
from tests.people.mailbox import mailed

PASSWORD = "lamp-otter-vinyl"
As = Callable[[Person], Browserless]


def work(app: Flask) -> None:
    """Let the worker do what waits."""
    import threading  # noqa: PLC0415  # only here

    assert Jobs(app, stopping=threading.Event()).step()


def test_a_download_from_the_press_to_the_file(app: Flask, cast: Cast, as_person: As) -> None:
    """A15: pressed, made by the worker, told by mail, given out to its owner only, and once more not after its time."""
    browser, other = as_person(cast.champion), as_person(cast.colleague)
    assert browser.send("/me/data/download").status_code == 303
    assert "You can leave this page" in browser.get("/me/data").text
    assert browser.get("/me/data/progress").json == {"is_under_way": True, "done": 0, "total": 0}
    assert browser.send("/me/data/download").status_code == 303  # a second press
    work(app)
    with app.app_context():
        key = db.session.scalars(select(Download.uuid)).one()
    assert "Ready" in browser.get("/me/data").text
    answer = browser.get(f"/me/data/{key}/file")
    assert (answer.status_code, answer.mimetype, answer.data[:2]) == (200, "application/zip", b"PK")
    assert answer.headers["Cache-Control"] == "no-store"
    only_headers = browser.head(f"/me/data/{key}/file")
    assert only_headers.content_length == len(answer.data)
    only_headers.close()
    assert other.get(f"/me/data/{key}/file").status_code == 404
    assert other.send(f"/me/data/{key}/cancel").status_code == 404
    letters = [mail for mail in mailed(app) if mail.subject == "Your data is ready to download"]
    assert [(mail.to, key in mail.text) for mail in letters] == [("carla.champion@example.org", False)]
    with app.app_context(), transaction():
        db.session.execute(update(Download).values(expires_at=now()))
    assert browser.get(f"/me/data/{key}/file").status_code == 404
    assert "It has been deleted" in browser.get("/me/data").text
    assert not [mail for mail in mailed(app) if mail.subject == "Your data is ready to download"]


def test_a_file_that_was_lost_is_not_offered(app: Flask, cast: Cast, as_person: As) -> None:
    """As after a backup was restored, which holds no such files. Seen to fail."""
    browser = as_person(cast.champion)
    browser.send("/me/data/download")
    work(app)
    with app.app_context():
        making.shelf().path_of(db.session.scalars(select(Download.uuid)).one()).unlink()
    page = browser.get("/me/data").text
    assert "isn’t there any more" in page
    assert "/file" not in page


@pytest.mark.parametrize("state", list(WorkState))
def test_every_state_has_words(app: Flask, cast: Cast, as_person: As, state: WorkState) -> None:
    """And a press that goes on from there."""
    with app.app_context():
        download = factories.make_download(cast.champion, state=state)
        if state is WorkState.OVER:
            with transaction():
                db.session.get_one(Download, download.id).expires_at = now()
    page = as_person(cast.champion).get("/me/data").text
    is_under_way = state in {WorkState.WAITING, WorkState.WORKING}
    assert ("Put it together" in page) != is_under_way
    assert ("could not be put together" in page) == (state is WorkState.FAILED)


def test_the_fourth_of_a_day_is_refused_kindly(cast: Cast, as_person: As) -> None:
    """With how long to wait."""
    browser = as_person(cast.champion)
    for _time in range(4):
        browser.send("/me/data/download")
        with browser.application.app_context(), transaction():
            db.session.execute(update(Download).values(state=WorkState.CANCELLED))
    page = browser.get("/me/data").text
    assert "several times today" in page
    assert "Wait 14" in page  # hundred minutes


def test_closing_asks_for_the_password_and_can_be_taken_back(app: Flask, cast: Cast, as_person: As) -> None:
    """Wrong: 422 and nothing changes. Right: a banner on every page, a mail, and a press that takes it back."""
    with app.app_context():
        factories.set_password(cast.champion, secret_hash=passwords.hash_password(PASSWORD))
    browser = as_person(cast.champion)
    page = browser.get("/me/close").text
    assert "What goes" in page
    assert "Backups made before" not in page  # in other words:
    assert "backups made before" in page
    wrong = browser.send("/me/close", old_password="another one")
    assert (wrong.status_code, "That isn’t your password" in wrong.text) == (422, True)
    assert browser.send("/me/close").status_code == 422
    assert browser.send("/me/close", old_password=PASSWORD).status_code == 303
    for path in ("/", "/s/champions/threads/", "/me/profile"):
        assert "Your account will be closed" in browser.get(path, follow_redirects=True).text
    assert [mail.subject for mail in mailed(app)] == ["Your account will be closed"]
    assert browser.get("/me/close").status_code == 303
    assert browser.send("/me/keep").status_code == 303
    assert "Your account stays." in browser.get("/me/data").text
    assert not mailed(app)
    assert "will be closed" not in browser.get("/me/data").text.replace("It will be closed", "")


def test_a_last_steward_is_warned_on_the_page(cast: Cast, as_person: As) -> None:
    """A4."""
    assert "only steward of Night desk" in as_person(cast.insider).get("/me/close").text
    assert "only steward" not in as_person(cast.champion).get("/me/close").text


def test_an_admin_closes_the_account_of_somebody_who_left(app: Flask, cast: Cast, as_person: As) -> None:
    """Told by mail and logged with the reason, without naming a private space to the admin."""
    admin, insider = as_person(cast.admin), as_person(cast.insider)
    page = admin.get("/admin/people/ingrid.insider/close").text
    assert "only steward of a space" in page
    assert "Night desk" not in page
    assert admin.send("/admin/people/ingrid.insider/close", reason="Left in May.").status_code == 303
    assert "will be closed" in admin.get("/admin/people/ingrid.insider").text
    assert ["An admin asked" in mail.text for mail in mailed(app)] == [True]
    assert "Left in May." in admin.get("/admin/log").text
    assert admin.send("/admin/people/ingrid.insider/keep").status_code == 303
    assert "will be closed" not in insider.get("/", follow_redirects=True).text
    assert insider.get("/admin/people/ada.admin/close").status_code == 404


def test_a_closed_account_is_shown_nowhere_and_pages_still_stand(app: Flask, cast: Cast, as_person: As) -> None:
    """A15: threads, members, log, directory and a person's page, as others see them."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Bins", texts=["First.", "Second."])
        factories.make_post(thread, author=cast.colleague, text="Third.")
        factories.make_revision(factories.make_post(thread, author=cast.champion), text="Old.", editor=cast.champion)
        factories.make_accepted(thread, number=2, by=cast.champion)
        factories.make_log_entry("removed member", actor=cast.champion, space=cast.champions, person=cast.outsider)
        with transaction():
            db.session.execute(update(Person).where(Person.id == cast.champion.id).values(closes_at=now()))
    old = as_person(cast.champion)
    with app.test_request_context("/"):
        assert close_due() == 1
    assert old.get("/me/data").status_code == 303  # signed out
    steward, admin = as_person(cast.steward), as_person(cast.admin)
    pages = [
        steward.get(path, follow_redirects=True)
        for path in (
            "/",
            "/s/champions/",
            "/s/champions/threads/",
            address(app, thread),
            f"{address(app, thread)}posts/4/history",
            "/s/champions/members",
            "/s/champions/log",
            "/s/champions/about",
        )
    ]
    for page in [*pages, admin.get("/admin/people"), admin.get("/admin/log")]:
        assert page.status_code == 200
        assert "carla" not in page.text.casefold()
    assert "Former member" in pages[3].text
    assert admin.get("/admin/people/carla.champion").status_code == 404
    for path in ("/people/carla.champion", "/s/champions/members/carla.champion"):
        assert steward.get(path).status_code == 404


def test_a_download_ends_with_the_account(app: Flask, cast: Cast, as_person: As) -> None:
    """A15: the file, too."""
    with app.test_request_context("/"):
        download = factories.make_download(cast.champion)
        path = making.shelf().path_of(download.uuid)
        with transaction():
            db.session.execute(update(Person).where(Person.id == cast.champion.id).values(closes_at=now()))
        close_due()
        assert not path.exists()
