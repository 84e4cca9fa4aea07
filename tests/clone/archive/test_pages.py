"""The pages of archives: asked for, made, downloaded by who asked and by nobody else; looked through, restored, thrown away."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from forum.clone.archive.jobs import do_one
from forum.clone.archive.making import make_one, shelf, sweep
from forum.clone.archive.models import Restore, SpaceArchive
from forum.clone.archive.pages import write_pages
from forum.clone.events import ArchiveReady
from forum.clone.starters import starter_named
from forum.clone.tellers import tell_archive
from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.leased import WorkState
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import LogEntry, Membership, Role, Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.clone.archive.carried import nothing, packed

AsPerson = Callable[[Person], Browserless]


def asked(app: Flask) -> SpaceArchive:
    with app.app_context():
        return db.session.scalars(select(SpaceArchive).order_by(SpaceArchive.id.desc())).first()  # type: ignore[return-value]


def made(app: Flask) -> None:
    with app.test_request_context("/"):
        assert make_one()


def test_a_steward_asks_waits_and_downloads(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: the file is for who asked for it, while its time lasts, and while they may have it. The log says so."""
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, texts=["Which forms?"])
    steward = as_person(cast.steward)
    slug = cast.champions.slug
    assert "Put it together" in steward.get(f"/s/{slug}/archives").text
    assert steward.send(f"/s/{slug}/archives").status_code == 303
    assert steward.send(f"/s/{slug}/archives").status_code == 303  # a second press starts nothing
    assert "This begins in a moment." in steward.get(f"/s/{slug}/archives").text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SpaceArchive)) == 1
        assert db.session.scalar(select(LogEntry.verb).order_by(LogEntry.id.desc()).limit(1)) == "took archive"
    key = asked(app).uuid
    assert steward.get(f"/s/{slug}/archives/{key}/file").status_code == 404
    made(app)
    assert "Ready to download" in steward.get(f"/s/{slug}/archives").text
    file = steward.get(f"/s/{slug}/archives/{key}/file")
    assert file.status_code == 200
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        words = " ".join(archive.read(name).decode() for name in archive.namelist())
    assert "Which forms?" in words
    assert str(cast.champion.email) not in words
    assert cast.champion.name not in words
    with app.app_context():
        other = factories.make_person(name="Otis Other")
        factories.make_membership(cast.champions, other, role=Role.STEWARD)
    assert as_person(other).get(f"/s/{slug}/archives/{key}/file").status_code == 404
    assert as_person(cast.organiser).get(f"/s/{slug}/archives").status_code in {403, 404}


