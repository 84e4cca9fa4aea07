"""What pages are pictured with that the demo organisation doesn't hold: long work half-way, and what came of it."""

import zipfile
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import select

import forum
from forum.clone.archive.asking import ask
from forum.clone.archive.jobs import begin, do_one, take_in
from forum.clone.archive.making import make_one
from forum.clone.archive.models import Restore, Stage
from forum.clone.archive.packing import pack
from forum.core.db import db, transaction
from forum.core.leased import WorkState
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import here_for
from forum.spaces.models import Space
from tests.support.databases import settings_for, with_demo

SPACE, COPY = "digital-champions", "library-front-desks"
FAR, OF = 1_240, 3_418


def with_long_work(database_url: str) -> None:
    """Fill a migrated database with the demo organisation, and with archives and restores in every state."""
    with_demo(database_url)
    app = forum.create_app(settings_for(database_url))
    add_long_work(app)
    with app.app_context():
        db.engine.dispose()  # what is written is in the file then, which is copied


def add_long_work(app: Flask) -> None:
    """Add archives and restores in every state to the demo organisation."""
    with app.test_request_context(), TemporaryDirectory() as folder:
        _archives()
        _restores(Path(folder))
        db.session.remove()


def _archives() -> None:
    with transaction():
        ask(here_for(_person("beth.larkin"), COPY), with_names=True)
    make_one()
    with transaction():
        half_way = ask(here_for(_person("aisha.rahman"), SPACE), with_names=False)
        half_way.state, half_way.claimed_until = WorkState.WORKING, now() + timedelta(days=1)
        half_way.done, half_way.total = FAR, OF


def _restores(folder: Path) -> None:
    admin, space = _person("marek.zielinski"), db.session.scalars(select(Space).where(Space.slug == COPY)).one()
    db.session.rollback()
    path = folder / "library-front-desks.zip"
    pack(space, _person("beth.larkin"), path, with_names=True, step=lambda _done, _total: None)
    done = _looked(admin, path)
    with transaction():
        begin(admin, done.uuid, name="Front desks, as they were", slug="front-desks", by_address=True)
    do_one()
    found = _looked(admin, path)
    with transaction():
        found.report = found.report | {
            "name": "Depot champions",
            "slug": SPACE,
            "site": "https://champions.stonebury.example",
            "is_taken": True,
            "new_departments": ["Depot and Fleet", "Markets"],
            "unwanted": [
                {"key": "3", "name": "rota.exe", "why": "“rota.exe” is a kind of file that can’t be attached here."}
            ],
        }
        found.sha256 = "looked"
    half_way = _looked(admin, path)
    with transaction():
        half_way.name, half_way.slug, half_way.sha256 = "Works and streets", "works", "half-way"
        half_way.stage, half_way.state, half_way.claimed_until = (
            Stage.RESTORE,
            WorkState.WORKING,
            now() + timedelta(days=1),
        )
        half_way.done, half_way.total = FAR, OF
    with zipfile.ZipFile(folder / "holiday-photos.zip", "w") as other:
        other.writestr("beach.txt", "Sand.")
    _looked(admin, folder / "holiday-photos.zip")


def _looked(admin: Person, path: Path) -> Restore:
    job = take_in(admin, path, file_name=path.name)
    do_one()
    return db.session.get_one(Restore, job.id, populate_existing=True)


def _person(handle: str) -> Person:
    return db.session.scalars(select(Person).where(Person.handle == handle)).one()