def test_who_is_no_steward_any_more_gets_none(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: checked when it is made, and at each download."""
    with app.app_context():
        other = factories.make_person(name="Otis Other")
        membership = factories.make_membership(cast.champions, other, role=Role.STEWARD)
    client, slug = as_person(other), cast.champions.slug
    client.send(f"/s/{slug}/archives")
    with app.app_context(), transaction():
        db.session.get_one(Membership, membership.id).role = Role.CHAMPION
    made(app)
    found = asked(app)
    assert found.state is WorkState.CANCELLED
    assert client.get(f"/s/{slug}/archives/{found.uuid}/file").status_code in {403, 404}


def test_an_archive_is_deleted_after_some_days(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The file is gone, and the page says so no longer."""
    steward, slug = as_person(cast.steward), cast.champions.slug
    steward.send(f"/s/{slug}/archives", with_names="y")
    made(app)
    found = asked(app)
    with app.test_request_context("/"):
        assert shelf().path_of(found.uuid).is_file()
        with transaction():
            db.session.get_one(SpaceArchive, found.id).expires_at = now() - timedelta(minutes=1)
        sweep()
        assert not shelf().path_of(found.uuid).exists()
    assert steward.get(f"/s/{slug}/archives/{found.uuid}/file").status_code == 404


def test_a_file_that_was_lost_is_not_offered(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """As after a backup was restored, which holds no such files. Seen to fail."""
    steward, path = as_person(cast.steward), f"/s/{cast.champions.slug}/archives"
    steward.send(path)
    made(app)
    assert f"{path}/{asked(app).uuid}/file" in steward.get(path).text
    with app.app_context():
        shelf().path_of(asked(app).uuid).unlink()
    page = steward.get(path)
    assert page.status_code == 200
    assert "/file" not in page.text


def test_each_file_that_is_ready_is_listed_by_its_kind(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The pages hide no archive, whichever came first, is made or failed; each goes by itself, and the mails say which it is."""
    steward, slug = as_person(cast.steward), cast.champions.slug
    path = f"/s/{slug}/archives"
    for kind in ({"with_names": "y"}, {"as_pages": "y"}, {}):
        steward.send(path, **kind)
        made(app)
    with app.app_context():
        of_names, of_pages, without = db.session.scalars(select(SpaceArchive).order_by(SpaceArchive.id)).all()
    page = steward.get(path).text
    assert (
        page.index("Archive without names")
        < page.index("Pages to read")
        < page.index("Archive with names and addresses")
    )
    assert all(f"{path}/{one.uuid}/file" in page for one in (of_names, of_pages, without))
    with app.test_request_context("/"):
        told = [
            tell_archive(ArchiveReady(archive_id=one.id), Recipient(person_id=cast.steward.id))
            for one in (of_names, of_pages, without)
        ]
    assert [mail.subject for mail in told if mail] == [
        f"The archive of {cast.champions.name} with names and addresses is ready",
        f"The pages of {cast.champions.name} to read are ready",
        f"The archive of {cast.champions.name} without names is ready",
    ]
    with app.app_context():
        other = factories.make_person(name="Otis Other")
        factories.make_membership(cast.champions, other, role=Role.STEWARD)
    assert as_person(other).send(f"{path}/{of_names.uuid}/throw-away").status_code == 404
    for _twice in range(2):
        assert steward.send(f"{path}/{of_names.uuid}/throw-away").status_code == 303
    page = steward.get(path).text
    assert "Archive with names and addresses" not in page
    assert f"{path}/{of_pages.uuid}/file" in page
    assert steward.get(f"{path}/{of_names.uuid}/file").status_code == 404
    with app.app_context():
        assert not shelf().path_of(of_names.uuid).exists()
        assert shelf().path_of(of_pages.uuid).is_file()
    steward.send(path)
    steward.send(f"{path}/{asked(app).uuid}/throw-away")
    page = steward.get(path).text
    assert "It is being put together" in page  # what is under way isn't thrown away, it is stopped
    assert f"{path}/{of_pages.uuid}/file" in page
    with app.app_context(), transaction():
        db.session.get_one(SpaceArchive, asked(app).id).state = WorkState.FAILED
    page = steward.get(path).text
    assert "could not be put together" in page
    assert f"{path}/{without.uuid}/file" in page


def given(client: Browserless, data: bytes, name: str = "a.zip") -> TestResponse:
    return client.send("/admin/restores/attach", file=(io.BytesIO(data), name))


def worked(app: Flask) -> None:
    with app.test_request_context("/"):
        while do_one():
            pass


def newest(app: Flask) -> Restore:
    with app.app_context():
        return db.session.scalars(select(Restore).order_by(Restore.id.desc())).first()  # type: ignore[return-value]


def test_an_admin_looks_and_then_restores(app: Flask, cast: Cast, as_person: AsPerson, tmp_path: Path) -> None:
    """F5: nothing is made before the press; pressed twice it is one space; an address that is taken is said so."""
    with app.test_request_context("/"):
        factories.make_thread(cast.champions, author=cast.champion, title="Which forms?", texts=["These."])
        data = packed(cast.champions, cast.steward, tmp_path).read_bytes()
    admin = as_person(cast.admin)
    taken_in = given(admin, data)
    assert taken_in.status_code == 303
    page = taken_in.headers["Location"]
    assert "It is being looked through" in admin.get(page).text
    worked(app)
    looked = admin.get(page).text
    assert "Threads" in looked
    assert "Another space stands at" in looked
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Space).where(Space.name == cast.champions.name)) == 1
    assert admin.send(page, name="Again", slug=cast.champions.slug).status_code == 422
    assert admin.send(page, name="", slug="again").status_code == 422
    for _press in range(2):
        assert admin.send(page, name="Again", slug="again").status_code == 303
    worked(app)
    assert "The space is restored" in admin.get(page).text
    threads = admin.get("/s/again/threads/").text
    assert "Which forms?" in threads
    assert as_person(cast.champion).get("/s/again/threads/").status_code == 404
    assert "restored this space from an archive" in admin.get("/s/again/log").text
    assert admin.send(f"{page}/give-up").status_code == 404


def test_a_file_of_our_own_in_the_wrong_place_is_told_where_it_goes(
    app: Flask, cast: Cast, as_person: AsPerson, tmp_path: Path
) -> None:
    """Archive, template and pages are all zips of Baton's. Seen to fail without `check_kind`."""
    admin, champions = as_person(cast.admin), cast.champions
    with app.test_request_context("/"):
        archive = packed(champions, cast.steward, tmp_path).read_bytes()
        write_pages(champions, cast.steward, tmp_path / "pages.zip", step=nothing)
        template = starter_named("champions").data
    pages = (tmp_path / "pages.zip").read_bytes()
    for data, said in ((archive, "An admin restores it"), (pages, "unpack them, and open “index.html”")):
        refused = admin.send("/templates/attach", file=(io.BytesIO(data), "a.zip"))
        assert refused.status_code == 422
        assert said in refused.text
    for data, said in ((template, "with “Begin with a file”"), (pages, "unpack them, and open “index.html”")):
        page = given(admin, data).headers["Location"]
        worked(app)
        assert said in admin.get(page).text
    assert "Choose an archive that isn’t empty" in given(admin, b"").text


def test_a_file_that_is_none_is_refused_with_a_sentence(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """F5: on the page, never an error of the server; another admin's file is nobody else's."""
    admin = as_person(cast.admin)
    assert given(admin, b"").status_code == 422
    page = given(admin, b"PK nothing").headers["Location"]
    worked(app)
    assert "This is no archive" in admin.get(page).text
    with app.app_context():
        other = factories.make_person(name="Olga Other", is_admin=True)
    assert as_person(other).get(page).status_code == 404
    assert admin.send(f"{page}/give-up").status_code == 303
    worked(app)
    assert admin.get(page).status_code == 404
    with app.test_request_context("/"):
        assert not shelf().path_of(newest(app).uuid).exists()


@pytest.mark.parametrize("who", ["steward", "organiser", "champion"])
def test_only_admins_restore(cast: Cast, as_person: AsPerson, who: str) -> None:
    """A1."""
    assert as_person(getattr(cast, who)).get("/admin/restores").status_code in {403, 404}
